"""Hashes of the words, pairs of words and character n-grams of several texts, in one pass.

Polynomials of the code points modulo 2^32, rolled over all texts laid end to end, then mixed
so that every bit tells upon the upper ones. The hashes are a stored format.
"""

from collections.abc import Sequence
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SIZES = (3, 4, 5)
"""Of the character n-grams."""

BITS = 32
"""Of a hash; the upper ones are the best."""

MOST_CODES = 2**16
"""Code points that can be hashed at once, with the two blanks around each text."""

Hashes = NDArray[np.uint32]
Places = NDArray[np.int64]

_CODE = np.uint32(0x9E3779B1)
_ROLL = 0x85EBCA6B
_PAIR = np.uint32(0xC2B2AE3D)
_MIX = np.uint32(0x27D4EB2F)
_FOLD = np.uint32(15)
_R = np.uint32(_ROLL)


def _powers(factor: int) -> Hashes:
    steps = np.r_[1, np.full(MOST_CODES - 1, factor)].astype(np.uint32)
    return np.cumprod(steps, dtype=np.uint32)


_POWERS, _INVERSE = _powers(_ROLL), _powers(pow(_ROLL, -1, 2**BITS))


class Hashed(NamedTuple):
    """Texts as hashes, each text with a blank on either side.

    `hashes` are those of the words, of the pairs of neighbouring words, of the n-grams of each
    of SIZES: five parts, of which `firsts` says where they begin. The i-th of a part of n-grams
    begins at the i-th code point. Words begin at `starts` and end at `ends`; `offsets` says
    where each text begins.
    """

    hashes: Hashes
    firsts: tuple[int, ...]
    starts: Places
    ends: Places
    offsets: list[int]


def hashed(texts: Sequence[str]) -> Hashed:
    """Hash these texts, of at most MOST_CODES code points with two more for each."""
    codes, kinds = _coded(f" {'  '.join(texts)} ")
    starts, ends = _edges(kinds)
    words, length = len(starts), len(codes)
    sizes = [words, max(words - 1, 0), *(max(length + 1 - n, 0) for n in SIZES)]
    firsts = (0, *accumulate(sizes))
    hashes = np.empty(firsts[-1], np.uint32)
    scaled = np.multiply(codes, _CODE, dtype=np.uint32)
    if words:
        _hash_words(scaled, starts, ends, hashes)
    _roll(scaled, firsts[2:], hashes)
    hashes ^= hashes >> _FOLD
    hashes *= _MIX
    offsets = [0, *accumulate(len(text) + 2 for text in texts)]
    return Hashed(hashes, firsts, starts, ends, offsets)


def _coded(text: str) -> tuple[NDArray[np.uint8] | Hashes, NDArray[np.uint8]]:
    """The code points, and of which kind each is."""
    if text.isascii():
        data = text.encode()
        return np.frombuffer(data, np.uint8), np.frombuffer(data.translate(_ASCII_KIND), np.uint8)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes, _KIND.take(codes, mode="clip")


def _hash_words(scaled: Hashes, starts: Places, ends: Places, hashes: Hashes) -> None:
    """Write the words and behind them the pairs."""
    edges = np.empty(2 * len(starts), np.int64)
    edges[::2], edges[1::2] = starts, ends
    words = hashes[: len(starts)]
    sums = np.add.reduceat(scaled * _POWERS[: len(scaled)], edges)[::2]
    np.multiply(sums, _INVERSE.take(starts), out=words)
    pairs = hashes[len(words) : 2 * len(words) - 1]
    np.multiply(words[:-1], _PAIR, out=pairs)
    pairs += words[1:]


def _roll(scaled: Hashes, firsts: Sequence[int], hashes: Hashes) -> None:
    """Write the n-grams of each size; each is made of the shorter one that begins with it."""
    rolled = scaled
    for at in range(1, SIZES[0] - 1):
        rolled = rolled[:-1] * _R + scaled[at:]
    for n, first, last in zip(SIZES, firsts, firsts[1:], strict=False):
        if first < last:
            longer = hashes[first:last]
            np.multiply(rolled[:-1], _R, out=longer)
            longer += scaled[n - 1 :]
            rolled = longer


def _edges(kinds: NDArray[np.uint8]) -> tuple[Places, Places]:
    """The starts and ends of words; the kinds begin and end with a separator."""
    before, after = kinds[:-1], kinds[1:]
    change = before != after
    if kinds.max() != _ALONE:
        edges = np.flatnonzero(change)
        edges += 1
        return edges[::2], edges[1::2]
    starts = np.flatnonzero((change | (after == _ALONE)) & (after != 0)) + 1
    ends = np.flatnonzero((change | (before == _ALONE)) & (before != 0)) + 1
    return starts, ends


_ALONE = 2
"""Characters that are a word each: scripts written without spaces."""


def _kinds() -> NDArray[np.uint8]:
    """0 for what separates words, 1 for what makes them, 2 for a word by itself."""
    kind = np.zeros(0x20000, dtype=np.uint8)
    kind[[code for code in range(0x10000) if chr(code).isalnum()]] = 1
    marks = chain(range(0x900, 0xE00), range(0x1000, 0x1100), range(0x1B00, 0x1C50))
    kind[[code for code in marks if not chr(code).isspace()]] = 1
    for first, last in (
        (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF),
        (0x3400, 0x9FFF), (0xF900, 0xFAFF),
    ):  # fmt: skip
        kind[first : last + 1] = _ALONE
    kind[0x10000:0x1F000] = 1
    kind[0x1FFFF] = _ALONE
    return kind


_KIND = _kinds()
_ASCII_KIND = bytes(_KIND[:256])


def grams(text: str, n: int) -> Hashes:
    """The n-grams of one text, with a blank on either side."""
    codes = _coded(f" {text} ")[0]
    found = np.zeros(max(len(codes) + 1 - n, 0), np.uint32)
    for at in range(n if len(found) else 0):
        found *= _R
        found += np.multiply(codes[at : at + len(found)], _CODE, dtype=np.uint32)
    found ^= found >> _FOLD
    found *= _MIX
    return found
