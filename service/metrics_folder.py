"""The folder in which the web processes of one `weir serve` count together (service/metrics.py)."""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

NAME, UNLOCKED = "weir-metrics-", "weir-new-metrics-"


def make(parent: Path) -> Path:
    """A new folder in `parent` for this process and those it forks. What was left there by some
    that were killed before is removed.

    They hold a lock on it (flock(2)), which the kernel gives back when the last of them has
    died: so several that serve on one machine leave one another's folders alone.
    """
    for left in parent.glob(f"{NAME}*"):
        _remove_if_unused(left)
    new = Path(tempfile.mkdtemp(prefix=UNLOCKED, dir=parent))
    _lock(new)  # before it has the name by which it is found
    return new.rename(parent / new.name.replace(UNLOCKED, NAME, 1))


def _remove_if_unused(folder: Path) -> None:
    lock = _lock(folder)
    if lock is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _lock(folder: Path) -> int | None:
    """The file that holds the lock on a folder of this user; None if somebody else has it."""
    lock = -1
    with suppress(OSError):
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        if os.fstat(lock).st_uid == os.getuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
    if lock >= 0:
        os.close(lock)
    return None
