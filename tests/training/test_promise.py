"""Thresholds that are kept on every source, not on the average of all."""

from dataclasses import replace

import numpy as np
import pytest

from model.comment import Label
from model.figures import clopper_pearson_upper
from model.policy import Policy, certificate, thresholds
from training import promise
from training.corpus import Corpus
from training.fit import CONFIGURATIONS, lessons
from training.promise import LeftOut


def left_out(easy_good=2000, hard_good=700, few_good=50, coverage=1.0):
    """Three sources; the good comments of `hard` look more like spam than those of `easy`."""
    random = np.random.default_rng(2)
    sizes = {"easy": easy_good, "hard": hard_good, "few": few_good}
    middle = {"easy": -4.0, "hard": 0.0, "few": 3.0}
    good = [random.normal(middle[name], 1, size) for name, size in sizes.items()]
    sources = np.concatenate([[name] * size for name, size in sizes.items()] + [["easy"] * 500])
    n = len(sources)
    return LeftOut(
        sources=sources,
        is_spam=np.arange(n) >= n - 500,
        clusters=np.arange(n).astype(str),
        log_odds=np.concatenate([*good, random.normal(4, 1, 500)]),
        coverage=np.full(n, coverage),
        linked=np.zeros(n, bool),
        parts=np.ones(n, np.int64),
    )


def with_links(found, source="easy", count=700):
    """The same; so many good comments of one source link to unknown hosts and look like spam."""
    linked = found.linked.copy()
    linked[np.flatnonzero((found.sources == source) & ~found.is_spam)[:count]] = True
    return replace(found, linked=linked, log_odds=found.log_odds + 6 * linked)


def test_the_strictest_source_with_enough_good_comments_sets_the_threshold():
    found = left_out()
    row = promise.rejecting(found)[2]
    assert row["budget"] == 0.005
    assert row["certificate"]["source"] == "hard"
    for kept in promise.kept(found, row["reject_above"]):
        assert kept["source"] == "few" or kept["bound"] <= 0.005


def test_a_pooled_threshold_would_break_the_promise_on_one_source():
    found = left_out(easy_good=20_000, few_good=5)
    pooled = promise.certificates(
        LeftOut(np.full(len(found.sources), "all"), found.is_spam, found.clusters, found.log_odds,
                found.coverage, found.linked, found.parts), 0.02
    )["all"]  # fmt: skip
    hard = next(row for row in promise.kept(found, pooled.threshold) if row["source"] == "hard")
    assert hard["rejected"] / hard["n"] > 0.02


def test_too_few_good_comments_reject_nothing_and_say_how_many_are_missing():
    row = promise.rejecting(left_out(easy_good=500, hard_good=590))[2]
    assert row["reject_above"] is None
    assert row["missing"] == 8


def test_what_the_coverage_rule_holds_is_not_rejected():
    row = promise.rejecting(left_out(coverage=0.1))[2]
    assert row["reject_above"] <= 1e-9


def test_links_to_unknown_hosts_have_a_threshold_of_their_own():
    plain, linked = (promise.rejecting(found)[2] for found in (left_out(), with_links(left_out())))
    assert linked["linked_above"] > linked["reject_above"] == plain["reject_above"]
    good = with_links(left_out()).where(~with_links(left_out()).is_spam)
    rejected = good.linked & (good.probability >= linked["linked_above"])
    assert clopper_pearson_upper(int(rejected.sum()), int(good.linked.sum())) <= 0.005
    easy = promise.kept(with_links(left_out()), linked["reject_above"], linked["linked_above"])[0]
    assert easy["bound"] <= 0.005


def test_too_few_good_comments_with_links_let_no_link_be_rejected():
    row = promise.rejecting(with_links(left_out(), count=500))[2]
    assert row["linked_above"] == 1.0
    assert row["reject_above"] < 1.0


def test_a_source_with_few_linked_good_comments_loses_none_of_them():
    found = with_links(left_out())
    few = np.flatnonzero(found.sources == "few")[:3]
    found.linked[few] = True
    row = promise.rejecting(replace(found, log_odds=np.where(found.linked, 5, found.log_odds)))[2]
    found.log_odds[few[0]] = 9
    assert row["linked_above"] < promise.rejecting(found)[2]["linked_above"]
    assert promise.rejecting(found)[2]["linked_above"] > found.probability[few[0]]


