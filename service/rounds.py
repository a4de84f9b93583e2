"""When a round of training is due: a moment after the labels have stopped coming."""

import time
from functools import cached_property
from typing import TYPE_CHECKING

from model.artifact import BaseModel
from service import logs
from service.clock import milliseconds
from service.db import champions, rounds
from service.db.engine import Taken
from service.errors import StorageError
from service.wiring import Parts

if TYPE_CHECKING:
    from service.learning import Learned, Learning

log = logs.logger(__name__)

QUIET_MS = 1_500
LONGEST_WAIT_MS = 4_000
"""A round starts when a site's labels have rested so long, or the first has waited so long."""

STALE_MS = 15 * 60_000
"""A worker that took a round up and has not finished it by then is taken for dead."""

OVERLAP_MS = 10_000
"""Labels are looked for again over this time: their hosts' clocks may differ a little."""

REST = 3.0
"""A site rests so many times as long as its last round took before labels start another."""


class Rounds:
    """One worker's view of what is to be done."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._since = 0
        self._base = ""
        self._rests: dict[str, float] = {}
        self.waits = False
        """Whether there are labels that only have to rest before a round is due."""

    @cached_property
    def _learning(self) -> "Learning":
        # scikit-learn takes 80 MiB and two seconds of the start: most days nobody needs it
        from service.learning import Learning  # noqa: PLC0415

        p = self._parts
        return Learning(p.database, p.live, p.store, p.serving, p.clock)

    def run_due(self) -> "list[Learned]":
        """Ask for the rounds that labels call for, then run all that wait."""
        if self._parts.live.scorer() is None:
            return []  # said loudly at the start; without a base there is nothing to learn on
        self._ask_for_new_base()
        self._ask()
        done = []
        while (learned := self._run_one()) is not None:
            done.append(learned)
        return done

    def _ask_for_new_base(self) -> None:
        """A champion keeps the base it was fitted on; when another is shipped, one round refits
        it on that, and the gate decides."""
        scorer = self._parts.live.scorer()
        base = scorer.model if scorer else None
        if not isinstance(base, BaseModel) or base.digest == self._base:
            return
        with self._parts.database.reading() as connection:
            old = champions.on_other_bases(connection, base.digest)
        for site_id in old:
            self._ask_once(site_id, base=base.digest)
        self._base = base.digest

    def _ask(self) -> None:
        now = self._parts.clock()
        with self._parts.database.reading() as connection:
            labelled = rounds.labelled_since(connection, self._since)
            seen = {site_id: rounds.covered(connection, site_id) for site_id in labelled}
        waiting = {s: (max(first, seen[s] + 1), last) for s, (first, last) in labelled.items()
                   if last > seen[s]}  # fmt: skip
        self.waits = bool(waiting)
        for site_id, (first, last) in waiting.items():
            if self._is_due(site_id, milliseconds(now), first, last):
                self._ask_once(site_id, last_label=last)
        newest = [first for first, _ in waiting.values()] or [last for _, last in labelled.values()]
        if newest:
            self._since = max(self._since, min(newest) - OVERLAP_MS)

    def _is_due(self, site_id: str, now: int, first: int, last: int) -> bool:
        if self._rests.get(site_id, 0.0) > time.monotonic():
            return False
        return now - last >= QUIET_MS or now - first >= LONGEST_WAIT_MS

    def _ask_once(self, site_id: str, *, last_label: int = 0, base: str = "") -> None:
        try:
            with self._parts.database.writing() as connection:
                rounds.ask(connection, site_id, self._parts.clock(), last_label=last_label,
                           base=base)  # fmt: skip
        except Taken:  # another worker was first
            return

    def _run_one(self) -> "Learned | None":
        with self._parts.database.writing() as connection:
            job = rounds.take(connection, self._parts.clock(), STALE_MS)
        if job is None:
            return None
        started = time.monotonic()
        learned = self._attempt(job)
        took = time.monotonic() - started
        self._rests[job.site_id] = time.monotonic() + REST * took
        said = {"model": learned.model_id, "promoted": learned.promoted, "reason": learned.reason}
        log.info("round of training", site=job.site_id, seconds=round(took, 2), **said)
        return learned

    def _attempt(self, job: rounds.RoundRow) -> "Learned":
        """One site's labels, whatever is in them, must not keep the others from learning."""
        from service.learning import Learned  # noqa: PLC0415

        try:
            return self._learning.retrain(self._parts.sites.get(job.site_id), job.id)
        except StorageError:
            raise
        except Exception as error:
            log.exception("round of training failed", site=job.site_id)
            failed = Learned(False, f"the round failed: {type(error).__name__}", "", {})
            with self._parts.database.writing() as connection:
                rounds.finish(connection, job.id, self._parts.clock(), promoted=False,
                              reason=failed.reason, report={}, model_id="")  # fmt: skip
            return failed
