"""Judgements side by side on SQLite's pages: an answer is longer than a clustered index holds."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """A row over a quarter of a page spilt into pages of its own, at every write and read."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.rename_table("judgements", "clustered")
    op.create_table(
        "judgements",
        sa.Column("comment_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(length=6), nullable=False),
        sa.Column("score", sa.Float(precision=53), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", "number"),
    )
    op.execute("INSERT INTO judgements SELECT * FROM clustered ORDER BY comment_id, number")
    op.drop_table("clustered")
