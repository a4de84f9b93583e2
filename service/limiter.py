"""How many comments a key may send in a minute."""

import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from service.errors import TooMany

WINDOW = 60
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a key's minute: comments, and seconds until it starts again."""

    limit: int
    remaining: int
    reset: int


class Limiter:
    """Counts per minute, in this process or (with a Redis URL) for all hosts together.

    A Redis that does not answer lets everything pass: a limit protects, it must not be
    what stops a site's comments.
    """

    def __init__(self, redis_url: str, per_minute: int) -> None:
        storage = storage_from_string(redis_url or "memory://", wrap_exceptions=True)
        self._windows = FixedWindowRateLimiter(storage)
        self._limit = RateLimitItemPerMinute(per_minute) if per_minute else None

    def spend(self, who: str, cost: int = 1) -> Allowance | None:
        """Take `cost` comments off a key's minute; None without a limit. Raises TooMany."""
        if self._limit is None:
            return None
        if self._windows.hit(self._limit, who, cost=cost):
            return None
        raise TooMany("too many comments in this minute", self.left(who).reset)

    def left(self, who: str) -> Allowance:
        """What is left, without spending."""
        assert self._limit is not None  # noqa: S101
        stats = self._windows.get_window_stats(self._limit, who)
        reset = max(1, round(stats.reset_time - time.time()))
        return Allowance(self._limit.amount, stats.remaining, reset)
