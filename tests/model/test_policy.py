"""What a site wants becomes thresholds, and those with the score and the signals a decision."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.policy import NEVER, Policy, certificate, decide, expected, thresholds
from model.verdict import Decision, Reason, Thresholds, probability

ACCEPT, HOLD, REJECT = Decision.ACCEPT, Decision.HOLD, Decision.REJECT
BOUNDS = Thresholds(accept_below=0.2, reject_above=0.95)
GOOD, DOUBTFUL, SPAM = -3.0, 0.0, 5.0
"""Log-odds below, between and above the two."""


def ruled(
    text: float, total: float | None = None, *reasons: Reason, policy: Policy | None = None
) -> Decision:
    total = text if total is None else total
    return decide(policy or Policy(), BOUNDS, text, total, reasons)[0]


def codes(text: float, total: float, *reasons: Reason, policy: Policy | None = None) -> set[str]:
    said = decide(policy or Policy(), BOUNDS, text, total, reasons)[1]
    return {reason.code for reason in said if reason.decides}


def rule(decides: Decision, code: str = "a-rule") -> Reason:
    return Reason(code, "because", decides=decides)


@pytest.mark.parametrize(("score", "decision"), [(GOOD, ACCEPT), (DOUBTFUL, HOLD), (SPAM, REJECT)])
def test_without_rules_the_score_decides(score: float, decision: Decision) -> None:
    assert ruled(score) is decision


def test_the_lower_threshold_is_outside_and_the_upper_inside() -> None:
    at = Thresholds(probability(-1.0), probability(1.0))
    assert decide(Policy(), at, -1.0, -1.0, ())[0] is HOLD
    assert decide(Policy(), at, -1.001, -1.001, ())[0] is ACCEPT
    assert decide(Policy(), at, 1.0, 1.0, ())[0] is REJECT
    assert decide(Policy(), at, 0.999, 0.999, ())[0] is HOLD


@pytest.mark.parametrize("score", [GOOD, DOUBTFUL, SPAM])
@pytest.mark.parametrize("decides", list(Decision))
def test_a_rule_decides_whatever_the_score(score: float, decides: Decision) -> None:
    assert ruled(score, score, rule(decides)) is decides


def test_the_first_rule_wins_and_the_overruled_decide_no_more() -> None:
    reasons = (rule(ACCEPT, "first"), rule(REJECT, "second"), rule(ACCEPT, "third"))
    decision, said = decide(Policy(), BOUNDS, SPAM, SPAM, reasons)
    assert decision is ACCEPT
    assert [(r.code, r.decides) for r in said] == [
        ("first", ACCEPT),
        ("second", None),
        ("third", ACCEPT),
    ]


@pytest.mark.parametrize("doubt", ["no-words", "unread", "unknown-host", "edit-added-links"])
def test_a_doubt_about_publishing_does_not_save_spam(doubt: str) -> None:
    assert ruled(GOOD, GOOD, rule(HOLD, doubt)) is HOLD
    assert ruled(SPAM, SPAM, rule(HOLD, doubt)) is REJECT
    assert codes(SPAM, SPAM, rule(HOLD, doubt)) == set()


def test_an_unlearned_language_is_held_even_when_the_score_is_sure() -> None:
    assert ruled(SPAM, SPAM, rule(HOLD, "unlearned-language")) is HOLD


def test_signals_alone_hold_but_do_not_reject() -> None:
    assert ruled(GOOD, SPAM) is HOLD
    assert codes(GOOD, SPAM) == {"uncertified"}
    assert codes(SPAM, SPAM) == set()


def test_good_signals_may_lift_a_rejection_up_to_acceptance() -> None:
    assert ruled(SPAM, DOUBTFUL) is HOLD
    assert ruled(SPAM, GOOD) is ACCEPT


def test_hold_first_rejects_nothing_by_score_but_keeps_the_rules() -> None:
    careful = Policy(mode="hold-first")
    assert ruled(SPAM, policy=careful) is HOLD
    assert codes(SPAM, SPAM, policy=careful) == {"hold-first"}
    assert ruled(SPAM, SPAM, rule(REJECT), policy=careful) is REJECT
    assert ruled(GOOD, policy=careful) is ACCEPT


def test_the_emergency_switch_holds_all_that_would_be_rejected_and_says_so() -> None:
    switched = Policy(hold_rejects=True)
    assert ruled(SPAM, policy=switched) is HOLD
    assert ruled(GOOD, GOOD, rule(REJECT), policy=switched) is HOLD
    assert codes(GOOD, GOOD, rule(REJECT), policy=switched) == {"emergency-hold"}


def test_the_emergency_switch_leaves_what_is_accepted_or_held_alone() -> None:
    switched = Policy(hold_rejects=True)
    assert ruled(GOOD, policy=switched) is ACCEPT
    assert ruled(SPAM, SPAM, rule(ACCEPT), policy=switched) is ACCEPT
    assert codes(DOUBTFUL, DOUBTFUL, policy=switched) == set()


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0, 1), st.floats(0, 1))
def test_the_score_rejects_only_what_text_and_total_both_condemn(
    text: float, total: float, low: float, high: float
) -> None:
    bounds = Thresholds(min(low, high), max(low, high))
    decision = decide(Policy(), bounds, text, total, ())[0]
    condemned = min(probability(text), probability(total)) >= bounds.reject_above
    assert (decision is REJECT) == (
        condemned and bounds.reject_above < NEVER and probability(total) >= bounds.accept_below
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_threshold_of_one_rejects_nothing_not_even_certainty(score: float) -> None:
    assert decide(Policy(), Thresholds(0.0, NEVER), score, score, ())[0] is HOLD


# Thresholds.


def card(*rejecting: tuple[float, float | None], **more: Any) -> dict[str, Any]:
    proof = {"n": 900, "errors": 0, "bound": 0.0034, "source": "a far blog", "seen": "extra"}
    rows = [{"budget": b, "reject_above": p, "certificate": proof} for b, p in rejecting]
    return {"thresholds": {"accept_below": 0.12, "reject": rows, **more}}


CARD = card((0.001, None), (0.005, 0.97), (0.02, 0.9))


@pytest.mark.parametrize(
    ("budget", "reject_above"),
    [(0.0005, NEVER), (0.001, NEVER), (0.004, NEVER), (0.005, 0.97), (0.01, 0.97), (0.5, 0.9)],
)
def test_the_largest_budget_within_the_sites_own_is_used(
    budget: float, reject_above: float
) -> None:
    policy = Policy(reject_budget=budget)
    assert thresholds(policy, CARD) == Thresholds(0.12, reject_above)


def test_the_operators_own_thresholds_come_first() -> None:
    assert thresholds(Policy(accept_below=0.3, reject_above=0.8), CARD) == Thresholds(0.3, 0.8)


def test_a_threshold_of_zero_set_by_hand_is_meant() -> None:
    assert thresholds(Policy(accept_below=0.0), CARD).accept_below == 0.0


def test_what_would_be_rejected_is_never_accepted() -> None:
    assert thresholds(Policy(accept_below=0.9, reject_above=0.5), CARD) == Thresholds(0.5, 0.5)


@pytest.mark.parametrize("empty", [{}, {"thresholds": {}}, {"thresholds": {"reject": []}}])
def test_without_evidence_everything_is_held(empty: dict[str, Any]) -> None:
    bounds = thresholds(Policy(), empty)
    assert bounds == Thresholds(0.0, NEVER)
    assert certificate(Policy(), empty) is None
    assert {decide(Policy(), bounds, s, s, ())[0] for s in (GOOD, DOUBTFUL, SPAM)} == {HOLD}


def test_the_accepting_threshold_may_depend_on_the_held_budget() -> None:
    rows = [{"budget": 0.1, "accept_below": 0.6}, {"budget": 0.3, "accept_below": 0.2}]
    choosy = card((0.005, 0.97), accept=rows)
    assert thresholds(Policy(hold_budget=0.2), choosy).accept_below == 0.6
    assert thresholds(Policy(hold_budget=0.3), choosy).accept_below == 0.2
    assert thresholds(Policy(hold_budget=0.05), choosy).accept_below == 0.12


def test_what_the_accepting_threshold_is_expected_to_bring_is_said_beside_it() -> None:
    brings = {"held": 0.3, "spam_accepted": 0.2, "good_accepted": 0.9}
    card = {"thresholds": {"accept": [{"budget": 0.2, "accept_below": 0.5, **brings},
                                      {"budget": 0.4, "accept_below": 0.3}]}}  # fmt: skip

    assert expected(Policy(), card) == brings
    assert expected(Policy(accept_below=0.5), card) is None
    assert expected(Policy(hold_budget=0.1), card) is None


def test_a_certificate_says_what_stands_behind_the_threshold() -> None:
    proof = certificate(Policy(), CARD)
    assert proof is not None
    assert (proof.reject_above, proof.n, proof.errors, proof.bound) == (0.97, 900, 0, 0.0034)
    assert (proof.confidence, proof.source) == (0.95, "a far blog")


# The policy itself.


def test_a_new_site_rejects_one_good_comment_in_two_hundred_and_holds_a_fifth() -> None:
    new = Policy()
    assert (new.reject_budget, new.hold_budget, new.mode) == (0.005, 0.2, "normal")
    assert (new.accept_below, new.reject_above) == (None, None)
    assert new.trusted_roles == ("administrator",)
    assert new.min_elapsed_ms == 1500


def test_the_threshold_that_rejects_nothing_is_still_a_probability() -> None:
    assert NEVER == 1.0


def test_equal_wishes_have_equal_versions_and_any_change_another() -> None:
    assert Policy().version == Policy().version
    changes: list[dict[str, Any]] = [
        {"mode": "hold-first"}, {"reject_budget": 0.01}, {"accept_below": 0.1},
        {"blocked_terms": ("casino",)}, {"allowed_terms": ("casino",)},
        {"blocked_hosts": ("a.example", "b.example")}, {"blocked_hosts": ("a.example,b.example",)},
        {"trusted_roles": ()}, {"akismet_hold": "ham"}, {"blocked_terms": ("\ud800",)},
    ]  # fmt: skip
    versions = {replace(Policy(), **change).version for change in changes}
    assert len(versions | {Policy().version}) == len(changes) + 1


def test_lists_are_compiled_once() -> None:
    policy = Policy(blocked_terms=("casino",))
    assert policy.blocked is policy.blocked
    again = Policy(blocked_terms=("casino",), mode="hold-first")
    assert again.blocked.terms is policy.blocked.terms


def test_what_holds_under_a_card_is_kept_for_that_card_only() -> None:
    policy = Policy()
    strict, lax = (
        {"thresholds": {"accept_below": 0.2, "reject": [{"budget": 0.001, "reject_above": above}]}}
        for above in (0.99, 0.9)
    )
    for card in (strict, lax, strict):
        assert policy.under(card) == (thresholds(policy, card), certificate(policy, card))
    assert policy.under(lax) is policy.under(lax)
