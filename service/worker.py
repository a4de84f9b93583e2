"""The background process: what no request should wait for."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from service import logs
from service.arrivals import Arrivals
from service.counting import count_days
from service.db import drifts, retention
from service.drift import watch
from service.errors import StorageError
from service.rounds import Rounds
from service.settings import load
from service.wiring import Parts, wire

if TYPE_CHECKING:
    from service.webhooks import Deliveries

log = structlog.get_logger(__name__)

Task = Callable[[Parts], None]
Timetable = Sequence[tuple[float, Task]]
"""Seconds between two runs of a task, and the task."""


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
    telling = threading.Thread(target=run, args=(parts, stop, TELLING), daemon=True)
    telling.start()
    run(parts, stop)
    telling.join(2)


def run(parts: Parts, stop: threading.Event, every: Timetable | None = None) -> None:
    """Run every task when it is due, until `stop`. A database that fails is tried again."""
    tasks = EVERY if every is None else every
    due = {task: time.monotonic() for _, task in tasks}
    while not stop.is_set():
        for seconds, task in tasks:
            if due[task] <= time.monotonic():
                _attempt(task, parts)
                due[task] = time.monotonic() + seconds
        stop.wait(max(0.0, min(due.values()) - time.monotonic()))


def _attempt(task: Task, parts: Parts) -> None:
    try:
        task(parts)
    except StorageError as error:
        log.warning("background task failed", task=task.__name__, error=str(error))


def purge(parts: Parts) -> None:
    """Delete what is older than WEIR_RETENTION_DAYS, a batch at a time."""
    days = parts.settings.retention_days
    if days:
        before = parts.clock() - timedelta(days=days)
        deleted = retention.purge(parts.database, before)
        if deleted:
            log.info("purged", comments=deleted, before=before.isoformat(timespec="seconds"))


def retrain(parts: Parts) -> None:
    """Run the rounds of training that are due."""
    if parts.live.scorer() is None:
        return  # said loudly at the start; without a base there is nothing to learn on
    known = _ROUNDS.get(id(parts))
    if known is None:
        _ROUNDS.clear()
        known = _ROUNDS[id(parts)] = Rounds(parts)
    known.run_due()


def count(parts: Parts) -> None:
    """Count the days that were touched, so that figures are there at once."""
    count_days(parts.database, parts.clock())


def take_in(parts: Parts) -> None:
    """Make new comments findable, and put held ones into their campaign."""
    Arrivals(parts.database, parts.keyring, parts.sites, parts.desk).take_in()


def deliver(parts: Parts) -> None:
    """Tell those who subscribed what has happened."""
    # Imported by whoever delivers: nobody else pays for an HTTP client.
    from service.webhooks import Deliveries  # noqa: PLC0415

    known = _DELIVERIES.get(id(parts))
    if known is None:
        _DELIVERIES.clear()
        known = _DELIVERIES[id(parts)] = Deliveries(
            parts.database, parts.keyring, parts.clock,
            to_private=parts.settings.webhooks_to_private,
        )  # fmt: skip
    while known.run_due():
        pass  # a full outbox is emptied at once


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


_ROUNDS: dict[int, Rounds] = {}
_DELIVERIES: dict[int, "Deliveries"] = {}
"""What this process remembers between two runs."""

EVERY: Timetable = (
    (0.5, retrain),
    (1.0, take_in),
    (30.0, count),
    (900.0, watch_drift),
    (3600.0, purge),
)
TELLING: Timetable = ((0.25, deliver),)
