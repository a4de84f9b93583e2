"""Beginnings of words in SQLite's full-text index, so that they are found as quickly as words."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Build the index again; PostgreSQL's finds beginnings as it is."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(
        "CREATE VIRTUAL TABLE indexed_beginnings USING fts5(site, words, columnsize=0, "
        "tokenize='unicode61 remove_diacritics 2', prefix='4 5 6')"
    )
    op.execute(
        "INSERT INTO indexed_beginnings (rowid, site, words) "
        "SELECT rowid, site, words FROM indexed_words"
    )
    op.execute("DROP TABLE indexed_words")
    op.execute("ALTER TABLE indexed_beginnings RENAME TO indexed_words")
