"""Days counted beforehand, and up to when a site was counted."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add both tables; the worker fills them."""
    op.create_table(
        "days",
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "day"),
    )
    op.create_table(
        "counted",
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("site_id"),
    )
