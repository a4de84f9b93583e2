"""Memory of a serving instance, and seconds from its start to ready, beside a bare echo."""

import argparse
import itertools
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.endpoint import ECHO, comments, hammer, request
from benchmarks.server import Server

WEB = ("web master", "web worker")


def mebibytes(server: Server) -> dict[str, float]:
    """Proportional share of memory by kind of process (proc(5), `Pss` in smaps_rollup): what is
    shared between processes is divided among them, so the sum is what the machine gives."""
    return {
        kind: sum(_pss(pid) for pid in pids) / 1024 for kind, pids in server.processes().items()
    }


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def seconds_to_ready(server: Server) -> float:
    """From executing the command to the first 200 of /readyz."""
    started = time.perf_counter()
    server.start()
    return time.perf_counter() - started


@dataclass(frozen=True, slots=True)
class Footprint:
    """Seconds of each start but the first, and MiB by kind of process after some comments."""

    seconds: list[float]
    memory: dict[str, float]

    @property
    def web(self) -> float:
        """Of what answers requests."""
        return sum(self.memory[kind] for kind in WEB)

    @property
    def all(self) -> float:
        """Of everything."""
        return sum(self.memory.values())


def measure(server: Server, starts: int, count: int) -> Footprint:
    """Start it several times, then let it answer some comments."""
    took = []
    for _ in range(starts + 1):  # the first migrates and does not count
        took.append(seconds_to_ready(server))
        server.stop()
    with server:
        sent = itertools.islice(comments(200), count)
        hammer(server, [request(one, server.token) for one in sent], 16)
        return Footprint(took[1:], mebibytes(server))


def main() -> None:
    """Measure an echo and Weir."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--comments", type=int, default=2000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, prelude in (("echo", ECHO), ("weir", "")):
            server = Server(Path(folder) / name, prelude=prelude)
            found = measure(server, chosen.starts, chosen.comments)
            each = ", ".join(f"{kind} {size:.0f}" for kind, size in found.memory.items())
            median, least = statistics.median(found.seconds), min(found.seconds)
            print(f"{name}: ready in {median:.2f} s (least {least:.2f}), "
                  f"web PSS {found.web:.0f} MiB, all {found.all:.0f} MiB ({each})")  # fmt: skip


if __name__ == "__main__":
    main()
