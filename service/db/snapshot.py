"""A consistent copy of a SQLite database, taken while others write."""

import sqlite3
from contextlib import closing
from pathlib import Path

from service.db.engine import Database
from service.errors import StorageError


def take(database: Database, target: Path) -> None:
    """Copy the whole database to a new file (SQLite's online backup). Raises StorageError."""
    if not database.is_sqlite:
        raise StorageError("only SQLite is backed up by weir: use pg_dump, and keep secret.key")
    with database.reading() as connection, closing(sqlite3.connect(target)) as copy:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)  # noqa: S101 - is_sqlite says so
        source.backup(copy)


def check(path: Path) -> None:
    """Raises StorageError unless the file is a whole and sound SQLite database."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise StorageError(f"the database in the backup is damaged: {error}") from None
    if found != ("ok",):
        raise StorageError("the database in the backup is damaged")
