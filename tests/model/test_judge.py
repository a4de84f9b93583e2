"""One comment in, one judgement out: the parts add up and the strongest reason stands first."""

import math
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.artifact import BaseModel
from model.case import History, Tally
from model.comment import Comment
from model.features import DIMENSIONS
from model.judge import judge, undecided
from model.policy import NEVER, Policy
from model.scorer import Explanation, Scored, Scorer
from model.text import Reading, read
from model.verdict import REASONS, Decision, Judgement, Reason, probability
from model.windows import windows_of

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CARD = {"thresholds": {"accept_below": 0.2, "reject": [{"budget": 0.005, "reject_above": 0.95}]}}
COMMENT = Comment(content="I have baked this bread twice and the crust came out better.")


@dataclass
class FakeScorer:
    """Says what it is told to say."""

    logit: float = 0.0
    coverage: float | None = None
    parts: tuple[float, ...] = ()
    model: Any = field(
        default_factory=lambda: SimpleNamespace(id="base-fake", card=CARD, coverage_floor=0.4)
    )

    def score(self, reading: Reading, comment: Comment) -> Scored:
        return Scored(self.logit, self.coverage, (0, len(reading.normal)))

    def explain(self, reading: Reading, comment: Comment, scored: Scored) -> Explanation:
        reasons = tuple(Reason("text", f"word {n}", w) for n, w in enumerate(self.parts))
        return Explanation(reasons, 0.25, scored.logit - 0.25 - math.fsum(self.parts))


@cache
def a_trained_scorer() -> Scorer:
    """Random weights: what must hold of every model holds of this one."""
    numbers = np.random.default_rng(3)
    model = BaseModel(
        weights=numbers.normal(scale=0.2, size=(DIMENSIONS, 3)).astype(np.float16),
        intercepts=numbers.normal(size=3), scale=0.8, offset=-0.3,
        coverage=np.full(2**10, 0xAA, np.uint8), card=CARD, digest="ab" * 32,
    )  # fmt: skip
    return Scorer(model)


def judged(
    scorer: Any,
    comment: Comment = COMMENT,
    history: History | None = None,
    policy: Policy | None = None,
    **options: Any,
) -> Judgement:
    reading = read(comment.content)
    return judge(comment, reading, history or History(), policy or Policy(), scorer, NOW, **options)


def explained(judgement: Judgement) -> float:
    return math.fsum((*(r.weight for r in judgement.reasons), judgement.base, judgement.rest))


FIELDS = st.fixed_dictionaries(
    {"content": st.text(st.characters(), max_size=300)},
    optional={
        "author_url": st.sampled_from(["http://unheard.example", "https://en.wikipedia.org"]),
        "author_email": st.sampled_from(["a@mailinator.com", "a@example.org", "\ud800"]),
        "elapsed_ms": st.integers(-5, 3_000),
        "honeypot": st.sampled_from(["", "x"]),
    },
)
HISTORIES = st.builds(
    History,
    author=st.builds(Tally, st.integers(0, 9), st.integers(0, 9)),
    text_senders=st.integers(0, 99),
    address_recent=st.integers(0, 99),
)


