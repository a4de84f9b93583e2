"""What a running instance takes of the machine."""

import itertools
from contextlib import closing
from pathlib import Path
from subprocess import DEVNULL, Popen

from benchmarks.endpoint import comments, hammer, request
from benchmarks.footprint import WEB, mebibytes
from benchmarks.server import Server, wait_until


def test_two_web_processes_share_what_they_can(tmp_path):
    with Server(tmp_path) as server:
        sent = itertools.islice(comments(200), 200)
        hammer(server, [request(one, server.token) for one in sent], 8)
        memory = mebibytes(server)

    assert memory["web worker"] > 10, "nothing was measured"
    assert sum(memory[kind] for kind in WEB) <= 150


def test_the_background_worker_loads_no_training_before_there_is_a_label(tmp_path):
    with Server(tmp_path) as server:
        (worker,) = server.processes()["background worker"]
        mapped = Path(f"/proc/{worker}/maps").read_text()

    assert "/numpy/" in mapped
    assert "/sklearn/" not in mapped


def test_a_worker_that_has_nothing_to_do_does_not_even_look(tmp_path, strace):
    """To look for rounds it takes a turn to write: ten times, before, while it woke as often as is
    waited for here. Once a minute it does anyway."""
    trace = tmp_path / "trace"
    with Server(tmp_path / "instance") as server:
        with closing(server.client()) as client:
            assert client.ask("POST", "/v1/comments", {"content": "Good morning"}).status == 200
        server.rest()
        (worker,) = server.processes()["background worker"]
        command = [strace, "-f", "-e", "trace=futex,flock", "-o", str(trace), "-p", str(worker)]
        with Popen(command, stderr=DEVNULL) as tracer:
            wait_until(lambda: calls(trace, "TIMEDOUT") >= 35, "waits")
            tracer.terminate()

    assert calls(trace, "LOCK_EX") <= 1


def calls(trace: Path, sign: str) -> int:
    return trace.read_text().count(sign) if trace.exists() else 0
