"""A site played small: its labels turn a base that only holds into a filter."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.new_site import Played, arranged, evidence, play, plot
from model.comment import Label
from tests.invented import a_base, comments
from training.borrowed import STEPS


def test_what_a_site_teaches_shrinks_its_queue_and_keeps_its_promise(tmp_path: Path) -> None:
    examples = comments(260, seed=5)

    run, alone = play(a_base(), examples), play(a_base(), examples, learns=False)

    assert not run.broken()
    held, _, caught, wrong = run.rates(100)
    assert wrong == 0.0
    assert held < 0.5 * alone.rates(100 if alone.labels[-1] >= 100 else 0)[0]
    assert caught > 0.5
    plot({"gardens": [run]}, tmp_path / "curves.svg")
    assert (tmp_path / "curves.svg").read_text().startswith("<?xml")


def test_equal_runs_are_equal_whatever_the_audit_draws() -> None:
    examples = comments(300, seed=6)

    one, again, other = (play(a_base(), examples, seed).decided.tolist() for seed in (1, 1, 2))

    assert one == again
    assert one != other


def test_the_good_comments_lost_are_counted_step_by_step() -> None:
    labels, chances = np.arange(200), np.where(np.arange(200) < 150, 0.975, 0.5)
    linked = labels % 2 == 0

    def played(asked: float) -> Played:
        return Played(np.zeros(200, np.bool_), np.ones(200, np.int8), labels, labels // 3, chances,
                      linked, np.full(200, asked))  # fmt: skip

    steps = [(step.threshold, step.linked) for step in STEPS]
    assert steps == [(0.97, 0.993), (0.93, 0.985), (0.9, 0.97)]
    assert evidence([played(1.0)]) == "0: [20.0, 10.0]; 40: [60.0, 15.0]; 60: [20.0, 0.0]"
    less_of_links = evidence([played(0.97)])
    assert less_of_links == "0: [20.0, 20.0]; 40: [60.0, 30.0]; 60: [20.0, 0.0]"


def test_a_promise_is_broken_only_when_that_is_sure() -> None:
    good = np.zeros(1_000, np.bool_)

    def rejecting(n: int) -> Played:
        decided = np.zeros(1_000, np.int8)
        decided[:: 1_000 // n] = 2
        nothing, numbers = np.zeros(1_000), np.arange(1_000)
        return Played(good, decided, numbers, numbers, nothing, good, nothing)

    assert not rejecting(5).broken()
    assert rejecting(25).broken()


def test_a_flood_of_spam_is_thinned_and_spread() -> None:
    told = [replace(one, source="wpblog_dmt") for one in comments(1_600, spam=0.9)]

    order = arranged(told, 0)

    spam = np.array([one.label is Label.SPAM for one in order])
    assert spam.sum() == 1_000
    assert (~spam).sum() == sum(one.label is Label.HAM for one in told)
    halves = np.array_split(spam, 2)
    assert abs(halves[0].mean() - halves[1].mean()) < 0.1
