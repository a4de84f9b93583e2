"""What a running instance takes of the machine."""

import itertools
from pathlib import Path

from benchmarks.endpoint import comments, hammer, request
from benchmarks.footprint import WEB, mebibytes
from benchmarks.server import Server


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
