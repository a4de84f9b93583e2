"""What the site always blocks and always allows; shown on its own past before it is saved."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from model.policy import Policy
from service import replay
from service.db.accounts import Role
from service.db.sites import policy_from, policy_to
from service.policies import PolicyChange
from service.web import parts
from service.web.console.acts import act, to_comment
from service.web.console.language import N_, gettext
from service.web.console.routing import Route, Visit
from service.web.console.said import plain

FIELDS = ("blocked_terms", "blocked_hosts", "blocked_addresses",
          "allowed_terms", "allowed_hosts", "allowed_addresses")  # fmt: skip
SHOWN = 50
"""Changes that are shown one by one."""


def shown(visit: Visit) -> ResponseReturnValue:
    """The lists as they are."""
    return _page(visit, _of(visit.site.policy))


def tried(visit: Visit) -> ResponseReturnValue:
    """Which past decisions the lists in the form would change; nothing is saved."""
    lists = _sent()
    if wrong := _wrong(lists):
        return _page(visit, lists, wrong=wrong), 422
    return _tried(visit, lists)


def save(visit: Visit) -> ResponseReturnValue:
    """Save the lists that were tried; others are tried first."""
    lists = _sent()
    if wrong := _wrong(lists):
        return _page(visit, lists, wrong=wrong), 422
    wished = _policy(visit, lists)
    if request.form.get("tried") != wished.version:
        return _tried(visit, lists)
    before = _of(visit.site.policy)
    told = {name: len(lists[name]) - len(before[name]) for name in FIELDS
            if lists[name] != before[name]}  # fmt: skip
    parts().sites.set_policy(visit.site.id, lists, act(visit, "lists-changed", **told))
    flash(gettext("The lists are in force for every new comment."), "good")
    return redirect(url_for("lists.shown", site_id=visit.site.id))


def _tried(visit: Visit, lists: Mapping[str, list[str]]) -> str:
    wished = _policy(visit, lists)
    found = replay.replay(parts().database, parts().keyring, visit.site, wished, parts().clock())
    return _page(visit, lists, found=found, tried=wished.version)


def _page(visit: Visit, lists: Mapping[str, list[str]], **more: Any) -> str:
    now = _of(visit.site.policy)
    gained = {name: len(set(lists[name]) - set(now[name])) for name in FIELDS}
    lost = {name: len(set(now[name]) - set(lists[name])) for name in FIELDS}
    return render_template(
        "lists.html", lists=lists, gained=gained, lost=lost, most=replay.MOST, shown=SHOWN,
        plain=plain,
        to_comment=partial(to_comment, visit), **more,
    )  # fmt: skip


def _of(policy: Policy) -> dict[str, list[str]]:
    return {name: list(getattr(policy, name)) for name in FIELDS}


def _sent() -> dict[str, list[str]]:
    """The form's lists: one entry a line, each once, in the order of the form."""
    return {
        name: list(dict.fromkeys(
            entry for line in request.form.get(name, "").splitlines() if (entry := line.strip())
        ))
        for name in FIELDS
    }  # fmt: skip


def _wrong(lists: Mapping[str, list[str]]) -> dict[str, str]:
    """What is wrong with each list, by its name."""
    try:
        PolicyChange.model_validate(lists)
    except ValidationError as error:
        return {
            str(one["loc"][0]): one["msg"].removeprefix("Value error, ")
            for one in error.errors(include_url=False)
        }
    return {}


def _policy(visit: Visit, lists: Mapping[str, list[str]]) -> Policy:
    return policy_from(policy_to(visit.site.policy) | dict(lists))


ROUTES = (
    Route("GET", "/{site_id}/lists", shown, Role.TRAINER, nav=N_("Lists")),
    Route("POST", "/{site_id}/lists/tried", tried, Role.TRAINER),
    Route("POST", "/{site_id}/lists", save, Role.TRAINER),
)
