"""What every page has around it: navigation, the site switch, and what templates may call."""

from datetime import datetime
from typing import Any

from flask import Flask, g, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from service import __version__
from service.db.accounts import Moderator, Role
from service.db.sites import Site
from service.web import parts
from service.web.console import language, session
from service.web.console.language import N_, gettext
from service.web.console.routing import Route, Visit

THEME = "weir-theme"
"""Cookie with the appearance chosen in this browser: a screen is light or dark, not an account."""
THEMES = {"light": N_("Light"), "dark": N_("Dark"), "": N_("As the system")}


def register(app: Flask, routes: tuple[Route, ...]) -> None:
    """Let every template of this application know these."""

    @app.context_processor
    def around() -> dict[str, Any]:
        visit: Visit | None = g.get("visit")
        moderator = session.moderator()
        return {
            "visit": visit,
            "moderator": moderator,
            "nav": _navigation(routes, visit) if visit else [],
            "switch": sites_of(moderator) if visit and moderator else [],
            "csrf": _csrf_field,
            "csrf_token": generate_csrf,
            "language": language.current(),
            "visit_time": visit_time,
            "number": language.number,
            "percent": language.percent,
            "Role": Role,
            "version": __version__,
            "theme": theme(),
            "themes": THEMES,
            "here": request.full_path.rstrip("?") if request.method == "GET" else "",
        }


def theme() -> str:
    """What this browser was asked to look like; empty for what its system says."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else ""


def _navigation(routes: tuple[Route, ...], visit: Visit) -> list[dict[str, Any]]:
    """The pages the visitor may open here, in the order of the table."""
    module = (request.endpoint or "").partition(".")[0]
    return [
        {
            "name": gettext(route.nav),
            "url": url_for(route.name, site_id=visit.site.id),
            "current": route.name.partition(".")[0] == module,
        }
        for route in routes
        if route.nav and isinstance(route.needs, Role) and visit.may(route.needs)
    ]


def sites_of(moderator: Moderator) -> list[Site]:
    """The sites somebody may see, by name."""
    seen = [site for site in parts().sites.list() if moderator.role_on(site.id)]
    return sorted(seen, key=lambda site: site.name.casefold())


def _csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def visit_time(at: datetime, style: str = "medium") -> Markup:
    """A moment as an element: in the visitor's zone and language; a script adds how long ago."""
    iso = at.isoformat(timespec="seconds")
    return Markup('<time datetime="{}" data-style="{}">{}</time>').format(
        iso, style, language.moment(at, style)
    )
