"""What several threads ask at the same moment is answered by one of them, in one go.

Comments are judged so; what comes of it is written by group commit (service/db/group_commit.py).
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, cast

from service.errors import StorageError

Q = TypeVar("Q")
A = TypeVar("A")
Answered = Callable[[Sequence[Q], Callable[[], None]], Sequence[A | Exception]]
"""Answers to some questions, each its own or what went wrong with it; raises nothing. Calls what
it is handed as soon as somebody else may go on with those who have come meanwhile."""


PATIENCE = 8
"""How often the interpreter is offered to others before nobody else is believed to come."""


class _Asked(Generic[Q, A]):
    """What one thread asks, and what came of it; None while nobody has answered."""

    __slots__ = ("outcome", "question", "wait", "wake")

    def __init__(self, question: Q) -> None:
        self.question = question
        self.outcome: A | Exception | None = None
        woken = threading.Lock()
        woken.acquire()
        self.wait, self.wake = woken.acquire, woken.release


class Jointly(Generic[Q, A]):
    """Whoever asks while nobody is at work takes all that wait, and answers them.

    Much of a question's price is the same for any number of them: code and tables that have to
    come into the processor's caches, calls that cost more than what they do. Those who ask
    meanwhile sleep, so that threads do not wrest the interpreter from one another either. No
    thread of its own and no delay: a lone question is answered at once, by who asks it
    (docs/decisions/0092-questions-are-judged-together.md).
    """

    def __init__(self, answered: Answered[Q, A], most: int) -> None:
        self._answered, self._most = answered, most
        self._guard = threading.Lock()
        self._waiting: deque[_Asked[Q, A]] = deque()
        self._at_work = False

    def ask(self, question: Q) -> A:
        """The answer to one question. Raises what went wrong with it."""
        mine: _Asked[Q, A] = _Asked(question)
        if not self._is_first(mine):
            mine.wait()
        if mine.outcome is None:  # woken, or never asleep, to answer for all who wait
            self._answer()
        if isinstance(mine.outcome, Exception):
            raise mine.outcome
        return cast("A", mine.outcome)

    def _is_first(self, mine: _Asked[Q, A]) -> bool:
        with self._guard:
            self._waiting.append(mine)
            first = not self._at_work
            self._at_work = True
        return first

    def _answer(self) -> None:
        """Answer the next of those who wait, this thread's question the first among them."""
        self._let_in()
        with self._guard:
            group = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        relieved = _Once(self._relieve)
        outcomes: Sequence[A | Exception] = ()
        try:
            outcomes = self._answered([one.question for one in group], relieved)
        finally:
            relieved()
            for place, one in enumerate(group):
                lost = StorageError("whoever judged for others was torn away")
                one.outcome = outcomes[place] if outcomes else lost
                one.wake()

    def _let_in(self) -> None:
        """Let threads that could run ask first: an answer wakes several, and they come together.
        Where there are none this takes six microseconds."""
        here = idle = 0
        while idle < PATIENCE and here < self._most:
            os.sched_yield()
            idle = idle + 1 if len(self._waiting) == here else 0
            here = len(self._waiting)

    def _relieve(self) -> None:
        """Let the first of those who have come meanwhile take over."""
        with self._guard:
            following = self._waiting[0] if self._waiting else None
            self._at_work = following is not None
        if following is not None:
            following.wake()


class _Once:
    """Calls something the first time that it is called itself."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work, self._done = work, False

    def __call__(self) -> None:
        if not self._done:
            self._done = True
            self._work()
