"""A 200 means the comment is on disk, whatever happens to the processes right after."""

import signal
import sys
from contextlib import closing
from pathlib import Path
from subprocess import PIPE, Popen

from benchmarks.kills import Toll, kill_at_random
from benchmarks.load import Load
from benchmarks.server import ROOT, Reply, Server, wait_until


def nothing_was_lost(toll: Toll, clients: int = 4) -> None:
    assert toll.lost == []
    assert toll.acknowledged > 0
    # Repeating a request under its Idempotency-Key records nothing twice; at the end each
    # client may have had one request under way.
    assert toll.acknowledged <= toll.stored <= toll.acknowledged + clients


def test_ten_kills_under_load_lose_no_acknowledged_comment(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        toll = kill_at_random(server, kills=10, seed=2)
    assert toll.kills.total() == 10
    nothing_was_lost(toll)


def test_ten_kills_under_load_lose_nothing_on_postgresql(tmp_path: Path, own_postgres: str) -> None:
    with Server(tmp_path, database_url=own_postgres) as server:
        toll = kill_at_random(server, kills=10, seed=3)
    nothing_was_lost(toll)


FORGETFUL = """
import service.db.group_commit as group_commit
group_commit.GroupCommit.write = lambda self, work, items: [None for _ in items]
"""


def test_a_server_that_answers_before_it_writes_would_be_caught(tmp_path: Path) -> None:
    with Server(tmp_path, prelude=FORGETFUL) as server:
        toll = kill_at_random(server, kills=1, seed=4)
    assert len(toll.lost) == toll.acknowledged > 0


def test_a_server_told_to_stop_ends_in_time_and_loses_nothing(tmp_path: Path) -> None:
    server = Server(tmp_path)
    with server, Load(server) as load:
        wait_until(lambda: len(load.acknowledged) >= 20, "answers")
        stopped = server.terminate()
        assert (stopped.exit_code, stopped.left) == (0, [])
        assert stopped.seconds < 5
        server.start()
        with closing(server.client()) as client:
            for id_, content in load.acknowledged.copy().items():
                assert client.ask("GET", f"/v1/comments/{id_}").json["content"] == content


HELD = "\n".join([
    "import sys", "from service.db.turns import in_turn",
    "with in_turn(sys.argv[1]):", "    print('inside', flush=True)", "    sys.stdin.read()",
])  # fmt: skip
IMPATIENT = "import service.db.turns as turns; turns.PATIENCE = 0.5"


def test_while_one_who_writes_is_suspended_everybody_is_answered(tmp_path: Path) -> None:
    with Server(tmp_path, prelude=IMPATIENT) as server, closing(server.client()) as client:
        turn = str(server.data_dir / "weir.sqlite-turn")
        command = [sys.executable, "-c", HELD, turn]
        with Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"inside\n"
            other.send_signal(signal.SIGSTOP)
            refused = [_sent(server, number) for number in range(3)]
            asked = client.ask("GET", "/v1/comments")
            other.kill()

        assert [(one.status, one.json["decision"]) for one in refused] == [(503, "hold")] * 3
        assert int(refused[0].headers["retry-after"]) > 0
        assert (asked.status, asked.json["comments"]) == (200, [])
        assert _sent(server, 3).status == 200


def _sent(server: Server, number: int) -> Reply:
    with closing(server.client()) as client:
        return client.ask("POST", "/v1/comments", {"content": f"A good morning, {number} of us"})
