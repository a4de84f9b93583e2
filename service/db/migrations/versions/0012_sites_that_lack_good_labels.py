"""Sites that have labelled much, but too few good comments for a model of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """None does, until its next round says so."""
    column = sa.Column("lacks_good", sa.Boolean, nullable=False, server_default="0")
    op.add_column("sites", column)
