"""A site's lists find what an operator would expect them to find, and fast."""

import string
from collections import deque
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.lists import Addresses, Hosts, Terms, first_terms
from tests.growth import grows_linearly


def test_every_occurrence_of_a_term_is_found_inside_words_too() -> None:
    hits = list(Terms([" Casino ", "", "  ", "win"]).hits("casino winners, mycasinos"))
    assert hits == [("casino", 0, 6), ("win", 7, 10), ("casino", 18, 24)]


def test_an_empty_list_finds_nothing() -> None:
    assert list(Terms([]).hits("anything")) == []
    assert "example.org" not in Hosts([])
    assert "203.0.113.7" not in Addresses([])


def test_only_the_first_hit_of_the_first_few_terms_is_told() -> None:
    hits = Terms(["a", "b", "c", "d"]).hits("aabbccdd")
    assert [(term, start) for term, start, _ in first_terms(hits)] == [("a", 0), ("b", 2), ("c", 4)]


LETTERS = st.text(st.sampled_from("ab \ud800\0é😀"), max_size=12)


@given(st.lists(LETTERS, max_size=5), LETTERS)
def test_terms_are_found_exactly_where_a_plain_search_finds_them(
    terms: list[str], text: str
) -> None:
    wanted = {term.strip().lower() for term in terms} - {""}
    plain = {
        (term, at, at + len(term))
        for term in wanted
        for at in range(len(text))
        if text.startswith(term, at)
    }
    assert set(Terms(terms).hits(text)) == plain


def test_sixty_five_thousand_terms_cost_no_more_than_ten() -> None:
    text = " ".join(f"term{n}" for n in range(5_000))
    ten, many = (Terms(f"term{n}x" for n in range(count)) for count in (10, 65_000))
    assert grows_linearly(lambda: _drain(ten.hits(text)), lambda: _drain(many.hits(text)))


def test_time_grows_with_the_text_and_no_faster() -> None:
    terms = Terms(["a" * n for n in range(1, 40)])
    small, large = "a" * 2_000, "a" * 8_000
    assert grows_linearly(lambda: _drain(terms.hits(small)), lambda: _drain(terms.hits(large)))


def _drain(hits: Iterable[object]) -> None:
    """Takes all and keeps none: a growing list's page faults would be measured instead."""
    deque(hits, maxlen=0)


@pytest.mark.parametrize(
    ("listed", "host"),
    [
        ("spam.example", "spam.example"),
        ("spam.example", "deep.shop.spam.example"),
        ("*.spam.example", "www.spam.example"),
        (".spam.example", "spam.example"),
        ("  Spam.Example  ", "spam.example"),
        ("https://Spam.Example/path?x=1", "spam.example"),
        ("http://user@spam.example:8080/", "spam.example"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("bücher.example", "bücher.example"),
        (".Example", "spam.example"),
        ("*.example", "deep.spam.example"),
        ("example", "spam.example"),
        (".xn--p1ai", "spam.рф"),
    ],
)
def test_a_listed_host_covers_its_subdomains_however_it_is_written(listed: str, host: str) -> None:
    assert host in Hosts(["", listed])


@pytest.mark.parametrize("host", ["", "notspam.example", "spam.example.org", "example"])
def test_a_host_that_only_looks_like_a_listed_one_is_another(host: str) -> None:
    assert host not in Hosts(["spam.example"])


@pytest.mark.parametrize(
    ("listed", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.0/24 ", "203.0.113.200"),
        ("203.0.113.77/24", "203.0.113.200"),
        ("203.0.113.0/24", "::ffff:203.0.113.9"),
        ("2001:db8::/32", "2001:DB8:1::5"),
        ("0.0.0.0/0", "198.51.100.1"),
        ("::/0", "2001:db8::1"),
    ],
)
def test_an_address_is_found_in_its_network(listed: str, address: str) -> None:
    assert address in Addresses(["garbage", "", "300.1.1.1/8", listed])


@pytest.mark.parametrize(
    "address", ["", "unknown", "203.0.114.7", "2001:db8::1", "203.0.113.7:80", "203.0.113.7\0"]
)
def test_another_address_or_none_is_not_listed(address: str) -> None:
    assert address not in Addresses(["203.0.113.0/24", "cb00:7100::/24", "not an address"])


@given(st.text(st.characters(), max_size=40), st.text(string.hexdigits + ".:/%", max_size=40))
def test_no_entry_and_no_question_is_too_strange(strange: str, nearly: str) -> None:
    for lists in (Addresses([strange, nearly]), Hosts([strange, nearly])):
        assert (strange in lists) in (True, False)
        assert (nearly in lists) in (True, False)
