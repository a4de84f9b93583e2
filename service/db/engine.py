"""The one way to the database: SQLite or PostgreSQL, read or write, nothing in between."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from importlib.resources import files
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from service.db.changes import Changes
from service.db.direct import Direct, Taken
from service.db.group_commit import GroupCommit
from service.db.turns import in_turn
from service.errors import SettingsError, StorageError

__all__ = ["HEAD", "Connection", "Database", "Taken"]  # the one room with SQL lends its type

HEAD = "0012"
"""The newest migration, known here so that a current database starts without Alembic."""
_MIGRATION = 3600.0
"""Seconds that another process's migration of the same database is waited for."""
_MIGRATING = 0x57656972  # PostgreSQL advisory lock: two hosts that start together take turns


class Database:
    """Connections to one database, safe across threads and across a fork."""

    def __init__(self, url: str, *, threads: int = 4, timeout_ms: int = 5000) -> None:
        self._url, self._threads, self._timeout_ms = _read_url(url), threads, timeout_ms
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._guard = threading.Lock()
        self._pid = 0
        self._engine: Engine | None = None
        self._own: list[Direct] = []
        self.direct = self._new_direct()
        self.group_commit = GroupCommit(self.direct)

    @property
    def engine(self) -> Engine:
        """This process's engine: a connection must not be shared with a forked child."""
        engine = self._engine
        if engine is None or self._pid != os.getpid():
            with self._guard:
                if self._engine is not None and self._pid != os.getpid():
                    self._engine.dispose(close=False)
                    self._engine = None
                self._engine = engine = self._engine or self._connectable()
                self._pid = os.getpid()
        return engine

    def _connectable(self) -> Engine:
        # Parameters hold what commenters wrote: no error message may repeat them.
        pool: dict[str, Any] = {"pool_size": self._threads, "max_overflow": 4, "pool_timeout": 5}
        pool["hide_parameters"] = True
        if not self.is_sqlite:
            options = f"-c statement_timeout={self._timeout_ms} -c timezone=UTC"
            arguments: dict[str, Any] = {"connect_timeout": 3, "options": options}
            return create_engine(self._url, connect_args=arguments, **pool)
        _make_private(self._url.database or ":memory:")
        arguments = {"timeout": self._timeout_ms / 1000, "check_same_thread": False}
        engine = create_engine(self._url, connect_args=arguments, **pool)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return engine

    def _new_direct(self) -> Direct:
        made = Direct(lambda: self.engine, self._url.get_dialect(), self._turn)
        self._own.append(made)
        return made

    def changes(self) -> Changes:
        """Tells one thread, on a connection of its own, whether anything was written."""
        return Changes(self._new_direct(), is_sqlite=self.is_sqlite)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that only reads; every statement sees the newest commit."""
        try:
            with self.engine.connect() as connection:
                yield connection.execution_options(isolation_level="AUTOCOMMIT")
        except SQLAlchemyError as error:
            raise StorageError(_in_short(error)) from error

    @contextmanager
    def writing(self, patience: float | None = None) -> Iterator[Connection]:
        """One transaction: all of it is on disk afterwards, or none. `patience` as in `in_turn`.

        Raises StorageError, and Taken when a unique name was there already.
        """
        try:
            with self._turn(patience), self.engine.begin() as connection:
                yield connection
        except (IntegrityError, self.direct.clash) as error:
            raise Taken from error
        except (SQLAlchemyError, self.direct.failure) as error:
            raise StorageError(_in_short(error)) from error

    def _turn(self, patience: float | None = None) -> AbstractContextManager[None]:
        path = f"{self._url.database}-turn"
        return in_turn(path, patience) if self.is_sqlite else nullcontext()

    def answers(self) -> bool:
        """True if the database can be asked something."""
        try:
            with self.reading() as connection:
                return connection.execute(text("select 1")).scalar() == 1
        except StorageError:
            return False

    def migrate(self) -> None:
        """Bring the tables to the newest form; safe when several processes do it at once."""
        with self.reading() as connection:
            current = _revision(connection)
        if current is not None and current > HEAD:
            raise StorageError("the database belongs to a newer version of Weir than this one")
        if current != HEAD:
            with self.writing(_MIGRATION) as connection:
                _upgrade(connection)

    def close(self) -> None:
        """Give back every connection."""
        for direct in self._own:
            direct.close()
        if self._engine is not None:
            self._engine.dispose(close=self._pid == os.getpid())
            self._engine = None


def _read_url(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # either repeats the URL, and with it the password
        raise SettingsError("WEIR_DATABASE_URL: is no database URL") from None


def _make_private(path: str) -> None:
    """Let the file of a new database be its owner's alone; SQLite gives the files it makes beside
    it the same mode. One that is there is not opened: closing it would let go of SQLite's locks."""
    if path != ":memory:":
        with suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says when a transaction begins, not sqlite3
    pages = "wal_autocheckpoint=4000"  # most comments touch the same few: moved once for them all
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", pages):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and writes later could find the lock taken in between.
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _in_short(error: Exception) -> str:
    return f"the database failed: {type(getattr(error, 'orig', None) or error).__name__}"


def _revision(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - only a database that is behind pays for it
    from alembic.config import Config  # noqa: PLC0415

    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
    config = Config()
    config.set_main_option("script_location", str(files("service.db") / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
