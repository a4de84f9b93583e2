"""What the worker found when it looked for drift."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table; the worker fills it."""
    op.create_table(
        "drifts",
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site_id"),
    )
