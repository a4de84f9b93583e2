"""Whether anything was committed since one last looked, for a tenth of what looking costs."""

from service.db.direct import Direct
from service.errors import StorageError

_ON_SQLITE = "PRAGMA data_version"
"""Counts what other connections have committed, so this one must be used for nothing else."""
_ON_POSTGRES = "SELECT pg_current_snapshot()::text"
"""Which transactions are seen: it changes with every commit that wrote something, on any host,
and not before that can be read."""


class Changes:
    """One thread's view of what everybody else writes, of other threads and processes too."""

    def __init__(self, own: Direct, *, is_sqlite: bool) -> None:
        self._own, self._question = own, _ON_SQLITE if is_sqlite else _ON_POSTGRES
        self._failures = 0

    def mark(self) -> object:
        """Equal to an earlier one if nothing was committed in between. While the database
        cannot be asked, and where its counting may have begun anew, none is equal."""
        try:
            with self._own.reading() as cursor:
                return self._failures, cursor.execute(self._question).fetchone()[0]
        except StorageError:
            self._failures += 1
            return self._failures, None
