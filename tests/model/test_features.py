"""Numbers a model is trained on and served with: the same ones, for one and for many, forever."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.comment import Comment
from model.features import (
    AT_ONCE,
    CHARS,
    DIMENSIONS,
    FORMAT,
    MARKUP,
    SCALES,
    WORDS,
    Numbered,
    chunks,
    coverage_keys,
    features,
    features_many,
)
from model.ngrams import MOST_CODES, SIZES
from model.text import MAX_CHARS, read
from model.windows import windows_of

GOLDEN = [
    Comment(content=""),
    Comment(content="I liked the second half of this article, the first one was too long."),
    Comment(
        content='<p>Great post! <a href="http://cheap-pills.example/buy?x=1">v1agra</a> $5</p>',
        author_name="cheap pills online",
        author_url="http://cheap-pills.example/buy",
    ),
    Comment(content="Заработок от 5000 рублей в день, пишите в лс @someone"),
    Comment(content="这个网站很好，加微信 12345678 免费领取"),
    Comment(content="С А S I N О  w i n n e r  ｂｏｎｕｓ 🎰🎰🎰\n" + "good words in front, " * 30),
    Comment(content="Hey guys, please check out my channel and subscribe to me!"),
]
DIGESTS = [
    "e3b0c44298fc1c14",
    "09422d748dec7f34",
    "1de4867fc57b1f24",
    "160d1c4baa65b4d5",
    "b46d7021e8a96a2c",
    "c34a8d1f6a546f78",
    "154e42d9a514b395",
]

contents = st.one_of(
    st.text(st.characters(codec=None), max_size=60),
    st.lists(
        st.sampled_from(["buy", "<b>", "&amp;", "http://x.example/", "й", "中", " ",
            "a", "\ud800", "1", "!"]),
        max_size=300,
    ).map(" ".join),
)  # fmt: skip

comments = st.builds(
    Comment,
    content=contents,
    author_name=st.text(max_size=10),
    author_url=st.sampled_from(["", "http://a.example", "http://b-1.example/x/y"]),
)


def test_the_numbering_is_the_one_of_this_format() -> None:
    """A change here needs a new FORMAT and a base trained on it."""
    assert FORMAT == 5
    assert [digest(comment) for comment in GOLDEN] == DIGESTS


def digest(comment: Comment) -> str:
    indices, values = features(read(comment.content), comment)
    return hashlib.sha256(indices.tobytes() + values.tobytes()).hexdigest()[:16]


@given(comments)
def test_indices_are_sorted_unique_and_in_range(comment: Comment) -> None:
    indices, values = features(read(comment.content), comment)
    assert indices.dtype == np.int32
    assert values.dtype == np.float32
    assert np.all(np.diff(indices) > 0)
    assert np.all((indices >= 0) & (indices < DIMENSIONS))
    assert len(indices) == len(values)


@given(st.lists(comments, max_size=6))
def test_many_are_numbered_as_each_alone_bit_for_bit(several: list[Comment]) -> None:
    readings = [read(comment.content) for comment in several]
    indptr, indices, values = features_many(readings, several)
    assert len(indptr) == len(several) + 1
    for row, (reading, comment) in enumerate(zip(readings, several, strict=True)):
        alone = features(reading, comment)
        part = slice(indptr[row], indptr[row + 1])
        assert indices[part].tobytes() == alone[0].tobytes()
        assert values[part].tobytes() == alone[1].tobytes()


@given(st.lists(comments, max_size=4))
def test_every_window_is_numbered_alike_alone_and_among_others(several: list[Comment]) -> None:
    readings = [read(comment.content) for comment in several]
    windows = [windows_of(reading) for reading in readings]
    indptr, indices, values = features_many(readings, several, windows)
    row = 0
    for reading, comment, each in zip(readings, several, windows, strict=True):
        for window in each:
            part = slice(indptr[row], indptr[row + 1])
            alone = features(reading, comment, window)
            assert indices[part].tobytes() == alone[0].tobytes()
            assert values[part].tobytes() == alone[1].tobytes()
            row += 1
    assert len(indptr) == row + 1


def test_a_text_of_many_features_is_numbered_alike_alone_and_among_others() -> None:
    readings = [read(" ".join(f"wort{n**3}" for n in range(900))), read("a few")]
    indptr, indices, _ = features_many(readings, [Comment(content="")] * 2)
    found = indices[: indptr[1]]
    assert len(found) > 5_000
    assert found.tobytes() == features(readings[0], Comment(content=""))[0].tobytes()


def test_many_more_than_are_numbered_at_once_are_numbered_as_each_alone() -> None:
    contents = [f"{'casino ' * (n % 50)}{'long words' * (n % 9)} {n}" for n in range(600)]
    several = [Comment(content=content) for content in [*contents, "a b " * MAX_CHARS, "c"]]
    readings = [read(comment.content) for comment in several]
    assert len(list(chunks(readings))) > 2
    indptr, indices, values = features_many(readings, several)
    for row in range(0, len(several), 7):
        alone = features(readings[row], several[row])
        assert np.array_equal(indices[indptr[row] : indptr[row + 1]], alone[0])
        assert np.array_equal(values[indptr[row] : indptr[row + 1]], alone[1])


def test_the_largest_batch_can_be_hashed() -> None:
    assert AT_ONCE + MAX_CHARS + 64 < MOST_CODES


def test_sixteen_threads_number_alike() -> None:
    readings = [read(comment.content) for comment in GOLDEN] * 20
    several = GOLDEN * 20
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(features, readings, several))
    for (indices, values), reading, comment in zip(found, readings, several, strict=True):
        alone = features(reading, comment)
        assert np.array_equal(indices, alone[0])
        assert np.array_equal(values, alone[1])


def test_each_block_has_its_length() -> None:
    comment = Comment(content="<b>Hello</b> to all of you out there")
    indices, values = features(read(comment.content), comment)
    for name, first, last in (
        ("markup", MARKUP, WORDS), ("words", WORDS, CHARS), ("chars", CHARS, DIMENSIONS),
    ):  # fmt: skip
        block = values[(indices >= first) & (indices < last)]
        assert np.linalg.norm(block) == pytest.approx(SCALES[name], rel=1e-5)


@given(comments)
def test_occurrences_are_what_was_counted_and_lie_in_the_window(comment: Comment) -> None:
    reading = read(comment.content)
    numbered = Numbered([reading], [comment], [windows_of(reading)])
    for row, window in enumerate(numbered.spans):
        indices, _ = numbered.row(row)
        found = numbered.occurrences([row])
        assert set(found.feature.tolist()) == set(indices[indices >= WORDS].tolist())
        assert found.counts == [len(found.feature)]
        assert len(found.firsts) == len(found.lasts) == len(found.feature)
        assert np.all((found.firsts >= 0) & (found.firsts <= found.lasts))
        assert np.all(found.lasts <= window[1] - window[0] + 1)  # the one behind the window


@pytest.mark.parametrize("window", [(0, 14), (4, 14)])
def test_an_occurrence_is_what_stands_there(window: tuple[int, int]) -> None:
    reading = read("one two, three")
    text = f" {reading.normal[slice(*window)]} "
    numbered = Numbered([reading], [Comment(content="")], [[window]])
    found = numbered.occurrences()
    each = [text[start : end + 1] for start, end in zip(found.firsts, found.lasts, strict=True)]
    grams = [text[i : i + n] for n in SIZES for i in range(len(text) + 1 - n)]
    words = ["one", "two", "three", "one two", "two, three"]
    assert each == [*(words if window[0] == 0 else [words[1], words[2], words[4]]), *grams]


def test_the_blocks_of_a_row_are_where_its_indices_say() -> None:
    comment = GOLDEN[2]
    numbered = Numbered([reading := read(comment.content)], [comment], [windows_of(reading)])
    indices, _ = numbered.row()
    assert numbered.chosen().blocks == [
        [*indices.searchsorted([0, MARKUP, WORDS, CHARS]).tolist(), len(indices)]
    ]


def test_scripts_without_spaces_count_by_character() -> None:
    assert len(coverage_keys(read("天气很好"))) == 4 + 3 + 2


def test_the_same_words_have_the_same_keys_wherever_they_stand() -> None:
    alone, among = coverage_keys(read("cheap pills")), coverage_keys(read("some cheap pills here"))
    assert set(alone.tolist()) & set(among.tolist()) >= set(alone[:3].tolist())
