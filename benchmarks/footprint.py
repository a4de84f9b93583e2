"""Memory of a serving instance, and seconds from its start to ready, beside a bare echo."""

import argparse
import itertools
import statistics
import tempfile
import time
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


def main() -> None:
    """Start each several times in turn, then measure memory after some comments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--comments", type=int, default=2000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        servers = {"echo": Server(Path(folder) / "echo", prelude=ECHO),
                   "weir": Server(Path(folder) / "weir")}  # fmt: skip
        took: dict[str, list[float]] = {name: [] for name in servers}
        try:
            for turn in range(chosen.starts + 1):  # the first migrates and does not count
                for name, server in servers.items():
                    seconds = seconds_to_ready(server)
                    took[name] += [seconds] if turn else []
                    server.stop()
            for name, server in servers.items():
                server.start()
                sent = itertools.islice(comments(200), chosen.comments)
                hammer(server, [request(one, server.token) for one in sent], 16)
                _tell(name, took[name], mebibytes(server))
        finally:
            for server in servers.values():
                server.stop()


def _tell(name: str, took: list[float], memory: dict[str, float]) -> None:
    web = sum(memory[kind] for kind in WEB)
    each = ", ".join(f"{kind} {size:.0f}" for kind, size in memory.items())
    print(f"{name}: ready in {statistics.median(took):.2f} s (least {min(took):.2f}), "
          f"web PSS {web:.0f} MiB, all {sum(memory.values()):.0f} MiB ({each})")  # fmt: skip


if __name__ == "__main__":
    main()
