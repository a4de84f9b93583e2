"""Clients that post comments and remember every answer they were given."""

import http.client
import random
import threading
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.server import Client, Server

WORDS = (
    "bread",
    "crust",
    "steam",
    "oven",
    "flour",
    "salt",
    "water",
    "starter",
    "morning",
    "kitchen",
    "window",
    "letter",
    "garden",
    "river",
    "bicycle",
    "station",
    "platform",
    "ticket",
    "winter",
    "market",
    "lantern",
    "paper",
    "teacher",
    "music",
    "harbour",
    "carpet",
    "thanks",
    "really",
    "never",
    "always",
    "perhaps",
    "quickly",
    "better",
    "agree",
    "disagree",
    "question",
    "answer",
    "reason",
)


@dataclass
class Load:
    """Some clients in threads, each posting one new comment after the other.

    A comment without an answer is sent again under the same Idempotency-Key, as a careful
    site would, until it has one. `acknowledged` maps the id that was answered to the content.
    """

    server: Server
    clients: int = 4
    seed: int = 0
    acknowledged: dict[str, str] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Load":
        self._threads = [
            threading.Thread(target=self._work, args=(number,)) for number in range(self.clients)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        randomness = random.Random(f"{self.seed} {number}")
        token, count = self.server.token, 0
        url, client = self.server.url, Client(self.server.url, token)
        while not self._stop.is_set():
            count += 1
            content = " ".join(randomness.choices(WORDS, k=randomness.randint(5, 60)))
            content, key = f"{content} {number}-{count}", f"{self.seed}-{number}-{count}"
            while not self._post(client, content, key):
                self._stop.wait(0.02)
                if url != self.server.url:
                    client.close()
                    url, client = self.server.url, Client(self.server.url, token)
                if self._stop.is_set():
                    break
        client.close()

    def _post(self, client: Client, content: str, key: str) -> bool:
        try:
            reply = client.ask(
                "POST", "/v1/comments", {"content": content}, headers={"Idempotency-Key": key}
            )
        except (OSError, http.client.HTTPException) as error:
            self.failures[type(error).__name__] += 1
            return False
        if reply.status != 200:
            self.failures[f"status {reply.status}"] += 1
            return False
        answer = reply.json
        assert answer["recorded"] is True, answer
        self.acknowledged[answer["id"]] = content
        return True
