"""A short comment by itself is numbered as it is among others, in fewer steps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.comment import Comment
from model.features import Numbered
from model.lone import Lone
from model.text import read
from model.windows import WINDOW

contents = st.one_of(
    st.text(st.characters(codec=None), max_size=60),
    st.lists(
        st.sampled_from(["casino", "<b>", "v1agra", "http://x.example/", "привет", "中", "!"]),
        max_size=20,
    ).map(" ".join),
)


@given(contents)
def test_a_lone_comment_has_the_features_that_it_has_among_others(content: str) -> None:
    reading, comment = read(content), Comment(content=content, author_name="Best Casino")
    if not 0 < len(reading.normal) <= WINDOW:
        return
    lone = Lone(reading, comment)
    among = Numbered([reading], [comment], [[(0, len(reading.normal))]])
    weights = np.random.default_rng(1).normal(size=len(among.indices))
    assert lone.sum(weights[:-1]) == among.sums(weights)[0]
    assert [each.tobytes() for each in lone.row()] == [each.tobytes() for each in among.row()]
    ours, theirs = lone.chosen(), among.chosen()
    assert (ours.blocks, lone.measured) == (theirs.blocks, among.measured)
    assert ours.indices.tobytes() == theirs.indices.tobytes()
    assert ours.values.tobytes() == theirs.values.tobytes()
    assert lone.keys([0])[0].tobytes() == among.keys([0])[0].tobytes()
    several = zip(lone.occurrences(), among.occurrences(), strict=True)
    assert all(np.array_equal(one, other) for one, other in several)


@pytest.mark.parametrize("letters", [1, WINDOW])
def test_a_lone_comment_may_have_more_tags_than_are_usual(letters: int) -> None:
    content = "".join(f'<p class="{n}" title="{n}" id="{n}">' for n in range(900)) + "x" * letters
    reading, comment = read(content), Comment(content=content)
    among = Numbered([reading], [comment], [[(0, len(reading.normal))]])
    assert Lone(reading, comment).row()[1].tobytes() == among.row()[1].tobytes()
