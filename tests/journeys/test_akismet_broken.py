"""The checks of the Akismet protocol can fail: each of these servers breaks one thing."""

import io
import threading
from contextlib import contextmanager

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from service.app import create_app
from service.clock import system_clock
from tests.journeys.akismet_clients import (
    NPM_AKISMET_API,
    NPM_CEDX_AKISMET,
    PYPI_AKISMET,
    npm_akismet_api,
    npm_cedx_akismet,
    pypi_akismet,
)
from tests.journeys.akismet_questions import CASES, akismet_sites


def answering(change):
    """Breaks the answers: `change(answer, path)` alters them on their way out."""

    def breaks(app):
        def broken(environ, start_response):
            answer = Response.from_app(app, environ, buffered=True)
            change(answer, environ["PATH_INFO"])
            return answer(environ, start_response)

        return broken

    return breaks


def asking(change):
    """Breaks the reading: `change(environ, body)` returns another body."""

    def breaks(app):
        def broken(environ, start_response):
            size = int(environ.get("CONTENT_LENGTH") or 0)
            body = change(environ, environ["wsgi.input"].read(size))
            changed = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
            return app(environ | changed, start_response)

        return broken

    return breaks


@answering
def a_trailing_newline(answer, _path):
    answer.data += b"\n"


@answering
def capitals(answer, _path):
    answer.data = answer.data.title() if answer.data in (b"true", b"false") else answer.data


@answering
def a_401(answer, _path):
    answer.status_code = 401 if answer.data == b"invalid" else answer.status_code


@answering
def html(answer, _path):
    answer.mimetype = "text/html"


@answering
def short_thanks(answer, _path):
    answer.data = b"OK" if answer.data.startswith(b"Thanks") else answer.data


@answering
def keys_verified_in_json(answer, path):
    if path == "/1.1/verify-key":
        answer.data, answer.mimetype = b'{"valid": true}', "application/json"


@answering
def debug_help_on_success(answer, _path):
    answer.headers["X-akismet-debug-help"] = "all is well"


@answering
def an_error_on_success(answer, _path):
    answer.headers["X-akismet-error"] = "all is well"


@answering
def no_tip_to_discard(answer, _path):
    answer.headers.pop("X-akismet-pro-tip", None)


@answering
def a_tip_to_discard_everything(answer, _path):
    answer.headers["X-akismet-pro-tip"] = "discard"


@answering
def no_guid(answer, _path):
    answer.headers.pop("X-akismet-guid", None)


@answering
def silent_failures(answer, _path):
    answer.headers.pop("X-akismet-debug-help", None)


@answering
def no_hold(answer, _path):
    answer.headers.pop("X-akismet-error", None)
    answer.headers.pop("X-akismet-recheck-after", None)


@asking
def a_deaf_host(environ, body):
    environ["HTTP_HOST"] = "localhost"
    return body


@asking
def keys_only_in_the_host(_environ, body):
    return body.replace(b"api_key=", b"a=").replace(b"key=", b"b=")


@asking
def verifying_without_the_field_key(environ, body):
    return body.replace(b"&key=", b"&k=") if environ["PATH_INFO"] == "/1.1/verify-key" else body


@asking
def verifying_without_the_field_api_key(environ, body):
    return body.replace(b"api_key=", b"a=") if environ["PATH_INFO"] == "/1.1/verify-key" else body


@asking
def no_test_values(_environ, body):
    return body.replace(b"viagra-test-123", b"Ada").replace(b"akismet-guaranteed", b"grace")


@asking
def fields_without_value_refused(_environ, body):
    return body if all(b"=" in pair for pair in body.split(b"&")) else b""


@asking
def usage_by_post_only(environ, body):
    if environ["PATH_INFO"].startswith("/1.2") and environ["REQUEST_METHOD"] == "GET":
        environ["REQUEST_METHOD"] = "DELETE"
    return body


BREAKAGES = [
    a_trailing_newline, capitals, a_401, html, short_thanks, keys_verified_in_json,
    debug_help_on_success, an_error_on_success, no_tip_to_discard, a_tip_to_discard_everything,
    no_guid, silent_failures, no_hold, a_deaf_host, keys_only_in_the_host,
    verifying_without_the_field_key, verifying_without_the_field_api_key, no_test_values,
    fields_without_value_refused, usage_by_post_only,
]  # fmt: skip


@contextmanager
def served(app):
    """The application on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def complaints(port, keys):
    return [said for case in CASES for said in case.complaints(port, keys[case.site])]


@pytest.fixture
def clock():
    return system_clock


@pytest.fixture
def keys(sqlite_parts):
    return akismet_sites(sqlite_parts)


def test_nobody_complains_of_a_server_with_nothing_broken(sqlite_parts, keys):
    with served(create_app(sqlite_parts)) as port:
        assert complaints(port, keys) == []


@pytest.mark.parametrize("breaks", BREAKAGES, ids=lambda breaks: breaks.__name__)
def test_whatever_is_broken_some_case_complains(sqlite_parts, keys, breaks):
    with served(breaks(create_app(sqlite_parts))) as port:
        assert complaints(port, keys)


REAL = [
    (pypi_akismet, PYPI_AKISMET),
    (npm_akismet_api, NPM_AKISMET_API),
    (npm_cedx_akismet, NPM_CEDX_AKISMET),
]
NOTICED = {a_trailing_newline: REAL, a_401: REAL[:2], capitals: REAL, short_thanks: REAL}


@pytest.mark.usefixtures("node_clients")
@pytest.mark.parametrize("breaks", NOTICED, ids=lambda breaks: breaks.__name__)
def test_real_clients_notice_too(sqlite_parts, keys, breaks):
    with served(breaks(create_app(sqlite_parts))) as port:
        for ask, expected in NOTICED[breaks]:
            assert ask(port, keys["spam-queue"]) != expected
