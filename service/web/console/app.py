"""The console's own Flask application: routes, sessions, protection of forms, headers, errors."""

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from service import logs
from service.errors import WeirError
from service.web import tracking
from service.web.console import (
    account,
    accounts,
    audit_log,
    card,
    comment,
    dashboard,
    decide,
    doubts,
    language,
    layout,
    limits,
    lists,
    models,
    queue,
    recent,
    session,
    signin,
    site,
)
from service.web.console.mount import PREFIX
from service.web.console.routing import Route, serve
from service.wiring import Parts

ROUTES: tuple[Route, ...] = (
    *signin.ROUTES,
    *queue.ROUTES,
    *decide.ROUTES,
    *comment.ROUTES,
    *recent.ROUTES,
    *doubts.ROUTES,
    *dashboard.ROUTES,
    *limits.ROUTES,
    *lists.ROUTES,
    *models.ROUTES,
    *site.ROUTES,
    *audit_log.ROUTES,
    *account.ROUTES,
    *accounts.ROUTES,
)
CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"  # noqa: E501
LARGEST_FORM = 4 << 20
"""Bytes; the lists of terms a site blocks are sent as one form."""

log = logs.logger(__name__)


def create_console(parts: Parts) -> Flask:
    """The WSGI application that answers below /console."""
    app = Flask(__name__, static_url_path="/static")
    app.extensions["weir"] = parts
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_FORM, MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
                      WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)  # fmt: skip
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    tracking.register(app)
    session.register(app, PREFIX)
    CSRFProtect(app)
    language.register(app)
    layout.register(app, ROUTES)
    card.register(app)
    serve(app, ROUTES)
    app.after_request(_careful)
    app.register_error_handler(WeirError, _ours)
    app.register_error_handler(HTTPException, _flasks)
    app.register_error_handler(Exception, _unforeseen)
    return app


def _careful(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = CSP
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.endpoint == "static":
        headers["Cache-Control"] = "public, max-age=3600"
    return response


def _ours(error: WeirError) -> tuple[str, int]:
    if error.status >= 500:
        log.error("the console failed", problem=str(error))
    return _page(error.status, str(error))


def _flasks(error: HTTPException) -> tuple[str, int] | HTTPException:
    if error.code and error.code < 400:
        return error  # a redirect
    told = "csrf" if isinstance(error, CSRFError) else ""
    return _page(error.code or 500, told)


def _unforeseen(error: Exception) -> tuple[str, int]:
    log.error("a page failed", error=type(error).__name__, where=logs.places(error))
    return _page(500, "")


def _page(status: int, told: str) -> tuple[str, int]:
    return render_template("error.html", status=status, told=told), status
