"""Puts the console under /console, made when somebody first opens it.

It is an application of its own: the API's requests pass no session and no form protection,
and its start and memory pay for no login library.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from service.wiring import Parts

PREFIX = "/console"
Application = Callable[..., Iterable[bytes]]


class WithConsole:
    """WSGI middleware: /console and what is below goes there, all else to the API."""

    def __init__(self, api: Application, parts: Parts) -> None:
        self._api, self._parts = api, parts
        self._lock = threading.Lock()
        self._console: Application | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path in ("/", PREFIX) and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            start_response("303 See Other", [("Location", f"{PREFIX}/"), ("Content-Length", "0")])
            return []
        if not path.startswith(f"{PREFIX}/"):
            return self._api(environ, start_response)
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX
        environ["PATH_INFO"] = path.removeprefix(PREFIX)
        return self._opened()(environ, start_response)

    def _opened(self) -> Application:
        with self._lock:
            if self._console is None:
                from service.web.console.app import create_console  # noqa: PLC0415 - see above

                self._console = create_console(self._parts)
        return self._console
