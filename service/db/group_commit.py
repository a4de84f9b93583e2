"""Group commit: what several threads want to write goes to disk in one transaction.

Of a comment this is the last step; before it, comments are judged jointly (service/jointly.py).
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from service.db.direct import Cursor, Direct
from service.errors import StorageError

Work = Callable[[Cursor, Sequence[Any]], None]
"""Writes some items, of whichever threads, in the transaction of this cursor."""


class _Wish:
    """What one thread wants to write, and what came of it: True once it is on disk."""

    __slots__ = ("item", "outcome", "work")

    def __init__(self, work: Work, item: Any) -> None:
        self.work, self.item = work, item
        self.outcome: bool | Exception = False


class GroupCommit:
    """Whoever gets the turn writes for all who wait, and nobody goes on before that is on disk.

    A flush costs more than the rows do, and while one is under way the next wishes gather
    (docs/decisions/0091-group-commit.md). No thread of its own and no delay: a lone wish is
    written at once.
    """

    def __init__(self, direct: Direct) -> None:
        self._direct = direct
        self._turn = threading.Lock()
        self._waiting: deque[_Wish] = deque()

    def write(self, work: Work, items: Sequence[Any]) -> list[Exception | None]:
        """Let `work` write each of `items`, all in one transaction if they let it.

        Of each that is on disk None, of each other one what went wrong: StorageError, or Taken
        when it gives a name that can be given only once. An item is written again if another one
        spoilt the transaction.
        """
        mine = [_Wish(work, item) for item in items]
        self._waiting.extend(mine)
        with self._turn:
            if any(one.outcome is False for one in mine):
                self._write_all()
        return [one.outcome if isinstance(one.outcome, Exception) else None for one in mine]

    def _write_all(self) -> None:
        group: list[_Wish] = []
        try:
            with self._direct.writing(much=len(self._waiting) > 1) as cursor:
                # Only now: who came while another process held SQLite's lock goes along.
                self._gather(group)
                for work, wishes in groupby(group, attrgetter("work")):
                    work(cursor, [one.item for one in wishes])
        except Exception as error:
            begun = bool(group)
            self._gather(group)
            if begun:
                self._write_singly(group, error)
            else:  # it is nobody's doing, and to ask for each again takes as long again
                _settle(group, error)
        else:
            _settle(group, True)
        finally:
            _settle(group, StorageError("the database failed for all who wrote"))

    def _gather(self, group: list[_Wish]) -> None:
        if not group:
            group += [self._waiting.popleft() for _ in range(len(self._waiting))]

    def _write_singly(self, group: list[_Wish], failure: Exception) -> None:
        """One that is refused must not harm the others. On PostgreSQL two groups can also wait
        for each other's names, which single ones never do. A database that is out of order is
        not asked for each of them."""
        if len(group) == 1:
            group[0].outcome = failure
            return
        for one in group:
            one.outcome = self._tried(one)
            if isinstance(one.outcome, StorageError):
                break

    def _tried(self, one: _Wish) -> bool | Exception:
        try:
            with self._direct.writing() as cursor:
                one.work(cursor, [one.item])
        except Exception as error:
            return error
        return True


def _settle(group: list[_Wish], outcome: bool | Exception) -> None:
    """Let this come of those of whom nothing has come yet."""
    for one in group:
        one.outcome = one.outcome or outcome
