"""Who did what: the audit log of a site, and for those who rule everywhere of the instance."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from service.db.accounts import EVERYWHERE, Role
from service.db.audit_log import INSTANCE, find
from service.web import parts
from service.web.console.decide import NAMES
from service.web.console.language import N_
from service.web.console.routing import Route, Visit

PAGE = 60


def shown(visit: Visit) -> ResponseReturnValue:
    """The newest acts, page by page."""
    rules_all = visit.moderator.roles.get(EVERYWHERE) is Role.ADMIN
    everywhere = request.args.get("of") == "instance"
    if everywhere and not rules_all:
        abort(403)
    who, before = request.args.get("who", "")[:200], request.args.get("before", "")[:30]
    with parts().database.reading() as connection:
        acts = find(connection, INSTANCE if everywhere else visit.site.id,
                              limit=PAGE + 1, before=before, moderator=who)  # fmt: skip
    page = acts[:PAGE]
    return render_template(
        "audit_log.html", acts=page, who=who, before=before, everywhere=everywhere,
        rules_all=rules_all, names=NAMES,
        older=page[-1].id if len(acts) > PAGE else "",
    )  # fmt: skip


ROUTES = (Route("GET", "/{site_id}/log", shown, Role.ADMIN, nav=N_("Log")),)
