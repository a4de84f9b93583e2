"""Models of a site's own, their promotions, and the rounds of training that made them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the registry, and to each site the champion in force."""
    champion = sa.Column("champion", sa.String(length=64), nullable=False, server_default="")
    op.add_column("sites", champion)
    op.create_table(
        "models",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id"),
    )
    op.create_table(
        "promotions",
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=9), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "number"),
    )
    op.create_table(
        "rounds",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("promoted", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("rounds_by_cause", "rounds", ["site_id", "cause"], unique=True)
    op.create_index("rounds_waiting", "rounds", ["finished_at", "id"])
    op.create_index("labels_by_time", "labels", ["at"])
