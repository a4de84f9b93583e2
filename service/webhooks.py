"""Delivers what happened to whoever subscribed: signed, retried, never to private addresses.

Signatures follow Standard Webhooks (https://www.standardwebhooks.com): `webhook-id` is the
event's id and stays the same however often it is sent, so a receiver can tell repetitions.
"""

import asyncio
import socket
import ssl
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import httpx
from standardwebhooks import Webhook

from service import __version__, logs
from service.clock import Clock
from service.db import webhooks
from service.db.engine import Connection, Database
from service.db.webhooks import Due
from service.errors import Invalid
from service.keyring import Keyring
from service.targets import check, is_public, literal

log = logs.logger(__name__)

DEADLINE = 10.0
"""Seconds for one attempt, from looking up the name to the status line."""
_LEASE = timedelta(seconds=2 * DEADLINE)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
_GONE = 410


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How an attempt ended; `error` is empty if it arrived. `gone`: never to be tried again."""

    due: Due
    error: str = ""
    gone: bool = False


class _Refused(Exception):
    """This target must not be connected to, or cannot be."""


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 5 s, 20 s, 80 s ... at most an hour."""
    factor: int = 4 ** min(attempts - 1, 16)
    return min(_FIRST_PAUSE * factor, _LONGEST_PAUSE)


class Deliveries:
    """Takes events out of the outbox and brings them to their receivers."""

    def __init__(
        self, database: Database, keyring: Keyring, clock: Clock, *, to_private: bool
    ) -> None:
        self._database, self._keyring, self._clock = database, keyring, clock
        self._to_private = to_private
        self._next: datetime | None = None

    def run_due(self) -> int:
        """Make the deliveries that are due; how many were attempted. Raises StorageError."""
        with self._database.reading() as connection:
            if webhooks.is_idle(connection, self._clock()):
                self._next = webhooks.next_due(connection)
                return 0
        self._next = self._clock()
        with self._database.writing() as connection:
            webhooks.fan_out(connection)
            due = webhooks.take_due(connection, self._clock(), _LEASE)
        if due:
            self._settle(asyncio.run(self._send_all(due)))
        return len(due)

    @property
    def waits(self) -> bool:
        """Whether something has become due that only had to wait."""
        return self._next is not None and self._next <= self._clock()

    async def _send_all(self, many: Sequence[Due]) -> list[_Outcome]:
        limits = httpx.Limits(max_connections=64)
        async with httpx.AsyncClient(
            verify=self._tls, limits=limits, timeout=DEADLINE, trust_env=False
        ) as client:
            return await asyncio.gather(*(self._send(client, due) for due in many))

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()

    async def _send(self, client: httpx.AsyncClient, due: Due) -> _Outcome:
        try:
            async with asyncio.timeout(DEADLINE):
                status = await self._post(client, due)
        except (TimeoutError, httpx.TimeoutException):
            return _Outcome(due, f"no answer within {DEADLINE:.0f} seconds")
        except _Refused as refused:
            return _Outcome(due, str(refused))
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return _Outcome(due, _in_short(error))
        if 200 <= status < 300:
            return _Outcome(due)
        if 300 <= status < 400:
            return _Outcome(due, f"HTTP {status}: redirects are not followed")
        return _Outcome(due, f"HTTP {status}", gone=status == _GONE)

    async def _post(self, client: httpx.AsyncClient, due: Due) -> int:
        """The status of the answer; its body is not read. The connection goes to the very
        address that was checked: asked again, the name could lead elsewhere (DNS rebinding)."""
        try:
            parts = check(due.url, to_private=self._to_private)
        except Invalid as wrong:
            raise _Refused(str(wrong)) from None
        name, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        body = due.body.encode()
        headers = {"Host": parts.netloc, **self._signed(due)}
        failure: Exception = _Refused("the host has no address")
        for address in await self._addresses(name, port):
            url = httpx.URL(due.url).copy_with(host=address)
            request = client.build_request(
                "POST", url, content=body, headers=headers, extensions={"sni_hostname": name}
            )
            try:
                answer = await client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
                continue
            await answer.aclose()
            return answer.status_code
        raise failure

    async def _addresses(self, name: str, port: int) -> list[str]:
        """Where a name leads. Raises _Refused if any of it is not public: a name that leads to
        both is not an accident."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise _Refused("the host's name cannot be resolved") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            known = literal(address.partition("%")[0])
            if not self._to_private and (known is None or not is_public(known)):
                raise _Refused("the host's address is not a public one")
        return addresses

    def _signed(self, due: Due) -> dict[str, str]:
        now = self._clock()
        secret = self._keyring.unseal(due.sealed)
        return {
            "Content-Type": "application/json", "User-Agent": f"Weir/{__version__}",
            "webhook-id": due.event_id, "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(due.event_id, now, due.body),
        }  # fmt: skip

    def _settle(self, outcomes: Sequence[_Outcome]) -> None:
        by_webhook: dict[str, list[_Outcome]] = defaultdict(list)
        for outcome in outcomes:
            by_webhook[outcome.due.webhook_id].append(outcome)
        now = self._clock()
        with self._database.writing() as connection:
            for webhook_id, its in by_webhook.items():
                _settle_one(connection, webhook_id, its, now)


_PORTS = {"https": 443, "http": 80}


def _settle_one(
    connection: Connection, webhook_id: str, its: Sequence[_Outcome], now: datetime
) -> None:
    arrived = [one.due.event_id for one in its if not one.error]
    if arrived:
        webhooks.delivered(connection, webhook_id, arrived, now)
    lost = [one for one in its if one.error]
    for one in lost:
        again = pause(one.due.attempts + 1)
        webhooks.failed(connection, one.due, one.error, now, again=again)
    if lost and not arrived:
        again = pause(webhooks.failures(connection, webhook_id) + 1)
        gone = any(one.gone for one in lost)
        if webhooks.fails(connection, webhook_id, now, again=again, dead=gone):
            log.warning("webhook given up", webhook=webhook_id, error=lost[-1].error)


def _in_short(error: Exception) -> str:
    cause = error.__cause__ or error
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "TLS: the certificate is not trusted, or for another name"
    kind = "no connection" if isinstance(error, httpx.ConnectError) else "the connection broke"
    return f"{kind} ({type(cause).__name__})"
