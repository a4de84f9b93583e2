"""How many comments a key may send in a minute."""

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from service.errors import TooMany


class Limiter:
    """Counts per minute, in this process or (with a Redis URL) for all hosts together.

    A Redis that does not answer lets everything pass: a limit protects, it must not be
    what stops a site's comments.
    """

    def __init__(self, redis_url: str, per_minute: int) -> None:
        storage = storage_from_string(redis_url or "memory://", wrap_exceptions=True)
        self._windows = FixedWindowRateLimiter(storage)
        self._limit = RateLimitItemPerMinute(per_minute) if per_minute else None

    def spend(self, who: str, cost: int = 1) -> None:
        """Take `cost` comments off a key's minute. Raises TooMany when it has none left."""
        limit = self._limit
        if limit is None or self._windows.hit(limit, who, cost=cost):
            return
        ends = self._windows.get_window_stats(limit, who).reset_time
        wait = max(1, math.ceil(ends - time.time()))
        raise TooMany(f"at most {limit.amount} comments a minute", wait, limit.amount)
