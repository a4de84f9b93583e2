"""A site that listens: a real HTTP server that checks signatures with the standard's library."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

Message = tuple[dict[str, str], bytes]


class Receiver:
    """What came in; `status` is what it answers, 400 to a body with `disliked` in it; `before`
    runs first."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.status = 204
        self.disliked = b"\0"
        self.headers: dict[str, str] = {}
        self.before: Callable[[], Any] = lambda: None
        self.url = ""

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """The events that came, checked as any receiver would. Raises WebhookVerificationError."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.messages]

    def ids(self) -> list[str]:
        """The events' ids, as often as they came."""
        return [headers["webhook-id"] for headers, _ in self.messages]


@contextmanager
def listening() -> Iterator[Receiver]:
    """A receiver on a port from the kernel of this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(body) < int(self.headers["Content-Length"]):
                return  # its sender has died
            receiver.before()
            receiver.messages.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(400 if receiver.disliked in body else receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


__all__ = ["Message", "Receiver", "WebhookVerificationError", "listening"]
