"""What a site's labels teach, and what they cannot."""

import random
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from model.artifact import BaseModel
from model.comment import Comment, Example, Label
from model.features import DIMENSIONS, MARKUP, features_many
from model.site_layer import COVERAGE_BITS
from model.site_scorer import SiteScorer
from model.text import read
from model.traits import slots
from tests.invented import a_base, comments
from training.site_layer import FULLEST, TooFewLabels, _coverage, _worth, fit

BASE = a_base()
NEVER_MET = {"shortened": 1.0, "strange": 1.0, "bbcode": 1.0}
"""Traits that no invented comment has."""


def accuracy(scorer: SiteScorer, examples: list[Example]) -> float:
    scored = scorer.score_many(
        [read(example.comment.content) for example in examples],
        [example.comment for example in examples],
    )
    right = [
        (one.logit > 0) == (e.label is Label.SPAM) for one, e in zip(scored, examples, strict=True)
    ]
    return float(np.mean(right))


def test_fifty_labels_teach_what_the_base_does_not_know() -> None:
    layer = fit(comments(50), BASE).layer
    assert accuracy(SiteScorer(BASE, layer), comments(200, seed=1, first=500)) > 0.95


def test_a_base_is_expected_to_be_worth_what_it_knows_here() -> None:
    spam, trust = np.arange(20) < 5, np.ones(20)
    right = np.where(spam, 3.0, -3.0)
    assert _worth(right, spam, trust) == 1.0
    assert 0.3 < _worth(right / 10, spam, trust) < 0.6
    assert _worth(0 * right, spam, trust) == 0.0
    assert _worth(-right, spam, trust) == 0.0
    assert _worth(np.full(20, -3.0), spam, trust) == 0.0  # whoever calls everything good


def test_a_base_that_misleads_by_structure_is_still_believed_about_words() -> None:
    base = _misled_by_structure()
    layer = fit(comments(60), base).layer
    says = base.weights[:MARKUP, 0].astype(np.float64)
    never_met = slots(NEVER_MET)
    believed = (layer.slope * says + layer.weights[:MARKUP])[never_met]
    assert layer.slope > 0
    assert (believed < 0.1 * layer.slope).all()


def test_of_several_models_joined_no_part_is_told_apart() -> None:
    layer = fit(comments(60), BASE).layer
    assert not layer.weights[slots(NEVER_MET)].any()


def _misled_by_structure() -> BaseModel:
    """It knows the words of this site, and takes how its good comments look for spam's."""
    told = comments(400, seed=9, first=5_000)
    pairs = [read(one.comment.content) for one in told], [one.comment for one in told]
    indptr, indices, values = features_many(*pairs)
    rows = csr_matrix((values, indices, indptr), shape=(len(told), DIMENSIONS))
    spam = np.array([one.label is Label.SPAM for one in told])
    weights = 8 * np.asarray(rows[spam].mean(axis=0) - rows[~spam].mean(axis=0)).ravel()
    weights[:MARKUP] *= -1
    weights[:MARKUP] += 0.1  # of what is never met, too, it says something
    return replace(
        a_base(), weights=weights[:, None], intercepts=np.zeros(1), scale=1.0, offset=0.0
    )


def test_the_same_labels_give_the_same_bits() -> None:
    one, other = fit(comments(60), BASE).layer, fit(comments(60), BASE).layer
    assert one.weights.tobytes() == other.weights.tobytes()
    assert (one.slope, one.intercept) == (other.slope, other.intercept)


def test_a_label_taken_back_leaves_no_trace() -> None:
    examples = comments(60)
    lie = replace(examples[0], label=Label.SPAM, id="lie", comment=Comment(content="a lie " * 9))
    before, after = fit(examples, BASE), fit([*examples, lie][:-1], BASE)
    assert fit([*examples, lie], BASE).layer.weights.tobytes() != before.layer.weights.tobytes()
    assert after.layer.weights.tobytes() == before.layer.weights.tobytes()


