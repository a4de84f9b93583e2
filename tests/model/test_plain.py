"""Many comments read together say what each says when it is read alone."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.plain import AT_ONCE, SEVERAL, read_many
from model.text import MAX_CHARS, Reading, read

FILLERS = [f"a plain comment, number {n}" for n in range(SEVERAL)]

TOLD = [field.name for field in fields(Reading) if not field.name.startswith("_")]

pieces = st.sampled_from(
    ["fr33", "c@sh", "ca$h", "a2b1", "hi!", "m@il.com", "a@b.de", "/v1agra", "x_1ab", "2nd", "!1a",
     "1st", "b0nus!!!", "www.x.com", "x.com", "http://a.example/p?q=a1b", "c a s i n o", "v.i.a.g",
     "sooo", "....", "   ", " ", "\n", "\t", "\r\n", "\x1c", "|", "a|b", "&", "&amp;", "&#65;",
     "<b>", "</b>", "<", ">", "\0", "\x07", "\x7f", "wwww", "1111", "é", "“ok”", "й", "🎰",
     "\ufeff", "$", "@", "_", "-", "A", "Z", "<3", "< ", "£", "£££", "🎰🎰🎰🎰", "❤\ufe0f", "ª",
     "×", "x.ſt", "x.t\u212a", "x。com", "x.com🎰", "a b", "u r a b c"]
)  # fmt: skip
contents = st.one_of(
    st.lists(pieces, max_size=12).map("".join),
    st.lists(pieces, max_size=12).map(" ".join),
    st.text(st.characters(max_codepoint=127), max_size=40),
    st.text(st.characters(codec=None), max_size=20),
)


def assert_alike(together: Reading, alone: Reading) -> None:
    assert {name: getattr(together, name) for name in TOLD} == {
        name: getattr(alone, name) for name in TOLD
    }
    size = len(alone.normal)
    assert [together.content_span(at, at + 1) for at in range(size)] == [
        alone.content_span(at, at + 1) for at in range(size)
    ]
    cuts = [(0, size), (0, size // 2), (size // 3, size), (size // 2, size // 2)]
    assert [together.part(*cut) for cut in cuts] == [alone.part(*cut) for cut in cuts]


@given(st.lists(contents, max_size=8))
def test_many_are_read_as_each_alone(several: list[str]) -> None:
    together = read_many([*several, *FILLERS])
    assert len(together) == len(several) + len(FILLERS)
    for one, content in zip(together, [*several, *FILLERS], strict=True):
        assert_alike(one, read(content))


@pytest.mark.parametrize(
    "content",
    ["", " ", "x" * (MAX_CHARS + 5), "ab21 hi!", "ab21", "b0nus", "c a s i n o", "so   good!!!!",
     "write to me@x.com now", "fr33 <b>cash</b>", "it\u2019s fr33!!!", "see /watch?v=a1b2",
     "win_1ab"],
)  # fmt: skip
def test_what_needs_a_second_look_gets_it(content: str) -> None:
    """The hints of one text are not those of its neighbours."""
    beside = ["z1 hello", content, "hello 1z!!!", content]
    together = read_many([*beside, *FILLERS])
    assert_alike(together[1], read(content))
    assert_alike(together[3], read(content))


def test_many_more_than_are_laid_end_to_end_are_read_as_each_alone() -> None:
    several = [f"{'so good!!! ' * (n % 90)}number {n}" for n in range(400)]
    assert sum(map(len, several)) > 2 * AT_ONCE
    together = read_many(several)
    for row in range(0, len(several), 7):
        assert_alike(together[row], read(several[row]))


def test_more_signs_than_bytes_are_read_as_alone() -> None:
    several = [f"{chr(code) * 4} fr33 £{code}" for code in range(0x2500, 0x2600)]
    for one, content in zip(read_many(several), several, strict=True):
        assert_alike(one, read(content))


def test_nothing_reads_as_nothing() -> None:
    assert read_many([]) == []
