"""The base as it is fitted, and that training counts exactly what serving counts."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_info, threadpool_limits

from model.artifact import BaseModel
from model.comment import Comment, Label
from model.figures import roc_auc
from model.scorer import Scorer
from model.text import read
from model.traits import NEVER_GOOD, TRAIT_OF
from training.augment import Plan
from training.corpus import Corpus, Features
from training.fit import (
    CONFIGURATIONS,
    VOCABULARY,
    Configuration,
    coverage_sketch,
    fit,
    lessons,
)
from training.spun import TEMPLATES


@pytest.fixture(scope="module")
def corpus(examples):
    return Corpus.of(examples)


@pytest.fixture(scope="module")
def taught(corpus):
    return lessons(corpus, CONFIGURATIONS["shipped"].plan, seed=0)


@pytest.fixture(scope="module", params=["shipped", "plain", "per-kind"])
def model(request, taught):
    return fit(taught, CONFIGURATIONS[request.param])


def test_the_model_tells_the_two_kinds_apart(corpus, model):
    assert roc_auc(corpus.is_spam, corpus.log_odds(model)) > 0.99


def test_training_and_serving_say_the_same(corpus, model):
    scorer = Scorer(model)
    for row in (0, 70, 150):
        comment = corpus.examples[row].comment
        scored = scorer.score(read(comment.content), comment)
        assert corpus.log_odds(model)[row] == pytest.approx(scored.logit, abs=1e-9)
        assert corpus.coverage(model.coverage)[row] == pytest.approx(scored.coverage)


def test_the_transformer_numbers_whole_texts_as_the_corpus_does(corpus, examples):
    assert (Features().fit_transform(examples) != corpus.whole).nnz == 0


def test_fitting_twice_gives_the_same_bytes(taught):
    first, second = (fit(taught, Configuration()) for _ in range(2))
    assert first.weights.tobytes() == second.weights.tobytes()
    assert first.intercepts.tobytes() == second.intercepts.tobytes()
    assert first.coverage.tobytes() == second.coverage.tobytes()


def test_fitting_sums_in_one_thread_whatever_the_environment_allows(taught, monkeypatch):
    threads, learn = [], LogisticRegression.fit

    def watched(*args, **named):
        threads.append({pool["num_threads"] for pool in threadpool_info()})
        return learn(*args, **named)

    monkeypatch.setattr(LogisticRegression, "fit", watched)
    with threadpool_limits(limits=2):
        fit(taught, Configuration())
    assert threads
    assert all(pools == {1} for pools in threads)


def test_a_disguise_never_speaks_for_a_comment(model):
    slots = [slot for slot, trait in enumerate(TRAIT_OF) if trait.code in NEVER_GOOD]
    assert (model.weights[slots] >= 0).all()


def test_a_configuration_without_structure_gives_structure_no_weight(taught):
    weights = fit(taught, CONFIGURATIONS["plain"]).weights
    assert not weights[: len(TRAIT_OF)].any()
    assert weights.any()


def test_a_part_of_the_corpus_keeps_rows_windows_and_keys_together(corpus, model):
    kept = np.arange(len(corpus.examples)) % 3 == 1
    part = corpus.where(kept)
    assert part.log_odds(model) == pytest.approx(corpus.log_odds(model)[kept])
    assert len(part.keys) == len(part.examples) == part.whole.shape[0]


def test_what_does_not_teach_and_what_is_left_out_is_not_learned(corpus, taught):
    assert set(taught.families) == {"harbour", "quay", TEMPLATES}
    rest = taught.without("quay")
    assert set(rest.families) == {"harbour", TEMPLATES}
    assert rest.rows.shape[0] == len(rest.is_spam) == len(rest.kinds)
    assert len(rest.keys) == 120


@pytest.fixture(scope="module")
def with_a_long_one(examples):
    """The same world, and at its end a long good comment in which somebody quotes spam."""
    spam, talk = (
        next(e for e in examples if e.label is label) for label in (Label.SPAM, Label.HAM)
    )
    said = " ".join(f"{talk.comment.content} {i}" for i in range(5))
    content = f"{said} {spam.comment.content} {said}"
    return Corpus.of([*examples, replace(talk, comment=Comment(content=content))])


def test_the_worst_parts_of_long_good_comments_are_taught_as_good(with_a_long_one):
    nothing = Plan(*[0] * len(fields(Plan)))
    taught = lessons(with_a_long_one, nothing, 0)
    plans = (replace(nothing, good_windows=number) for number in (0, 2))
    models = [fit(taught, Configuration(plan=plan)) for plan in plans]
    without, having = (with_a_long_one.log_odds(model)[-1] for model in models)
    assert having < without


def test_parts_of_good_comments_stay_with_whom_they_belong_to(with_a_long_one):
    taught = lessons(with_a_long_one, Plan(), 0)
    rest = taught.without("quay")
    assert taught.windows.shape[0] == rest.windows.shape[0] == with_a_long_one.sizes[-1]
    assert {*taught.families[taught.owners]} == {*rest.families[rest.owners]} == {"harbour"}
    assert taught.without("harbour").windows.shape[0] == len(taught.without("harbour").owners) == 0
    more = rest.beside(np.array([0, 1]))
    assert (more.rows[-2:] != rest.windows[:2]).nnz == 0
    assert not more.is_spam[-2:].any()


def test_a_share_of_a_model_of_the_words_that_were_written_is_mixed_in(taught):
    alone, mixed = (fit(taught, Configuration(words=share)).weights for share in (0, 0.25))
    words = fit(taught.written, VOCABULARY).weights
    assert mixed.astype(float) == pytest.approx(0.75 * alone + 0.25 * words, abs=2e-3)
    assert TEMPLATES not in taught.written.families


def test_coverage_tells_learned_from_unlearned_language(taught):
    sketch = coverage_sketch(taught.keys)
    known = Comment(content="the boat went round the harbour because nobody had fixed its rudder")
    strange = Comment(content="einmal ging dort ein ganz anderer Mensch durch diese lange Straße")
    scorer = Scorer(fit(taught, CONFIGURATIONS["plain"]))
    assert sketch.tobytes() == scorer.model.coverage.tobytes()
    assert scorer.coverage(read(known.content)) > 0.8
    assert scorer.coverage(read(strange.content)) < 0.3


def test_serving_says_what_the_fitted_estimator_says(corpus):
    """Alone, in a batch and under 16 threads, each text in one window."""
    rows = corpus.whole.astype(np.float64)
    estimator = LogisticRegression().fit(rows, corpus.is_spam)
    scorer = Scorer(
        BaseModel(
            weights=estimator.coef_.T, intercepts=estimator.intercept_, scale=1.0, offset=0.0,
            coverage=np.zeros(8, np.uint8), card={},
        )
    )  # fmt: skip
    short = np.flatnonzero(np.diff(corpus.ends, prepend=0) == 1)
    said = estimator.decision_function(rows[short])
    comments = [corpus.examples[row].comment for row in short]
    readings = [read(comment.content) for comment in comments]
    with ThreadPoolExecutor(16) as threads:
        ways = (
            map(scorer.score, readings, comments),
            scorer.score_many(readings, comments),
            threads.map(scorer.score, readings, comments),
        )
        for scored in ways:
            assert [one.logit for one in scored] == pytest.approx(said, abs=1e-9)
