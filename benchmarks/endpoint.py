"""What a question costs, history and durable record included, against a bare Flask echo.

All run under `weir serve` with the same gunicorn settings and get comments of real lengths, none
of them twice; they take turns, and neighbours in time are compared. Peers on request: a naive
endpoint (scikit-learn's pipeline and one commit of SQLite each), rspamd and spamd if installed.
"""

import argparse
import gzip
import itertools
import json
import os
import random
import selectors
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from benchmarks.load import WORDS
from benchmarks.postgres import a_database
from benchmarks.scanners import SCANNERS
from benchmarks.server import Server

FINE = (b"http/1.1 200", b"spamd/1.1 0 ex_ok")
"""How answers begin, in lower case, that are no failure."""
ECHO = "import benchmarks.echo, service.app; service.app.create_app = benchmarks.echo.create_app"


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured: requests in a second, and processor time for each; `after_us` is
    the background worker's, which goes on when all have their answers."""

    per_second: float
    cpu_us: float
    after_us: float = 0.0


class Asked(Protocol):
    """A running server: where it is, and the processor time it has used."""

    url: str

    def cpu_milliseconds(self) -> float:
        """Of all its processes that answer, so far."""


def comments(length: int) -> Iterator[dict[str, Any]]:
    """Comments of about `length` characters, no text twice; real ones where they are at hand."""
    chance = random.Random(20260520)
    folder = os.environ.get("WEIR_TRAINING_DATA")
    texts = list(_real(Path(folder), length)) if folder else []
    chance.shuffle(texts)
    print(f"texts: {len(texts)} real ones, then made up" if texts else "texts: made up")
    for number in itertools.count():
        made = " ".join(chance.choices(WORDS, k=length // 6))
        yield {
            "content": texts[number] if number < len(texts) else f"{made} {number}",
            "author": {
                "name": f"Reader {chance.randrange(5000)}",
                "email": f"reader{chance.randrange(5000)}@readers.example",
                "ip": f"198.51.{chance.randrange(100)}.{chance.randrange(250)}",
                "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101",
            },
            "permalink": f"https://blog.example/{chance.randrange(500)}",
        }


def _real(folder: Path, length: int) -> Iterator[str]:
    seen = set()
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                text = json.loads(line)["text"][:length]
                if len(text) >= length * 3 // 4 and text not in seen:
                    seen.add(text)
                    yield text


def hammer(server: Asked, requests: list[bytes], connections: int) -> Round:
    """Send all requests over some connections, each as soon as it is free.

    They are kept alive, unless the server closes them (rspamd does after each answer; spamd's
    answers end so).
    """
    waiting, selector = iter(requests), selectors.DefaultSelector()
    before, started = server.cpu_milliseconds(), time.perf_counter()
    try:
        for _ in range(connections):
            _ask_anew(server, selector, waiting)
        while selector.get_map():
            for key, _ in selector.select():
                _answered(server, selector, key, waiting)
    finally:
        _hang_up(selector)
    seconds = time.perf_counter() - started
    cpu = server.cpu_milliseconds() - before
    return Round(len(requests) / seconds, cpu * 1000 / len(requests))


def _hang_up(selector: selectors.BaseSelector) -> None:
    for key in list(selector.get_map().values()):
        assert isinstance(key.fileobj, socket.socket)
        key.fileobj.close()
    selector.close()


def _ask_anew(server: Asked, selector: selectors.BaseSelector, waiting: Iterator[bytes]) -> None:
    if (request := next(waiting, None)) is None:
        return
    at = urlsplit(server.url)
    connection = socket.create_connection((at.hostname, at.port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(request)
    selector.register(connection, selectors.EVENT_READ, bytearray())


def _answered(
    server: Asked,
    selector: selectors.BaseSelector,
    key: selectors.SelectorKey,
    waiting: Iterator[bytes],
) -> None:
    connection, received = key.fileobj, key.data
    assert isinstance(connection, socket.socket)
    chunk = connection.recv(65536)
    received += chunk
    head, found, body = received.partition(b"\r\n\r\n")
    head = head.lower()
    _, announced, size = head.partition(b"content-length: ")
    if chunk and not (found and announced and len(body) >= int(size.split()[0])):
        return
    assert head.startswith(FINE), f"{bytes(received[:300])!r}, then the server closed"
    received.clear()
    kept = bool(chunk) and b"connection: close" not in head
    if kept and (following := next(waiting, None)) is not None:
        connection.sendall(following)
        return
    selector.unregister(connection)
    connection.close()
    if not kept:
        _ask_anew(server, selector, waiting)


def request(body: dict[str, object], token: str) -> bytes:
    """The bytes of one question in the native API's words."""
    sent = json.dumps(body).encode()
    head = f"Authorization: Bearer {token}\r\nContent-Type: application/json"
    return _posted("/v1/comments", head, sent)


def form(body: dict[str, Any], key: str) -> bytes:
    """The same in Akismet's words."""
    author = body["author"]
    fields = {
        "api_key": key, "blog": "https://blog.example", "user_ip": author["ip"],
        "user_agent": author["user_agent"], "comment_type": "comment",
        "comment_author": author["name"], "comment_author_email": author["email"],
        "permalink": body["permalink"], "comment_content": body["content"],
    }  # fmt: skip
    head = "Content-Type: application/x-www-form-urlencoded"
    return _posted("/1.1/comment-check", head, urlencode(fields).encode())


def _posted(path: str, head: str, sent: bytes) -> bytes:
    first = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{head}"
    return f"{first}\r\nContent-Length: {len(sent)}\r\n\r\n".encode() + sent


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody to be measured, and how to ask; `rest` waits until nothing is left to do, so that
    the next one has the machine, and `background` says what that has cost so far."""

    name: str
    server: Asked
    ask: Callable[[dict[str, Any]], bytes]
    rest: Callable[[], None] = lambda: None
    background: Callable[[], float] = lambda: 0.0

    def asked(self, requests: list[bytes], connections: int) -> Round:
        """One round, and what is left to do after it."""
        before = self.background()
        measured = hammer(self.server, requests, connections)
        self.rest()
        return replace(measured, after_us=(self.background() - before) * 1000 / len(requests))


def alternate(
    contenders: Sequence[Contender], count: int, rounds: int, connections: int = 16
) -> dict[str, list[Round]]:
    """Let all take turns, each with comments of its own; the first turn warms up."""
    texts = comments(200)
    found: dict[str, list[Round]] = {one.name: [] for one in contenders}
    for turn in range(rounds + 1):
        for one in contenders:
            sent = [one.ask(body) for body in itertools.islice(texts, count)]
            measured = one.asked(sent, connections)
            found[one.name] += [measured] if turn else []
    return found


def ratios(found: Mapping[str, Sequence[Round]], ours: str, theirs: str) -> tuple[float, float]:
    """Our requests/s by theirs, and their processor time by ours: medians over the turns, each
    of which compares neighbours in time."""
    pairs = list(zip(found[ours], found[theirs], strict=True))
    return (
        statistics.median(us.per_second / them.per_second for us, them in pairs),
        statistics.median(them.cpu_us / us.cpu_us for us, them in pairs),
    )


def lines(found: Mapping[str, Sequence[Round]]) -> Iterator[str]:
    """What each costs, and weir beside the others."""
    for name, of in found.items():
        speed, cpu = (
            statistics.median(getattr(r, k) for r in of) for k in ("per_second", "cpu_us")
        )
        line = f"{name}: {speed:,.0f} requests/s, {cpu:,.0f} µs of CPU each{afterwards(of)}"
        if name != "weir":
            by_speed, by_cpu = ratios(found, "weir", name)
            line += f"; weir: {by_speed:.2f} of its requests/s, {by_cpu:.2f} by CPU"
        yield line


def afterwards(rounds: Sequence[Round]) -> str:
    """The background worker's part, if it has one."""
    after = statistics.median(one.after_us for one in rounds)
    return f" and {after:,.0f} of the worker" if after >= 100 else ""


def main() -> None:
    """Start all and compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1000, help="per round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--dialect", choices=("json", "akismet"), default="json")
    parser.add_argument("--postgres", action="store_true", help="instead of SQLite")
    parser.add_argument("--peers", nargs="*", choices=("naive", *SCANNERS), default=[])
    chosen = parser.parse_args()
    with started(chosen.dialect, chosen.peers, postgres=chosen.postgres) as contenders:
        found = alternate(contenders, chosen.requests, chosen.rounds, chosen.connections)
    print(f"{chosen.dialect}, {chosen.rounds} rounds of {chosen.requests}")
    print("\n".join(lines(found)))


@contextmanager
def started(
    dialect: str = "json", peers: Sequence[str] = (), *, postgres: bool = False
) -> Iterator[list[Contender]]:
    """An echo, some peers and Weir, running side by side."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(a_database()) if postgres else ""
        servers = {"echo": Server(folder / "echo", prelude=ECHO)}
        if "naive" in peers:
            prelude = ECHO.replace("echo", "naive")
            servers["naive"] = Server(folder / "naive", prelude=prelude, environment=_data())
        servers["weir"] = Server(folder / "weir", database_url=url)
        contenders = [
            contender(name, stack.enter_context(server), dialect)
            for name, server in servers.items()
        ]
        for name in (name for name in SCANNERS if name in peers):
            rival = stack.enter_context(SCANNERS[name](folder / name))
            contenders.insert(1, Contender(name, rival, rival.ask))
        yield contenders


def _data() -> dict[str, str]:
    return {name: os.environ[name] for name in ("WEIR_TRAINING_DATA",) if name in os.environ}


def contender(name: str, server: Server, dialect: str = "json") -> Contender:
    """An instance of Weir to be measured, with its background worker."""
    ask, rest = asking(dialect, server), server.rest
    return Contender(name, server, ask, rest, server.background_milliseconds)


def asking(dialect: str, server: Server) -> Callable[[dict[str, Any]], bytes]:
    """How to ask this server in this dialect."""
    if dialect == "json":
        return lambda body: request(body, server.token)
    return lambda body: form(body, server.akismet_key)


if __name__ == "__main__":
    main()
