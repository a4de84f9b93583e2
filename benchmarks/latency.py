"""Waiting times at half of what a server can do: questions arrive at a fixed rate, answered or not.

An open loop: how long a question waits is counted from when it was due, so that a server that
stands still is charged for all that it made wait.
"""

import argparse
import heapq
import itertools
import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.endpoint import Asked, Contender, alternate, comments, started

CONNECTIONS = 64


@dataclass
class _Arrivals:
    """Questions by when they are due, and how long each took."""

    requests: Sequence[bytes]
    gap: float
    began: float = field(default_factory=time.perf_counter)
    sent: int = 0
    took: list[float] = field(default_factory=list)

    def due(self) -> float:
        """When the next one is due."""
        return self.began + self.sent * self.gap


def open_loop(server: Asked, requests: Sequence[bytes], per_second: float) -> list[float]:
    """Seconds from when each question was due to its answer, sorted."""
    at, selector = urlsplit(server.url), selectors.DefaultSelector()
    free: deque[socket.socket] = deque()
    for _ in range(CONNECTIONS):
        free.append(socket.create_connection((at.hostname, at.port)))
    arrivals = _Arrivals(requests, 1 / per_second)
    while len(arrivals.took) < len(requests):
        _send_due(arrivals, free, selector)
        wait = arrivals.due() - time.perf_counter() if arrivals.sent < len(requests) else 1.0
        for key, _ in selector.select(max(0.0, wait) if free else 1.0):
            _receive(key, arrivals, free, selector)
    for connection in free:
        connection.close()
    return sorted(arrivals.took)


def _send_due(
    arrivals: _Arrivals, free: deque[socket.socket], selector: selectors.BaseSelector
) -> None:
    while free and arrivals.sent < len(arrivals.requests):
        if arrivals.due() > time.perf_counter():
            return
        connection = free.popleft()
        connection.sendall(arrivals.requests[arrivals.sent])
        selector.register(connection, selectors.EVENT_READ, (arrivals.due(), bytearray()))
        arrivals.sent += 1


def _receive(
    key: selectors.SelectorKey,
    arrivals: _Arrivals,
    free: deque[socket.socket],
    selector: selectors.BaseSelector,
) -> None:
    connection, (due, received) = key.fileobj, key.data
    assert isinstance(connection, socket.socket)
    received += connection.recv(65536)
    head, found, body = bytes(received).lower().partition(b"\r\n\r\n")
    if found and len(body) >= int(head.partition(b"content-length: ")[2].split()[0]):
        assert head.startswith(b"http/1.1 200"), head
        arrivals.took.append(time.perf_counter() - due)
        selector.unregister(connection)
        free.append(connection)


def measure(contenders: Sequence[Contender], count: int, rounds: int) -> dict[str, list[float]]:
    """Each at half of its own saturation rate, in turn; all waiting times, sorted."""
    full = alternate(contenders, count, 1)
    rate = {name: of[0].per_second / 2 for name, of in full.items()}
    texts = comments(200)
    took: dict[str, list[list[float]]] = {one.name: [] for one in contenders}
    for _ in range(rounds):
        for one in contenders:
            sent = [one.ask(body) for body in itertools.islice(texts, count)]
            took[one.name].append(open_loop(one.server, sent, rate[one.name]))
    print(", ".join(f"{name} at {each:,.0f} a second" for name, each in rate.items()))
    return {name: list(heapq.merge(*of)) for name, of in took.items()}


def main() -> None:
    """Print the median, the 99th of a hundred and the worst."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1000, help="per round")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with started() as contenders:
        found = measure(contenders, chosen.requests, chosen.rounds)
    for name, took in found.items():
        p50, p99 = took[len(took) // 2] * 1e3, took[len(took) * 99 // 100] * 1e3
        print(f"{name}: median {p50:.1f} ms, p99 {p99:.1f} ms, worst {took[-1] * 1e3:.0f} ms "
              f"of {len(took)}")  # fmt: skip


if __name__ == "__main__":
    main()
