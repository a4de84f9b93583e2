"""A site's own page: its name, its promise and policy, and its keys."""

import math
from typing import Any, cast

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from service.db.accounts import Role
from service.db.sites import KeyKind
from service.errors import Conflict, Invalid
from service.policies import PolicyChange
from service.site_url import site_url
from service.web import learning, parts
from service.web.console.acts import act
from service.web.console.language import N_, gettext
from service.web.console.routing import Route, Visit

SHARES = ("reject_budget", "hold_budget", "audit_share")
KINDS = ("token", "akismet")
HOLDS = ("spam-queue", "wordpress-pending", "wordpress-recheck", "ham")


def shown(visit: Visit) -> ResponseReturnValue:
    """Everything that can be set for this site."""
    return _page(visit)


def _page(visit: Visit, **more: Any) -> str:
    return render_template("site.html", promise=learning.promise(visit.site), holds=HOLDS,
                           **more)  # fmt: skip


def rename(visit: Visit) -> ResponseReturnValue:
    """Another name, another address."""
    name, url = (request.form.get(field, "").strip() for field in ("name", "url"))
    needed = {"name": gettext("A name and an address with http are needed.")}
    if not name or len(name) > 200:
        return _page(visit, wrong=needed), 422
    try:
        parts().sites.rename(visit.site.id, name=name, url=site_url(url),
                             also=act(visit, "site-renamed", name))  # fmt: skip
    except Invalid:
        return _page(visit, wrong=needed), 422
    except Conflict as taken:
        return _page(visit, wrong={"name": str(taken)}), 409
    return _saved(visit)


def policy(visit: Visit) -> ResponseReturnValue:
    """Another policy; the lists and the limits have pages of their own."""
    try:
        changes = PolicyChange(**_sent()).changes()
    except ValidationError as error:
        wrong = {str(one["loc"][0]): one["msg"] for one in error.errors(include_url=False)}
        return _page(visit, wrong=wrong), 422
    changed = {name: value for name, value in changes.items() if value != _now(visit, name)}
    if changed:
        parts().sites.set_policy(visit.site.id, changed, act(visit, "policy-changed", **changed))
    return _saved(visit)


def _now(visit: Visit, name: str) -> object:
    value = getattr(visit.site.policy, name)
    return list(value) if isinstance(value, tuple) else value


def _sent() -> dict[str, Any]:
    form = request.form
    told: dict[str, Any] = {name: _number(form.get(name, "")) / 100 for name in SHARES}
    told["mode"] = "hold-first" if form.get("mode") == "hold-first" else "normal"
    elapsed = _number(form.get("min_elapsed_ms", ""))
    told["min_elapsed_ms"] = int(elapsed) if math.isfinite(elapsed) else -1
    told["trusted_roles"] = [
        r.strip() for r in form.get("trusted_roles", "").split(",") if r.strip()
    ]
    told["akismet_hold"] = form.get("akismet_hold", "")
    return told


def _number(said: str) -> float:
    """A number as people write it; not a number where it is none."""
    try:
        return float(said.strip().replace(",", "."))
    except ValueError:
        return math.nan


def ask_rotate(visit: Visit, kind: str) -> ResponseReturnValue:
    """Say what a new key will do, and ask once more."""
    if kind not in KINDS:
        abort(404)
    return render_template("key_confirm.html", kind=kind)


def rotate(visit: Visit) -> ResponseReturnValue:
    """A new key, shown this once; the old one is refused from now on."""
    kind = request.form.get("kind", "")
    if kind not in KINDS:
        abort(400)
    secret = parts().sites.rotate(
        visit.site.id, cast(KeyKind, kind), act(visit, "key-rotated", kind)
    )
    return _page(visit, new_kind=kind, new_key=secret)


def _saved(visit: Visit) -> ResponseReturnValue:
    flash(gettext("Saved. It holds for every new comment."), "good")
    return redirect(url_for("site.shown", site_id=visit.site.id))


ROUTES = (
    Route("GET", "/{site_id}/site", shown, Role.ADMIN, nav=N_("Site")),
    Route("POST", "/{site_id}/site", rename, Role.ADMIN),
    Route("POST", "/{site_id}/site/policy", policy, Role.ADMIN),
    Route("GET", "/{site_id}/site/keys/{kind}", ask_rotate, Role.ADMIN),
    Route("POST", "/{site_id}/site/keys", rotate, Role.ADMIN),
)
