"""Whether four times the input takes at most five times as long, in CPU time."""

import time
from collections.abc import Callable

Work = Callable[[], object]
ROUNDS, TRIES = 5, 8
SLACK = 0.003
"""Seconds: below that a clock says nothing."""


def grows_linearly(once: Work, four_times: Work) -> bool:
    """True if t(4n) <= 5 t(n), each the quickest of several turns.

    The two alternate, so that a slow moment of the machine meets both, and are compared try by
    try: a quiet moment that only the short one fits into would spoil all that come after. Work
    that truly grows faster never passes.
    """
    for _ in range(TRIES):
        turns = [(seconds(once), seconds(four_times)) for _ in range(ROUNDS)]
        small, large = map(min, zip(*turns, strict=True))
        if large <= 5 * small + SLACK:
            return True
    return False


def seconds(work: Work) -> float:
    """CPU time of one turn, in this thread."""
    started = time.thread_time()
    work()
    return time.thread_time() - started
