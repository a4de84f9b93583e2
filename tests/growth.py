"""Whether four times the input takes at most five times as long, in CPU time."""

import time
from collections.abc import Callable

Work = Callable[[], object]
ROUNDS, TRIES = 5, 6
SLACK = 0.003
"""Seconds: below that a clock says nothing."""


def grows_linearly(once: Work, four_times: Work) -> bool:
    """True if t(4n) <= 5 t(n), each the quickest of several turns.

    The two alternate, so that a slow moment of the machine meets both. Noise only ever adds
    to a time, so a bound that does not hold yet is measured again: work that truly grows
    faster never passes.
    """
    small = large = float("inf")
    for _ in range(TRIES):
        for _ in range(ROUNDS):
            small, large = min(small, seconds(once)), min(large, seconds(four_times))
        if large <= 5 * small + SLACK:
            return True
    return False


def seconds(work: Work) -> float:
    """CPU time of one turn, in this thread."""
    started = time.thread_time()
    work()
    return time.thread_time() - started
