"""The background process: what no request should wait for."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from service import logs
from service.arrivals import Arrivals
from service.counting import count_days
from service.db import drifts, retention
from service.db.changes import Changes
from service.db.engine import Taken
from service.drift import watch
from service.errors import StorageError
from service.rounds import Rounds
from service.settings import load
from service.wiring import Parts, wire

log = structlog.get_logger(__name__)

OVERDUE = 60.0
"""Seconds after which a task looks again though nothing was written: others may have died."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is done every so many `seconds`, and its name in the log. If `run` returns something, it
    has done a part of its work and goes on at once; in between a stop is heard.

    It is spared while nothing was written since it last ran, unless it `waits` for time alone.
    """

    seconds: float
    name: str
    run: Callable[[], object]
    waits: Callable[[], bool] = lambda: True


def main() -> None:
    """Run until SIGTERM or SIGINT; a task under way is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings = load()
    logs.set_up(settings.log_level)
    parts = wire(settings)
    # A thread of its own: a receiver that hangs must not keep sites from learning, nor a long
    # training the receivers from hearing.
    arguments = telling_tasks(parts), stop, parts.database.changes()
    telling = threading.Thread(target=run, args=arguments, daemon=True)
    telling.start()
    run(learning_tasks(parts), stop, parts.database.changes())
    telling.join(2)


def learning_tasks(parts: Parts) -> Sequence[Task]:
    """What keeps sites, search, campaigns and figures up to date."""
    rounds = Rounds(parts)
    arrivals = Arrivals(parts.database, parts.keyring, parts.sites, parts.desk)
    return (
        Task(0.5, "retrain", rounds.run_due, lambda: rounds.waits),
        Task(1.0, "take in", arrivals.take_in, lambda: False),
        Task(30.0, "count", lambda: count(parts)),
        Task(900.0, "watch drift", lambda: watch_drift(parts)),
        Task(3600.0, "purge", lambda: purge(parts)),
    )


def telling_tasks(parts: Parts) -> Sequence[Task]:
    """What tells those who subscribed what has happened."""
    # Imported by whoever delivers: nobody else pays for an HTTP client.
    from service.webhooks import Deliveries  # noqa: PLC0415

    deliveries = Deliveries(
        parts.database, parts.keyring, parts.clock,
        to_private=parts.settings.webhooks_to_private,
    )  # fmt: skip
    return (Task(0.25, "deliver", deliveries.run_due, lambda: deliveries.waits),)


def run(tasks: Sequence[Task], stop: threading.Event, changes: Changes) -> None:
    """Run every task when it is due, until `stop`. A database that fails is tried again, and what
    another host's worker has just written is left to it."""
    agenda = [_Entry(task, changes) for task in tasks]
    while not stop.is_set():
        for entry in agenda:
            if entry.due <= time.monotonic():
                entry.look()
        stop.wait(max(0.0, min(entry.due for entry in agenda) - time.monotonic()))


class _Entry:
    """When a task is due, and what was written when it last ran."""

    def __init__(self, task: Task, changes: Changes) -> None:
        self._task, self._changes = task, changes
        self.due, self._overdue = 0.0, 0.0
        self._seen: object = None

    def look(self) -> None:
        """Run the task, unless nothing can have come of it."""
        mark = self._changes.mark()
        more = self._run(mark) if self._may_find_something(mark) else None
        self.due = time.monotonic() + (0 if more else self._task.seconds)

    def _may_find_something(self, mark: object) -> bool:
        return self._task.waits() or mark != self._seen or self._overdue <= time.monotonic()

    def _run(self, mark: object) -> object:
        self._seen, self._overdue = mark, time.monotonic() + OVERDUE
        try:
            return self._task.run()
        except StorageError as error:
            log.warning("background task failed", task=self._task.name, error=str(error))
        except Taken:
            log.info("another worker was first", task=self._task.name)
        self._seen = None
        return None


def purge(parts: Parts) -> None:
    """Delete what is older than WEIR_RETENTION_DAYS, a batch at a time."""
    days = parts.settings.retention_days
    if days:
        before = parts.clock() - timedelta(days=days)
        deleted = retention.purge(parts.database, before)
        if deleted:
            log.info("purged", comments=deleted, before=before.isoformat(timespec="seconds"))


def count(parts: Parts) -> None:
    """Count the days that were touched. How many says nothing of what is left: where comments
    keep coming there is always one."""
    count_days(parts.database, parts.clock())


def watch_drift(parts: Parts) -> None:
    """Hold every site's last week against the four before, once a day; alarms are logged."""
    now = parts.clock()
    with parts.database.reading() as connection:
        known = drifts.newest(connection)
    for site in parts.sites.list():
        scorer, last = parts.serving.scorer(site), known.get(site.id)
        if scorer is None or (last and now - last.at < timedelta(days=1)):
            continue
        found = watch(parts.database, parts.keyring, site.id, scorer, now)
        with parts.database.writing() as connection:
            drifts.store(connection, site.id, found, now)
        if found["alarms"]:
            log.warning("drift", site=site.id, **found)
