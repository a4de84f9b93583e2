"""What every request gets: an id, its time counted, headers that keep browsers careful."""

import re
import secrets
import time

from flask import Flask, Response, g, request

from service import logs
from service.metrics import request_meters

log = logs.logger(__name__)
_REQUEST_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)


def register(app: Flask) -> None:
    """Track every request of this application."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    g.started = time.perf_counter()


def _end(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "unknown"
    seconds = time.perf_counter() - g.started
    count, observe = request_meters(route, response.status_code)
    count()
    observe(seconds)
    headers = response.headers
    headers["X-Request-Id"] = g.request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Cache-Control", "no-store")
    if logs.detailed():
        log.debug("answered", request_id=g.request_id, route=route, status=response.status_code)
    return response
