"""What Akismet's clients ask about an account rather than about a comment."""

import re
import secrets
from datetime import UTC, date, timedelta
from typing import Any

import orjson
from flask import Blueprint, Response

from service.clock import moment
from service.db.activity import Count, activity
from service.db.sites import Site
from service.web import akismet_stats, parts
from service.web.akismet_form import Form
from service.web.akismet_key import keyed, text

account = Blueprint("account", __name__)

MOST_SITES = 500
SPANS = {"60-days": (60, "%Y-%m-%d"), "6-months": (183, "%Y-%m"), "all": (None, "%Y")}
"""What `from` may be: so many days back (None: all), and the periods of the breakdown."""


@account.route("/1.2/usage-limit", methods=["GET", "POST"])
@keyed
def usage_limit(site: Site, form: Form) -> Response:
    """How many comments this month; there is no limit."""
    usage = akismet_stats.totals(_in_month(site, _today()), site.policy.akismet_hold)
    return _json(akismet_stats.usage_limit(usage, extended=form.flag("extended")))


@account.route("/1.2/key-sites", methods=["GET", "POST"])
@keyed
def key_sites(site: Site, form: Form) -> Response:
    """What the key was used for in a month. A key here belongs to one site."""
    try:
        month = _month(form.get("month"))
        limit, offset = _number(form, "limit", MOST_SITES), _number(form, "offset", 0)
    except ValueError as wrong:
        return text(f"Invalid field: {wrong}.", debug_help=f'Invalid "{wrong}" value')
    used = akismet_stats.totals(_in_month(site, month), site.policy.akismet_hold)
    wanted = form.get("filter") in site.url and used.calls
    rows = [akismet_stats.site_row(site.url, used)] if wanted else []
    page = {"limit": limit, "offset": offset}
    if form.get("format") == "csv":
        key = parts().sites.akismet_key(site.id)
        told = akismet_stats.key_sites_csv(key, f"{month:%Y-%m}", rows, **page)
        return Response(told, mimetype="text/csv")
    return _json(akismet_stats.key_sites(f"{month:%Y-%m}", rows, **page))


@account.post("/1.1/get-stats")
@account.post("/1.1/get-key-stats")  # the same of a whole key, as Akismet's PHP kit asks
@keyed
def get_stats(site: Site, form: Form) -> Response:
    """What became of the comments of the last 60 days, of six months or of all time."""
    days, period = SPANS.get(form.get("from"), SPANS["6-months"])
    until = _today() + timedelta(days=1)
    since = moment(site.created_at).date() if days is None else until - timedelta(days=days)
    counts = _counts(site, since, until)
    return _json(akismet_stats.get_stats(counts, site.policy.akismet_hold, period))


@account.post("/1.1/get-subscription")
@keyed
def get_subscription(_site: Site, _form: Form) -> Response:
    """What a plugin shows of an account without plans."""
    return _json(akismet_stats.SUBSCRIPTION)


@account.post("/1.1/token")
@keyed
def token(_site: Site, _form: Form) -> Response:
    """A token for Akismet's own statistics pages, which are not here: it opens nothing."""
    return text(secrets.token_urlsafe())


@account.post("/1.1/deactivate")
@keyed
def deactivate(_site: Site, _form: Form) -> Response:
    """A plugin was switched off somewhere. The key stays good: only its owner revokes it."""
    return text("deactivated")


def _json(told: dict[str, Any]) -> Response:
    return Response(orjson.dumps(told), mimetype="application/json")


def _today() -> date:
    return parts().clock().astimezone(UTC).date()


def _month(written: str) -> date:
    """The first day of a month written as YYYY-MM; of this one if nothing is written."""
    if not written:
        return _today().replace(day=1)
    if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", written):
        raise ValueError("month")
    return date.fromisoformat(f"{written}-01")


def _number(form: Form, name: str, default: int) -> int:
    written = form.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", written):
        raise ValueError(name)
    return int(written)


def _in_month(site: Site, day: date) -> list[Count]:
    first = day.replace(day=1)
    return _counts(site, first, (first + timedelta(days=31)).replace(day=1))


def _counts(site: Site, since: date, until: date) -> list[Count]:
    with parts().database.reading() as connection:
        return activity(connection, site.id, since, until)
