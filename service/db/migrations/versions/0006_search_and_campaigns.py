"""Finding comments by their words and pages, and campaigns of comments that are alike."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make empty tables; the worker fills them with what is there already."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "indexed",
        sa.Column("number", number, nullable=False),
        sa.Column("comment_id", sa.String(length=30), nullable=False),
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("page", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("comment_id"),
    )
    op.create_index("indexed_by_page", "indexed", ["page", "number"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE indexed_words USING fts5(site, words, "
            "columnsize=0, tokenize='unicode61 remove_diacritics 2')"
        )
    else:
        op.execute(
            "CREATE TABLE indexed_words (number BIGINT PRIMARY KEY, site_id VARCHAR(31) NOT NULL,"
            " words TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX indexed_words_gin ON indexed_words USING gin (words)")
    _campaigns()


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=5), nullable=True),
        sa.Column("act_id", sa.String(length=30), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id"),
    )
    op.create_table(
        "campaign_members",
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("comment_id", sa.String(length=30), nullable=False),
        sa.Column("campaign_id", sa.String(length=30), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "comment_id"),
    )
    op.create_index(
        "campaign_members_by_campaign",
        "campaign_members",
        ["site_id", "campaign_id", "comment_id"],
    )
    op.create_table(
        "campaign_keys",
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("comment_id", sa.String(length=30), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "key"),
    )
    op.create_index("ix_campaign_keys_comment_id", "campaign_keys", ["comment_id"])
