"""Hashes of words, pairs and n-grams: a stored format, told here in whole numbers."""

from functools import reduce
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.ngrams import SIZES, grams, hashed

CODE, ROLL, PAIR, MIX = 0x9E3779B1, 0x85EBCA6B, 0xC2B2AE3D, 0x27D4EB2F
WHOLE = 2**32

texts = st.lists(st.text(st.sampled_from("ab 1'éй中 ก\ud800🎰"), max_size=12), max_size=4)


def mixed(number: int) -> int:
    return (number ^ number >> 15) * MIX % WHOLE


def gram(piece: str) -> int:
    return reduce(lambda rolled, char: (rolled * ROLL + ord(char) * CODE) % WHOLE, piece, 0)


def word(piece: str) -> int:
    return gram(piece[::-1])


@given(texts)
def test_every_gram_of_the_texts_laid_end_to_end_is_a_mixed_polynomial(several: list[str]) -> None:
    found, joined = hashed(several), f" {'  '.join(several)} "
    for size, (first, last) in zip(SIZES, pairwise(found.firsts[2:]), strict=True):
        expected = [mixed(gram(joined[at : at + size])) for at in range(len(joined) + 1 - size)]
        assert found.hashes[first:last].tolist() == expected


@given(texts)
def test_words_and_pairs_are_mixed_polynomials(several: list[str]) -> None:
    found, joined = hashed(several), f" {'  '.join(several)} "
    words = [word(joined[s:e]) for s, e in zip(found.starts, found.ends, strict=True)]
    pairs = [one * PAIR + other for one, other in pairwise(words)]
    expected = [mixed(number % WHOLE) for number in (*words, *pairs)]
    assert found.hashes[: found.firsts[2]].tolist() == expected


@given(texts)
def test_the_offsets_tell_where_each_text_begins(several: list[str]) -> None:
    joined, offsets = f" {'  '.join(several)} ", hashed(several).offsets
    for text, at in zip(several, offsets, strict=False):
        assert joined[at : at + len(text) + 2] == f" {text} "


@given(st.text(max_size=8), st.integers(2, 5))
def test_a_text_alone_has_the_same_grams(text: str, size: int) -> None:
    joined = f" {text} "
    expected = [mixed(gram(joined[at : at + size])) for at in range(len(joined) + 1 - size)]
    assert np.array_equal(grams(text, size), expected)
