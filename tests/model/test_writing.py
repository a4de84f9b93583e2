"""What a text is written in, and what stands in for words, said so that a moderator sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.text import read
from model.writing import QUOTED, in_no_language, instead_of_words, quoted, script


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Спасибо за статью", "Cyrillic letters"),
        ("这个面包很好吃", "Chinese characters"),
        ("빵이 맛있어요", "Korean letters (Hangul)"),
        ("शुक्रिया", "Devanagari letters"),
        ("Terima kasih, 谢谢", "Latin letters"),
        ("𝐡𝐞𝐥𝐥𝐨", "Mathematical letters"),
        ("12 + 3 😀", "no letters"),
    ],
)
def test_scripts_are_named_in_words(text: str, named: str) -> None:
    assert script(text) == named


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "an empty text"),
        (" \n\t\u200b", "an empty text"),
        ("<p></p><!-- nothing -->", "an empty text"),
        ("!!! ... ?", "only the signs “!!!...?”"),
        ("http://en.wikipedia.org/wiki/Bread", "nothing but one link"),
        ("<a href='http://bbc.co.uk/a'>click here</a>", "nothing but one link"),
        ("https://bbc.co.uk/1 https://bbc.co.uk/2", "nothing but 2 links"),
        ('<img src="http://en.wikipedia.org/a.png">', "nothing but one picture"),
        ("😀😀 😀", "only emoji: 3 × 😀 (grinning face)"),
        ("❤️👍", "only emoji: 1 × ❤ (heavy black heart), 1 × 👍 (thumbs up sign)"),
        ("🇩🇪", "only emoji: 1 × 🇩 (regional indicator symbol letter d), "
                "1 × 🇪 (regional indicator symbol letter e)"),
    ],
)  # fmt: skip
def test_what_stands_instead_of_words_is_named(content: str, said: str) -> None:
    assert instead_of_words(read(content)) == said


@pytest.mark.parametrize("content", ["ok", "+1", "谢谢", "👍 nice", "2026!", "да", "see bbc.co.uk"])
def test_a_short_comment_has_words_all_the_same(content: str) -> None:
    assert instead_of_words(read(content)) is None


@given(st.text(st.characters(), max_size=200))
def test_a_strangers_words_are_quoted_short_and_on_one_line(text: str) -> None:
    said = quoted(text)
    assert said.isprintable()
    assert len(said) <= QUOTED + 3
    said.encode()


@pytest.mark.parametrize(
    ("content", "none"),
    [
        ("https://unheard.example/watch?v=xq", True), ("unheard.com/xq, www.unheard.com", True),
        ("😀" * 30, True), ("Купи слона дёшево", False), ("加微信领红包送好礼", False),
        ("加微信 https://unheard.example/xq", False), ("see https://unheard.com/xq", False),
        ("this loaf is better: https://unheard.example/xq", False),
        ('<a href="//unheard.example">Купи слона дешевле всех</a>', False),
        ('see <a href="//en.wikipedia.org">Купи слона дешевле всех</a>', False),
        ('<a href="//unheard.example">the finest rye bread</a> is baked at home', False),
    ],
)  # fmt: skip
def test_bare_links_are_in_no_language_but_words_on_a_link_are(content: str, none: bool) -> None:
    assert in_no_language(read(content)) is none
