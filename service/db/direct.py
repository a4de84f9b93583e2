"""The hot path's way to the database: statements compiled once, connections kept warm.

SQLAlchemy's execution costs about 20 times the statement itself on SQLite, so the three
statements of every comment (whose key, what is known, record it) go to the driver directly.
All else uses SQLAlchemy's connections.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Executable, make_url

from service.errors import StorageError

Cursor = Any
"""A DB-API cursor (PEP 249) of sqlite3 or psycopg."""
Values = Mapping[str, Any]

_SPOKEN = {"sqlite3": ("sqlite", "named"), "psycopg": ("postgresql+psycopg", "pyformat")}
"""Dialect and way of writing parameters (PEP 249), by the driver's module."""


@cache
def _dialect(driver: str, style: str) -> Dialect:
    """Found when needed: who has no PostgreSQL need not load its dialect at each start."""
    name, usual = _SPOKEN[driver]
    kind: Callable[..., Dialect] = make_url(f"{name}://").get_dialect()
    return kind(paramstyle=style or usual)


class Taken(Exception):
    """Somebody else was first with a name that can be given only once."""


class Prepared:
    """One statement with named parameters, compiled for both drivers when first used."""

    def __init__(self, statement: Executable, columns: Sequence[str] | None = None) -> None:
        self._statement, self._columns = statement, columns
        self._compiled: dict[tuple[str, bool], Any] = {}

    def run(self, cursor: Cursor, values: Values) -> Cursor:
        """Execute; the cursor then has the rows."""
        return cursor.execute(self._sql(cursor, many=False)[0], values)

    def run_many(self, cursor: Cursor, rows: Sequence[Values]) -> None:
        """Execute once for each row; psycopg's way of many costs more where there is one."""
        if len(rows) == 1:
            self.run(cursor, rows[0])
            return
        sql, taken = self._sql(cursor, many=True)
        cursor.executemany(sql, [*map(taken, rows)] if taken else rows)

    def _sql(self, cursor: Cursor, *, many: bool) -> tuple[str, Callable[[Values], Any] | None]:
        """The statement for a driver, and how it takes its values from a row."""
        driver = type(cursor).__module__.partition(".")[0]
        found = self._compiled.get((driver, many))
        if found is None:
            found = self._compiled[driver, many] = self._spoken(driver, many)
        return found

    def _spoken(self, driver: str, many: bool) -> tuple[str, Callable[[Values], Any] | None]:
        style = "qmark" if many and driver == "sqlite3" else ""
        compiled: Any = self._statement.compile(  # type: ignore[attr-defined]
            dialect=_dialect(driver, style), column_keys=self._columns
        )
        return str(compiled), itemgetter(*compiled.positiontup) if style else None


def cursor_of(connection: Connection) -> Cursor:
    """A driver's cursor inside the transaction of a SQLAlchemy connection."""
    return connection.connection.cursor()


class Direct:
    """Driver connections of this process, as many as are in use at once.

    Lent is always the one that came back last: what SQLite has read and what either database has
    prepared belongs to a connection, so a few busy ones find it where many would not.
    """

    def __init__(
        self,
        engine: Callable[[], Engine],
        dialect: type[Dialect],
        turn: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._driver: Any = dialect.import_dbapi()
        self.failure: type[Exception] = self._driver.Error
        self.clash: type[Exception] = self._driver.IntegrityError
        # One that reads first and writes later could find SQLite's lock taken in between.
        self._remote = dialect.name != "sqlite"
        self._begin = "BEGIN" if self._remote else "BEGIN IMMEDIATE"
        self._engine, self._turn = engine, turn
        self._idle: dict[int, list[Any]] = {}  # by process: a fork must not use its parent's
        self._all: list[Any] = []

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        """A cursor outside any transaction. Raises StorageError."""
        with self._lent() as connection:
            yield connection.cursor()

    @contextmanager
    def writing(self, *, much: bool = False) -> Iterator[Cursor]:
        """A cursor in one transaction, on disk at the end. Raises StorageError and Taken.

        With `much`, PostgreSQL is not waited for until the end, so rows cannot be read back.
        """
        with self._lent() as connection, self._turn():
            cursor = connection.cursor()
            try:
                with connection.pipeline() if much and self._remote else nullcontext():
                    cursor.execute(self._begin)
                    yield cursor
                    cursor.execute("COMMIT")
            except BaseException:
                with suppress(self.failure):  # there may be nothing to take back
                    cursor.execute("ROLLBACK")
                raise

    @contextmanager
    def _lent(self) -> Iterator[Any]:
        """A connection nobody else has meanwhile; one that failed may be broken and is closed."""
        idle, connection = self._idle.setdefault(os.getpid(), []), None
        try:
            connection = self._taken(idle)
            yield connection
        except self.clash as error:
            raise Taken from error
        except self.failure as error:
            if connection is not None:
                self._all.remove(connection)
                connection.close()
                connection = None
            raise StorageError(f"the database failed: {type(error).__name__}") from error
        finally:
            if connection is not None:
                idle.append(connection)

    def _taken(self, idle: list[Any]) -> Any:
        try:
            return idle.pop()
        except IndexError:
            return self._open()

    def _open(self) -> Any:
        pooled = self._engine().raw_connection()
        connection: Any = pooled.dbapi_connection
        pooled.detach()
        if self._remote:
            connection.autocommit = True
            # By default a number's size is its type, and a statement is planned for each anew.
            as_bigint = self._driver.types.numeric.Int8Dumper
            connection.adapters.register_dumper(int, as_bigint)
        self._all.append(connection)
        return connection

    def close(self) -> None:
        """Close every connection."""
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._idle.clear()
