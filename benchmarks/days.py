"""What the figures of a month cost when the days were counted beforehand, and when not."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert

from benchmarks.postgres import NoPostgres, a_database
from service import figures
from service.clock import milliseconds, new_id
from service.counting import count_site
from service.db import days
from service.db.engine import Database
from service.db.schema import comments, judgements, labels, sites

SITE = "site_01J00000000000000000000000"
NOW = datetime(2026, 5, 20, 18, tzinfo=UTC)
START = datetime(2026, 4, 21, tzinfo=UTC)
WORDS = ("harbour", "regatta", "lantern", "kettle", "pills", "bargain", "boats", "measured")
STATES = {"accept": "accepted", "hold": "held", "reject": "rejected"}


def main() -> None:
    """Fill a month, then ask for its figures both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    if asked.postgres:
        try:
            with a_database() as url:
                told(measure(url, asked.comments, asked.times))
        except NoPostgres as reason:
            print(reason)
        return
    with tempfile.TemporaryDirectory() as folder:
        told(measure(f"sqlite:///{Path(folder) / 'weir.sqlite'}", asked.comments, asked.times))


def told(seconds: dict[str, float]) -> None:
    """One line for each way, and the ratio."""
    for name, value in seconds.items():
        print(f"{name:<22} {1000 * value:10.1f} ms")
    print(f"{'ratio':<22} {seconds['counted when asked'] / seconds['counted before']:10.1f}")


def measure(url: str, many: int, times: int) -> dict[str, float]:
    """Median seconds of a month's figures, counted when asked for and counted before."""
    database = Database(url, timeout_ms=600_000)
    database.migrate()
    fill(database, many)
    when_asked = median(lambda: _month(database), min(times, 3))
    started = time.perf_counter()
    count_site(database, SITE, NOW)
    first = time.perf_counter() - started
    again = median(lambda: count_site(database, SITE, NOW), min(times, 3))
    before = median(lambda: _month(database), times)
    whole = median(lambda: figures.of_site(database, SITE, NOW.date(), 30), times)
    database.close()
    return {"counted when asked": when_asked, "counted before": before, "the dashboard": whole,
            "the first count": first, "each later count": again}  # fmt: skip


def median(work: Callable[[], object], times: int) -> float:
    """Median seconds of some turns."""
    return statistics.median(_seconds(work) for _ in range(times))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _month(database: Database) -> list[days.Day]:
    until = NOW.date() + timedelta(days=1)
    with database.reading() as connection:
        return days.read(connection, SITE, START.date(), until)


def fill(database: Database, many: int) -> None:
    """A month of made-up comments, one in twenty labelled; the same for the same number."""
    rows = _rows(many)
    with database.writing() as connection:
        site: dict[str, Any] = {
            "id": SITE,
            "name": "big",
            "url": "https://big.example",
            "policy": "{}",
        }
        site |= {"version": 1, "subscribed": False, "created_at": milliseconds(START)}
        connection.execute(insert(sites), site)
    while batch := list(islice(rows, 5_000)):
        with database.writing() as connection:
            connection.execute(insert(comments), batch)
            connection.execute(insert(labels), [_label(row) for row in batch[::20]])
            connection.execute(insert(judgements), [_judgement(row) for row in batch[::20]])
    _analyze(database)


def _analyze(database: Database) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("ANALYZE")


def _rows(many: int) -> Iterator[dict[str, Any]]:
    random = Random(7)
    step = (NOW - START) / many
    blank = {
        column.name: None if column.nullable else ""
        for column in comments.c
        if column.server_default is None
    }
    for n in range(many):
        at = START + n * step
        decision = random.choices(("accept", "hold", "reject"), (60, 8, 32))[0]
        words = " ".join(random.choices(WORDS, k=40))
        linked = random.random() < 0.3
        yield blank | {
            "site_id": SITE, "id": new_id("cmt", at), "created_at": milliseconds(at),
            "state": STATES[decision], "decision": decision, "waits": decision == "hold",
            "reasons": ",text,length,links,",
            "dialect": "json", "type": "comment", "links": int(linked), "traces": b"",
            "content": f"{words} https://h{n % 50}.example/" if linked else words,
        }  # fmt: skip


def _label(row: dict[str, Any]) -> dict[str, Any]:
    at = datetime.fromtimestamp(row["created_at"] / 1000, UTC)
    return {
        "id": new_id("lbl", at), "site_id": SITE, "comment_id": row["id"], "number": 1,
        "label": "ham" if row["decision"] == "accept" else "spam", "undoes": None,
        "source": "console", "moderator": "admin", "note": "", "at": row["created_at"],
    }  # fmt: skip


def _judgement(row: dict[str, Any]) -> dict[str, Any]:
    score = {"accept": -3.0, "hold": 0.5, "reject": 4.0}[row["decision"]]
    return {"comment_id": row["id"], "number": 1, "at": row["created_at"],
            "decision": row["decision"], "score": score, "answer": "{}"}  # fmt: skip
