"""The benchmark `languages`, on a few invented comments: what it calls held, and when it fails."""

import numpy as np

from benchmarks.languages import lines
from model.comment import Comment, Example, Label
from training.evaluate import Result

TEXTS = ["kommt morgen wieder vorbei", "sehr lange her, das alles"] * 10 + ["ja"]


def judged(learned: bool, probability: float) -> list[tuple[str, bool]]:
    """The lines for comments that are all alike."""
    comments = [Example(comment=Comment(content=text), label=Label.SPAM) for text in TEXTS]
    same = np.ones(len(TEXTS))
    result = Result(
        is_spam=same > 0,
        probability=probability * same,
        learned=np.full(len(TEXTS), learned),
        clusters=np.array([str(number) for number in range(len(TEXTS))]),
    )
    return list(lines(comments, result))


def test_what_is_not_learned_is_held_whatever_its_score() -> None:
    (long, kept), (short, short_kept) = judged(learned=False, probability=0.01)
    assert "held 100.0%" in long
    assert "n 20" in long
    assert "n 1)" in short
    assert kept
    assert short_kept


def test_deciding_an_unlearned_language_misses_the_line() -> None:
    (long, kept), (_, short_kept) = judged(learned=True, probability=0.01)
    assert "MISSED" in long
    assert not kept
    assert short_kept, "shorter ones are told only"
