"""A score in words: they follow the probability, and say nothing better than it."""

import pytest

from model.verdict import Decision, Judgement, Thresholds
from service.web.console.verdict import in_words


def judged(score: float | None, accept_below: float) -> Judgement:
    return Judgement(
        decision=Decision.HOLD, score=score, spam_probability=None, probability_basis="balanced",
        reasons=(), base=0.0, rest=0.0,
        thresholds=Thresholds(accept_below, 0.99), base_model="base", site_model=None, policy="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("score", "words"),
    [(-2.0, "Likely fine"), (-0.5, "Could be either"), (1.3, "Rather spam"), (1.9, "Rather spam"),
     (3.0, "Likely spam"), (6.0, "Almost surely spam"), (None, "Not judged")],
)  # fmt: skip
def test_a_base_that_accepts_far_up_does_not_call_it_fine(score, words):
    assert in_words(judged(score, accept_below=0.89)) == words


def test_what_a_strict_site_holds_is_not_called_likely_fine():
    assert in_words(judged(-2.0, accept_below=0.05)) == "Rather fine"
    assert in_words(judged(-4.0, accept_below=0.05)) == "Likely fine"
