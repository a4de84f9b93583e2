"""What is lent to a site without a certificate: what was measured on others like it."""

import numpy as np
import pytest

from model.figures import clopper_pearson_lower
from training.borrowed import BUDGET, STEPS, Good, Step, least, lent, lent_to


def test_the_more_good_comments_have_taught_the_less_is_asked() -> None:
    for name in ("reject_above", "linked_above"):
        asked = [lent(0.005, good)[name] for good in (0, 39, 40, 59, 60, 1_000)]  # type: ignore[index]
        assert asked == sorted(asked, reverse=True)
        assert asked[1] > asked[2] == asked[3] > asked[4]
    assert all(step.linked > step.threshold for step in STEPS)


def test_the_source_that_lost_most_is_named_with_what_it_lost() -> None:
    row = lent(0.005, 40)
    assert row is not None
    name, n, errors = STEPS[1].worst()
    proof = row["certificate"]
    assert (proof["basis"], proof["n"], proof["errors"]) == ("borrowed", n, errors)
    assert name in proof["source"]
    assert proof["bound"] > 0.005  # measured, not certified: and it says so
    assert Step(0, 0.9, 0.9, {"ponds": (900, 1), "lakes": (90, 1)}).worst() == ("lakes", 90, 1)


def test_nothing_is_lent_for_a_budget_it_was_not_measured_for() -> None:
    assert lent(0.004, 1_000) is None
    assert lent(0.01, 1_000) == {**lent(0.005, 1_000), "budget": 0.01}  # type: ignore[dict-item]


@pytest.mark.parametrize("step", STEPS)
def test_no_source_provably_lost_more_than_the_budget(step: Step) -> None:
    for n, lost in step.lost.values():
        assert clopper_pearson_lower(round(lost), round(n)) <= BUDGET


def test_a_sites_own_good_comments_set_the_lowest_threshold() -> None:
    scores = [0.1 * n for n in range(10)]
    assert least(scores, [1.0] * 10, 0.005) > 0.9
    assert 0.7 < least(scores, [1.0] * 10, 0.05) <= 0.8
    assert least([], [], 0.05) == 0.0


def test_two_of_a_hundred_contradict_no_budget_of_one_in_two_hundred_but_three_do() -> None:
    good = [0.1] * 97
    assert least([0.99, 0.98, 0.2, *good], [1.0] * 100, 0.005) < 0.98
    assert least([0.99, 0.98, 0.97, *good], [1.0] * 100, 0.005) > 0.97
    assert least([0.99, 0.98, 0.97, *good, *good], [1.0] * 197, 0.005) < 0.97
    assert least([0.99, 0.2, 0.2, *good], [1.0] * 100, 0.005, surprise=1) > 0.99


def test_good_comments_count_as_often_as_they_stand_in_the_traffic() -> None:
    """A held one among few, or among many accepted, of which the audit drew one in fifty."""
    scores, traffic = [0.95, 0.1, 0.1], [1.0, 50.0, 50.0]
    assert least(scores, [1.0] * 3, 0.005) > 0.95
    assert least(scores, traffic, 0.005) < 0.95


def test_one_find_of_an_audit_counts_for_what_it_surely_shows() -> None:
    """One good comment that was rejected, found among one in ten or in a hundred looked at."""
    held, accepted = [0.1] * 50, [0.1] * 5
    scores = [0.99, *held, *accepted]

    def rejecting(drawn: float) -> float:
        return least(scores, [1 / drawn, *[1.0] * 50, *[10.0] * 5], 0.005)

    assert rejecting(0.1) < 0.99 < rejecting(0.01)


def asked_of_links(good: int, linked: list[float]) -> float:
    """By a site with so many good comments, far from spam, and these with a link."""
    chances = np.array([0.1] * good + linked)
    with_link = np.arange(len(chances)) >= good
    row = lent_to(Good(chances, np.ones(len(chances)), with_link), BUDGET, 0.0)
    assert row is not None
    above: float = row["linked_above"]
    return above


def test_a_site_whose_good_comments_never_link_is_lent_one_threshold_for_all() -> None:
    row = lent(BUDGET, 200)
    assert row is not None
    assert asked_of_links(140, []) == row["linked_above"]  # too few to say that there are none
    assert asked_of_links(200, []) == row["reject_above"] < row["linked_above"]


def test_good_comments_with_a_link_keep_up_what_links_are_asked_for() -> None:
    row = lent(BUDGET, 200)
    assert row is not None
    assert asked_of_links(198, [0.98, 0.99]) == row["linked_above"]
    assert row["reject_above"] < 0.93 < asked_of_links(198, [0.91, 0.93]) < row["linked_above"]
    assert asked_of_links(198, [0.5, 0.6]) == row["reject_above"]
    assert asked_of_links(1_000, [0.98, 0.99]) == row["reject_above"]  # two of a thousand are rare
