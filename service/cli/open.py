"""The parts of this instance, for a command that needs the database."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.wiring import Parts


@contextmanager
def instance() -> Iterator["Parts"]:
    """This instance, its tables up to date. Raises SettingsError, StorageError.

    Ctrl-Z does nothing meanwhile: suspended inside a transaction, a command would keep every
    site's comments waiting until it goes on (service/db/turns.py).
    """
    from service.settings import load
    from service.wiring import wire

    suspend = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    try:
        parts = wire(load())
        try:
            yield parts
        finally:
            parts.database.close()
    finally:
        signal.signal(signal.SIGTSTP, suspend)
