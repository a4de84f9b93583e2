"""The two questions that sites ask all day, answered without Flask's machinery around them.

Flask finds the route, makes a context and a response for half the price of a judgement
(docs/decisions/0090-a-shortcut-for-plain-questions.md). A question is plain if its body is
small and nothing is odd about its headers: it is answered here with the functions that Flask's
own routes call. All else goes to Flask from its beginning, and so does whatever went wrong, so
that every limit and error is written once. Whose a key is the process knows from its last
question; whether that still holds is asked together with what is known of the author.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from typing import Any

from flask import Flask, request

from service.db.sites import Key
from service.errors import RequestError
from service.screening import Outdated
from service.web import akismet, api, auth
from service.web.akismet_form import read_form
from service.web.akismet_key import KEY_FIELDS, PLAIN_TEXT, named, recalled
from service.web.proxies import Application, Environ
from service.web.reading import check, parse
from service.web.shapes import CommentIn
from service.web.tracking import Tracked
from service.wiring import Parts

LONGEST = 1 << 14
"""Bytes of a plain body; a longer one is rare and costs more than Flask does."""
FAILED = "weir.failed"
_OK = f"{HTTPStatus.OK.value} {HTTPStatus.OK.phrase}"

Answer = tuple[bytes, dict[str, str]]
Answering = Callable[[Parts, Environ, bytes], Answer | None]
"""Answers a plain question: body and headers; None if it is not plain after all."""


class Shortcut:
    """WSGI middleware in front of Flask."""

    def __init__(self, flask: Application, parts: Parts) -> None:
        self._flask, self._parts = flask, parts

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        answering = _PLAIN.get(path) if environ["REQUEST_METHOD"] == "POST" else None
        sent = _small_body(environ) if answering else None
        if answering is None or sent is None:
            return self._flask(environ, start_response)
        tracked = Tracked(environ.get("HTTP_X_REQUEST_ID", ""))
        try:
            answer = answering(self._parts, environ, sent)
        except Outdated:
            answer = None
        except Exception as error:
            environ[FAILED], answer = error, None
        if answer is None:
            return self._flask(environ, start_response)
        body, headers = answer
        headers["Content-Length"] = str(len(body))
        headers["Cache-Control"] = "no-store"
        start_response(_OK, [*headers.items(), *tracked.end(path, HTTPStatus.OK)])
        return (body,)


def _small_body(environ: Environ) -> bytes | None:
    """The whole body if it is small; Flask can always read it again."""
    length = environ.get("CONTENT_LENGTH", "")
    if not (length.isdecimal() and len(length) < 6 and int(length) <= LONGEST):
        return None
    if "HTTP_TRANSFER_ENCODING" in environ or "HTTP_CONTENT_ENCODING" in environ:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(body)
    return body if len(body) == int(length) else None


def register(app: Flask) -> None:
    """Let Flask tell what went wrong here, in the words of the dialect it went wrong in."""
    app.before_request(_raise)


def _raise() -> None:
    if FAILED in request.environ:
        raise request.environ[FAILED]


def _native(parts: Parts, environ: Environ, sent: bytes) -> Answer | None:
    if environ.get("CONTENT_TYPE") != "application/json":
        return None
    key = auth.recalled(parts, environ.get("HTTP_AUTHORIZATION", ""))
    if key is None:
        return None
    try:
        parts.limiter.spend(key.site.id)
        comment = check(CommentIn, parse(sent))
        name = environ.get("HTTP_IDEMPOTENCY_KEY", "")
        told = api.judged(parts, key.site, comment, name, key=key)
    except RequestError as error:
        raise _for_its_holder(parts, key, error) from None
    return told, {"Content-Type": "application/json"}


def _akismet(parts: Parts, environ: Environ, sent: bytes) -> Answer | None:
    query = environ.get("QUERY_STRING", "").encode("latin-1")
    form = read_form(sent, query, environ.get("CONTENT_TYPE", ""))
    key = recalled(parts, form, KEY_FIELDS, environ.get("HTTP_HOST", ""))
    if key is None or akismet.missing_in(form):
        return None
    try:
        parts.limiter.spend(key.site.id)
        word, headers = akismet.judged(parts, key.site, form, key=key)
    except RequestError as error:
        raise _for_its_holder(parts, key, error) from None
    return word.encode(), {"Content-Type": PLAIN_TEXT, **named(headers)}


def _for_its_holder(parts: Parts, key: Key, error: RequestError) -> Exception:
    """What went wrong, unless the key is not good any more: that is to be told first."""
    return error if parts.sites.is_good(key) else Outdated()


_PLAIN: dict[str, Answering] = {"/v1/comments": _native, "/1.1/comment-check": _akismet}
