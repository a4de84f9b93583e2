"""SIGKILL any process at random instants under load: is every acknowledged comment there?"""

import argparse
import random
import tempfile
import threading
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Load
from benchmarks.postgres import a_database
from benchmarks.server import Server, wait_until

ROLES = ("supervisor", "web master", "web worker", "web worker", "background worker")
"""Whom to kill; the web workers hold the requests, so they are hit twice as often."""


@dataclass(frozen=True)
class Toll:
    """What a series of kills did. `lost`: ids answered but not found, or found changed."""

    kills: Counter[str]
    acknowledged: int
    unanswered: Counter[str]
    lost: list[str]
    stored: int

    def __str__(self) -> str:
        killed = ", ".join(f"{n} × {role}" for role, n in sorted(self.kills.items()))
        return (
            f"{self.kills.total()} kills ({killed}): {self.acknowledged} comments acknowledged, "
            f"{len(self.lost)} lost, {self.stored} stored, "
            f"{self.unanswered.total()} requests without an answer, each repeated until it had one"
        )


def kill_at_random(server: Server, kills: int, seed: int) -> Toll:
    """Kill `kills` processes of a running server, then look for every acknowledged comment."""
    randomness, killed = random.Random(seed), Counter[str]()
    with Load(server, seed=seed) as load:
        for _ in range(kills):
            role = randomness.choice(ROLES)
            _wait_for_load(load, randomness)
            _kill(server, role, randomness)
            killed[role] += 1
        _wait_for_load(load, randomness)
    client = server.client()
    lost = [
        id_
        for id_, content in load.acknowledged.items()
        if (found := client.ask("GET", f"/v1/comments/{id_}")).status != 200
        or found.json["content"] != content
    ]
    stored = client.ask("GET", "/v1/stats").json["comments"]
    client.close()
    return Toll(killed, len(load.acknowledged), load.failures, lost, stored)


def _wait_for_load(load: Load, randomness: random.Random) -> None:
    """Some more answers, and then a moment that falls anywhere inside the next request."""
    wanted = len(load.acknowledged) + randomness.randint(1, 40)
    wait_until(lambda: len(load.acknowledged) >= wanted, "more answers")
    threading.Event().wait(randomness.uniform(0, 0.01))


def _kill(server: Server, role: str, randomness: random.Random) -> None:
    wait_until(lambda: all(server.processes().values()), "all processes")
    server.kill(randomness.choice(server.processes()[role]))
    if role == "supervisor":
        server.start()


def main() -> None:
    """Print the toll on SQLite and on PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    for name, database in (("SQLite", nullcontext("")), ("PostgreSQL", a_database())):
        with tempfile.TemporaryDirectory() as folder, database as url:
            server = Server(Path(folder), database_url=url)
            with server:
                print(f"{name}: {kill_at_random(server, chosen.kills, chosen.seed)}", flush=True)
