"""Does a site still send what its model learned from? The last week beside the four before it.

Three figures, each with a 95 % interval, judged by one scorer on both sides so that a new model
is no drift: how far scores moved, how much of the texts no model has seen, how often moderators
disagree. And by name what is more or less common: hosts, words, scripts.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.comment import Comment, Label
from model.figures import share
from model.scorer import Scorer
from model.text import Reading, read
from service.db import labels
from service.db.comments import State, Stored
from service.db.engine import Database
from service.db.listing import Filters, find
from service.keyring import Keyring

WEEK = timedelta(days=7)
BEFORE = timedelta(days=28)
MOST = 1_000
"""Comments read on either side, the newest."""
FEWEST = 50
"""Below so many on either side nothing is said."""

MOVED = 1.0
"""Log-odds by which the mean score must surely have moved to raise an alarm."""
SHOWN = 5
CERTAIN = 3.9
"""Standard errors by which a name's share must have changed: one in 10,000 by chance."""

Floats = NDArray[np.float64]
KINDS = ("hosts", "words", "scripts")


@dataclass(frozen=True, slots=True)
class Seen:
    """One comment as drift sees it: its score, the share of it that is new to the models, its
    label if a person gave one, and what names it has."""

    score: float
    unseen: float | None
    label: Label | None
    names: Mapping[str, frozenset[str]]


def watch(
    database: Database, keyring: Keyring, site_id: str, scorer: Scorer, now: datetime
) -> dict[str, Any]:
    """The whole report on one site; `alarms` names what surely changed."""
    week = _read(database, keyring, site_id, scorer, now - WEEK, now)
    before = _read(database, keyring, site_id, scorer, now - WEEK - BEFORE, now - WEEK)
    return report(week, before)


def report(week: Sequence[Seen], before: Sequence[Seen]) -> dict[str, Any]:
    """Figures and names, `week` against `before`; figures are null where too little is known."""
    told: dict[str, Any] = {"comments": {"week": len(week), "before": len(before)}}
    if min(len(week), len(before)) < FEWEST:
        empty: dict[str, Any] = {
            "score_shift": None,
            "unseen_share": None,
            "disagreement": None,
            "changed": {},
        }
        return told | empty | {"alarms": []}
    scores = _moved(_floats(one.score for one in week), _floats(one.score for one in before))
    unseen = _moved(*(_floats(one.unseen for one in side) for side in (week, before)))
    wrong = _disagreement(week, before)
    alarms = [
        name
        for name, surely in (
            ("score_shift", scores and min(abs(scores["lower"]), abs(scores["upper"])) >= MOVED
             and scores["lower"] * scores["upper"] > 0),
            ("unseen_share", unseen and unseen["lower"] > 0.05),
            ("disagreement", wrong["week"]["lower"] > wrong["before"]["upper"]),
        )
        if surely
    ]  # fmt: skip
    return told | {
        "score_shift": scores,
        "unseen_share": unseen,
        "disagreement": wrong,
        "changed": {kind: _changed(week, before, kind) for kind in KINDS},
        "alarms": alarms,
    }


def _read(  # noqa: PLR0917 - whose, by what, from when to when
    database: Database,
    keyring: Keyring,
    site_id: str,
    scorer: Scorer,
    since: datetime,
    until: datetime,
) -> list[Seen]:
    with database.reading() as connection:
        filters = Filters(since=since, until=until)
        stored = find(connection, keyring, site_id, filters, MOST)
        said = labels.of_comments(connection, [one.id for one in stored])
    judged = [one for one in stored if one.decision and one.state is not State.ERASED]
    return [_seen(one, labels.in_force(said.get(one.id, [])), scorer) for one in judged]


def _seen(stored: Stored, label: Label | None, scorer: Scorer) -> Seen:
    comment = stored.comment
    reading = read(comment.content)
    scored = scorer.score(reading, comment)
    unseen = None if scored.coverage is None else 1 - scored.coverage
    return Seen(scored.logit, unseen, label, names_of(comment, reading))


def names_of(comment: Comment, reading: Reading) -> dict[str, frozenset[str]]:
    """What of a comment may become more or less common: its hosts, words and scripts."""
    words = {word for word in reading.visible.lower().split() if word.isalpha() and len(word) > 2}
    return {
        "hosts": frozenset(link.domain for link in reading.links if link.domain),
        "words": frozenset(words),
        "scripts": frozenset({_script(reading.visible)} - {""}),
    }


def _script(text: str) -> str:
    """The first word of most letters' Unicode names: LATIN, CYRILLIC, CJK."""
    first = (unicodedata.name(letter, "").partition(" ")[0] for letter in text[:400]
             if letter.isalpha())  # fmt: skip
    common = Counter(first).most_common(1)
    return common[0][0].lower() if common else ""


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([value for value in values if value is not None], np.float64)


def _moved(week: Floats, before: Floats) -> dict[str, float] | None:
    """Difference of two means with the large-sample 95 % interval (Welch 1947)."""
    if min(len(week), len(before)) < FEWEST:
        return None
    moved = float(week.mean() - before.mean())
    error = 1.96 * math.sqrt(week.var(ddof=1) / len(week) + before.var(ddof=1) / len(before))
    return {"week": float(week.mean()), "before": float(before.mean()), "moved": moved,
            "lower": moved - error, "upper": moved + error}  # fmt: skip


def _disagreement(week: Sequence[Seen], before: Sequence[Seen]) -> dict[str, Any]:
    return {"week": _wrong(week), "before": _wrong(before)}


def _wrong(side: Sequence[Seen]) -> dict[str, Any]:
    """Share of labelled comments on the other side of even odds than the label."""
    told = [one for one in side if one.label in (Label.SPAM, Label.HAM)]
    wrong = sum((one.score > 0) != (one.label is Label.SPAM) for one in told)
    found = share(wrong, len(told))
    return {"share": found.estimate if told else None, "lower": found.lower,
            "upper": found.upper, "n": len(told)}  # fmt: skip


def _changed(week: Sequence[Seen], before: Sequence[Seen], kind: str) -> list[dict[str, Any]]:
    """The names whose share of comments changed beyond chance, the surest first.

    Log-odds ratio over its standard error, halves added (Monroe, Colaresi and Quinn,
    "Fightin' Words", 2008, without the informative prior).
    """
    now, then = (Counter(name for one in side for name in one.names[kind])
                 for side in (week, before))  # fmt: skip
    sure = {name: _sureness(now[name], len(week), then[name], len(before))
            for name in now.keys() | then.keys()}  # fmt: skip
    chosen = sorted((name for name in sure if abs(sure[name]) >= CERTAIN),
                    key=lambda name: (-abs(sure[name]), name))  # fmt: skip
    return [{"name": name, "week": now[name] / len(week), "before": then[name] / len(before)}
            for name in chosen[:SHOWN]]  # fmt: skip


def _sureness(a: int, n: int, b: int, m: int) -> float:
    cells = (a + 0.5, n - a + 0.5, b + 0.5, m - b + 0.5)
    ratio = math.log(cells[0] / cells[1]) - math.log(cells[2] / cells[3])
    return ratio / math.sqrt(sum(1 / cell for cell in cells))
