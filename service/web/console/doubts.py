"""Lessons in doubt: texts labelled both ways, labels that the model contradicts, quarantine.

The last round of training has found them (service/learning.py); nothing here is dropped, a
moderator looks and decides again or leaves it.
"""

from flask import render_template
from flask.typing import ResponseReturnValue

from service.db import comments, rounds
from service.db.accounts import Role
from service.web import parts
from service.web.console import card
from service.web.console.language import N_
from service.web.console.queue import Asked
from service.web.console.routing import Route, Visit

KINDS = {
    "contradicted": N_("The same text was called spam and good. "
                       "It teaches nothing until one is taken back."),
    "doubted": N_("A model that has not seen the label says the opposite. "
                  "Perhaps a slip of the hand."),
    "quarantined": N_("Too many alike from one key at once. "
                      "They teach nothing until a moderator agrees."),
}  # fmt: skip
TITLES = {"contradicted": N_("Contradictions"), "doubted": N_("Perhaps mistakes"),
          "quarantined": N_("In quarantine")}  # fmt: skip
MANY = 50


def shown(visit: Visit) -> ResponseReturnValue:
    """What the last round of training had its doubts about."""
    with parts().database.reading() as connection:
        last = rounds.last_report(connection, visit.site.id)
        groups = {}
        for kind in KINDS:
            ids = [str(one) for one in last.get(kind, ())][:MANY]
            found = comments.read(connection, visit.site.id, ids)
            groups[kind] = card.lines(connection, visit, found, {})
    return render_template("doubts.html", groups=groups, kinds=KINDS, titles=TITLES, wanted=Asked())


ROUTES = (Route("GET", "/{site_id}/doubts", shown, Role.MODERATOR),)
