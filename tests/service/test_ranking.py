"""The order of the queue, and the reason it gives."""

from datetime import UTC, datetime, timedelta

import pytest

from model.verdict import Thresholds
from service.db.campaigns import Campaign
from service.db.queue import Waiting
from service.ranking import Why, doubt, rank

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
BOUNDS = Thresholds(0.12, 0.985)


def waiting(name, score, hours=0.0, blind=False):
    return Waiting(name, NOW - timedelta(hours=hours), score, blind)


def order(*ones, campaigns=None, kept=()):
    return [(one.id, one.why) for one in
            rank(ones, BOUNDS, NOW, campaigns=campaigns or {}, kept=kept)]  # fmt: skip


def test_a_probably_good_comment_that_waited_goes_before_doubt_and_that_before_spam():
    assert order(waiting("spam", 4.0), waiting("doubt", 1.0), waiting("good", -1.5, 20)) == [
        ("good", Why.WAITED), ("doubt", Why.DOUBT), ("spam", Why.DOUBT),
    ]  # fmt: skip


def test_a_campaign_counts_once_and_by_its_size():
    large, small = (Campaign(name, n, n, NOW, NOW, "x") for name, n in (("l", 40), ("s", 3)))
    ones = [waiting("b", 4.1), waiting("a", 4.1), waiting("c", 4.1), waiting("d", 1.0)]

    told = order(*ones, campaigns={"a": large, "b": large, "c": small})

    assert told == [("b", Why.CAMPAIGN), ("d", Why.DOUBT), ("c", Why.CAMPAIGN)]


def test_the_score_of_a_blind_comment_moves_nothing():
    low, high = (rank([waiting("x", score, 5, blind=True)], BOUNDS, NOW, campaigns={})
                 for score in (-9.0, 9.0))  # fmt: skip

    assert low == high
    assert low[0].why is Why.BLIND


def test_what_was_kept_comes_last_but_comes():
    assert order(waiting("a", 1.0, 30), waiting("b", 4.0), kept=["a"])[-1] == ("a", Why.KEPT)


@pytest.mark.parametrize(("score", "worth"), [(-2.0, 0.0), (4.2, 0.0), (1.1, 1.0), (9.0, 0.0)])
def test_doubt_is_greatest_midway_between_the_limits(score, worth):
    assert doubt(score, BOUNDS) == pytest.approx(worth, abs=0.02)


def test_without_limits_doubt_is_at_even_odds():
    assert doubt(0.0, Thresholds(0.0, 1.0)) == 1.0
