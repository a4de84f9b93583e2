"""What every request gets: an id, its time counted, headers that keep browsers careful."""

import re
import secrets
import time

from flask import Flask, Response, g, request

from service import logs
from service.metrics import request_meters

log = logs.logger(__name__)
_REQUEST_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)


class Tracked:
    """One request: its id, the client's own if it sent a decent one, and when it came."""

    __slots__ = ("id", "started")

    def __init__(self, given: str) -> None:
        self.started = time.perf_counter()
        decent = given and _REQUEST_ID.fullmatch(given)
        self.id = given if decent else secrets.token_hex(8)

    def end(self, route: str, status: int) -> tuple[tuple[str, str], ...]:
        """Count the request; returns the headers that go with its answer."""
        count, observe = request_meters(route, status)
        count()
        observe(time.perf_counter() - self.started)
        if logs.detailed():
            log.debug("answered", request_id=self.id, route=route, status=status)
        return ("X-Request-Id", self.id), ("X-Content-Type-Options", "nosniff")


def register(app: Flask) -> None:
    """Track every request of this application."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.tracked = Tracked(request.headers.get("X-Request-Id", ""))


def _end(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "unknown"
    for name, value in g.tracked.end(route, response.status_code):
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    return response
