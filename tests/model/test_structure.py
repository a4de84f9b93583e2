"""Traits that mean the same on every site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.comment import Comment
from model.concepts import TERMS, concepts
from model.structure import SLOTS, TRAIT_OF, TRAITS, measure, never_good_slots, said, structure
from model.text import read


def traits(content: str, **fields: str) -> dict[str, float]:
    return {
        name: n
        for name, n in measure(read(content), Comment(content=content, **fields)).items()
        if n
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("links", "see http://a.example/"), ("unknown", "see http://a.example/"),
        ("shortened", "http://bit.ly/x1"), ("strange", "http://203.0.113.9/"),
        ("strange", "http://xn--80ak6aa92e.com/"), ("strange", "http://bank.example@evil.example"),
        ("mismatch", '<a href="http://evil.example">www.bank.example</a>'),
        ("free_host", "http://me.blogspot.com"), ("odd_ending", "http://a.xyz/"),
        ("deep", "http://a.example/buy"), ("link_last", "look: http://a.example"),
        ("spelled_dot", "go to spam dot com"), ("spelled_dot", "spam(.)com"),
        ("bbcode", "[url=http://a.example]x[/url]"), ("trackback", "[...] said so [...]"),
        ("tags", "<b>x</b>"), ("hidden", "<i hidden>x</i>"), ("invisible", "vi\u200bagra"),
        ("fancy", "ｗｏｒｄ"), ("confusable", "sраm"), ("spaced", "w o r d s"), ("leet", "v1agra"),
        ("split", "v<b></b>iagra"), ("marks", "z\u0301\u0302\u0303algo"), ("repeats", "soooooo"),
        ("repetition", "buy now " * 8), ("sums", "only $5"), ("phone", "call +49 170 1234567"),
        ("mail", "a@b.example"),
        ("handle", "ask @someone"), ("digits", "12345"), ("capitals", "BUY IT"),
        ("exclamation", "yes!"), ("question", "why?"), ("signs", "***"), ("emoji", "🎉"),
        ("scripts", "hello привет"), ("lines", "a\nb"), ("gambling", "best casino"),
        ("gambling", "казино"), ("money", "赚钱"), ("praise_link", "great post http://a.example"),
    ],
)  # fmt: skip
def test_a_trait_is_noticed(name: str, content: str) -> None:
    assert traits(content).get(name, 0) >= next(t for t in TRAITS if t.name == name).bins[0]


def test_plain_talk_has_no_suspicious_trait() -> None:
    found = traits("I went there last week and it rained all day long.")
    assert set(found) <= {"words", "lines", "scripts", "signs", "capitals", "repetition"}


def test_having_an_author_is_no_trait() -> None:
    content = "I went there last week."
    assert (
        traits(content, author_name="Anna", author_url="http://anna.example").keys() - {"long_name"}
        == traits(content).keys()
    )
    plain = Comment(content=content, author_name="Anna", author_url="http://anna.example")
    assert structure(measure(read(content), plain)) == structure(
        measure(read(content), Comment(content=content))
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("selling_name", {"author_name": "Casino Bonus"}),
        ("name_is_link", {"author_name": "www.a.example.com"}),
        ("name_in_host", {"author_name": "cheap shoes", "author_url": "http://cheap-shoes.example"}),
        ("long_name", {"author_name": "best shoes in town"}),
        ("author_deep", {"author_url": "http://a.example/buy"}),
        ("author_host", {"author_url": "http://a-1-b.example"}),
        ("author_free", {"author_url": "http://me.blogspot.com"}),
        ("signed", {"author_name": "hello"}),
    ],
)  # fmt: skip
def test_how_the_author_is_made_is_noticed(name: str, fields: dict[str, str]) -> None:
    assert traits("Hello there", **fields)[name]


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("ＣＡＳＩＮＯ ＢＯＮＵＳ！", "CASINO BONUS!"),
        ("саsinо", "casino"), ("c&#97;sino", "casino"),
        ("ca<b></b>sino", "casino"),
        ("ca\u200bsino", "casino"), ("ca<i hidden>good words</i>sino", "casino"),
    ],
)  # fmt: skip
def test_a_disguise_changes_no_trait_but_its_own(disguised: str, plain: str) -> None:
    disguises = {t.name for t in TRAITS if t.code in ("disguise", "hidden-text")}
    found = traits(disguised)
    assert {name: n for name, n in found.items() if name not in disguises} == traits(plain)


@given(st.text(st.characters(codec=None)), st.text(), st.text())
def test_slots_rise_and_every_measure_can_be_said(content: str, name: str, url: str) -> None:
    comment = Comment(content=content, author_name=name, author_url=url)
    slots = structure(measure(read(content), comment))
    assert slots == sorted(set(slots))
    assert all(said(name, n) for name, n in measure(read(content), comment).items())


def test_all_traits_fit_and_have_different_names() -> None:
    assert len(TRAIT_OF) <= SLOTS
    assert len({trait.name for trait in TRAITS}) == len(TRAITS)


def test_disguises_are_the_slots_that_never_speak_for_a_comment() -> None:
    names = {TRAIT_OF[slot].name for slot in never_good_slots()}
    assert {"hidden", "invisible", "confusable", "fancy", "leet", "split"} <= names
    assert not names & {"links", "words", "question"}


def test_every_term_is_written_in_normal_form() -> None:
    terms = [
        t for all_ in TERMS.values() for t in " ".join(all_.split()).replace("| ", "|").split("|")
    ]
    assert [term for term in terms if read(term).normal != term] == []


def test_a_short_term_stands_alone_and_a_long_one_may_be_part_of_a_word() -> None:
    assert not list(concepts("essex"))
    assert [concept for concept, _, _ in concepts("onlinecasinos")] == ["gambling"]


def test_what_nobody_sees_in_a_link_does_not_change_how_much_is_link() -> None:
    plain, dressed = (
        f'Please see <a href="http://a.example/">{t}</a>' for t in ("this", "th\xadis")
    )
    shares = [measure(read(text), Comment(content=text)) for text in (plain, dressed)]
    assert shares[0] == shares[1]
