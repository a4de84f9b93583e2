"""The queue: what waits, what was decided, what was searched for; one page for all of it."""

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from model.policy import thresholds
from model.verdict import REASONS
from service.db import acts, campaigns, comments, listing, queue, search
from service.db.accounts import Role
from service.db.campaigns import Campaign
from service.db.comments import Stored
from service.db.engine import Connection
from service.desk import DECIDED
from service.ranking import Ranked, Why, rank
from service.web import parts
from service.web.console import card, said, verdict
from service.web.console.language import N_
from service.web.console.routing import Route, Visit

MANY = 30
"""Comments in one list; the next come when these are done."""
QUEUES = (("waiting", N_("Waiting")), ("campaigns", N_("Campaigns")), ("edited", N_("Edited")),
          ("decided", N_("Decided")), ("all", N_("All")))  # fmt: skip
EDITED = "edit-added-links"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which comments somebody wants to see."""

    queue: str = "waiting"
    reason: str = ""
    q: str = ""
    before: str = ""

    @property
    def address(self) -> dict[str, Any]:
        """The same as parameters of a link, without those that say nothing."""
        given = {"queue": self.queue, "reason": self.reason, "q": self.q}
        return {name: value for name, value in given.items() if value and value != "waiting"}


def asked() -> Asked:
    """What the query string of this request, or its form, asks for."""
    given = {name: said.harmless(request.values.get(name, "")[:200])
             for name in ("queue", "reason", "q", "before")}  # fmt: skip
    if given["queue"] not in dict(QUEUES):
        given["queue"] = "all" if given["q"] else "waiting"
    if given["reason"] not in REASONS:
        given["reason"] = ""
    return Asked(**given)


def shown(visit: Visit) -> ResponseReturnValue:
    """The list beside the comment that comes first, or the one asked for as `c`."""
    wanted, current = asked(), request.args.get("c", "")
    with parts().database.reading() as connection:
        lines, after = listed(connection, visit, wanted)
        opened = current or (lines[0].id if lines else "")
        stored = comments.get(connection, visit.site.id, opened) if opened else None
        if current and stored is None:
            abort(404)
        values = {
            "wanted": wanted,
            "lines": lines,
            "after": after,
            "card": card.card(connection, visit, stored) if stored else None,
            "why": next((line.why for line in lines if line.id == opened), ""),
            "opened": bool(current),
            **_around(connection, visit, wanted),
        }
    return render_template("queue.html", **values)


def more(visit: Visit) -> ResponseReturnValue:
    """The list alone, for the script that adds what is not in the page yet."""
    wanted = asked()
    with parts().database.reading() as connection:
        lines, _ = listed(connection, visit, wanted)
    return render_template("lines.html", lines=lines, wanted=wanted)


def one(visit: Visit, comment_id: str) -> ResponseReturnValue:
    """One comment's card alone."""
    with parts().database.reading() as connection:
        stored = comments.get(connection, visit.site.id, comment_id)
        if stored is None:
            abort(404)
        found = card.card(connection, visit, stored)
    return render_template("card.html", card=found, wanted=asked())


def news(visit: Visit) -> ResponseReturnValue:
    """How many wait, and how many of them came after the newest that the page knows."""
    newest = request.args.get("newest", "")[:30]
    with parts().database.reading() as connection:
        told = {
            "waiting": queue.count(connection, visit.site.id),
            "fresh": queue.since(connection, visit.site.id, newest) if newest else 0,
        }
    return unless_known(make_response(told))


def unless_known(response: Response) -> Response:
    """The answer with an ETag; 304 for whoever has it already."""
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def listed(
    connection: Connection, visit: Visit, wanted: Asked
) -> tuple[list[card.Line], str]:  # fmt: skip
    """The lines of a list, and where the next page of it begins; empty: nowhere."""
    ranked: dict[str, Ranked] = {}
    after = ""
    if wanted.q:
        found, after = _searched(connection, visit, wanted)
    elif wanted.queue in ("decided", "all"):
        found = _past(connection, visit, wanted)
        after = found[-1].id if wanted.queue == "all" and len(found) == MANY else ""
    else:
        ranked = {one.id: one for one in _ranked(connection, visit, wanted)[:MANY]}
        found = _in_order(connection, visit, list(ranked))
    return card.lines(connection, visit, _unless_blind(found, wanted), ranked), after


