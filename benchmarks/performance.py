"""The table in docs/performance.md: what a question costs, beside others, against its goals."""

import argparse
import os
import platform
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import footprint, latency
from benchmarks.endpoint import (
    ECHO,
    Round,
    afterwards,
    alternate,
    contender,
    ratios,
    started,
)
from benchmarks.postgres import a_database
from benchmarks.scanners import SCANNERS, installed
from benchmarks.server import ROOT, Server

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->"


@dataclass(frozen=True, slots=True)
class Row:
    """One goal and what was measured."""

    what: str
    goal: str
    reached: str
    detail: str


def beside(
    dialect: str, peers: Sequence[str], goals: Mapping[str, str], count: int, rounds: int,
    *, postgres: bool = False,
) -> Iterator[Row]:  # fmt: skip
    """Weir beside an echo and some peers: by requests a second, and by processor time."""
    with started(dialect, peers, postgres=postgres) as contenders:
        found = alternate(contenders, count, rounds)
    name = {"json": "`POST /v1/comments`", "akismet": "`comment-check`"}[dialect]
    name += " on PostgreSQL" if postgres else ""
    for peer, goal in goals.items():
        if peer in found:
            speed, cpu = ratios(found, "weir", peer)
            told = f"{speed:.2f} x its requests/s, {cpu:.2f} x by CPU"
            if peer in SCANNERS:
                told = f"{1 / cpu:.3g} x its CPU"
            yield Row(f"{name} beside {PEERS[peer]}", goal, told, _numbers(found, peer))


PEERS = {
    "echo": "a bare Flask echo",
    "naive": "scikit-learn and a commit each",
    "rspamd": "rspamd `/checkv2`",
    "spamd": "SpamAssassin's `spamd`",
}


def _numbers(found: Mapping[str, Sequence[Round]], peer: str) -> str:
    return "; ".join(
        f"{name} {statistics.median(r.per_second for r in found[name]):,.0f}/s, "
        f"{statistics.median(r.cpu_us for r in found[name]):,.0f} µs{afterwards(found[name])}"
        for name in ("weir", peer)
    )


def scaling(count: int, rounds: int) -> Iterator[Row]:
    """Two web processes on one PostgreSQL beside a single one."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        contenders = []
        for name, workers in (("one", 1), ("two", 2)):
            url = stack.enter_context(a_database())
            server = stack.enter_context(Server(folder / name, database_url=url, workers=workers))
            contenders.append(contender(name, server))
        found = alternate(contenders, count, rounds)
    speed, _ = ratios(found, "two", "one")
    told = "; ".join(f"{name} {statistics.median(r.per_second for r in of):,.0f}/s"
                     for name, of in found.items())  # fmt: skip
    what = f"two web processes on one PostgreSQL, all on {os.cpu_count()} cores"
    yield Row(what, "reported", f"{speed:.2f} x one", told)


def waiting(count: int, rounds: int) -> Iterator[Row]:
    """At half of saturation."""
    with started() as contenders:
        found = latency.measure(contenders, count, rounds)
    p99 = {name: took[len(took) * 99 // 100] * 1e3 for name, took in found.items()}
    n = sum(len(took) for took in found.values())
    beside = f"the echo's {p99['echo']:.0f} ms, each at half of its own; {n} questions"
    what = "p99 at half of saturation, open loop"
    yield Row(what, "reported", f"{p99['weir']:.0f} ms", beside)


def machine(starts: int, count: int) -> Iterator[Row]:
    """Memory and start."""
    with tempfile.TemporaryDirectory() as folder:
        echo = Server(Path(folder) / "echo", prelude=ECHO)
        weir = Server(Path(folder) / "weir")
        found = {name: footprint.measure(server, starts, count)
                 for name, server in (("echo", echo), ("weir", weir))}  # fmt: skip
    weirs, echos = found["weir"], found["echo"]
    sizes = f"echo {echos.web:.0f}; everything {weirs.all:.0f}"
    what = "memory of two web processes and their master (PSS)"
    yield Row(what, "<= 150 MiB", f"{weirs.web:.0f} MiB", sizes)
    yield Row("start to ready, after the first time", "<= 2 s",
              f"{statistics.median(weirs.seconds):.1f} s, least {min(weirs.seconds):.1f}",
              f"echo {statistics.median(echos.seconds):.1f} s, least {min(echos.seconds):.1f}, "
              "which loads the same command")  # fmt: skip


def measure(count: int, rounds: int) -> Iterator[Row]:
    """Everything, one after the other."""
    goals = {"echo": ">= 0.60", "naive": ">= 5 x", "rspamd": "<= 0.4 x"}
    here = installed()
    peers = ["naive"] + [name for name in here if name in goals]
    yield from beside("json", peers, goals, count, rounds)
    if "spamd" in here:
        yield from beside("json", ["spamd"], {"spamd": "reported"}, count // 10 + 1, rounds)
    yield from beside("akismet", (), {"echo": ">= 0.60"}, count, rounds)
    yield from beside("json", (), {"echo": ">= 0.45"}, count, rounds, postgres=True)
    yield from scaling(count, rounds)
    yield from waiting(count, rounds)
    yield from machine(rounds, count)


def table(rows: Sequence[Row], count: int, rounds: int) -> str:
    """Markdown, with what one must know of the machine."""
    lines = ["| measured | goal | reached | medians |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.goal} | {row.reached} | {row.detail} |" for row in rows]
    load, python = os.getloadavg()[2], platform.python_version()
    lines += ["", f"{rounds} alternations of {count} questions; {os.cpu_count()} cores, "
              f"15-minute load {load:.1f}, Python {python}."]  # fmt: skip
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and put the table into its page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=500, help="per round")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    rows: list[Row] = []
    for row in measure(chosen.requests, chosen.rounds):
        print(row, flush=True)
        rows.append(row)
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}{table(rows, chosen.requests, chosen.rounds)}{END}{after}")


if __name__ == "__main__":
    main()