def test_a_label_trusted_less_moves_less() -> None:
    examples = comments(40)
    lies = [replace(e, label=Label.HAM, id=f"lie {e.id}") for e in comments(20, spam=1, seed=5)]
    truth = comments(200, seed=1, first=500)
    believed = fit([*examples, *lies], BASE).layer
    doubted = fit([*examples, *lies], BASE, [1.0] * 40 + [0.01] * 20).layer
    assert accuracy(SiteScorer(BASE, doubted), truth) > accuracy(SiteScorer(BASE, believed), truth)


@pytest.mark.parametrize("spam", [0.0, 1.0])
def test_labels_of_one_kind_alone_teach_nothing(spam: float) -> None:
    with pytest.raises(TooFewLabels):
        fit(comments(40, spam=spam), BASE)


def test_no_labels_at_all_teach_nothing() -> None:
    with pytest.raises(TooFewLabels):
        fit([], BASE)


def test_what_is_called_unseen_was_not_learned_from() -> None:
    # Labels by the toss of a coin: only who has seen them can know them.
    coin = np.random.default_rng(0).random(120) < 0.5
    examples = [
        replace(e, label=Label.SPAM if side else Label.HAM)
        for e, side in zip(comments(120, spam=1), coin, strict=True)
    ]
    fitted = fit(examples, BASE)
    assert np.mean((fitted.unseen > 0) == coin) < 0.65


def test_an_author_the_site_has_often_called_a_spammer_weighs() -> None:
    examples = [
        replace(e, comment=replace(e.comment, author_name="Pest" if n % 2 else "Alice"),
                label=Label.SPAM if n % 2 else Label.HAM)
        for n, e in enumerate(comments(60, spam=0))
    ]  # fmt: skip
    scorer = SiteScorer(BASE, fit(examples, BASE).layer)
    text = "Does the quince want lime in spring?"
    pest, alice = (
        scorer.score(read(text), Comment(content=text, author_name=name)).logit
        for name in ("Pest", "Alice")
    )
    assert pest > alice


def test_a_language_the_site_has_seen_often_is_learned() -> None:
    text = "pomidory rosną lepiej kiedy podlewa się je rano a nie wieczorem w lecie"
    examples = comments(40) + [
        Example(comment=Comment(content=f"{text} {n}"), label=Label.HAM, cluster=str(n))
        for n in range(5)
    ]
    scorer = SiteScorer(BASE, fit(examples, BASE).layer)
    seen = scorer.score(read(text), Comment(content=text)).coverage
    assert seen is not None
    assert seen > 0.9


def test_a_language_counts_as_learned_when_few_of_its_comments_were_labelled() -> None:
    words = ("pomidory", "rosna", "lepiej", "kiedy", "podlewa", "rano", "wieczorem", "lecie")
    chance = random.Random(0)

    def polish() -> str:
        return " ".join(chance.choice(words) for _ in range(12))

    taught = comments(40) + [
        Example(comment=Comment(content=polish()), label=Label.HAM, cluster=str(n))
        for n in range(12)
    ]
    base = replace(BASE, coverage=np.zeros(2**10, np.uint8), card={"coverage": {"hold_below": 0.4}})
    scorer = SiteScorer(base, fit(taught, base).layer)
    foreign = "kartofler og gulerødder vokser bedst når man vander dem tidligt om morgenen her"

    def coverage(text: str) -> float:
        seen = scorer.score(read(text), Comment(content=text)).coverage
        assert seen is not None
        return seen

    assert coverage(polish()) >= 0.4
    assert coverage(foreign) < 0.2  # half the floor: a word or two by chance of their hashes


def test_a_short_comment_is_given_the_benefit_of_the_doubt_for_its_language() -> None:
    base = replace(BASE, coverage=np.zeros(2**10, np.uint8), card={"coverage": {"hold_below": 0.4}})
    scorer = SiteScorer(base, fit(comments(40), base).layer)
    short, long = scorer._as_much(0.1, 15), scorer._as_much(0.1, 150)
    assert long < 0.4 <= short


def test_however_many_were_labelled_chance_alone_covers_nothing() -> None:
    table = SimpleNamespace(
        units=np.arange(400, dtype=np.uint64),
        words=[
            np.unique(np.random.default_rng(n).integers(0, COVERAGE_BITS, 500, np.uint64))
            for n in range(400)
        ],
    )
    assert np.unpackbits(_coverage(table)).mean() <= FULLEST  # type: ignore[arg-type]
