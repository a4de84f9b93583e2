"""How long an Akismet client waits for `comment-check`, beside the 1 s after which one gives up.

The same connections ask `/1.1/test`, which reads and writes nothing, by turns: the ratio is what
judging and recording cost.
"""

import argparse
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from benchmarks.load import WORDS
from benchmarks.server import Client, Server

GIVES_UP = 1.0
"""Seconds: the default of the PyPI client `akismet`."""
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}


@dataclass
class Waits:
    """Seconds until each answer, and answers that were none of the protocol."""

    check: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)
    wrong: int = 0


def question(key: str, chance: Random) -> bytes:
    """A comment as the WordPress plugin sends it, with thirty fields that are not looked at."""
    return urlencode(
        {
            "comment_author": f"Reader {chance.randrange(5000)}",
            "comment_author_email": f"reader{chance.randrange(5000)}@readers.example",
            "comment_author_url": "",
            "comment_content": " ".join(chance.choices(WORDS, k=40)),
            "user_ip": f"198.51.{chance.randrange(100)}.{chance.randrange(250)}",
            "blog": "https://blog.example",
            "blog_charset": "UTF-8",
            "permalink": f"https://blog.example/{chance.randrange(500)}",
            **{f"HTTP_X_{n}": "a header's value" for n in range(30)},
            "api_key": key,
        }
    ).encode()


def ask(server: Server, count: int, seed: int, waits: Waits) -> None:
    """Ask `count` times each, one after the other, on one connection."""
    client, chance = Client(server.url), Random(seed)
    for _ in range(count):
        body = question(server.akismet_key, chance)
        started = time.perf_counter()
        reply = client.ask("POST", "/1.1/comment-check", body, headers=FORM)
        waits.check.append(time.perf_counter() - started)
        waits.wrong += reply.status != 200 or reply.body not in (b"true", b"false")
        started = time.perf_counter()
        client.ask("GET", "/1.1/test")
        waits.test.append(time.perf_counter() - started)
    client.close()


def measure(server: Server, count: int, connections: int) -> Waits:
    """Let so many connections ask at the same time."""
    waits = Waits()
    with ThreadPoolExecutor(connections) as pool:
        share = partial(ask, server, count // connections, waits=waits)
        list(pool.map(share, range(connections)))
    return waits


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--connections", type=int, default=4)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        waits = measure(server, chosen.requests, chosen.connections)
    cuts = statistics.quantiles(waits.check, n=1000)
    ratio = statistics.median(waits.check) / statistics.median(waits.test)
    print(f"comment-check, n = {len(waits.check)}, {chosen.connections} at a time: "
          f"median {cuts[499] * 1e3:.1f} ms, p99 {cuts[989] * 1e3:.1f} ms, "
          f"longest {max(waits.check) * 1e3:.1f} ms; wrong answers: {waits.wrong}")  # fmt: skip
    print(f"ratio to /1.1/test: {ratio:.1f}; p99 is {cuts[989] / GIVES_UP:.1%} of the patience")


if __name__ == "__main__":
    main()