def _in_order(connection: Connection, visit: Visit, ids: list[str]) -> list[Stored]:
    stored = {one.id: one for one in comments.read(connection, visit.site.id, ids)}
    return [stored[one] for one in ids if one in stored]


def _ranked(connection: Connection, visit: Visit, wanted: Asked) -> list[Ranked]:
    site, now = visit.site, parts().clock()
    groups = campaigns.largest(connection, site.id, MANY)
    if wanted.queue == "campaigns":
        return [Ranked(one.newest, 0.0, Why.CAMPAIGN, one) for one in groups]
    reason = EDITED if wanted.queue == "edited" else wanted.reason
    waiting = queue.ends(connection, site.id, reason)
    scorer = parts().serving.scorer(site)
    bounds = thresholds(site.policy, scorer.model.card if scorer else {})
    kept = acts.kept(connection, site.id, visit.moderator.name, now)
    members = {} if reason else _members(connection, site.id, [one.id for one in waiting], groups)
    return rank(waiting, bounds, now, campaigns=members, kept=kept)


def _members(
    connection: Connection, site_id: str, ids: list[str], groups: list[Campaign]
) -> dict[str, Campaign]:
    by_id = {one.id: one for one in groups}
    of = campaigns.of_comments(connection, site_id, ids)
    return {comment: by_id[of[comment]] for comment in ids if of.get(comment) in by_id}


def _past(connection: Connection, visit: Visit, wanted: Asked) -> list[Stored]:
    if wanted.queue == "all":
        filters = listing.Filters(before=wanted.before or None, reason=wanted.reason or None)
        return listing.find(connection, parts().keyring, visit.site.id, filters, MANY)
    return _in_order(connection, visit, acts.decided_comments(connection, visit.site.id, MANY))


def _unless_blind(found: list[Stored], wanted: Asked) -> list[Stored]:
    """A filter by reason must not tell what a blind comment's reasons are."""
    return [one for one in found if not (wanted.reason and one.sample.blind)]


def _searched(connection: Connection, visit: Visit, wanted: Asked) -> tuple[list[Stored], str]:
    before = int(wanted.before) if wanted.before.isdecimal() else None
    places = search.find(connection, visit.site.id, wanted.q, MANY, before)
    after = str(places[-1][0]) if len(places) == MANY else ""
    return _in_order(connection, visit, [one for _, one in places]), after


def _around(connection: Connection, visit: Visit, wanted: Asked) -> dict[str, Any]:
    site_id = visit.site.id
    counts = {
        "waiting": queue.count(connection, site_id),
        "campaigns": len(campaigns.largest(connection, site_id, MANY)),
        "edited": queue.count(connection, site_id, EDITED),
    }
    matching = (
        queue.count(connection, site_id, wanted.reason) if wanted.reason else counts["waiting"]
    )
    recent = acts.recent(connection, site_id, DECIDED, 6, moderator=visit.moderator.name)
    mine = acts.today(connection, site_id, visit.moderator.name, parts().clock())
    return {"queues": dict(QUEUES), "counts": counts, "recent": recent, "matching": matching,
            "subjects": card.subjects(connection, visit, recent),
            "mine": mine, "reason_name": verdict.chip(wanted.reason)}  # fmt: skip


ROUTES = (
    Route("GET", "/{site_id}/queue", shown, Role.MODERATOR, nav=N_("Queue")),
    Route("GET", "/{site_id}/queue/more", more, Role.MODERATOR),
    Route("GET", "/{site_id}/queue/news", news, Role.MODERATOR),
    Route("GET", "/{site_id}/comments/{comment_id}/card", one, Role.MODERATOR),
)
