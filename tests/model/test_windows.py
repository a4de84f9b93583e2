"""The windows of a long text: few, over all of it, its outer lines among them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.comment import Comment
from model.features import Numbered
from model.text import read
from model.windows import MAX_WINDOWS, STEP, WINDOW, windows_of

contents = st.lists(st.sampled_from(["buy", "<b>", "\n", "й", "中", "", "x" * 70]), max_size=300)


@given(contents.map(" ".join), st.integers(1, 40))
def test_windows_cover_the_whole_text_and_stay_few(content: str, times: int) -> None:
    reading = read(content * times)
    windows = windows_of(reading)
    covered = np.zeros(len(reading.normal), dtype=bool)
    for start, end in windows:
        covered[start:end] = True
    assert covered.all()
    assert len(windows) <= MAX_WINDOWS + 6


def test_the_longest_text_has_no_more_windows_than_allowed() -> None:
    assert len(windows_of(read("words and words " * 2_000))) <= MAX_WINDOWS + 6


@pytest.mark.parametrize(
    "content", ["{}\n{}\n{}", "<p>{}</p> <p>{}</p><div>{}</div>\n", " {}<br>{}<br>{}"]
)
def test_the_outer_lines_of_a_long_text_are_windows_of_their_own(content: str) -> None:
    reading = read(content.format("buy our pills", "what a lovely day " * 20, "come to our casino"))
    said = [reading.normal[start:end].strip() for start, end in windows_of(reading)]
    assert {"buy our pills", "come to our casino"} <= {*said}


@pytest.mark.parametrize("content", ["\u200b\n{}", "{}\n\u200b", "<img>\n{}\n<b></b>\u2060"])
def test_outer_lines_that_nobody_sees_are_windows_like_any_other(content: str) -> None:
    reading = read(content.format("what a lovely day " * 20))
    windows = windows_of(reading)
    assert all(0 <= start < len(reading.normal) and start <= end for start, end in windows)
    assert Numbered([reading], [Comment(content="")], [windows]).matrix()[0][-1] > 0


def test_an_outer_line_is_no_longer_than_other_windows() -> None:
    reading = read("many words of a line " * 30 + "\n" + "and many more of another " * 30)
    sizes = [end - start for start, end in windows_of(reading)]
    assert sorted(sizes)[-2] <= WINDOW + STEP // 2
