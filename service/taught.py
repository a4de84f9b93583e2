"""What a site's log of labels teaches, and what in it is not believed until somebody agrees."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from model.comment import Example, Label
from model.text import read
from model.verdict import Decision
from service.db import labels
from service.db.comments import State, Stored
from service.db.labels import LabelRow
from training.duplicates import clusters
from training.retrain import Lesson

TRUST = {"moderator": 1.0, "site": 0.8, "import": 0.6}
REPORTS_OF_ONE_TEXT = 3
"""Good words for near-duplicates of one text, by nobody known, that are believed in all."""

BURST = timedelta(hours=1)
TURNED = {Label.HAM: 20, Label.SPAM: 100}
"""So many automatic decisions a key may turn round within BURST, by what it says they are. More,
with hardly anything said the other way, is a key in the wrong hands or a slip, until a
moderator labels the same comments. Where the key is all there is, a flood of spam that got
through is corrected by the dozen, so that limit is wider."""

OTHER_WAY = 0.1
"""Share of turned decisions in the other direction that makes a burst an honest afternoon."""

Told = tuple[Stored, LabelRow, Lesson]


@dataclass(frozen=True, slots=True)
class Taught:
    """The lessons that are believed, and the ids of comments whose label is in quarantine."""

    lessons: list[Lesson]
    quarantined: list[str]


def lessons_of(log: Iterable[tuple[Stored, list[LabelRow]]]) -> Taught:
    """The label in force of each comment, by trust, without what is in quarantine.

    More good words for near-duplicates of one text than REPORTS_OF_ONE_TEXT, all by nobody
    known, are a campaign that speaks for itself. A one-sided burst of decisions turned round by
    a key is one too.
    """
    told = [found for stored, said in log if (found := _told(stored, said))]
    doubted = _campaigns([lesson for _, _, lesson in told]) | _bursts(told)
    kept = [lesson for _, _, lesson in told if lesson.example.id not in doubted]
    return Taught(kept, sorted(doubted))


def _campaigns(told: Sequence[Lesson]) -> set[str]:
    unit = clusters([read(lesson.example.comment.content).normal for lesson in told])
    reports = Counter(u for u, lesson in zip(unit, told, strict=True) if _is_report(lesson))
    vouched = {u for u, one in zip(unit, told, strict=True) if _is_vouched(one)}
    silenced = {u for u, n in reports.items() if n > REPORTS_OF_ONE_TEXT and u not in vouched}
    both = zip(unit, told, strict=True)
    return {one.example.id for u, one in both if _is_report(one) and u in silenced}


def _bursts(told: Sequence[Told]) -> set[str]:
    turned = sorted((entry.at, entry.label, stored.id) for stored, entry, lesson in told
                    if lesson.source == "site" and _is_turned(stored, entry))  # fmt: skip
    found: set[str] = set()
    sides: Counter[Label | None] = Counter()
    end, marked = 0, dict.fromkeys(TURNED, 0)
    for start, (at, first, _) in enumerate(turned):
        while end < len(turned) and turned[end][0] - at <= BURST:
            sides[turned[end][1]] += 1
            end += 1
        for label in TURNED:
            if _is_one_sided(sides, label):
                hour = turned[max(start, marked[label]) : end]
                found |= {one for _, said, one in hour if said is label}
                marked[label] = end
        sides[first] -= 1
    return found


def _is_one_sided(sides: Counter[Label | None], label: Label) -> bool:
    here = sides[label]
    return here > TURNED[label] and sides.total() - here < OTHER_WAY * here


def _is_turned(stored: Stored, entry: LabelRow) -> bool:
    return (stored.decision, entry.label) in {
        (Decision.REJECT, Label.HAM), (Decision.ACCEPT, Label.SPAM),
    }  # fmt: skip


def _is_report(lesson: Lesson) -> bool:
    return lesson.source == "site" and lesson.example.label is Label.HAM


def _is_vouched(lesson: Lesson) -> bool:
    return lesson.source != "site" and lesson.example.label is Label.HAM


def _told(stored: Stored, said: list[LabelRow]) -> Told | None:
    entry = labels.entry_in_force(said)
    if entry is None or entry.label is None or stored.state is State.ERASED:
        return None
    source = _source(entry)
    example = Example(comment=stored.comment, label=entry.label, source=source,
                      language=stored.comment.page_language, id=stored.id)  # fmt: skip
    drawn = stored.sample.audited or 1.0
    stands_for = _stands_for(stored, entry.label)
    by_rule = stored.decision is Decision.HOLD and '"decides":true' in stored.answer
    lesson = Lesson(example, source, TRUST[source], stands_for, 1 / drawn, by_rule)
    return stored, entry, lesson


def _stands_for(stored: Stored, label: Label) -> int:
    """A good comment that the audit found rejected speaks for those it did not draw."""
    found = stored.decision is Decision.REJECT and label is Label.HAM and stored.sample.audited
    return round(1 / found) if found else 1


def _source(entry: LabelRow) -> str:
    """Who speaks: a moderator by name, the site's key, or somebody's export."""
    if entry.source == "import":
        return "import"
    return "moderator" if entry.source == "console" or entry.moderator else "site"
