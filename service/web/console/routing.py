"""One table of routes, which says for each who may use it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.db.accounts import Moderator, Role
from service.db.sites import Site
from service.errors import NotFound
from service.web import parts
from service.web.console import session

OPEN: Literal["open"] = "open"
SIGNED_IN: Literal["signed-in"] = "signed-in"
Needs = Role | Literal["open", "signed-in"]
UNLESS_OWN_PASSWORD = {"account.shown", "account.password", "account.appearance",
                       "signin.sign_out"}  # fmt: skip
"""What somebody with a one-time password may do before choosing their own."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is here, on which site, and what they may do there."""

    moderator: Moderator
    site: Site
    role: Role

    def may(self, role: Role) -> bool:
        """True if the visitor has at least this role on the site."""
        return self.role.includes(role)


@dataclass(frozen=True, slots=True)
class Route:
    """One page or act. The handler gets a Visit where a role is needed, the Moderator where
    being signed in is enough, and the path's parameters by name. `nav`: its name in the top bar.
    """

    method: Literal["GET", "POST"]
    path: str
    handler: Callable[..., ResponseReturnValue]
    needs: Needs
    nav: str = ""

    @property
    def name(self) -> str:
        """The endpoint: `module.function`."""
        return f"{self.handler.__module__.rpartition('.')[2]}.{self.handler.__name__}"


def serve(app: Flask, routes: tuple[Route, ...]) -> None:
    """Let the console answer these routes."""
    for route in routes:
        rule = route.path.replace("{", "<").replace("}", ">")
        app.add_url_rule(rule, route.name, _view(route), methods=[route.method],
                         provide_automatic_options=False)  # fmt: skip


def _view(route: Route) -> Callable[..., ResponseReturnValue]:
    def view(**inputs: Any) -> ResponseReturnValue:
        if route.needs == OPEN:
            return route.handler(**inputs)
        moderator = session.moderator()
        if moderator is None:
            return _ask_to_sign_in()
        if moderator.one_time and route.name not in UNLESS_OWN_PASSWORD:
            return redirect(url_for("account.shown"))
        if not isinstance(route.needs, Role):
            return route.handler(moderator, **inputs)
        visit = g.visit = _visit(moderator, inputs.pop("site_id"))
        if not visit.may(route.needs):
            abort(403)
        return route.handler(visit, **inputs)

    return view


def _visit(moderator: Moderator, site_id: str) -> Visit:
    role = moderator.role_on(site_id)
    if role is None:
        raise NotFound("there is no such page")  # whether the site exists is nobody's business
    site = parts().sites.get(site_id)
    if site.id != site_id:
        raise NotFound("there is no such page")  # a role goes by id, never by a name alike
    return Visit(moderator, site, role)


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method != "GET" or request.headers.get("X-Requested-With"):
        abort(401)  # a form or a script: nothing has changed
    return redirect(url_for("signin.form", next=request.full_path.rstrip("?")))
