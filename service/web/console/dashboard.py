"""The dashboard: how the filter is doing on this site, and the emergency switch."""

import csv
import io
import statistics
from datetime import timedelta
from functools import partial

import orjson
from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import figures
from service.db.accounts import Role
from service.web import learning, parts
from service.web.console import pictures
from service.web.console.acts import act, to_comment
from service.web.console.language import N_, gettext, number
from service.web.console.routing import Route, Visit
from service.whatif import SECONDS_A_LOOK

SPANS = (7, 30, 90)
"""Days that can be looked at."""


def shown(visit: Visit) -> ResponseReturnValue:
    """The last days in figures and plots."""
    span = _span()
    found = figures.of_site(parts().database, visit.site.id, parts().clock().date(), span)
    return render_template(
        "dashboard.html", found=found, span=span, spans=SPANS, wait=_wait(found.waits),
        plots=pictures.of(found, visit.site.policy), promise=learning.promise(visit.site),
        to_comment=partial(to_comment, visit), seconds=SECONDS_A_LOOK,
        saved=lasting(timedelta(minutes=found.minutes_saved)),
    )  # fmt: skip


def _span() -> int:
    asked = request.args.get("days", "30")
    return int(asked) if asked in map(str, SPANS) else 30


def _wait(waits: tuple[timedelta, ...]) -> dict[str, str] | None:
    if not waits:
        return None
    middle = statistics.median(wait.total_seconds() for wait in waits)
    return {"median": lasting(timedelta(seconds=middle)), "longest": lasting(waits[-1])}


def lasting(span: timedelta) -> str:
    """A span of time in its two largest units."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 60:
        return gettext("%(n)s min") % {"n": number(minutes)}
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return gettext("%(h)s h %(m)s min") % {"h": number(hours), "m": number(minutes)}
    return gettext("%(d)s days") % {"d": number(hours / 24, 1)}


def table(visit: Visit, name: str) -> ResponseReturnValue:
    """What a plot's table shows, as CSV or JSON."""
    found = figures.of_site(parts().database, visit.site.id, parts().clock().date(), _span())
    picture = pictures.of(found, visit.site.policy).get(name)
    if picture is None:
        abort(404)
    as_json = request.args.get("as") == "json"
    body = _json(picture) if as_json else _csv(picture)
    kind, ending = ("application/json", "json") if as_json else ("text/csv", "csv")
    given = {"Content-Disposition": f'attachment; filename="{picture.name}.{ending}"'}
    return Response(body, content_type=f"{kind}; charset=utf-8", headers=given)


def _csv(picture: pictures.Picture) -> str:
    out = io.StringIO()
    rows = ([_cell(value) for value in row] for row in picture.table)
    csv.writer(out).writerows([picture.columns, *rows])
    return out.getvalue()


def _cell(value: object) -> object:
    """A text that a spreadsheet would calculate begins with an apostrophe (OWASP: CSV injection).
    A host may be called so; a negative number is none."""
    formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if formula else value


def _json(picture: pictures.Picture) -> bytes:
    rows = [dict(zip(picture.columns, row, strict=True)) for row in picture.table]
    return orjson.dumps({"title": picture.words.title, "rows": rows})


def switch(visit: Visit) -> ResponseReturnValue:
    """Hold everything that would be rejected, or no longer."""
    on = request.form.get("hold") == "on"
    parts().sites.set_policy(visit.site.id, {"hold_rejects": on},
                             act(visit, "policy-changed", hold_rejects=on))  # fmt: skip
    told = (
        gettext("From now on everything that would be rejected is held.") if on
        else gettext("Back to normal: Weir rejects again.")
    )  # fmt: skip
    flash(told, "good")
    return redirect(url_for("dashboard.shown", site_id=visit.site.id))


ROUTES = (
    Route("GET", "/{site_id}/dashboard", shown, Role.MODERATOR, nav=N_("Dashboard")),
    Route("GET", "/{site_id}/dashboard/{name}", table, Role.MODERATOR),
    Route("POST", "/{site_id}/emergency", switch, Role.TRAINER),
)
