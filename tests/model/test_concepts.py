"""Words that mean the same on every site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.concepts import concepts


def found(text: str) -> set[str]:
    return {concept for concept, _, _ in concepts(text)}


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("gambling with friends", "gambling"), ("casinos", "gambling"), ("my videos", "self"),
        ("i subscribed last year", "action"), ("подписывайтесь на меня", "action"),
        ("加微信", "contact"), ("lista de emails", "seo"), ("text me", "contact"),
    ],
)  # fmt: skip
def test_a_term_is_found_where_it_stands_or_a_long_word_goes_on(text: str, concept: str) -> None:
    assert concept in found(text)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("your site", "self"), ("learning", "money"), ("specialist", "pharma"),
        ("updating", "adult"), ("welcome to the club", "action"), ("the context menu", "contact"),
        ("text messages", "contact"), ("unsubscribe", "action"), ("slotsy", "gambling"),
        ("essex", "adult"), ("onlinecasino", "gambling"),
    ],
)  # fmt: skip
def test_the_middle_of_another_word_is_no_term(text: str, concept: str) -> None:
    assert concept not in found(text)


def test_terms_in_latin_letters_are_found_alike_beside_others() -> None:
    assert concepts("sex é") == concepts("sex e")


@pytest.mark.parametrize(
    "text",
    [
        "check out my channel", "please subscribe to our page", "follow me on the other site",
        "check my covers", "subscribe to me", "join us tonight", "abonniert meinen kanal",
        "suscribanse a mi canal", "подписывайтесь на мой канал", "关注我们", "visita mi pagina",
    ],
)  # fmt: skip
def test_an_action_for_the_writers_own_is_an_appeal(text: str) -> None:
    assert "appeal" in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "check out the second chapter", "i should subscribe to your blog", "my channel broke",
        "subscribe? my wife did", "follow the merry band", "visit mexico", "关注很久了",
        "i clicked. my screen went dark",
    ],
)  # fmt: skip
def test_an_action_for_others_and_talk_of_ones_own_are_none(text: str) -> None:
    assert "appeal" not in found(text)


@given(st.text(alphabet="my us check out visit,.我关注\n\0"))
def test_hits_come_by_rising_ends_and_stay_inside_the_text(text: str) -> None:
    ends = [end for _, _, end in concepts(text)]
    assert ends == sorted(ends)
    assert all(0 <= start < end <= len(text) for _, start, end in concepts(text))
