"""SQLite's writers, of all processes, one after the other."""

import fcntl
import os
import threading
import time
from _thread import start_new_thread
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from service.errors import StorageError

PATIENCE = 5.0
"""Seconds, as many as SQLite's own lock is waited for: whoever has the turn may be suspended."""


@contextmanager
def in_turn(path: str, patience: float | None = None) -> Iterator[None]:
    """Wait until nobody else is inside, in the order of coming (flock(2)). Raises StorageError,
    also after PATIENCE or as many seconds as are said.

    SQLite waits for its lock by looking again after longer and longer sleeps, so that whoever has
    waited long is served last. The kernel gives a turn back when its process dies. The file must
    be none of SQLite's: closing one would let go of SQLite's own locks on it.
    """
    file = _door(path, os.getpid()).enter(PATIENCE if patience is None else patience)
    try:
        yield
    finally:
        os.close(file)


class _Door:
    """Lets the threads of one process into the kernel's queue for a file, one at a time."""

    def __init__(self, path: str) -> None:
        self._path, self._turn = path, threading.Lock()
        self._queued: _Queued | None = None

    def enter(self, patience: float) -> int:
        """The open file, locked."""
        until = time.monotonic() + patience
        if not self._turn.acquire(timeout=patience):
            raise StorageError(_TOO_LONG)
        try:
            return self._enter(until)
        finally:
            self._turn.release()

    def _enter(self, until: float) -> int:
        file = self._queued.taken(until) if self._queued else None
        self._queued = None
        if file is not None:
            return file
        file = _opened(self._path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._queued = _Queued(file)
            return self._enter(until)
        return file


class _Queued:
    """A thread in the kernel's queue, which knows no limit of time: of those who wait for it each
    may give up, and the next finds it in its place."""

    def __init__(self, file: int) -> None:
        self._file, self._guard = file, threading.Lock()
        self._wanted, self._locked = True, threading.Lock()
        self._locked.acquire()
        start_new_thread(self._wait, ())  # threading's would first wait for it to run

    def _wait(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        with self._guard:
            if not self._wanted:
                os.close(self._file)
                self._file = -1
            self._locked.release()

    def taken(self, until: float) -> int | None:
        """The file, locked; None if that was while nobody wanted it. Raises StorageError."""
        with self._guard:
            self._wanted = True
        if not self._locked.acquire(timeout=max(0.0, until - time.monotonic())):
            with self._guard:
                self._wanted = self._locked.acquire(blocking=False)
        if not self._wanted:
            raise StorageError(_TOO_LONG)
        return self._file if self._file >= 0 else None


_TOO_LONG = "the database failed: another process does not end its turn to write"


@cache
def _door(path: str, _process: int) -> _Door:
    """A forked process has its own."""
    return _Door(path)


def _opened(path: str) -> int:
    try:
        return os.open(path, os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(f"the database failed: {type(error).__name__}") from error
