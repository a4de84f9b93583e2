"""Parts of a score: every feature's weight belongs to the words it touches, in equal shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.comment import Comment
from model.explanation import SHOWN, by_word, parts_of
from model.features import Numbered
from model.text import read
from model.verdict import Reason

contents = st.lists(
    st.sampled_from(["buy", "casino", "now,", "!", "...", "a-b", "\u4e2d\u6587", "\u043f\u0440"]),
    max_size=12,
).map(" ".join)


def numbered_of(content: str) -> tuple[Numbered, str]:
    reading = read(content)
    whole = [[(0, len(reading.normal))]]
    return Numbered([reading], [Comment(content=content)], whole), reading.normal


@given(contents)
def test_a_weight_is_shared_by_all_occurrences_and_all_words_each_touches(content: str) -> None:
    numbered, text = numbered_of(content)
    chosen = numbered.chosen()
    indices = chosen.indices[chosen.blocks[0][2] :]
    weights = np.random.default_rng(1).normal(size=len(indices))
    found = numbered.occurrences()
    place = indices.searchsorted(found.feature)
    words = f" {text} ".split(" ")[1:-1] if text else []
    starts = [1 + len(" ".join([*words[:i], ""])) for i in range(len(words))]
    expected = np.zeros(len(words))
    for start, end, at in zip(found.firsts, found.lasts, place, strict=True):
        touched = [i for i, word in enumerate(words)
                   if starts[i] <= end and start < starts[i] + len(word)]  # fmt: skip
        share = weights[at] / np.count_nonzero(place == at)
        expected[touched] += share / max(len(touched), 1)
    assert by_word(weights, found, [text]) == [pytest.approx(expected)]


def test_no_more_is_shown_than_is_read() -> None:
    content = " ".join(f"word{i} other{i}" for i in range(20))
    numbered, _ = numbered_of(content)
    chosen = numbered.chosen()
    weights = np.random.default_rng(2).normal(size=len(chosen.indices))
    parts = parts_of([read(content)], numbered, chosen, weights, [[]])[0]
    shown = [reason.weight for reason in parts.largest()]
    assert len(shown) == 2 * SHOWN
    assert shown == sorted(shown, key=lambda weight: -abs(weight))
    every = sorted(reason.weight for reason in parts.all())
    assert sorted(shown) == [*every[:SHOWN], *every[-SHOWN:]]


def test_a_reason_beside_the_text_is_shown_as_it_is() -> None:
    numbered, _ = numbered_of("some words")
    chosen = numbered.chosen()
    weights, beside = np.zeros(len(chosen.indices)), Reason("taught-host", "a host", 99.0)
    parts = parts_of([read("some words")], numbered, chosen, weights, [[beside]])[0]
    assert parts.largest() == (beside,)
