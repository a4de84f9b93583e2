"""No event is lost, whatever is killed while it is on its way."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.server import Server, wait_until
from tests.receiver import Receiver, listening

COMMENTS, EVERY = 60, 15


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as running:
        yield running


def test_every_acknowledged_comment_is_told_of_though_the_worker_is_killed_again_and_again(
    tmp_path: Path, receiver: Receiver
) -> None:
    allowed = {"WEIR_WEBHOOKS_TO_PRIVATE": "true"}
    with Server(tmp_path, environment=allowed) as server:
        wanted = {"url": receiver.url, "events": ["comment.decided"]}
        secret = ask(server, "POST", "/v1/webhooks", wanted)["secret"]
        sent = set()
        for number in range(COMMENTS):
            killed = killing_at_the_next_message(server, receiver) if number % EVERY == 7 else None
            sent.add(ask(server, "POST", "/v1/comments", {"content": f"Boat {number}"})["id"])
            if killed:
                wait_until(killed, "another worker")

        def told() -> set[str]:
            return {event["data"]["id"] for event in receiver.verified(secret)}

        def waiting() -> int:
            found = ask(server, "GET", "/v1/webhooks")["webhooks"][0]["waiting"]
            return int(found)

        wait_until(lambda: told() == sent, "every event")
        wait_until(lambda: waiting() == 0, "the last delivery to be ticked off")
    assert len(set(receiver.ids())) == COMMENTS


def ask(server: Server, method: str, path: str, body: Any = None) -> Any:
    """One request on a connection of its own."""
    with closing(server.client()) as client:
        return client.ask(method, path, body).json


def killing_at_the_next_message(server: Server, receiver: Receiver) -> Callable[[], bool]:
    """SIGKILL the worker while it hands a message over; whether another has taken its place."""
    pids: list[int] = server.processes()["background worker"]

    def kill() -> None:
        receiver.before = lambda: None
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    receiver.before = kill
    return lambda: server.processes()["background worker"] not in (pids, [])
