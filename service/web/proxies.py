"""The client's address and scheme behind proxies the operator trusts."""

from collections.abc import Callable, Iterable
from typing import Any

from model.lists import parse_address
from service.settings import Network

Environ = dict[str, Any]
Application = Callable[..., Iterable[bytes]]


class Trusting:
    """WSGI middleware: believes `X-Forwarded-For` and `-Proto` of trusted networks only.

    The client is the last address in the chain that is not a trusted proxy's own: what
    stands before it may have been written by the client itself.
    """

    def __init__(self, application: Application, trusted: tuple[Network, ...]) -> None:
        self._application, self._trusted = application, trusted

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if self._trusted and self._trusts(environ.get("REMOTE_ADDR", "")):
            self._believe(environ)
        return self._application(environ, start_response)

    def _believe(self, environ: Environ) -> None:
        chain = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        client = next((a for a in reversed(chain) if not self._trusts(a)), "")
        if parse_address(client) is not None:
            environ["REMOTE_ADDR"] = client
        scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
        if scheme in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme

    def _trusts(self, text: str) -> bool:
        address = parse_address(text)
        return address is not None and any(
            address.version == network.version and address in network for network in self._trusted
        )
