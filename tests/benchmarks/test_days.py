"""The measurement of counted days, at a small size."""

from pathlib import Path

from benchmarks import days
from service.db.engine import Database


def test_both_ways_of_counting_a_month_are_measured(tmp_path: Path) -> None:
    told = days.measure(f"sqlite:///{tmp_path / 'weir.sqlite'}", 600, 1)
    assert set(told) == {
        "counted when asked", "counted before", "the dashboard", "the first count",
        "each later count",
    }  # fmt: skip
    assert all(seconds > 0 for seconds in told.values())


def test_what_is_measured_is_the_whole_month(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'weir.sqlite'}")
    database.migrate()
    days.fill(database, 600)
    month = days._month(database)
    database.close()
    assert sum(day.decided.total() for day in month) == 600
    assert sum(day.labelled.total() for day in month) == 30
