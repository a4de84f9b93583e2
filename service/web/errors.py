"""Errors told as RFC 9457 problem details; never HTML, and nothing of ours shines through."""

from typing import Any

import orjson
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from service import logs
from service.errors import Invalid, NotAllowed, StorageError, TooMany, WeirError

PROBLEM_TYPE = "application/problem+json"
log = logs.logger(__name__)


def problem(error: WeirError) -> dict[str, Any]:
    """An error of ours as problem details."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": str(error),
    }
    if isinstance(error, Invalid):
        told["errors"] = [{"pointer": e.pointer, "detail": e.detail} for e in error.errors]
    if isinstance(error, StorageError):
        told |= {"decision": "hold", "recorded": False}
    return told


def respond(told: dict[str, Any]) -> Response:
    """A problem as an HTTP answer."""
    return Response(orjson.dumps(told), told["status"], content_type=PROBLEM_TYPE)


def register(app: Flask) -> None:
    """Let every error of this application be told this way."""
    app.register_error_handler(WeirError, _ours)
    app.register_error_handler(HTTPException, _flasks)
    app.register_error_handler(Exception, _unforeseen)


def _ours(error: WeirError) -> Response:
    response = respond(problem(error))
    if isinstance(error, StorageError | TooMany):
        response.headers.update(when_to_return(error))
    if isinstance(error, StorageError):
        log.error("storage failed", problem=str(error))
    if isinstance(error, NotAllowed):
        response.headers["WWW-Authenticate"] = 'Bearer realm="weir"'
    return response


def when_to_return(error: StorageError | TooMany) -> dict[str, str]:
    """The headers that tell when to come back, the same in every dialect."""
    told = {"Retry-After": str(error.retry_after)}
    if isinstance(error, TooMany):  # draft-ietf-httpapi-ratelimit-headers-10
        told["RateLimit-Policy"] = f'"key";q={error.limit};w=60'
        told["RateLimit"] = f'"key";r=0;t={error.retry_after}'
    return told


def _flasks(error: HTTPException) -> Response:
    status, detail = error.code or 500, error.description or ""
    told = {"type": "about:blank", "title": error.name, "status": status, "detail": detail}
    response = respond(told)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _unforeseen(error: Exception) -> Response:
    # A defect of ours. The client's best move is the one for a failed write: hold and retry.
    log.error("a request failed", error=type(error).__name__, where=logs.places(error))
    return _ours(StorageError("the request could not be completed"))
