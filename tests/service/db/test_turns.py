"""Writers of one SQLite database take turns."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.server import ROOT, wait_until
from service.db.turns import in_turn
from service.errors import StorageError

HOLDING = "\n".join([
    "import sys", "from service.db.turns import in_turn",
    "with in_turn(sys.argv[1]):", "    print('inside', flush=True)", "    sys.stdin.read()",
])  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "turn")


def test_two_are_never_inside_at_once(path):
    inside = threading.Lock()

    def take(_number):
        with in_turn(path):
            assert inside.acquire(blocking=False)
            inside.release()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, range(200)))


def test_a_turn_ends_with_the_process_that_has_it(path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, path],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout.readline() == b"inside\n"
        mine = threading.Thread(target=lambda: in_turn(path).__enter__(), daemon=True)
        mine.start()
        wait_until(lambda: is_waited_for(path), "somebody who waits")
        other.kill()
        mine.join(30)

    assert not mine.is_alive()


def is_waited_for(path):
    """Whether the kernel knows of somebody who waits for this file's lock (proc(5))."""
    inode = f":{Path(path).stat().st_ino} "
    lines = Path("/proc/locks").read_text().splitlines()
    return any("->" in line and inode in line for line in lines)


def test_an_error_inside_gives_the_turn_back(path):
    with pytest.raises(ZeroDivisionError), in_turn(path):
        raise ZeroDivisionError
    with in_turn(path):
        pass


def test_where_nothing_can_be_written_the_database_has_failed(tmp_path):
    with pytest.raises(StorageError), in_turn(str(tmp_path / "gone" / "turn")):
        pass
