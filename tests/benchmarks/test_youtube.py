"""The benchmark `youtube`, small: what its baseline reads, and who judges what."""

import numpy as np

from benchmarks.youtube import Online, hashed, unseen
from model.comment import Comment, Example, Label


def videos(count: int) -> list[Example]:
    """Half of them spam, every one different."""
    texts = ("subscribe to my channel number {}", "this song number {} makes me cry")
    labels = (Label.SPAM, Label.HAM)
    return [
        Example(
            comment=Comment(content=texts[i % 2].format(i)),
            label=labels[i % 2],
            source="youtube_uci",
        )
        for i in range(count)
    ]


def test_the_baseline_reads_the_normal_form_too() -> None:
    plain, disguised = hashed("check out my channel"), hashed("check out my chann\u200bel")
    assert len(np.intersect1d(plain, disguised)) > 0.9 * len(plain)


def test_every_comment_is_judged_by_what_was_not_taught_with_it() -> None:
    rows = np.arange(10)
    folds = [(rows[5:], rows[:5]), (rows[:5], rows[5:])]
    taught_with = unseen(folds, lambda taught, test: np.full(len(test), float(taught.sum())))
    assert taught_with.tolist() == [35.0] * 5 + [10.0] * 5


def test_the_baseline_learns() -> None:
    examples = videos(40)
    said = Online(examples)(np.arange(30), np.arange(30, 40))
    assert (said > 0).tolist() == [one.label is Label.SPAM for one in examples[30:]]
