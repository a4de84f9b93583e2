"""The background process does what is due, survives a sick database, and stops when told."""

import itertools
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from model.comment import Comment
from service import worker
from service.arrivals import Arrivals
from service.db import days
from service.db.archive import every
from service.db.changes import Changes
from service.db.engine import Taken
from service.errors import StorageError
from service.wiring import Parts
from service.worker import Task
from tests.conftest import GOOD, Clock


@pytest.fixture
def keeping_a_week(sqlite_parts: Parts) -> Parts:
    """A process that keeps comments for seven days."""
    kept = sqlite_parts.settings.model_copy(update={"retention_days": 7})
    object.__setattr__(sqlite_parts, "settings", kept)
    return sqlite_parts


def send(parts: Parts) -> str:
    site = parts.sites.get(parts.sites.add("boats", "https://boats.example").id)
    return parts.screening.screen(site, Comment(content=GOOD)).id


def comments(parts: Parts) -> int:
    return sum(1 for site in parts.sites.list() for _ in every(parts.database, site.id))


def test_comments_past_their_time_are_purged(keeping_a_week: Parts, clock: Clock) -> None:
    send(keeping_a_week)

    clock.advance(days=6)
    worker.purge(keeping_a_week)
    assert comments(keeping_a_week) == 1

    clock.advance(days=2)
    worker.purge(keeping_a_week)
    assert comments(keeping_a_week) == 0


def test_without_a_limit_everything_is_kept(sqlite_parts: Parts, clock: Clock) -> None:
    send(sqlite_parts)
    clock.advance(days=10_000)

    worker.purge(sqlite_parts)

    assert comments(sqlite_parts) == 1


class Unmoved(Changes):
    """A database that nobody writes to."""

    def __init__(self) -> None:
        self.marks = iter(itertools.repeat("the same"))

    def mark(self) -> object:
        """The next of `marks`."""
        return next(self.marks)


def always() -> bool:
    return True


def running(
    task: Callable[[], object], seconds: float = 0.001, waits: Callable[[], bool] = always
) -> tuple[threading.Thread, threading.Event]:
    stop = threading.Event()
    arguments = (Task(seconds, "a task", task, waits),), stop, Unmoved()
    thread = threading.Thread(target=worker.run, args=arguments)
    thread.start()
    return thread, stop


def looks(task: Callable[[], object], marks: str, *, waits: bool = False) -> None:
    """Let a task be due once for each of the marks."""
    changes, stop = Unmoved(), threading.Event()

    def each() -> Iterator[str]:
        for place, mark in enumerate(marks, 1):
            if place == len(marks):
                stop.set()
            yield mark

    changes.marks = each()
    worker.run((Task(0.0, "a task", task, lambda: waits),), stop, changes)


def test_a_task_is_spared_until_something_was_written() -> None:
    runs: list[int] = []

    looks(lambda: runs.append(1), "aaaabbba")

    assert len(runs) == 3


def test_a_task_that_waits_for_time_is_run_though_nothing_was_written() -> None:
    runs: list[int] = []

    looks(lambda: runs.append(1), "aaaa", waits=True)

    assert len(runs) == 4


def test_a_task_is_not_spared_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "OVERDUE", 0.0)
    runs: list[int] = []

    looks(lambda: runs.append(1), "aaaa")

    assert len(runs) == 4


def test_a_task_that_failed_is_tried_again_though_nothing_was_written() -> None:
    failures = [StorageError("gone for a moment"), Taken()]
    runs: list[int] = []

    def task() -> None:
        runs.append(1)
        if failures:
            raise failures.pop()

    looks(task, "aaaaa")

    assert len(runs) == 3


def test_all_that_needs_no_time_is_spared_on_an_idle_instance(parts: Parts) -> None:
    send(parts)
    every_task = [*worker.learning_tasks(parts), *worker.telling_tasks(parts)]
    spared = [task for task in every_task if task.seconds < 10]
    for task in spared:
        while task.run():
            pass
        assert not task.waits(), task.name

    assert len(spared) == 3


def test_a_worker_goes_on_when_that_of_another_host_was_first(parts: Parts) -> None:
    """Both have read the same newcomers; one takes them in before the other writes."""
    send(parts)
    here, there = (
        Arrivals(parts.database, parts.keyring, parts.sites, parts.desk) for _ in range(2)
    )
    batch, runs = here._next(), iter((True, False))
    again = threading.Event()

    def take_in() -> int:
        if next(runs, None):
            there.take_in()
            here.__dict__["_next"] = lambda: batch
            return here.take_in()
        again.set()
        return 0

    thread, stop = running(take_in)
    assert again.wait(20)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_tasks_run_again_when_they_are_due_and_end_when_told() -> None:
    third = threading.Event()
    runs = itertools.count(1)

    def task() -> None:
        if next(runs) == 3:
            third.set()

    thread, stop = running(task)

    assert third.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_long_work_goes_on_at_once_and_a_stop_is_heard_in_between() -> None:
    third = threading.Event()
    parts_done = itertools.count(1)

    def endless() -> int:
        done = next(parts_done)
        if done == 3:
            third.set()
        return done

    thread, stop = running(endless, seconds=3600)

    assert third.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_days_are_counted_when_due_and_not_again_at_once(sqlite_parts: Parts) -> None:
    send(sqlite_parts)
    count = next(one.run for one in worker.learning_tasks(sqlite_parts) if one.name == "count")
    with sqlite_parts.database.reading() as connection:
        assert days.uncounted(connection)

    assert not count()


def test_a_database_that_fails_is_tried_again() -> None:
    again = threading.Event()
    failures = [StorageError("gone for a moment")]

    def task() -> None:
        if failures:
            raise failures.pop()
        again.set()

    thread, stop = running(task)

    assert again.wait(10)
    stop.set()
    thread.join(10)


def test_scikit_learn_is_loaded_when_the_first_round_is_due_and_not_before():
    loads = "import sys, service.worker; sys.exit('sklearn' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", loads], check=False).returncode == 0
