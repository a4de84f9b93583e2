"""Questions of several threads, answered by one of them."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.server import wait_until
from service.errors import StorageError
from service.jointly import Jointly

THREADS = 8


class Doubling:
    """Answers numbers with their double, zero with an error; remembers who was asked together."""

    def __init__(self, most=THREADS):
        self.groups = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.jointly = Jointly(self.answered, most)

    def answered(self, questions, relieved):
        self.groups.append(list(questions))
        self.begun.set()
        assert self.go_on.wait(30)
        return [2 * one if one else ZeroDivisionError(one) for one in questions]


@pytest.fixture
def pool():
    with ThreadPoolExecutor(THREADS) as pool:
        yield pool


def behind_the_first(doubling, pool, questions):
    """Ask once, and the others while the first is being answered; all outcomes in order."""
    first = pool.submit(doubling.jointly.ask, 100)
    doubling.begun.wait(30)
    others = [pool.submit(doubling.jointly.ask, one) for one in questions]
    wait_until(lambda: len(doubling.jointly._waiting) == len(questions), "all to wait")
    doubling.go_on.set()
    return [one.exception() or one.result() for one in (first, *others)]


def test_a_lone_question_is_answered_by_who_asks_it():
    asked_by = []

    def answered(questions, _relieved):
        asked_by.append(threading.get_ident())
        return [f"{one}!" for one in questions]

    assert Jointly(answered, THREADS).ask("hello") == "hello!"
    assert asked_by == [threading.get_ident()]


def test_those_who_ask_meanwhile_are_answered_together_each_with_its_own(pool):
    doubling = Doubling()

    told = behind_the_first(doubling, pool, range(1, 6))

    assert told == [200, 2, 4, 6, 8, 10]
    assert [sorted(group) for group in doubling.groups] == [[100], [1, 2, 3, 4, 5]]


def test_what_goes_wrong_with_one_harms_no_other(pool):
    told = behind_the_first(Doubling(), pool, [1, 0, 3])

    assert [told[0], told[1], told[3]] == [200, 2, 6]
    assert isinstance(told[2], ZeroDivisionError)


def test_a_group_has_no_more_than_it_may_have(pool):
    doubling = Doubling(most=2)

    told = behind_the_first(doubling, pool, range(1, 6))

    assert told == [200, 2, 4, 6, 8, 10]
    assert [len(group) for group in doubling.groups] == [1, 2, 2, 1]


def test_who_is_relieved_lets_the_next_be_answered_meanwhile(pool):
    second = threading.Event()

    def answered(questions, relieved):
        if questions[0] == 1:
            relieved()
            assert second.wait(30)
        else:
            second.set()
        return questions

    jointly = Jointly(answered, most=1)
    assert list(pool.map(jointly.ask, (1, 2))) == [1, 2]


def test_who_is_torn_away_leaves_nobody_waiting(pool):
    doubling = Doubling()
    answered = doubling.jointly._answered

    def torn(questions, relieved):
        answered(questions, relieved)
        raise SystemExit

    doubling.jointly._answered = torn
    first = pool.submit(doubling.jointly.ask, 1)
    doubling.begun.wait(30)
    others = [pool.submit(doubling.jointly.ask, n) for n in (2, 3)]
    wait_until(lambda: len(doubling.jointly._waiting) == 2, "both to wait")
    doubling.go_on.set()

    assert isinstance(first.exception(), SystemExit)
    outcomes = {type(one.exception()) for one in others}
    assert outcomes <= {SystemExit, StorageError}
    doubling.jointly._answered = answered
    assert doubling.jointly.ask(4) == 8


def test_many_threads_each_get_their_own_answer(pool):
    jointly = Jointly(lambda questions, relieved: [one + 1 for one in questions], THREADS)

    def some(number):
        return [jointly.ask(100 * number + n) for n in range(200)]

    told = list(pool.map(some, range(THREADS)))

    assert told == [[100 * number + n + 1 for n in range(200)] for number in range(THREADS)]
