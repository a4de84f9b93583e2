"""How many comments a key may send in a minute."""

import math
import threading
import time
from collections.abc import Callable
from typing import Protocol

from service import logs
from service.errors import SettingsError, TooMany

MINUTE = 60
PATIENCE = 0.25
"""Seconds to wait for Redis; every comment waits for it."""

log = logs.logger(__name__)


class _Minutes(Protocol):
    def spend(self, who: str, cost: int) -> float | None:
        """Count. If that was too much: when (as `time.time`) the next minute begins.
        A negative cost gives back."""


class Limiter:
    """Counts per minute, in this process or (with a Redis URL) for all hosts together.

    A Redis that does not answer lets everything pass: a limit protects, it must not be
    what stops a site's comments. Raises SettingsError for a URL that is none.
    """

    def __init__(self, redis_url: str, per_minute: int) -> None:
        own, shared = OwnMinutes, _SharedMinutes
        self._minutes: _Minutes = shared(redis_url, per_minute) if redis_url else own(per_minute)
        self.per_minute = per_minute
        """0: as many as they like."""

    def spend(self, who: str, cost: int = 1, *, paid: int = 0) -> None:
        """Take `cost` comments off a key's minute, `paid` of which have been taken before.

        Raises TooMany when less is left, and then has taken none of them: who is refused a
        large batch may still send a small one.
        """
        if not self.per_minute or (ends := self._minutes.spend(who, cost - paid)) is None:
            return
        self._minutes.spend(who, -cost)
        wait = max(1, math.ceil(ends - time.time()))
        raise TooMany(f"at most {self.per_minute} comments a minute", wait, self.per_minute)


class OwnMinutes:
    """Of this process. (`limits` in memory starts a thread every 10 ms to clean up; here a known
    site has one entry, so there is nothing to clean.)"""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.time) -> None:
        self._limit, self._clock = per_minute, clock
        self._spent: dict[str, tuple[float, int]] = {}
        self._guard = threading.Lock()

    def spend(self, who: str, cost: int) -> float | None:
        """As in `_Minutes`; a key's minute begins with its first comment."""
        now = self._clock()
        with self._guard:
            ends, spent = self._spent.get(who, (0.0, 0))
            if ends <= now:
                ends, spent = now + MINUTE, 0
            self._spent[who] = ends, max(0, spent + cost)
        return ends if spent + cost > self._limit else None


class _SharedMinutes:
    """In Redis, for all hosts."""

    def __init__(self, redis_url: str, per_minute: int) -> None:
        from limits import RateLimitItemPerMinute, errors, storage, strategies  # noqa: PLC0415 - only who shares pays for it

        try:
            kept = storage.storage_from_string(
                redis_url, wrap_exceptions=True, socket_timeout=PATIENCE,
                socket_connect_timeout=PATIENCE,
            )  # fmt: skip
        except Exception as error:  # each kind of storage refuses in its own way
            raise SettingsError(f"WEIR_REDIS_URL: no use: {type(error).__name__}") from None
        self._windows = strategies.FixedWindowRateLimiter(kept)
        self._limit = RateLimitItemPerMinute(per_minute)
        self._failure = errors.StorageError

    def spend(self, who: str, cost: int) -> float | None:
        try:
            if self._windows.hit(self._limit, who, cost=cost):
                return None
            return self._windows.get_window_stats(self._limit, who).reset_time
        except self._failure as error:
            log.warning("Redis does not answer, nobody is limited", error=str(error))
            return None
