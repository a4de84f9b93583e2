"""Under strace: is the write-ahead log flushed between each insert and its answer?"""

import re
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.server import Server

CALLS = "pwrite64,pwritev,write,writev,fdatasync,fsync,sendto,sendmsg"

CARELESS = """
import service.db.engine as engine
careful = engine._set_up_sqlite
def careless(connection, record):
    careful(connection, record)
    connection.execute("PRAGMA synchronous=OFF")
engine._set_up_sqlite = careless
"""
"""Prelude of a server that does not flush: to show that the measurement notices."""


@dataclass(frozen=True)
class Flushes:
    """Of `answers` given, how many came after a write to the log, and how many only after
    that write was on disk."""

    answers: int
    written: int
    flushed: int

    def __str__(self) -> str:
        return (
            f"{self.answers} answers, {self.written} after a write to the log, "
            f"{self.flushed} after its flush"
        )


def flushes(folder: Path, comments: int, *, prelude: str = "") -> Flushes:
    """Post comments one after the other to a server whose web worker is traced."""
    trace = folder / "trace"
    with Server(folder, workers=1, prelude=prelude) as server:
        client = server.client()
        (worker,) = server.processes()["web worker"]
        tracer = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "24", "-e", f"trace={CALLS}", "-o", str(trace),
             "-p", str(worker)], stderr=subprocess.PIPE,
        )  # fmt: skip
        assert tracer.stderr is not None
        tracer.stderr.readline()  # "Process N attached"
        for number in range(comments):
            reply = client.ask("POST", "/v1/comments", {"content": f"comment number {number}"})
            assert reply.status == 200, reply
        client.close()
        tracer.terminate()
        tracer.communicate()
        server.stop()
    return read_trace(trace.read_text().splitlines())


_LINE = re.compile(r"(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\(\d+<([^>]*)>)(.*)")


def read_trace(lines: Iterable[str]) -> Flushes:
    """Follow one connection's answers through the lines of `strace -f -y`.

    A call counts from its beginning if it sends an answer, and from its end if it flushes.
    """
    answers = written = flushed = 0
    dirty, on_disk = False, False
    pending: dict[str, tuple[str, str]] = defaultdict(lambda: ("", ""))
    for line in lines:
        match = _LINE.match(line)
        if not match:
            continue
        thread, resumed, call, path, rest = match.groups()
        if resumed:
            call, path = pending.pop(thread, ("", ""))
        elif rest.endswith("<unfinished ...>"):
            pending[thread] = (call, path)
        finished = not rest.endswith("<unfinished ...>")
        if path.endswith("-wal") and "write" in call:
            dirty, on_disk = True, False
        elif path.endswith("-wal") and "sync" in call and finished and rest.endswith("= 0"):
            on_disk = dirty
        elif "HTTP/1.1 200" in rest and not resumed:
            answers, written, flushed = answers + 1, written + dirty, flushed + on_disk
            dirty = on_disk = False
    return Flushes(answers, written, flushed)


def main() -> None:
    """Print both: as shipped, and with flushing switched off to show the difference."""
    for name, prelude in (("as shipped", ""), ("synchronous=OFF", CARELESS)):
        with tempfile.TemporaryDirectory() as folder:
            print(f"{name}: {flushes(Path(folder), 1000, prelude=prelude)}", flush=True)
