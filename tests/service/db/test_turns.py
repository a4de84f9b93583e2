"""Writers of one SQLite database take turns."""

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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
    with holding(path) as other:
        mine = threading.Thread(target=lambda: in_turn(path).__enter__(), daemon=True)
        mine.start()
        wait_until(lambda: is_waited_for(path), "somebody who waits")
        other.kill()
        mine.join(30)

    assert not mine.is_alive()


def is_waited_for(path):
    """Whether the kernel knows of somebody who waits for this file's lock."""
    return waiting_for(path) > 0


def waiting_for(path):
    return sum("->" in line for line in locks_of(path))


def is_locked(path):
    return bool(locks_of(path))


def locks_of(path):
    """Who has this file's lock and who waits for it (proc(5))."""
    inode = f":{Path(path).stat().st_ino} "
    return [line for line in Path("/proc/locks").read_text().splitlines() if inode in line]


@contextmanager
def holding(path):
    """Another process that has the turn until its input ends, or it."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, path],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout.readline() == b"inside\n"
        yield other


@pytest.fixture
def held(path):
    """Somebody in another process who has the turn and is suspended."""
    with holding(path) as other:
        other.send_signal(signal.SIGSTOP)
        yield other
        other.kill()


def test_nobody_waits_for_ever_for_one_who_is_suspended(path, held):
    for _ in range(3):
        with pytest.raises(StorageError, match="does not end its turn"), in_turn(path, 0.05):
            pass


def test_many_who_wait_and_give_up_leave_one_thread_waiting(path, held):
    def enter(_number):
        with pytest.raises(StorageError), in_turn(path, 0.05):
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(40)))
    assert waiting_for(path) == 1


def test_after_one_who_was_suspended_everybody_goes_on(path, held):
    with pytest.raises(StorageError), in_turn(path, 0.05):
        pass
    with ThreadPoolExecutor(4) as pool:
        patient = [pool.submit(_enter_and_leave, path) for _ in range(4)]
        wait_until(lambda: waiting_for(path), "somebody who waits")
        held.send_signal(signal.SIGCONT)
        held.stdin.close()
        for one in patient:
            one.result(30)


def test_a_turn_that_came_when_nobody_wanted_it_any_more_is_given_back(path, held):
    with pytest.raises(StorageError), in_turn(path, 0.05):
        pass
    held.kill()
    wait_until(lambda: not is_locked(path), "the turn to be given back")
    for _ in range(2):
        with in_turn(path, 5):
            pass


def _enter_and_leave(path):
    with in_turn(path, 30):
        pass


def test_an_error_inside_gives_the_turn_back(path):
    with pytest.raises(ZeroDivisionError), in_turn(path):
        raise ZeroDivisionError
    with in_turn(path):
        pass


def test_where_nothing_can_be_written_the_database_has_failed(tmp_path):
    with pytest.raises(StorageError), in_turn(str(tmp_path / "gone" / "turn")):
        pass
