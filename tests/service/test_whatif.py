"""Looking back: what other thresholds would have decided, by what was known then."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.comment import Label
from model.policy import Policy, decide
from model.verdict import Decision, Judgement, Reason, Thresholds, probability
from service.whatif import Past, Trial, noticed, text_score, what_if, wrong_rejects

ACCEPT, HOLD, REJECT = Decision.ACCEPT, Decision.HOLD, Decision.REJECT
WIDE = Thresholds(0.2, 0.95)


def past(
    score: float | None, *reasons: Reason, decision: Decision = HOLD, label: Label | None = None,
    linking: str = "",
) -> Past:  # fmt: skip
    chance = None if score is None else probability(score)
    judged = Judgement(decision, score, chance, "site", WIDE, reasons, 0.0, 0.0, "base", None, "p")
    return Past("cmt_1", date(2026, 5, 20), judged, label, linking)


def tried(one: Past, bounds: Thresholds = WIDE, policy: Policy | None = None) -> Decision:
    after = Trial([one], policy or Policy()).decisions(bounds)
    return list(Decision)[after[0]]


@given(st.floats(-9, 9), st.floats(-3, 3), st.floats(0, 1), st.floats(0, 1))
def test_a_trial_decides_as_the_policy_itself_does(
    score: float, weight: float, low: float, high: float
) -> None:
    bounds = Thresholds(min(low, high), max(low, high))
    one = past(score, Reason("burst", "many", weight))
    text = text_score(one.judgement)
    assert tried(one, bounds) is decide(Policy(), bounds, text, score, ())[0]


@pytest.mark.parametrize(
    ("code", "decides"),
    [("honeypot", REJECT), ("blocked-term", REJECT), ("allowed-host", ACCEPT),
     ("unlearned-language", HOLD), ("unknown-host", HOLD)],
)  # fmt: skip
def test_what_settled_a_comment_still_settles_it(code: str, decides: Decision) -> None:
    assert tried(past(-5.0, Reason(code, "because", decides=decides))) is decides


def test_a_rule_that_the_emergency_switch_overruled_comes_back_without_it() -> None:
    reasons = (Reason("emergency-hold", "held", decides=HOLD), Reason("honeypot", "filled"))
    assert tried(past(-5.0, *reasons)) is REJECT
    assert tried(past(-5.0, *reasons), policy=Policy(hold_rejects=True)) is HOLD


def test_rules_keep_their_precedence_however_they_were_sorted() -> None:
    reasons = (Reason("blocked-term", "pills"), Reason("text", "words", 3.0),
               Reason("allowed-host", "ours", decides=ACCEPT))  # fmt: skip
    judged = past(3.0, *reasons).judgement
    assert [one.code for one in noticed(judged)] == ["allowed-host", "blocked-term", "text"]
    assert tried(past(3.0, *reasons)) is ACCEPT


def test_a_doubt_does_not_save_what_the_new_thresholds_reject() -> None:
    doubtful = past(2.0, Reason("unknown-host", "never seen", decides=HOLD))
    assert tried(doubtful) is HOLD
    assert tried(doubtful, Thresholds(0.1, 0.8)) is REJECT
    assert tried(doubtful, Thresholds(0.95, 0.99)) is HOLD


def test_a_link_to_an_unknown_host_takes_the_margin_of_the_certificate() -> None:
    doubtful = past(4.0, linking="so cheap: https://never-seen.example")
    assert what_if([doubtful], Policy(), WIDE)["after"]["reject"] == 1
    assert what_if([doubtful], Policy(), WIDE, 2.0)["after"]["hold"] == 1
    known = past(4.0, linking="as in https://en.wikipedia.org/wiki/Spam")
    for one in (known, past(4.0)):
        assert what_if([one], Policy(), WIDE, math.inf)["after"]["reject"] == 1


def test_what_was_not_certain_enough_is_no_more_certain_in_retrospect() -> None:
    uncertain = past(4.0, Reason("uncertified", "a person looks", decides=HOLD))
    assert tried(uncertain) is HOLD
    assert tried(uncertain, Thresholds(0.2, 0.9)) is REJECT  # it may have been as certain as that
    by_hand = Policy(accept_below=0.2, reject_above=WIDE.reject_above)
    assert tried(uncertain, policy=by_hand) is REJECT


def test_what_was_never_scored_is_left_out() -> None:
    told = what_if([past(None), past(0.0)], Policy(), WIDE)
    assert told["comments"] == 1


def test_nothing_to_look_back_on_is_answered_with_zeros() -> None:
    told = what_if([], Policy(), WIDE)
    assert (told["comments"], told["changed"], told["queue_minutes"]) == (0, 0, 0)
    assert told["wrong_rejects"]["expected"] is None


def test_wrong_rejects_count_labels_of_good_comments_only_among_the_rejected() -> None:
    spam = [past(5.0, label=Label.SPAM) for _ in range(9)]
    many = [*spam, past(5.0, label=Label.HAM), past(5.0, label=Label.OTHER), past(-5.0)]
    trial = Trial(many, Policy())
    n, found = wrong_rejects(trial, trial.decisions(WIDE))
    assert (n, found.n, found.estimate) == (11, 10, 0.1)
    assert found.lower < 0.1 < found.upper
