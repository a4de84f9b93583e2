"""The queue's index in the words that SQLite is asked in: it compares conditions by letter."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """On SQLite every query says `waits = 1`; an index on `waits` was never used."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.drop_index("comments_waiting", "comments")
    op.create_index(
        "comments_waiting", "comments", ["site_id", "id"], sqlite_where=sa.text("waits = 1")
    )
