"""What is lent to a site without a certificate: the strictest that was measured on others."""

import pytest

from model.figures import clopper_pearson_upper
from training.borrowed import EVIDENCE, least, lent

KNOWN = {
    "ponds": {0.005: (0.97, 900, 1), 0.01: (0.9, 900, 4)},
    "lakes": {0.005: (0.99, 700, 0), 0.01: (0.8, 700, 3), 0.02: (0.995, 200, 0)},
}


def test_the_strictest_source_decides() -> None:
    row = lent(0.005, KNOWN)
    assert row is not None
    assert row["reject_above"] == 0.99
    assert (row["certificate"]["n"], row["certificate"]["errors"]) == (700, 0)
    assert "lakes" in row["certificate"]["source"]
    assert row["certificate"]["basis"] == "borrowed"


def test_a_larger_budget_is_never_stricter_than_a_smaller_one() -> None:
    row = lent(0.02, KNOWN)
    assert row is not None
    assert (row["budget"], row["reject_above"], row["certificate"]["bound"]) == (0.02, 0.9, 0.01)


def test_a_source_too_small_to_certify_a_budget_may_still_ask_for_more() -> None:
    row = lent(0.005, KNOWN | {"puddles": {0.02: (0.999, 200, 0)}})
    assert row is not None
    assert row["reject_above"] == 0.999
    assert "lakes" in row["certificate"]["source"]


def test_nothing_is_lent_for_a_budget_that_no_source_could_certify() -> None:
    assert lent(0.004, KNOWN) is None
    assert lent(0.005, {}) is None


@pytest.mark.parametrize("source", EVIDENCE)
def test_the_evidence_certifies_what_it_says(source: str) -> None:
    for budget, (_, n, errors) in EVIDENCE[source].items():
        assert clopper_pearson_upper(errors, n) <= budget


def test_a_sites_own_good_comments_set_the_lowest_threshold() -> None:
    scores = [0.1 * n for n in range(10)]
    assert least(scores, [1.0] * 10, 0.05) > 0.9
    assert 0.8 < least(scores, [1.0] * 10, 0.1) <= 0.9
    assert least([], [], 0.05) == 0.0


def test_good_comments_count_as_often_as_they_stand_in_the_traffic() -> None:
    """Two held ones among many accepted, of which the audit drew one in fifty."""
    scores, traffic = [0.95, 0.9, 0.1, 0.1], [1.0, 1.0, 50.0, 50.0]
    assert least(scores, [1.0] * 4, 0.01) > 0.95
    assert 0.9 < least(scores, traffic, 0.01) <= 0.95
