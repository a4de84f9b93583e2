"""Time and names: the one clock, and ids that sort by it."""

from collections.abc import Callable
from datetime import UTC, datetime

from ulid import ULID

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def milliseconds(when: datetime) -> int:
    """Whole milliseconds since 1970 in UTC."""
    return int(when.timestamp() * 1000)


def moment(stored: int) -> datetime:
    """The inverse of `milliseconds`."""
    return datetime.fromtimestamp(stored / 1000, UTC)


def new_id(prefix: str, now: datetime) -> str:
    """A prefixed ULID: unique, and sorted by time down to the millisecond."""
    return f"{prefix}_{ULID.from_datetime(now)}"


def first_id(prefix: str, when: datetime) -> str:
    """The lowest id that anything made at or after `when` can have; ULIDs begin in 1970."""
    time = max(0, milliseconds(when)).to_bytes(6, "big")
    return f"{prefix}_{ULID.from_bytes(time + bytes(10))}"


def made_at(identity: str) -> datetime:
    """When the thing with this id was made; 1970 for what is no id."""
    try:
        return ULID.from_str(identity[4:]).datetime
    except ValueError:
        return moment(0)
