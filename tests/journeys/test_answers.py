"""Real comments over HTTP get a decision, and reasons that add up to the score."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.answers import Answers, ask, some_rows
from benchmarks.server import Client, Server


@pytest.fixture(scope="module")
def answers(server: Server, labelled_sets: Path) -> Answers:
    """What five hundred real comments were answered."""
    return ask(server, some_rows(labelled_sets, 500, seed=7))


def test_the_shown_reasons_add_up_to_the_score(answers: Answers) -> None:
    assert answers.unscored == 0
    assert answers.largest_gap <= 1e-9


def test_the_obvious_is_decided_and_the_doubtful_held(answers: Answers) -> None:
    spam, ham = answers.of("spam"), answers.of("ham")
    assert share(spam, "reject") > 5 * share(ham, "reject")
    assert share(ham, "accept") > 5 * share(spam, "accept")
    assert spam["hold"] > 0
    assert ham["hold"] > 0
    assert share(ham, "reject") <= 0.02


def share(counts: Counter[str], decision: str) -> float:
    return counts[decision] / counts.total()


def test_a_gap_between_score_and_reasons_would_be_noticed(client: Client) -> None:
    answer = client.ask("POST", "/v1/comments", {"content": "A lovely loaf, thank you."}).json
    answer["reasons"][0]["weight"] += 1e-6
    noticed = Answers()
    noticed.add({"set": "mine", "label": "ham"}, answer)
    assert noticed.largest_gap > 1e-9
