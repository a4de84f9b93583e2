"""Recent decisions, one's own and those of all, each with its undo."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service.db import acts
from service.db.accounts import Role
from service.desk import DECIDED
from service.web import parts
from service.web.console import card
from service.web.console.decide import NAMES
from service.web.console.routing import Route, Visit

MANY = 50


def shown(visit: Visit) -> ResponseReturnValue:
    """The newest decisions; `everybody=1` for those of all."""
    everybody = request.args.get("everybody") == "1"
    who = "" if everybody else visit.moderator.name
    before = request.args.get("before", "")[:30]
    with parts().database.reading() as connection:
        found = acts.recent(connection, visit.site.id, DECIDED, MANY, moderator=who, before=before)
        subjects = card.subjects(connection, visit, found)
    return render_template(
        "recent.html", acts=found, subjects=subjects, names=NAMES, everybody=everybody,
        next=found[-1][0].id if len(found) == MANY else "",
    )  # fmt: skip


ROUTES = (Route("GET", "/{site_id}/decisions", shown, Role.MODERATOR),)
