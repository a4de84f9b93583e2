"""Figures with intervals, as a table and as a page that needs nothing else."""

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest

from model.comment import Comment, Example, Label
from model.scorer import Scored
from model.verdict import Thresholds
from training import evaluate
from training.evaluate import NAMES, Result
from training.page import page

BOUNDS = Thresholds(accept_below=0.3, reject_above=0.9)


@pytest.fixture
def result():
    random = np.random.default_rng(0)
    spam = np.arange(400) % 2 == 0
    said = np.clip(random.normal(np.where(spam, 0.8, 0.25), 0.2), 0, 1)
    return Result(spam, said, np.arange(400) >= 8, np.arange(400).astype(str))


@pytest.fixture
def found(result, monkeypatch):
    monkeypatch.setattr(evaluate, "ROUNDS", 50)
    return evaluate.measured(result, BOUNDS)


def test_every_figure_has_n_and_an_interval_around_it(found):
    assert set(found) == set(NAMES)
    for one in found.values():
        assert one.lower <= one.estimate <= one.upper
        assert one.n in (200, 400)


def test_shares_count_what_was_decided(result, found):
    accepted, rejected = result.decided(BOUNDS)
    assert found["good_rejected"].estimate == rejected[~result.is_spam].mean()
    assert found["spam_accepted"].estimate == accepted[result.is_spam].mean()
    assert found["held"].estimate == pytest.approx(1 - accepted.mean() - rejected.mean())


def test_an_unlearned_language_is_held_whatever_the_score(result):
    accepted, rejected = result.decided(BOUNDS)
    assert not (accepted | rejected)[:8].any()
    assert (accepted | rejected)[8:].any()


def test_without_spam_ranking_figures_are_missing_and_the_rest_is_there(result, monkeypatch):
    monkeypatch.setattr(evaluate, "ROUNDS", 20)
    good = ~result.is_spam
    only = Result(result.is_spam[good], result.probability[good], result.learned[good],
                  result.clusters[good])  # fmt: skip
    plain = evaluate.as_json(evaluate.measured(only, BOUNDS))
    assert plain["roc_auc"]["estimate"] is None
    assert plain["good_accepted"]["n"] == 200


def test_the_truth_comes_from_labels_and_other_is_left_out():
    def score_many(_readings, comments):
        logits = [math.log(3) if "spam" in one.content else -1.0 for one in comments]
        return [Scored(logit, None, (0, 1)) for logit in logits]

    scorer = SimpleNamespace(score_many=score_many, model=SimpleNamespace(coverage_floor=0.4))
    rows = [("a spam", Label.SPAM), ("rude", Label.OTHER), ("fine", Label.HAM)]
    told = [Example(comment=Comment(content=text), label=label) for text, label in rows]
    result = Result.of(scorer, told)
    assert result.is_spam.tolist() == [True, False]
    assert result.probability[0] == pytest.approx(0.75)
    assert result.learned.all()


def test_the_table_names_every_figure(found):
    table = evaluate.as_table(found, "A file")
    assert list(table.columns[0].cells) == list(NAMES.values())


def test_the_page_needs_nothing_from_elsewhere(result, found):
    text = page("Comments <of> mine", result, BOUNDS, found)
    assert "Comments &lt;of&gt; mine" in text
    assert not re.search(r"<script|\ssrc=|<link|@import|url\(http", text)
    assert all(said in text for said in NAMES.values())
    assert text.count("<svg") == 1
    assert page("Comments <of> mine", result, BOUNDS, found) == text
