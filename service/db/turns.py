"""SQLite's writers, of all processes, one after the other."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import StorageError


@contextmanager
def in_turn(path: str) -> Iterator[None]:
    """Wait until nobody else is inside, in the order of coming (flock(2)). Raises StorageError.

    SQLite waits for its lock by looking again after longer and longer sleeps, so that whoever has
    waited long is served last. The kernel gives a turn back when its process dies. The file must
    be none of SQLite's: closing one would let go of SQLite's own locks on it.
    """
    try:
        file = os.open(path, os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(f"the database failed: {type(error).__name__}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
