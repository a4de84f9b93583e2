"""Comments drawn for the blind audit, those shown blind, and a queue that has both."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the three columns; what is held waits for a moderator already."""
    for name in ("waits", "blind"):
        flag = sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())
        op.add_column("comments", flag)
    op.add_column("comments", sa.Column("audited", sa.Float(53), nullable=True))
    op.execute("UPDATE comments SET waits = true WHERE state = 'held'")
    op.create_index(
        "comments_waiting",
        "comments",
        ["site_id", "id"],
        sqlite_where=sa.text("waits"),
        postgresql_where=sa.text("waits"),
    )
