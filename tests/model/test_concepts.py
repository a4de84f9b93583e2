"""Words that mean the same on every site."""

import pytest

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
