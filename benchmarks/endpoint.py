"""What `POST /v1/comments` costs, history and durable record included, against a bare echo.

Both run under `weir serve` with the same gunicorn settings and get the same comments of real
lengths, none of them twice; they take turns, and the medians are compared.
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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.load import WORDS
from benchmarks.server import Server

ECHO = "import benchmarks.echo, service.app; service.app.create_app = benchmarks.echo.create_app"


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured: requests in a second, and processor time for each."""

    per_second: float
    cpu_us: float


def comments(length: int) -> Iterator[dict[str, object]]:
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


def hammer(server: Server, requests: list[bytes], connections: int) -> Round:
    """Send all requests over kept-alive connections, each as soon as it is free."""
    at = urlsplit(server.url)
    waiting, selector = iter(requests), selectors.DefaultSelector()
    before, started = server.cpu_milliseconds(), time.perf_counter()
    for request in itertools.islice(waiting, connections):
        connection = socket.create_connection((at.hostname, at.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request)
        selector.register(connection, selectors.EVENT_READ, bytearray())
    while selector.get_map():
        for key, _ in selector.select():
            _answered(selector, key, waiting)
    seconds = time.perf_counter() - started
    cpu = server.cpu_milliseconds() - before
    return Round(len(requests) / seconds, cpu * 1000 / len(requests))


def _answered(
    selector: selectors.BaseSelector, key: selectors.SelectorKey, waiting: Iterator[bytes]
) -> None:
    connection, received = key.fileobj, key.data
    assert isinstance(connection, socket.socket)
    chunk = connection.recv(65536)
    assert chunk, "the server closed a connection"
    received += chunk
    head, found, body = received.partition(b"\r\n\r\n")
    if not found or len(body) < int(head.lower().partition(b"content-length: ")[2].split()[0]):
        return
    assert head.startswith(b"HTTP/1.1 200"), bytes(received[:300])
    received.clear()
    following = next(waiting, None)
    if following is None:
        selector.unregister(connection)
        connection.close()
    else:
        connection.sendall(following)


def request(body: dict[str, object], token: str) -> bytes:
    """The bytes of one question."""
    sent = json.dumps(body).encode()
    head = (
        f"POST /v1/comments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
    )
    return head.encode() + sent


def compare(echo: Server, weir: Server, count: int, rounds: int, connections: int) -> None:
    """Let the two take turns, and print what each costs and the ratios."""
    texts = comments(200)
    found: dict[str, list[Round]] = {"echo": [], "weir": []}
    token = weir.token
    for turn in range(rounds + 1):  # the first warms up and does not count
        for name, server in (("echo", echo), ("weir", weir)):
            sent = [request(body, token) for body in itertools.islice(texts, count)]
            measured = hammer(server, sent, connections)
            if turn:
                found[name].append(measured)
    speed = {name: statistics.median(r.per_second for r in of) for name, of in found.items()}
    cpu = {name: statistics.median(r.cpu_us for r in of) for name, of in found.items()}
    for name in found:
        print(f"{name}: {speed[name]:,.0f} requests/s, {cpu[name]:,.0f} µs of CPU each")
    print(f"ratio to echo: {speed['weir'] / speed['echo']:.2f} of its requests/s, "
          f"{cpu['echo'] / cpu['weir']:.2f} by CPU")  # fmt: skip


def main() -> None:
    """Start both and compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000, help="per round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--database", default="", help="PostgreSQL URL instead of SQLite")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        echo = Server(Path(folder) / "echo", prelude=ECHO)
        weir = Server(Path(folder) / "weir", database_url=chosen.database)
        try:
            echo.start()
            weir.start()
            compare(echo, weir, chosen.requests, chosen.rounds, chosen.connections)
        finally:
            echo.stop()
            weir.stop()


if __name__ == "__main__":
    main()
