"""The parts of this instance, for a command that needs the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.wiring import Parts


@contextmanager
def instance() -> Iterator["Parts"]:
    """This instance, its tables up to date. Raises SettingsError, StorageError."""
    from service.settings import load
    from service.wiring import wire

    parts = wire(load())
    try:
        yield parts
    finally:
        parts.database.close()