def test_many_sources_with_few_linked_good_comments_are_certified_together():
    sites = np.char.add("site ", (np.arange(1_500) // 5).astype(str))
    sources = np.r_[np.full(700, "one blog"), sites]
    n = len(sources)
    log_odds = np.r_[np.zeros(700), np.ones(n - 700)]
    log_odds[-1] = 9.0  # one of 1,500: more than the budget allows of no source by itself
    found = LeftOut(sources, np.zeros(n, bool), np.arange(n).astype(str), log_odds,
                    np.ones(n), np.ones(n, bool), np.ones(n, int))  # fmt: skip
    assert promise.linked_above(found, 0.005) == pytest.approx(found.probability[-2])


def test_a_text_in_several_parts_is_rejected_only_above_a_higher_threshold():
    found = left_out()
    highest = int(np.where(found.is_spam, -np.inf, found.log_odds).argmax())
    parts = found.parts.copy()
    parts[highest] = 20
    long = replace(found, parts=parts)
    assert long.probability[highest] == found.probability[highest]
    assert long.certain[highest] < found.certain[highest]
    row = promise.rejecting(long)[2]
    assert row["per_part"] == promise.PER_PART
    assert long.spared(found.certain[highest] - 1e-9, 1.0)[highest]
    assert not found.spared(found.certain[highest] - 1e-9, 1.0)[highest]


def test_good_comments_without_a_link_use_up_a_part_of_the_budget_only():
    found = left_out(easy_good=20_000, hard_good=20_000)
    for row in promise.rejecting(found):
        for name in ("easy", "hard"):
            good = found.of(name).where(~found.of(name).is_spam)
            lost = (good.rejectable >= row["reject_above"]).sum()
            assert lost <= promise.WANTED * row["budget"] * 20_000


def test_what_only_its_link_saves_counts_as_held():
    tables = (
        promise.thresholds(found) for found in (with_links(left_out(), count=500), left_out())
    )
    linked, others = (table["accept"][0]["accept_below"] for table in tables)
    assert linked > others  # the budget is spent on them


def test_the_policy_reads_what_the_promise_writes():
    found = left_out()
    card = {"thresholds": promise.thresholds(found)}
    bounds, proof = thresholds(Policy(), card), certificate(Policy(), card)
    assert proof.source == "hard"
    assert proof.bound == clopper_pearson_upper(proof.errors, proof.n) <= 0.005
    assert 0 < bounds.accept_below <= bounds.reject_above == proof.reject_above < 1


def test_larger_budgets_reject_and_hold_more():
    table = promise.thresholds(left_out())
    above = [row["reject_above"] for row in table["reject"] if row["reject_above"] is not None]
    below = [row["accept_below"] for row in table["accept"]]
    assert len(above) > 1
    assert above == sorted(above, reverse=True)
    assert below == sorted(below, reverse=True)


def test_the_held_share_is_met_and_told_in_an_even_mixture():
    found = left_out()
    table = promise.thresholds(found)
    above = table["reject"][2]["reject_above"]
    for row in table["accept"]:
        held = (found.probability >= row["accept_below"]) & (found.probability < above)
        assert promise.balanced(found)[held].sum() / len(held) == pytest.approx(row["held"])
        assert row["held"] <= max(row["budget"], promise.LEAST_HELD) + 1e-9


def test_accepting_is_no_higher_than_the_held_budget_asks_for():
    found = left_out()
    table = promise.thresholds(found)
    above = table["reject"][2]["reject_above"]
    for row in table["accept"]:
        lower = found.probability >= row["accept_below"] - 0.02
        held = promise.balanced(found)[lower & (found.probability < above)].sum()
        assert row["accept_below"] <= 0.02 or held / len(lower) > row["budget"]


def test_who_wants_to_hold_less_than_a_fifth_has_to_teach_first():
    small, fifth = (
        [row["accept_below"] for row in promise.thresholds(left_out())["accept"] if wanted(row)]
        for wanted in (lambda row: row["budget"] < 0.2, lambda row: row["budget"] == 0.2)
    )
    assert len(small) > 1
    assert {*small} == {*fifth}


def test_calibration_makes_scores_honest():
    random = np.random.default_rng(0)
    honest = random.normal(0, 2, 6000)
    spam = random.random(6000) < 1 / (1 + np.exp(-honest))
    names = np.full(6000, "one")
    found = LeftOut(
        names, spam, names, 3 * honest + 5, np.ones(6000), names == "", np.ones(6000, int)
    )
    scale, offset = promise.calibration(found)
    assert scale == pytest.approx(1 / 3, abs=0.03)
    assert offset == pytest.approx(-5 / 3, abs=0.2)


def test_no_source_is_judged_by_a_model_that_saw_it(examples):
    corpus = Corpus.of(examples)
    taught = lessons(corpus, None, seed=0)
    seen = []
    found = promise.left_out(corpus, taught, CONFIGURATIONS["plain"], seen.append)
    assert [text.split()[1] for text in seen] == ["harbour", "quay", "telegram_ru"]
    assert (found.log_odds[found.is_spam] > found.log_odds[~found.is_spam].mean()).all()
    assert np.isfinite(found.coverage).all()


def test_a_source_with_labels_turned_round_does_not_teach_its_own_judge(examples):
    flipped = [
        replace(e, label=Label.HAM if e.label is Label.SPAM else Label.SPAM)
        if e.source == "quay"
        else e
        for e in examples
        if e.source != "telegram_ru"
    ]
    corpus = Corpus.of(flipped)
    found = promise.left_out(corpus, lessons(corpus, None, 0), CONFIGURATIONS["plain"])
    for source in ("harbour", "quay"):
        one = found.of(source)
        assert one.log_odds[one.is_spam].mean() < one.log_odds[~one.is_spam].mean()
