"""The folder for metrics goes when nobody counts in it any more, however its users ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service import metrics_folder

COUNTING = """
import os, signal, sys
from pathlib import Path
from service import metrics_folder
print(metrics_folder.make(Path(sys.argv[1])), flush=True)
if sys.argv[2:] and (child := os.fork()):
    print(child, flush=True)
signal.pause()
"""


@contextmanager
def counting(parent: Path, *with_a_child: str) -> Iterator[tuple[Path, int]]:
    """A process that counts in a folder of its own, until killed; the folder, and its child."""
    command = [sys.executable, "-c", COUNTING, parent, *with_a_child]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        child = int(process.stdout.readline()) if with_a_child else 0
        try:
            yield folder, child
        finally:
            process.kill()


def test_what_a_killed_one_left_goes_at_the_next_start(tmp_path: Path) -> None:
    with counting(tmp_path) as (left, _):
        (left / "counter_1.db").write_text("counted")
    assert left.exists()

    new = metrics_folder.make(tmp_path)

    assert list(tmp_path.iterdir()) == [new]


def test_what_one_that_lives_counts_in_stays(tmp_path: Path) -> None:
    with counting(tmp_path) as (its, _):
        ours = metrics_folder.make(tmp_path)

        assert set(tmp_path.iterdir()) == {its, ours}


def test_what_a_living_child_counts_in_stays_when_its_parent_is_killed(tmp_path: Path) -> None:
    with counting(tmp_path, "with a child") as (its, child):
        pass
    first = metrics_folder.make(tmp_path)
    stayed = its.exists()
    os.kill(child, signal.SIGKILL)

    assert stayed
    assert first.exists()


def test_what_belongs_to_another_user_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counting(tmp_path) as (theirs, _):
        pass
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)

    metrics_folder.make(tmp_path)

    assert theirs.exists()