@given(FIELDS, HISTORIES, st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_shown_parts_add_up_to_the_score(
    fields: dict[str, Any], history: History, explain: bool
) -> None:
    judgement = judged(a_trained_scorer(), Comment(**fields), history, explain=explain)
    assert judgement.score is not None
    assert abs(explained(judgement) - judgement.score) <= 1e-9
    assert judgement.spam_probability == probability(judgement.score)
    assert {reason.code for reason in judgement.reasons} <= set(REASONS)
    assert [r.decides for r in judgement.reasons if r.decides] in (
        [judgement.decision] * n for n in range(9)
    )


def test_what_was_explained_among_others_is_told_as_it_is() -> None:
    told = Explanation((Reason("text", "as handed in", 1.5),), base=-1.0, rest=0.25)
    judgement = judged(a_trained_scorer(), told=told)
    assert told.reasons[0] in judgement.reasons
    assert (judgement.base, judgement.rest) == (-1.0, 0.25)


@given(st.lists(st.floats(-9, 9), max_size=6), st.floats(-20, 20))
def test_signals_and_words_are_parts_of_one_sum(parts: list[float], logit: float) -> None:
    comment = replace(COMMENT, elapsed_ms=5, author_url="http://unheard.example")
    judgement = judged(FakeScorer(logit, parts=tuple(parts)), comment)
    assert judgement.score == pytest.approx(logit + 2.0 + 0.2, abs=1e-12)
    assert abs(explained(judgement) - (judgement.score or 0)) <= 1e-9


def test_what_decides_stands_first_then_the_largest_part_on_either_side() -> None:
    fields = {"author_role": "administrator", "elapsed_ms": 5}
    judgement = judged(FakeScorer(parts=(0.5, -3.0, 1.0)), replace(COMMENT, **fields))
    told = [(reason.code, reason.weight) for reason in judgement.reasons]
    assert told == [
        ("trusted-role", 0.0),
        ("text", -3.0),
        ("too-fast", 2.0),
        ("text", 1.0),
        ("text", 0.5),
    ]


@pytest.mark.parametrize(
    ("logit", "decision"), [(-3, Decision.ACCEPT), (0, Decision.HOLD), (5, Decision.REJECT)]
)
def test_a_plain_comment_is_decided_by_its_text(logit: float, decision: Decision) -> None:
    assert judged(FakeScorer(logit)).decision is decision


def test_signs_that_only_weigh_never_reject_what_the_text_does_not_condemn() -> None:
    crowd = History(author=Tally(spam=20), text_senders=9, address_recent=90)
    comment = replace(COMMENT, elapsed_ms=1, author_email="x@mailinator.com")
    judgement = judged(FakeScorer(2.9), comment, crowd)
    assert judgement.spam_probability == pytest.approx(1.0, abs=1e-4)
    assert judgement.decision is Decision.HOLD
    assert judgement.reasons[0].code == "uncertified"


@pytest.mark.parametrize("basis", ["base", "borrowed"])
def test_a_link_to_an_unknown_host_is_rejected_only_above_a_higher_threshold(basis: str) -> None:
    row: dict[str, Any] = {"budget": 0.005, "reject_above": 0.95, "linked_above": probability(5)}
    row["certificate"] = {"basis": basis}
    model = SimpleNamespace(id="b", card={"thresholds": {"reject": [row]}}, coverage_floor=0.4)
    for link, logit, decision in [
        ("", 4.9, Decision.REJECT),
        ("https://en.wikipedia.org/wiki/Bread", 4.9, Decision.REJECT),
        ("http://unheard.example", 4.9, Decision.HOLD),
        ("http://unheard.example", 5.1, Decision.REJECT),
    ]:
        comment = replace(COMMENT, content=f"{COMMENT.content} {link}")
        assert judged(FakeScorer(logit, model=model), comment).decision is decision
    row["linked_above"] = 1.0  # no source had enough good comments with a link
    assert judged(FakeScorer(4.9, model=model)).decision is Decision.REJECT
    linked = replace(COMMENT, content=f"{COMMENT.content} http://unheard.example")
    assert judged(FakeScorer(40, model=model), linked).decision is Decision.HOLD
    by_hand = Policy(reject_above=0.95)
    assert judged(FakeScorer(4.9, model=model), comment, None, by_hand).decision is Decision.REJECT


def test_a_text_in_several_parts_is_rejected_by_the_base_only_above_a_higher_threshold() -> None:
    row: dict[str, Any] = {"budget": 0.005, "reject_above": 0.95, "per_part": 1.0}
    model = SimpleNamespace(id="b", card={"thresholds": {"reject": [row]}}, coverage_floor=0.4)
    assert judged(FakeScorer(3, model=model)).decision is Decision.REJECT
    long = replace(COMMENT, content=f"{COMMENT.content} " * 40)
    more = math.log(len(windows_of(read(long.content))))
    least = math.log(0.95 / 0.05)
    assert more > 1
    assert judged(FakeScorer(least + more - 0.01, model=model), long).decision is Decision.HOLD
    assert judged(FakeScorer(least + more + 0.01, model=model), long).decision is Decision.REJECT


def test_a_text_in_an_unlearned_language_is_held_at_the_models_own_floor() -> None:
    assert judged(FakeScorer(-5, coverage=0.39)).decision is Decision.HOLD
    assert judged(FakeScorer(-5, coverage=0.41)).decision is Decision.ACCEPT


def test_a_judgement_names_its_model_thresholds_and_policy() -> None:
    policy = Policy(mode="hold-first")
    judgement = judged(FakeScorer(), policy=policy)
    assert judgement.base_model == "base-fake"
    assert (judgement.thresholds.accept_below, judgement.thresholds.reject_above) == (0.2, 0.95)
    assert judgement.policy == policy.version
    assert judgement.probability_basis == "balanced"


def test_the_same_case_is_judged_the_same_way_every_time() -> None:
    scorer = a_trained_scorer()
    assert judged(scorer) == judged(scorer)


@pytest.mark.parametrize("code", ["deadline", "model-unavailable"])
def test_what_could_not_be_scored_is_held_and_says_why(code: str) -> None:
    judgement = undecided(code, Policy(accept_below=0.3))
    assert judgement.decision is Decision.HOLD
    assert (judgement.score, judgement.spam_probability) == (None, None)
    assert [reason.code for reason in judgement.reasons] == [code]
    assert (judgement.base, judgement.rest) == (0.0, 0.0)
    assert judgement.thresholds.accept_below == 0.3
    assert judgement.thresholds.reject_above == NEVER


@pytest.mark.parametrize(
    ("basis", "decision"), [("base", Decision.HOLD), ("borrowed", Decision.REJECT)]
)
def test_a_bare_link_is_in_no_language_once_a_sites_own_score_decides(
    basis: str, decision: Decision
) -> None:
    row = {"budget": 0.005, "reject_above": 0.95, "certificate": {"basis": basis}}
    model = SimpleNamespace(id="b", card={"thresholds": {"reject": [row]}}, coverage_floor=0.4)
    surely = {"logit": 9.0, "coverage": 0.1, "model": model}
    link, words = (
        Comment(content="https://unheard.example/xq/wv"),
        Comment(content="Купи слона дешевле"),
    )
    assert judged(FakeScorer(**surely), link).decision is decision
    assert judged(FakeScorer(**surely), words).decision is Decision.HOLD
    assert judged(FakeScorer(0.0, 0.1, model=model), link).decision is Decision.HOLD
