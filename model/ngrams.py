"""Hashes of the words, pairs of words and character n-grams of several texts, in one pass.

Polynomials of the code points modulo 2^32, over all texts laid end to end, then mixed so that
every bit tells upon the upper ones. The hashes are a stored format.
"""

from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SIZES = (5, 4, 3)
"""Of the character n-grams; the longest stand beside the words, with which they are counted."""

BITS = 32
"""Of a hash; the upper ones are the best."""

MOST_CODES = 2**17
"""Code points that can be hashed at once, with the two blanks around each text."""

Hashes = NDArray[np.uint32]
Places = NDArray[np.int64]


def constant(number: int) -> Hashes:
    """An array without dimensions: an operation takes it in half the time of a scalar."""
    return np.array(number, np.uint32)


_CODE = constant(0x9E3779B1)
_ROLL = 0x85EBCA6B
_PAIR = constant(0xC2B2AE3D)
_MIX = constant(0x27D4EB2F)
_FOLD = constant(15)


def _powers(factor: int, count: int = MOST_CODES) -> Hashes:
    steps = np.r_[1, np.full(count - 1, factor)].astype(np.uint32)
    return np.cumprod(steps, dtype=np.uint32)


_RISING = _powers(_ROLL) * _CODE
_BACK = _powers(pow(_ROLL, -1, 2**BITS))
_KERNELS = {n: _RISING[:n][::-1].copy() for n in range(2, 6)}
"""With which the code points are correlated for their n-grams."""


_STEPS = np.arange(MOST_CODES)


class Hashed(NamedTuple):
    """Texts as hashes, each text with a blank on either side.

    `hashes` are those of the words, of the pairs of neighbouring words, of the n-grams of each
    of SIZES: five parts, of which `firsts` says where they begin. The i-th of a part of n-grams
    begins at the i-th code point. Words begin at `starts` and end at `ends`; `offsets` says
    where each text begins.
    """

    hashes: Hashes
    firsts: list[int]
    starts: Places
    ends: Places
    offsets: list[int]

    def places(self) -> tuple[Places, Places]:
        """The first and the last code point of each hash."""
        counts = [last - first for first, last in pairwise(self.firsts[2:])]
        firsts = [_STEPS[:count] for count in counts]
        lasts = [_STEPS[n - 1 : n - 1 + count] for n, count in zip(SIZES, counts, strict=True)]
        ends = self.ends - 1
        return (
            np.concatenate([self.starts, self.starts[:-1], *firsts]),
            np.concatenate([ends, ends[1:], *lasts]),
        )


def hashed(texts: Sequence[str]) -> Hashed:
    """Hash these texts, of at most MOST_CODES code points with two more for each."""
    codes, edges = _coded(f" {'  '.join(texts)} ")
    starts = edges[::2]
    parts = [*_words(codes, edges, starts), *_of_each_size(codes)]
    firsts = [*accumulate(map(len, parts), initial=0)]
    offsets = [*accumulate([len(text) + 2 for text in texts], initial=0)]
    return Hashed(_mixed(np.concatenate(parts)), firsts, starts, edges[1::2], offsets)


def _coded(text: str) -> tuple[Hashes, Places]:
    """The code points, and the places where words begin and end, in turn."""
    codes = _codes(text)
    if text.isascii():  # a byte in front spares adding one to each edge
        return codes, _changes(
            np.frombuffer(b"\0" + text.encode().translate(_ASCII_KIND), np.uint8)
        )
    kinds = _KIND.take(codes, mode="clip")
    return codes, _edges_alone(kinds) if kinds.max() == _ALONE else _changes(kinds) + 1


def _codes(text: str) -> Hashes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def code_points(text: str) -> NDArray[np.unsignedinteger[Any]]:
    """The code points of a text, in as few bytes as hold them."""
    if text.isascii():
        return np.frombuffer(text.encode(), np.uint8)
    return _codes(text)


def _changes(kinds: NDArray[np.uint8]) -> Places:
    """The places before which words begin and end; the kinds begin and end with a separator."""
    changes: Places = (kinds[1:] != kinds[:-1]).nonzero()[0]
    return changes


def _edges_alone(kinds: NDArray[np.uint8]) -> Places:
    """Where words begin and end, where some characters are a word each."""
    before, after = kinds[:-1], kinds[1:]
    change = before != after
    starts = ((change | (after == _ALONE)) & (after != 0)).nonzero()[0]
    ends = ((change | (before == _ALONE)) & (before != 0)).nonzero()[0]
    edges = np.empty(2 * len(starts), np.int64)
    edges[::2], edges[1::2] = starts, ends
    edges += 1
    return edges


def _words(codes: Hashes, edges: Places, starts: Places) -> tuple[Hashes, Hashes]:
    """The words, and the pairs of them."""
    if not len(edges):
        return _NONE, _NONE
    words = _BACK.take(starts)
    words *= np.add.reduceat(codes * _RISING[: len(codes)], edges, dtype=np.uint32)[::2]
    pairs = words[:-1] * _PAIR
    pairs += words[1:]
    return words, pairs


def _of_each_size(codes: Hashes) -> list[Hashes]:
    """The n-grams of SIZES: one more code point in front makes longer ones of shorter ones."""
    found = [_grams(codes, SIZES[-1])]
    for n in SIZES[-2::-1]:
        longer = codes[: 1 - n] * _RISING[n - 1]
        longer += found[0][1:]
        found.insert(0, longer)
    return found


def _grams(codes: Hashes, n: int) -> Hashes:
    return np.correlate(codes, _KERNELS[n]) if len(codes) >= n else _NONE


def _mixed(hashes: Hashes) -> Hashes:
    hashes ^= hashes >> _FOLD
    hashes *= _MIX
    return hashes


_NONE = np.zeros(0, np.uint32)

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
    return _mixed(_grams(_codes(f" {text} "), n))


class Spread:
    """Spreads hashes over `first` to `last` by their upper bits, to be rounded down. A float has
    enough bits to be exact."""

    def __init__(self, first: int, last: int) -> None:
        self._first, self._step = np.array(float(first)), np.array((last - first) / 2**BITS)

    def __call__(self, hashes: Hashes) -> NDArray[np.float64]:
        """Where each of them falls."""
        found: NDArray[np.float64] = hashes * self._step
        found += self._first
        return found
