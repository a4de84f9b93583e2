"""The API's description: /openapi.json, and a page to read and try it at /docs."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import orjson
from flask import Blueprint, Response, abort, request, url_for

from service.web.api import ROUTES

docs = Blueprint("docs", __name__)

# Assets come from a pinned package. Its own page has an inline script, which this forbids.
CSP = "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"  # noqa: E501
_OURS = Path(__file__).parent / "static"
_THEIRS = Path(str(files("flask_swagger_ui"))) / "dist"
_ASSETS = {
    "docs.js": _OURS / "docs.js",
    "swagger-ui.css": _THEIRS / "swagger-ui.css",
    "swagger-ui-bundle.js": _THEIRS / "swagger-ui-bundle.js",
}


@docs.get("/openapi.json")
def openapi() -> Response:
    """The native API as an OpenAPI 3.1 document."""
    return Response(_document(), content_type="application/json")


@cache
def _document() -> bytes:
    from service.web.openapi import document  # noqa: PLC0415 - 0.4 s that a start can do without

    return orjson.dumps(document(ROUTES))


@docs.get("/docs")
def page() -> Response:
    """A page for people; it needs nothing from anywhere else."""
    if request.path.endswith("/"):  # its parts would be sought one folder too deep
        return Response(status=308, headers={"Location": url_for("docs.page")})
    response = _file(_OURS / "docs.html", "text/html")
    response.headers["Content-Security-Policy"] = CSP
    return response


@docs.get("/docs/<name>")
def asset(name: str) -> Response:
    """What the page is made of."""
    if name not in _ASSETS:
        abort(404)
    return _file(_ASSETS[name], "text/css" if name.endswith(".css") else "text/javascript")


def _file(path: Path, mimetype: str) -> Response:
    fresh = {"Cache-Control": "public, max-age=3600"}
    return Response(path.read_bytes(), mimetype=mimetype, headers=fresh)
