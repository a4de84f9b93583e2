"""The queue: what waits for a decision."""

from flask import render_template
from flask.typing import ResponseReturnValue

from service.db import listing
from service.db.accounts import Role
from service.db.comments import State
from service.web import parts
from service.web.console.language import N_
from service.web.console.routing import Route, Visit


def shown(visit: Visit) -> ResponseReturnValue:
    """What is held, newest first."""
    wanted = listing.Filters(state=State.HELD)
    with parts().database.reading() as connection:
        held = listing.find(connection, parts().keyring, visit.site.id, wanted, 40)
    return render_template("queue.html", held=held)


ROUTES = (Route("GET", "/{site_id}/queue", shown, Role.MODERATOR, nav=N_("Queue")),)
