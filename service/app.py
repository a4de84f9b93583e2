"""Flask around the parts; nothing else."""

from flask import Flask

from service import logs
from service.settings import load
from service.web import errors, proxies, shortcut, tracking
from service.web.akismet import akismet
from service.web.api import api
from service.web.console.mount import WithConsole
from service.web.docs import docs
from service.web.ops import ops
from service.web.privacy import privacy
from service.web.shortcut import Shortcut
from service.wiring import Parts, wire


def create_app(parts: Parts | None = None) -> Flask:
    """The WSGI application; without parts it wires itself from the environment."""
    if parts is None:
        settings = load()
        logs.set_up(settings.log_level)
        parts = wire(settings)
        parts.serving.rehearse()
    app = Flask(__name__, static_folder=None)
    app.extensions["weir"] = parts
    app.config["MAX_CONTENT_LENGTH"] = parts.settings.max_body_bytes
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # it would answer with HTML, if with none
    app.url_map.merge_slashes = False  # a redirect would answer an API client with HTML
    app.url_map.strict_slashes = False
    for blueprint in (api, akismet, docs, ops, privacy):
        app.register_blueprint(blueprint)
    errors.register(app)
    tracking.register(app)
    shortcut.register(app)
    inside = Shortcut(WithConsole(app.wsgi_app, parts), parts)
    app.wsgi_app = proxies.Trusting(inside, parts.settings.trusted_proxies)  # type: ignore[method-assign]
    return app
