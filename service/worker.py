"""The background process: what no request should wait for."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from service import logs
from service.arrivals import Arrivals
from service.counting import count_days
from service.db import drifts, retention
from service.db.engine import Taken
from service.drift import watch
from service.errors import StorageError
from service.rounds import Rounds
from service.settings import load
from service.wiring import Parts, wire

log = structlog.get_logger(__name__)

Timetable = Sequence[tuple[float, str, Callable[[], object]]]
"""Seconds between two runs of a task, what it is called in the log, and the task. One that returns
something has done a part of its work and goes on at once; in between a stop is heard."""


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
    telling = threading.Thread(target=run, args=(telling_tasks(parts), stop), daemon=True)
    telling.start()
    run(learning_tasks(parts), stop)
    telling.join(2)


def learning_tasks(parts: Parts) -> Timetable:
    """What keeps sites, search, campaigns and figures up to date."""
    rounds = Rounds(parts)
    arrivals = Arrivals(parts.database, parts.keyring, parts.sites, parts.desk)
    return (
        (0.5, "retrain", rounds.run_due),
        (1.0, "take in", arrivals.take_in),
        (30.0, "count", lambda: count(parts)),
        (900.0, "watch drift", lambda: watch_drift(parts)),
        (3600.0, "purge", lambda: purge(parts)),
    )


def telling_tasks(parts: Parts) -> Timetable:
    """What tells those who subscribed what has happened."""
    # Imported by whoever delivers: nobody else pays for an HTTP client.
    from service.webhooks import Deliveries  # noqa: PLC0415

    deliveries = Deliveries(
        parts.database, parts.keyring, parts.clock,
        to_private=parts.settings.webhooks_to_private,
    )  # fmt: skip
    return ((0.25, "deliver", deliveries.run_due),)


def run(tasks: Timetable, stop: threading.Event) -> None:
    """Run every task when it is due, until `stop`. A database that fails is tried again, and what
    another host's worker has just written is left to it."""
    due = [time.monotonic()] * len(tasks)
    while not stop.is_set():
        for place, (seconds, name, task) in enumerate(tasks):
            if due[place] <= time.monotonic():
                more = _attempt(name, task)
                due[place] = time.monotonic() + (0 if more else seconds)
        stop.wait(max(0.0, min(due) - time.monotonic()))


def _attempt(name: str, task: Callable[[], object]) -> object:
    try:
        return task()
    except StorageError as error:
        log.warning("background task failed", task=name, error=str(error))
    except Taken:
        log.info("another worker was first", task=name)
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
