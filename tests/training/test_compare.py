"""The selection protocol: worse on one source is worse, whatever the mean says."""

from dataclasses import replace

import numpy as np
import pytest

from training import compare
from training.compare import BASELINE, Trial, compared, selected, trials
from training.corpus import Corpus


def trial(name, better, seed=0, n=300):
    """Scores of a baseline, and of one that separates spam by `better` more."""
    random = np.random.default_rng(seed)
    spam = np.arange(n) % 3 == 0
    base = random.normal(1.5 * spam, 1)
    scores = {BASELINE: base, "new": base + better * spam}
    return Trial(name, spam, np.arange(n).astype(str), scores)


def test_a_clear_gain_is_better_and_a_clear_loss_worse():
    gain, loss = (
        compared([trial("far a", by, seed) for seed in range(3)], "new") for by in (1, -1)
    )
    assert gain["roc_auc"]["lower"] > 0
    assert not gain["worse"]
    assert loss["roc_auc"]["upper"] < 0
    assert loss["worse"]


def test_noise_is_neither():
    random = np.random.default_rng(1)
    noisy = trial("far a", 0)
    noisy.scores["new"] = noisy.scores[BASELINE] + random.normal(0, 0.3, len(noisy.is_spam))
    row = compared([noisy], "new")
    assert row["roc_auc"]["lower"] < 0 < row["roc_auc"]["upper"]
    assert not row["worse"]


def test_one_source_lost_refuses_a_configuration_with_the_better_mean():
    gains = {"even": (0.2, 0.2, 0.2), "uneven": (9, 9, -0.7)}
    rows = {
        name: [compared([trial(f"far {by}", by)], "new") for by in each]
        for name, each in gains.items()
    }
    means = {name: np.mean([row["roc_auc"]["value"] for row in rows[name]]) for name in rows}
    assert means["uneven"] > means["even"]
    assert selected(rows) == ["even"]


def test_of_two_allowed_the_better_mean_comes_first():
    rows = {name: [compared([trial("far a", by)], "new")] for name, by in (("a", 0.2), ("b", 2))}
    assert selected(rows) == ["b", "a"]


@pytest.fixture
def corpus(examples):
    renamed = {"harbour": "youtube_uci", "quay": "wpblog_dmt", "telegram_ru": "telegram_ru"}
    return Corpus.of([replace(example, source=renamed[example.source]) for example in examples])


def test_every_configuration_meets_the_same_comments_far_and_near(corpus, monkeypatch):
    monkeypatch.setattr(compare, "FAR", ("youtube_uci", "telegram_ru"))
    monkeypatch.setattr(compare, "NEAR", ("wpblog_dmt",))
    said = []
    found = trials(corpus, ["structured"], 0, "", said.append)
    assert [one.name for one in found] == ["far youtube_uci", "far telegram_ru", "near wpblog_dmt"]
    assert all(set(one.scores) == {BASELINE, "structured"} for one in found)
    assert all(len(one.scores["structured"]) == len(one.is_spam) == 120 for one in found)
    assert len(said) == 6
