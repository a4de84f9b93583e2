"""How many comments a key may send in a minute."""

import os
import secrets

import pytest
import redis

from service.errors import TooMany
from service.limiter import Limiter, OwnMinutes


def test_a_minute_begins_with_its_first_comment_and_ends_60_seconds_later():
    now = [1000.0]
    minutes = OwnMinutes(2, clock=lambda: now[0])

    assert [minutes.spend("a", 1), minutes.spend("a", 1), minutes.spend("a", 1)] == [
        None, None, 1060.0,
    ]  # fmt: skip
    now[0] = 1059.9
    assert minutes.spend("a", 1) == 1060.0
    now[0] = 1060.0
    assert minutes.spend("a", 1) is None


def test_one_key_takes_nothing_from_another():
    limiter = Limiter("", 1)

    limiter.spend("a")
    limiter.spend("b")
    with pytest.raises(TooMany) as refused:
        limiter.spend("a")
    assert (refused.value.limit, refused.value.retry_after) == (1, 60)


def test_a_batch_costs_as_many_as_are_in_it():
    limiter = Limiter("", 10)

    limiter.spend("a", 10)
    with pytest.raises(TooMany):
        limiter.spend("a")


def test_what_is_refused_costs_nothing():
    limiter = Limiter("", 10)
    limiter.spend("a", 8)
    limiter.spend("a")

    with pytest.raises(TooMany):
        limiter.spend("a", 5, paid=1)
    limiter.spend("a", 2)
    with pytest.raises(TooMany):
        limiter.spend("a")


def test_what_is_given_back_too_late_makes_no_minute_longer():
    now = [1000.0]
    minutes = OwnMinutes(2, clock=lambda: now[0])
    minutes.spend("a", 3)
    now[0] = 1060.0

    minutes.spend("a", -3)

    assert [minutes.spend("a", 2), minutes.spend("a", 1)] == [None, 1120.0]


def test_no_limit_is_no_limit():
    limiter = Limiter("", 0)

    for _ in range(100):
        limiter.spend("a", 1000)


@pytest.fixture
def redis_url():
    url = os.environ.get("WEIR_TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
    client = redis.Redis.from_url(url, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        pytest.skip("no Redis: set WEIR_TEST_REDIS_URL")
    yield url
    client.close()


def test_with_redis_all_hosts_count_together(redis_url):
    here, there = Limiter(redis_url, 2), Limiter(redis_url, 2)
    who = f"site_{secrets.token_hex(8)}"

    here.spend(who)
    there.spend(who)
    with pytest.raises(TooMany) as refused:
        here.spend(who)
    assert 1 <= refused.value.retry_after <= 60


def test_with_redis_too_what_is_refused_costs_nothing(redis_url):
    limiter, who = Limiter(redis_url, 10), f"site_{secrets.token_hex(8)}"
    limiter.spend(who, 8)
    limiter.spend(who)

    with pytest.raises(TooMany):
        limiter.spend(who, 5, paid=1)
    limiter.spend(who, 2)
    with pytest.raises(TooMany):
        limiter.spend(who)


def test_a_redis_that_does_not_answer_stops_nobody():
    limiter = Limiter("redis://127.0.0.1:1/0", 1)

    for _ in range(3):
        limiter.spend("a")
