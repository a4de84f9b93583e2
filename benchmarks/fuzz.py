"""Strange and damaged requests on every endpoint: no 5xx, no HTML, memory flat."""

import argparse
import itertools
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.server import Reply, Server
from benchmarks.strange import Request, requests


@dataclass
class Finding:
    """What so many requests brought to light. `faults` are answers that must not be."""

    asked: int = 0
    judged: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    def add(self, request: Request, reply: Reply, milliseconds: float) -> None:
        """Take one answer into account."""
        self.asked += 1
        self.judged += is_judged(request, reply)
        self.statuses[reply.status] += 1
        self.milliseconds.append(milliseconds)
        if fault := fault_of(request, reply):
            self.faults.append(f"{fault}: {request} -> {reply}"[:2_000])

    def __str__(self) -> str:
        times = sorted(self.milliseconds)
        slow = sum(ms > 50 for ms in times)
        return (
            f"{self.asked} requests, {self.judged / self.asked:.0%} judged, "
            f"{sum(n for status, n in self.statuses.items() if status >= 500)} 5xx, "
            f"{len(self.faults)} faults; statuses {dict(sorted(self.statuses.items()))}; "
            f"ms as seen by the client: median {statistics.median(times):.1f}, "
            f"p99 {times[int(len(times) * 0.99)]:.1f}, max {times[-1]:.0f}, {slow} over 50; "
            f"MiB of the web processes, in tenths of the way: {self.memory}"
        )


def is_judged(request: Request, reply: Reply) -> bool:
    """True if a comment got its decision, and was not merely refused."""
    if reply.status != 200 or request.method != "POST":
        return False
    if request.dialect == "akismet":
        return reply.body in (b"true", b"false")
    return b'"decision"' in reply.body


def fault_of(request: Request, reply: Reply) -> str:
    """What is wrong with an answer, whatever was asked; empty if nothing is."""
    kind = reply.headers.get("content-type", "")
    if reply.status >= 500:
        return "5xx"
    if "html" in kind or reply.body.lstrip()[:1] == b"<":
        return "HTML"
    if (
        request.dialect == "json"
        and reply.body
        and "json" not in kind
        and request.method != "TRACE"
    ):
        return f"not JSON but {kind}"
    if request.dialect == "akismet" and reply.status != 200:
        return "an Akismet answer that is not 200"
    return ""


def fuzz(server: Server, count: int, seed: int, *, clients: int = 4) -> Finding:
    """Send `count` requests over some connections at once."""
    finding, lock = Finding(), threading.Lock()
    stream = itertools.islice(requests(seed, server.akismet_key), count)
    marks = {count * tenth // 10 for tenth in range(1, 11)}

    def work() -> None:
        client = server.client()
        while request := _next(stream, lock):
            started = time.perf_counter()
            reply = client.ask(request.method, request.path, request.body, headers=request.headers)
            spent = (time.perf_counter() - started) * 1000
            with lock:
                finding.add(request, reply, spent)
                if finding.asked in marks:
                    finding.memory.append(server.mebibytes())
        client.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return finding


def _next(stream: Iterator[Request], lock: threading.Lock) -> Request | None:
    with lock:
        return next(stream, None)


def main() -> None:
    """Print what was found, and every fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        finding = fuzz(server, chosen.count, chosen.seed)
    print(finding)
    for fault in finding.faults[:20]:
        print(fault)
