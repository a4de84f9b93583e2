"""The arithmetic of figures, held against scipy and scikit-learn and against definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta
from sklearn.metrics import brier_score_loss, roc_auc_score

from model import figures

budgets = st.sampled_from([0.001, 0.002, 0.005, 0.01, 0.02, 0.2])
scores_in_steps = st.lists(st.integers(0, 8).map(float), min_size=1, max_size=60)


@st.composite
def counts(draw):
    n = draw(st.integers(1, 200_000))
    return draw(st.integers(0, n)), n


@settings(deadline=None)
@given(counts(), st.sampled_from([0.5, 0.9, 0.95, 0.975, 0.999]))
def test_exact_bounds_agree_with_the_beta_distribution(count, confidence):
    errors, n = count
    upper = beta.ppf(confidence, errors + 1, n - errors) if errors < n else 1.0
    lower = beta.ppf(1 - confidence, errors, n - errors + 1) if errors else 0.0
    assert figures.clopper_pearson_upper(errors, n, confidence) == pytest.approx(upper, rel=1e-8)
    assert figures.clopper_pearson_lower(errors, n, confidence) == pytest.approx(lower, rel=1e-8)


def test_nothing_seen_bounds_nothing():
    interval = figures.share(0, 0)
    assert (interval.lower, interval.upper) == (0.0, 1.0)
    assert math.isnan(interval.estimate)


@pytest.mark.parametrize(("errors", "n"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(errors, n):
    with pytest.raises(ValueError, match="cannot be"):
        figures.clopper_pearson_upper(errors, n)


@pytest.mark.parametrize(
    ("budget", "needed"), [(0.001, 2995), (0.002, 1497), (0.005, 598), (0.01, 299), (0.02, 149)]
)
def test_a_budget_needs_its_known_number_of_good_comments(budget, needed):
    assert figures.good_comments_needed(budget) == needed
    assert figures.clopper_pearson_upper(0, needed) <= budget
    assert figures.clopper_pearson_upper(0, needed - 1) > budget


@pytest.mark.parametrize("budget", [1e-300, 5e-324])
def test_a_budget_of_next_to_nothing_needs_more_than_anybody_has(budget):
    assert figures.good_comments_needed(budget) == figures.BEYOND


@settings(deadline=None)
@given(scores_in_steps, scores_in_steps)
def test_the_area_under_the_curve_counts_ties_half(spam, good):
    is_spam = [True] * len(spam) + [False] * len(good)
    expected = roc_auc_score(is_spam, spam + good)
    assert figures.roc_auc(is_spam, spam + good) == pytest.approx(expected)
    assert figures.one_minus_roca(is_spam, spam + good) == pytest.approx(100 - 100 * expected)


def test_ranking_figures_need_both_kinds():
    assert math.isnan(figures.roc_auc([True], [1.0]))
    assert math.isnan(figures.recall_at_fpr([False], [1.0], 0.01))


@settings(deadline=None)
@given(scores_in_steps, scores_in_steps, st.floats(0, 1))
def test_recall_at_fpr_is_the_best_allowed_threshold(spam, good, fpr):
    is_spam = [True] * len(spam) + [False] * len(good)
    best = max(
        np.mean(np.array(spam) >= threshold)
        for threshold in [*spam, *good, math.inf]
        if np.mean(np.array(good) >= threshold) <= fpr + 1e-12
    )
    assert figures.recall_at_fpr(is_spam, spam + good, fpr) == pytest.approx(best)


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1))
def test_brier_agrees_with_scikit_learn_and_perfect_calibration_has_no_error(rows):
    is_spam, probability = [row[0] for row in rows], [row[1] for row in rows]
    expected = brier_score_loss(is_spam, probability, labels=[False, True])
    assert figures.brier(is_spam, probability) == pytest.approx(expected)
    assert figures.ece(is_spam, np.array(is_spam, float)) == 0


def test_calibration_error_is_the_mean_gap():
    assert figures.ece([True, False, True, True], [0.5, 0.5, 0.99, 0.99]) == pytest.approx(0.005)


def test_a_probability_of_one_falls_into_the_last_bin():
    said, seen, count = figures.reliability([True, False], [1.0, 0.0], bins=15)
    assert (said.tolist(), seen.tolist(), count.tolist()) == ([0, 1], [0, 1], [1, 1])


@settings(deadline=None)
@given(st.integers(1, 3000), budgets)
def test_the_allowed_errors_are_the_most_the_bound_permits(n, budget):
    allowed = figures.largest_count(n, budget)
    assert allowed < 0 or figures.clopper_pearson_upper(allowed, n) <= budget
    assert figures.clopper_pearson_upper(allowed + 1, n) > budget


@settings(deadline=None)
@given(st.lists(st.integers(0, 30).map(float), min_size=1, max_size=400), budgets)
def test_a_certified_threshold_keeps_its_budget_even_with_ties(good, budget):
    certificate = figures.reject_threshold(good, budget)
    assert sum(score >= certificate.threshold for score in good) == certificate.errors
    if certificate.missing:
        assert certificate.threshold == math.inf
        assert len(good) + certificate.missing == figures.good_comments_needed(budget)
    else:
        assert certificate.bound <= budget


def test_a_lower_threshold_would_break_the_budget():
    good = np.arange(1000.0)
    certificate = figures.reject_threshold(good, 0.01)
    assert certificate.errors == figures.largest_count(1000, 0.01) == 4
    one_more = int(np.count_nonzero(good >= np.nextafter(certificate.threshold, -math.inf)))
    assert figures.clopper_pearson_upper(one_more, 1000) > 0.01


def test_certified_thresholds_keep_the_promise_as_often_as_they_say():
    draws = np.random.default_rng(7).uniform(size=(200, 700))
    thresholds = [figures.reject_threshold(good, 0.01).threshold for good in draws]
    broken = np.mean([1 - min(threshold, 1.0) > 0.01 for threshold in thresholds])
    assert broken <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 200)


@settings(deadline=None)
@given(st.lists(st.integers(0, 20).map(float), min_size=1), st.integers(0, 21), budgets)
def test_the_accept_threshold_is_the_lowest_that_meets_the_held_budget(scores, above, budget):
    accept = figures.accept_threshold(scores, above, budget)
    assert np.mean([accept <= score < above for score in scores]) <= budget
    lower = [score for score in scores if score < accept]
    if lower:
        assert np.mean([max(lower) <= score < above for score in scores]) > budget


def test_weights_change_the_mixture_the_held_budget_is_counted_in():
    scores, weights = [1.0, 2.0, 3.0, 4.0], [1, 1, 1, 17]
    assert figures.accept_threshold(scores, 9.0, 0.25) > 3
    assert figures.accept_threshold(scores, 4.0, 0.15, weights) == -math.inf


def test_the_bootstrap_draws_whole_clusters():
    clusters = ["a", "b", "a", "c"]
    seen = []
    figures.bootstrap(lambda rows: seen.append(sorted(rows)) or 0.0, clusters, rounds=50)
    assert all(rows.count(0) == rows.count(2) for rows in seen)
    assert {1, 3} <= {row for rows in seen for row in rows}


def test_the_bootstrap_interval_covers_a_mean_about_as_often_as_it_says():
    random = np.random.default_rng(3)
    covered = 0
    for seed in range(60):
        values = random.normal(size=80)
        interval = figures.bootstrap(
            lambda rows, v=values: v[rows].mean(), range(80), rounds=200, seed=seed
        )
        covered += interval.lower <= 0 <= interval.upper
    assert covered >= 51


def test_duplicates_widen_the_interval_when_they_share_a_cluster():
    values = np.repeat(np.random.default_rng(1).normal(size=30), 10)

    def width(clusters):
        interval = figures.bootstrap(lambda rows: values[rows].mean(), clusters)
        return interval.upper - interval.lower

    assert width(np.repeat(np.arange(30), 10)) > 2 * width(np.arange(300))


def test_an_anytime_bound_holds_at_every_moment_together() -> None:
    """Of 400 sequences at exactly the budget fewer than 5 % are ever accused."""
    numbers, accused = np.random.default_rng(0), 0
    for _ in range(400):
        found = np.cumsum(numbers.random(1_000) < 0.005)
        moments = [n for n in range(1_000) if n == 0 or found[n] > found[n - 1]]
        accused += any(figures.anytime_lower(int(found[n]), n + 1) > 0.005 for n in moments)
    assert 0 < accused <= 20


def test_an_anytime_bound_finds_a_broken_promise() -> None:
    assert figures.anytime_lower(0, 100) == 0.0
    assert figures.anytime_lower(10, 500) > 0.005
    assert figures.anytime_lower(3, 650) < 0.005
    assert figures.anytime_lower(10, 500) < figures.clopper_pearson_lower(10, 500)
