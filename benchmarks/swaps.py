"""New champions under load: no request fails, none is answered by a model other than it names.

Two models of one site are put in force in turn while clients ask; every answer must carry the
score of the model it names, bit for bit. Also: from a label to an answer by the new model.
"""

import argparse
import itertools
import random
import statistics
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.server import Client, Server, wait_until
from service.db import champions
from service.settings import Settings
from service.wiring import Parts, wire

PROBE = {"content": "Best coins shop, only 77, visit us and win more coins", "test": True}
PLANTS, THINGS = ("leek", "bean", "quince", "fig"), ("coins", "pills", "chips", "loans")
ASIDES = """yesterday neighbour bucket really ladder kitchen sister market garden evening window
    bicycle nothing always rather morning because cousin village harvest bottle corner weather
    together holiday basket patience station shoulder whistle umbrella teacher""".split()  # noqa: SIM905 - a list to be read
Lessons = Iterable[tuple[str, str]]


def main() -> None:
    """Print how many swaps, answers, failures and mixtures there were, and the median delay."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--swaps", type=int, default=1000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        delays = [teach(server, lessons(60, first)) for first in (0, 60, 120)]
        seen = swapped(server, given.swaps)
    print(f"label to live answer: median {statistics.median(delays):.1f} s of {len(delays)}")
    print(", ".join(f"{n} {what}" for what, n in seen.items()))


def lessons(number: int, first: int = 0) -> list[tuple[str, str]]:
    """Labelled texts, no two alike."""
    chance = random.Random(first)
    said = []
    for n in range(first, first + number):
        aside = " ".join(chance.sample(ASIDES, 9))
        if n % 2:
            said.append(("spam", f"Best {chance.choice(THINGS)} shop, visit us and win, {aside}"))
        else:
            said.append(("ham", f"My {chance.choice(PLANTS)} did well after the rain, {aside}"))
    return said


def teach(server: Server, taught: Lessons) -> float:
    """Label these and wait until a new model answers; returns the seconds from the last label."""
    with closing(server.client()) as client:
        before = _model(client)
        for label, content in taught:
            reply = client.ask("POST", "/v1/labels", {"content": content, "label": label})
            assert reply.status == 201, reply.body
        began = time.monotonic()
        wait_until(lambda: _model(client) != before, "a new champion", 60)
        return time.monotonic() - began


def _model(client: Client) -> Any:
    return client.ask("POST", "/v1/comments", PROBE).json["model"]["site"]


def swapped(server: Server, swaps: int, clients: int = 2) -> Counter[str]:
    """Put two of the site's models in force in turn while clients ask."""
    parts = wire(Settings(data_dir=server.data_dir))
    try:
        with parts.database.reading() as connection:
            rows = champions.of_site(connection, _site(parts))
        two = [row.id for row in rows][:2]
        scores: dict[str, set[float]] = defaultdict(set)
        seen: Counter[str] = Counter(swaps=0, answers=0, failures=0, mixtures=0)
        stop = threading.Event()
        asking = [threading.Thread(target=_ask, args=(server, stop, scores, seen))
                  for _ in range(clients)]  # fmt: skip
        for thread in asking:
            thread.start()
        for model in itertools.islice(itertools.cycle(two), swaps):
            with parts.database.writing() as connection:
                champions.promote(connection, _site(parts), model, "benchmark", parts.clock())
            seen["swaps"] += 1
            _wait_for(server, model)
        stop.set()
        for thread in asking:
            thread.join()
        seen["mixtures"] = sum(len(each) - 1 for each in scores.values())
        return seen
    finally:
        parts.database.close()


def _site(parts: Parts) -> str:
    return parts.sites.list()[0].id


def _wait_for(server: Server, model: str) -> None:
    with closing(server.client()) as client:
        wait_until(lambda: _model(client) == model, f"{model} in force", 10)


def _ask(
    server: Server, stop: threading.Event, scores: dict[str, set[float]], seen: Counter[str]
) -> None:
    with closing(server.client()) as client:
        while not stop.is_set():
            reply = client.ask("POST", "/v1/comments", PROBE)
            if reply.status != 200:
                seen["failures"] += 1
                continue
            told = reply.json
            scores[told["model"]["site"]].add(told["score"])
            seen["answers"] += 1


if __name__ == "__main__":
    main()
