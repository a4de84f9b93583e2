"""Whether four times the input takes at most five times as long, in CPU time."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Work = Callable[[], object]
ROUNDS, TRIES = 5, 8
SLACK = 0.003
"""Seconds: below that a clock says nothing."""


def grows_linearly(once: Work, four_times: Work) -> bool:
    """True if t(4n) <= 5 t(n), each the quickest of several turns.

    The short work is done four times in a row, so that both turns are about as long: what a
    machine shared with others steals spares a turn that is short enough to slip between.
    The two alternate, so that a slow moment meets both, and are compared try by try: a quiet
    moment that only one fits into would spoil all that come after. Work that truly grows
    faster never passes.
    """
    for _ in range(TRIES):
        with no_garbage_collected():
            turns = [(seconds(lambda: four(once)), seconds(four_times)) for _ in range(ROUNDS)]
        small, large = map(min, zip(*turns, strict=True))
        if large <= 5 / 4 * small + SLACK:
            return True
    return False


@contextmanager
def no_garbage_collected() -> Iterator[None]:
    """As `timeit` does: a collection goes through all that the tests before have left, and comes
    where most is alive at once, in the long turns."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def four(work: Work) -> None:
    """The same work four times in a row."""
    for _ in range(4):
        work()


def seconds(work: Work) -> float:
    """CPU time of one turn, in this thread."""
    started = time.thread_time()
    work()
    return time.thread_time() - started
