"""Group commit: writing together, and each alone with what went wrong."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from benchmarks.server import wait_until
from service.db.engine import Database, Taken
from service.errors import StorageError

THREADS = 8


@pytest.fixture
def table(database):
    """A table of names that can each be given once, beside the tables of the product."""
    with database.direct.reading() as cursor:
        cursor.execute("DROP TABLE IF EXISTS given")
        cursor.execute("CREATE TABLE given (name TEXT PRIMARY KEY)")
    yield lambda: _names(database)
    with database.direct.reading() as cursor:
        cursor.execute("DROP TABLE given")


def _names(database):
    with database.direct.reading() as cursor:
        return sorted(row[0] for row in cursor.execute("SELECT name FROM given").fetchall())


def give(*names):
    """Work that gives these names."""

    def work(cursor):
        for name in names:
            cursor.execute(f"INSERT INTO given VALUES ('{name}')")  # noqa: S608 - two drivers, two ways of binding

    return work


def do(cursor, works):
    for work in works:
        work(cursor)


def written(database, work):
    """Have one work written; raises what went wrong with it."""
    (refused,) = database.group_commit.write(do, [work])
    if refused is not None:
        raise refused


@pytest.fixture
def behind_one(database):
    """Runs works as one group: they gather while another is being written."""

    @contextmanager
    def holding():
        begun, go_on = threading.Event(), threading.Event()

        def slow(_cursor):
            begun.set()
            go_on.wait(30)

        with ThreadPoolExecutor(THREADS) as pool:
            first = pool.submit(written, database, slow)
            begun.wait(30)
            yield lambda work: pool.submit(written, database, work)
            go_on.set()
        first.result()

    def run(*works):
        with holding() as submit:
            futures = [submit(work) for work in works]
            waiting = database.group_commit._waiting
            while len(waiting) < len(works):
                threading.Event().wait(0.001)
        return [future.exception() for future in futures]

    return run


def test_what_is_written_is_there(database, table):
    written(database, give("a"))

    assert table() == ["a"]


def test_those_who_wait_are_written_in_one_transaction(database, table, behind_one, monkeypatch):
    begun = []
    writing = database.direct.writing
    counting = lambda **how: begun.append(1) or writing(**how)  # noqa: E731
    monkeypatch.setattr(database.direct, "writing", counting)

    told = behind_one(*(give(str(n)) for n in range(5)))

    assert told == [None] * 5
    assert table() == ["0", "1", "2", "3", "4"]
    assert len(begun) == 2  # the one they waited for, and theirs


def test_who_comes_while_another_process_writes_goes_along(sqlite_url, monkeypatch):
    ours, other = Database(sqlite_url), Database(sqlite_url)
    begun, asking = [], threading.Event()
    writing = ours.direct.writing

    def counting(**how):
        begun.append(1)
        asking.set()
        return writing(**how)

    monkeypatch.setattr(ours.direct, "writing", counting)
    with ours.direct.reading() as cursor:
        cursor.execute("CREATE TABLE given (name TEXT PRIMARY KEY)")
    with ThreadPoolExecutor(THREADS) as pool:
        with other.direct.writing():
            futures = [pool.submit(written, ours, give("0"))]
            asking.wait(30)
            futures += [pool.submit(written, ours, give(str(n))) for n in range(1, 5)]
            wait_until(lambda: len(ours.group_commit._waiting) == 5, "five who wait", 3)
        told = [future.exception() for future in futures]

    assert told == [None] * 5
    assert _names(ours) == ["0", "1", "2", "3", "4"]
    assert len(begun) == 1
    ours.close()
    other.close()


def test_one_that_is_refused_harms_no_other(table, behind_one):
    told = behind_one(give("a"), give("b", "b"), give("c"))

    assert [type(error) for error in told] == [type(None), Taken, type(None)]
    assert table() == ["a", "c"]


def test_of_two_who_want_one_name_one_gets_it(table, behind_one):
    told = behind_one(give("a", "x"), give("b", "x"))

    assert {type(error) for error in told} == {type(None), Taken}
    assert table() in (["a", "x"], ["b", "x"])


def test_a_defect_hits_only_its_own(table, behind_one):
    def broken(_cursor):
        raise ZeroDivisionError

    told = behind_one(give("a"), broken, give("c"))

    assert [type(error) for error in told] == [type(None), ZeroDivisionError, type(None)]
    assert table() == ["a", "c"]


def test_a_database_out_of_order_is_told_to_all_and_asked_only_twice(
    database, table, behind_one, monkeypatch
):
    asked = []

    @contextmanager
    def broken(**_how):
        asked.append(1)
        raise StorageError("the disk is full")
        yield

    def then_break(_cursor):
        monkeypatch.setattr(database.direct, "writing", broken)

    # The first of the group breaks the database for whoever comes after the group's attempt.
    told = behind_one(lambda c: (then_break(c), give("x", "x")(c)), give("b"), give("c"))

    assert [type(error) for error in told] == [StorageError] * 3
    assert len(asked) == 1
    assert table() == []


def test_a_database_that_begins_nothing_is_asked_once_for_all(database, monkeypatch):
    """Whoever waits for SQLite's lock in vain has waited five seconds."""
    asked, told = [], StorageError("the database is locked")

    @contextmanager
    def locked(**_how):
        asked.append(1)
        raise told
        yield

    monkeypatch.setattr(database.direct, "writing", locked)

    assert database.group_commit.write(do, [give("a"), give("b"), give("c")]) == [told] * 3
    assert len(asked) == 1


def test_a_writer_who_is_torn_away_leaves_nobody_believing(database, table, behind_one):
    def torn(_cursor):
        raise SystemExit

    told = behind_one(torn, give("b"))

    assert (told[1] is None) == (table() == ["b"])
    written(database, give("later"))
    assert "later" in table()


def test_many_threads_lose_nothing(database, table):
    def some(number):
        for k in range(20):
            written(database, give(f"{number:02}-{k:02}"))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(some, range(THREADS)))

    assert table() == [f"{n:02}-{k:02}" for n in range(THREADS) for k in range(20)]


def test_of_several_works_of_one_thread_each_has_its_own_outcome(database, table):
    told = database.group_commit.write(do, [give("a"), give("b", "b"), give("c")])

    assert [type(error) for error in told] == [type(None), Taken, type(None)]
    assert table() == ["a", "c"]
