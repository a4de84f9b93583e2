"""A killed process leaves its writes to the kernel; only a flush survives the power going out."""

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from benchmarks.durable import CARELESS, Flushes, flushes, read_trace
from benchmarks.server import Server, wait_until


def test_the_log_is_flushed_between_each_insert_and_its_answer(tmp_path: Path, strace: str) -> None:
    assert flushes(tmp_path, 20) == Flushes(answers=20, written=20, flushed=20)


def test_without_flushing_the_same_test_would_fail(tmp_path: Path, strace: str) -> None:
    assert flushes(tmp_path, 20, prelude=CARELESS) == Flushes(answers=20, written=20, flushed=0)


def test_no_web_process_inherits_a_database_that_another_has_open(tmp_path: Path) -> None:
    with Server(tmp_path) as server, closing(server.client()) as client:
        client.ask("POST", "/v1/comments", {"content": "A lovely loaf, thank you."})
        wait_until(lambda: len(server.processes()["web worker"]) == 2, "both workers")
        (master,), workers = server.processes()["web master"], server.processes()["web worker"]
        assert open_databases(master) == []
        with_locks = [pid for pid in workers if open_databases(pid)]
        assert with_locks
        for pid in with_locks:
            assert any(f" {pid} " in line for line in Path("/proc/locks").read_text().splitlines())


def open_databases(pid: int) -> list[str]:
    files = (os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir())
    return [name for name in files if "weir.sqlite" in name]


WRITE = '7 pwrite64(9</d/weir.sqlite-wal>, "7\\177\\6"..., 24, 0) = 24'
FLUSH = "7 fdatasync(9</d/weir.sqlite-wal>) = 0"
ANSWER = '7 sendto(5<socket:[1]>, "HTTP/1.1 200 OK\\r\\nServer:"..., 900, 0, NULL, 0) = 900'


def test_a_flush_counts_only_after_the_write_and_before_the_answer() -> None:
    assert read_trace([WRITE, FLUSH, ANSWER]) == Flushes(1, 1, 1)
    assert read_trace([FLUSH, WRITE, ANSWER]) == Flushes(1, 1, 0)
    assert read_trace([WRITE, ANSWER, FLUSH]) == Flushes(1, 1, 0)
    assert read_trace([WRITE, FLUSH, WRITE, ANSWER]) == Flushes(1, 1, 0)
    assert read_trace([WRITE, FLUSH, ANSWER, ANSWER]) == Flushes(2, 1, 1)


def test_a_flush_that_fails_or_has_not_ended_does_not_count() -> None:
    failed = FLUSH.replace("= 0", "= -1 EIO (Input/output error)")
    assert read_trace([WRITE, failed, ANSWER]) == Flushes(1, 1, 0)
    begun = "7 fdatasync(9</d/weir.sqlite-wal> <unfinished ...>"
    ended = "7 <... fdatasync resumed>) = 0"
    assert read_trace([WRITE, begun, ANSWER.replace("7 ", "8 ", 1), ended]) == Flushes(1, 1, 0)
    assert read_trace([WRITE, begun, ended, ANSWER]) == Flushes(1, 1, 1)


def test_a_disk_that_gets_full_kills_no_web_process(tmp_path: Path) -> None:
    # Writing to what is mapped from a full disk is a SIGBUS. SQLite's own index is safe: SQLite
    # writes to each page of it before mapping it.
    with Server(tmp_path) as server, closing(server.client()) as client:
        client.ask("POST", "/v1/comments", {"content": "A lovely loaf, thank you."})
        mapped = {
            name
            for pid in server.processes()["web worker"]
            for line in Path(f"/proc/{pid}/maps").read_text().splitlines()
            if (name := line.partition("/")[2]).startswith(str(server.data_dir)[1:])
        }
        assert {Path(name).name for name in mapped} <= {"weir.sqlite-shm"}


def test_what_was_counted_goes_with_those_who_counted(tmp_path: Path) -> None:
    with Server(tmp_path) as server, closing(server.client()) as client:
        client.ask("GET", "/healthz")
        counted = {
            file
            for pid in server.processes()["web worker"]
            for file in _opened(pid)
            if file.name.endswith(f"_{pid}.db")
        }
        assert counted
    assert [file for file in counted if file.parent.exists()] == []


def _opened(pid: int) -> Iterator[Path]:
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            yield Path(os.readlink(link))
