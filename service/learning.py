"""Use case 3: a site's labels become a champion. For the worker and the command line only."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from model.artifact import BaseModel
from model.comment import Example, Label
from model.live import Live
from model.text import read
from model.verdict import Decision
from service.clock import Clock
from service.db import champions, labels, rounds
from service.db.archive import every
from service.db.comments import State, Stored
from service.db.engine import Connection, Database
from service.db.labels import LabelRow
from service.db.sites import Site
from service.errors import StorageError
from service.model_store import ModelStore
from service.serving import Serving
from training.duplicates import clusters
from training.retrain import Lesson, Outcome, retrain

TRUST = {"moderator": 1.0, "site": 0.8, "import": 0.6}
REPORTS_OF_ONE_TEXT = 3
"""Good words for near-duplicates of one text, by nobody known, that are believed in all."""


@dataclass(frozen=True, slots=True)
class Learned:
    """How a round ended; `model_id` is empty when nothing could be fitted."""

    promoted: bool
    reason: str
    model_id: str
    report: dict[str, Any]


class Learning:
    """Reads the log of labels, trains, and enters what came of it."""

    def __init__(
        self, database: Database, live: Live, store: ModelStore, serving: Serving, clock: Clock
    ) -> None:
        self._database, self._live, self._store = database, live, store
        self._serving, self._clock = serving, clock

    def retrain(self, site: Site, round_id: str) -> Learned:
        """One whole round for one site; its outcome is in the registry afterwards."""
        base, champion = self._live.scorer(), self._serving.scorer(site)
        if base is None or champion is None or not isinstance(base.model, BaseModel):
            raise StorageError("the base model could not be loaded")
        taught = lessons_of(every(self._database, site.id))
        outcome = retrain(taught, base.model, champion, site.policy)
        row = self._kept(outcome, base.model)
        with self._database.writing() as connection:
            ended = self._enter(connection, site, outcome, row)
            rounds.finish(connection, round_id, self._clock(), promoted=ended.promoted,
                          reason=ended.reason, report=outcome.report,
                          model_id=ended.model_id)  # fmt: skip
        return ended

    def _kept(self, outcome: Outcome, base: BaseModel) -> champions.ModelRow | None:
        if outcome.layer is None:
            return None
        self._store.put_base(base)
        digest = self._store.put(outcome.layer)
        return champions.ModelRow(
            id=f"site-{digest[:12]}", digest=digest, base=base.digest, passed=outcome.promoted,
            reason=outcome.reason, card=outcome.layer.card | {"report": outcome.report},
            at=self._clock(),
        )  # fmt: skip

    def _enter(
        self,
        connection: Connection,
        site: Site,
        outcome: Outcome,
        row: champions.ModelRow | None,
    ) -> Learned:
        if row is None:
            return Learned(False, outcome.reason, "", outcome.report)
        champions.add(connection, site.id, row)
        if not outcome.promoted:
            return Learned(False, outcome.reason, row.id, outcome.report)
        if row.id in champions.withdrawn(champions.log(connection, site.id)):
            return Learned(False, f"{row.id} was withdrawn", row.id, outcome.report)
        champions.promote(connection, site.id, row.id, "gate", self._clock())
        return Learned(True, outcome.reason, row.id, outcome.report)


def lessons_of(log: Iterable[tuple[Stored, list[LabelRow]]]) -> list[Lesson]:
    """What a site's log of labels teaches: the label in force of each comment, by trust.

    More good words for near-duplicates of one text than REPORTS_OF_ONE_TEXT, all by nobody
    known, are a campaign that speaks for itself: none is believed until a moderator agrees.
    """
    told = [lesson for stored, said in log if (lesson := _lesson(stored, said))]
    texts = [read(lesson.example.comment.content).normal for lesson in told]
    unit = clusters(texts)
    reports = Counter(u for u, lesson in zip(unit, told, strict=True) if _is_report(lesson))
    vouched = {u for u, one in zip(unit, told, strict=True) if _is_vouched(one)}
    silenced = {u for u, n in reports.items() if n > REPORTS_OF_ONE_TEXT and u not in vouched}
    both = zip(unit, told, strict=True)
    return [one for u, one in both if not (_is_report(one) and u in silenced)]


def _is_report(lesson: Lesson) -> bool:
    return lesson.source == "site" and lesson.example.label is Label.HAM


def _is_vouched(lesson: Lesson) -> bool:
    return lesson.source != "site" and lesson.example.label is Label.HAM


def _lesson(stored: Stored, said: list[LabelRow]) -> Lesson | None:
    entry = labels.entry_in_force(said)
    if entry is None or entry.label is None or stored.state is State.ERASED:
        return None
    source = _source(entry)
    example = Example(comment=stored.comment, label=entry.label, source=source,
                      language=stored.comment.page_language, id=stored.id)  # fmt: skip
    drawn = stored.sample.audited or 1.0
    return Lesson(example, source, TRUST[source], _stands_for(stored, entry.label), 1 / drawn)


def _stands_for(stored: Stored, label: Label) -> int:
    """A good comment that the audit found rejected speaks for those it did not draw."""
    found = stored.decision is Decision.REJECT and label is Label.HAM and stored.sample.audited
    return round(1 / found) if found else 1


def _source(entry: LabelRow) -> str:
    """Who speaks: a moderator by name, the site's key, or somebody's export."""
    if entry.source == "import":
        return "import"
    return "moderator" if entry.source == "console" or entry.moderator else "site"
