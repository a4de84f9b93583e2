"""One comment's own page: the whole text, the whole sum, and all that happened to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from model.verdict import Judgement
from service import answer
from service.db import comments
from service.db.accounts import Role
from service.db.engine import Connection
from service.web import parts
from service.web.console import card, said, verdict
from service.web.console.decide import NAMES
from service.web.console.language import gettext
from service.web.console.routing import Route, Visit

LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a comment's history. `kind` colours it: ham, spam, hold, undo, live, note."""

    at: datetime
    kind: str
    what: str
    detail: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the sum: from where to where it goes, in percent of the width."""

    name: str
    weight: float
    left: float
    width: float


def shown(visit: Visit, comment_id: str) -> ResponseReturnValue:
    """The page of one comment."""
    with parts().database.reading() as connection:
        stored = comments.get(connection, visit.site.id, comment_id)
        if stored is None:
            abort(404)
        found = card.card(connection, visit, stored, LONGEST)
        events = sorted(_events(connection, found), key=lambda one: one.at)
    return render_template("comment.html", card=found, events=events, steps=_sum(found.judgement),
                           raw=said.harmless(stored.comment.content[:LONGEST]))  # fmt: skip


def _events(connection: Connection, found: card.Card) -> Iterator[Event]:
    stored = found.stored
    yield Event(stored.at, "", gettext("Received"), stored.dialect)
    for at, told in comments.judgements_of(connection, stored.id):
        if not found.line.blind:
            yield _judged(at, answer.from_json(told))
    for entry in found.said:
        what = gettext(NAMES[entry.label]) if entry.label else gettext("Taken back")
        who = entry.moderator or gettext("the site (%s)") % entry.source
        yield Event(entry.at, entry.label or "undo", what, who, entry.note)
    for note in found.notes:
        yield Event(note.at, "note", gettext("Note"), note.moderator, note.text)
    if found.live_at:
        yield Event(found.live_at, "live", gettext("Lesson live"))


def _judged(at: datetime, judgement: Judgement) -> Event:
    names = {"accept": ("ham", gettext("Accepted by Weir")), "hold": ("hold", gettext("Held")),
             "reject": ("spam", gettext("Rejected by Weir"))}  # fmt: skip
    kind, what = names[judgement.decision]
    detail = f"{judgement.base_model} {judgement.site_model or ''} {judgement.policy}"
    return Event(at, kind, f"{what}: {verdict.in_words(judgement)}", detail.strip())


def _sum(judgement: Judgement | None) -> list[Step]:
    """The parts that make the score, each starting where the last one ended."""
    if judgement is None or judgement.score is None:
        return []
    weighed = [(verdict.told(one), one.weight) for one in judgement.reasons if one.weight]
    named = [(gettext("where every comment starts"), judgement.base), *weighed,
             (gettext("smaller parts together"), judgement.rest)]  # fmt: skip
    at, ends = 0.0, [0.0]
    for _, weight in named:
        at += weight
        ends.append(at)
    low, high = min(ends), max(ends)
    scale = 100 / ((high - low) or 1)
    return [
        Step(name, weight, round((min(a, b) - low) * scale, 2),
             round(max(abs(weight) * scale, 0.4), 2))
        for (name, weight), a, b in zip(named, ends, ends[1:], strict=False)
    ]  # fmt: skip


ROUTES = (Route("GET", "/{site_id}/comments/{comment_id}", shown, Role.MODERATOR),)
