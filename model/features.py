"""A comment as numbers: hashed character n-grams, words and markup, and its structure.

`features` and `features_many` are one function, for one comment and for many. The numbering
of features is a stored format: a model fits only the FORMAT it was trained on.

Blocks of the index space never collide with each other: structure traits (one slot per bin),
markup n-grams, words and pairs of words, character n-grams. Within a block a hash decides
(Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009).
"""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.comment import Comment
from model.structure import SLOTS, structure
from model.text import Reading
from model.verdict import Span

FORMAT = 1
"""Raised by every change that gives any comment other indices or values."""

DIMENSIONS = 2**18
WINDOW = 1_500
"""Code points of normal form that are scored at once; longer texts are scored in windows."""
STEP = 1_000

MARKUP = SLOTS
WORDS = 2**15
CHARS = 2**17
"""Where the blocks of the index space begin; structure begins at 0, and CHARS end at the end."""

SCALES = {"structure": 0.15, "markup": 0.5, "words": 0.7, "chars": 1.0}
"""Length of each block's vector (of each single token for structure)."""

GRAMS = (3, 4, 5)
MARKUP_GRAMS = (4,)

Index = NDArray[np.int32]
Value = NDArray[np.float32]
Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_LONGEST = 2**16
_POWERS = np.cumprod(np.r_[1, np.full(_LONGEST - 1, _BASE)].astype(np.uint64), dtype=np.uint64)
_INVERSE = np.cumprod(
    np.r_[1, np.full(_LONGEST - 1, pow(_BASE, -1, 2**64))].astype(np.uint64), dtype=np.uint64
)
_B = np.uint64(_BASE)
_PAIR = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))
_33 = np.uint64(33)
_32 = np.uint64(32)


class Occurrences(NamedTuple):
    """Every n-gram and word of a text, where it stands and which index it has."""

    feature: Index
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def features(reading: Reading, comment: Comment, window: Span | None = None) -> tuple[Index, Value]:
    """Sorted, unique indices and their values; of the whole text, or of a window of `normal`."""
    _, indices, values = features_many([reading], [comment], [window])
    return indices, values


def features_many(
    readings: Sequence[Reading],
    comments: Sequence[Comment],
    windows: Sequence[Span | None] | None = None,
) -> tuple[NDArray[np.int64], Index, Value]:
    """The rows of a CSR matrix: `indptr`, `indices`, `values`. Equal to `features`, bit for bit."""
    rows: list[tuple[Index, Value]] = []
    known: Reading | None = None
    for i, reading in enumerate(readings):
        if reading is not known:
            known, whole = reading, _whole(reading, comments[i])
        rows.append(_row(whole, reading, windows[i] if windows else None))
    sizes = np.fromiter((len(index) for index, _ in rows), dtype=np.int64, count=len(rows))
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    if not rows:
        return indptr, np.zeros(0, np.int32), np.zeros(0, np.float32)
    return indptr, np.concatenate([i for i, _ in rows]), np.concatenate([v for _, v in rows])


def windows_of(reading: Reading) -> list[Span]:
    """The windows a text is scored in, over `normal`; one if it is short."""
    length = len(reading.normal)
    if length <= WINDOW:
        return [(0, length)]
    starts = range(0, length - WINDOW + STEP, STEP)
    return [(start, min(start + WINDOW, length)) for start in starts]


def coverage_keys(reading: Reading, window: Span | None = None) -> Hashes:
    """Hashes of the words and pairs of neighbouring words; in scripts without spaces, of
    characters and pairs of characters. Repetitions stay in."""
    start, end = window or (0, len(reading.normal))
    hashes, _, _ = _words(_codes(reading.normal[start:end]))
    return hashes


def _whole(reading: Reading, comment: Comment) -> list[tuple[Index, Value]]:
    """What belongs to the whole comment, whatever the window: structure and markup."""
    slots = np.array(structure(reading, comment), dtype=np.int32)
    blocks = [(slots, np.full(len(slots), SCALES["structure"], np.float32))]
    if reading.markup:
        grams = _grams(_codes(reading.markup.lower()), MARKUP_GRAMS)
        blocks.append(_block("markup", _index(grams, MARKUP, WORDS)))
    return blocks


def _row(
    whole: list[tuple[Index, Value]], reading: Reading, window: Span | None
) -> tuple[Index, Value]:
    text = reading.normal if window is None else reading.normal[slice(*window)]
    codes = _codes(text)
    words, _, _ = _words(codes)
    blocks = [
        *whole,
        _block("words", _index(words, WORDS, CHARS)),
        _block("chars", _index(_grams(codes, GRAMS), CHARS, DIMENSIONS)),
    ]
    return np.concatenate([i for i, _ in blocks]), np.concatenate([v for _, v in blocks])


def _block(name: str, indices: Index) -> tuple[Index, Value]:
    """A set of tokens as a vector of the block's length."""
    found = np.unique(indices)
    return found, np.full(len(found), SCALES[name] / max(len(found), 1) ** 0.5, np.float32)


def occurrences(reading: Reading, window: Span | None = None) -> Occurrences:
    """What `features` counted, one by one, with places in `normal`."""
    start, end = window or (0, len(reading.normal))
    codes = _codes(reading.normal[start:end])
    hashes, begins, ends = _words(codes)
    parts = [(_index(hashes, WORDS, CHARS), begins, ends)]
    for n in GRAMS:
        grams = _index(_grams(codes, (n,)), CHARS, DIMENSIONS)
        places = np.arange(len(grams), dtype=np.int64)
        parts.append((grams, places, places + n))
    found, begins, ends = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Occurrences(found, begins - 1 + start, ends - 1 + start)


def _codes(text: str) -> Hashes:
    """The code points, with a blank on either side."""
    data = f" {text} ".encode("utf-32-le", "surrogatepass")
    return np.frombuffer(data, dtype=np.uint32).astype(np.uint64)


def _grams(codes: Hashes, sizes: Sequence[int]) -> Hashes:
    """Hashes of all n-grams of the given sizes: polynomial, then mixed."""
    rolled, found, at = codes, [], 1
    for n in sizes:
        while at < n:
            rolled = rolled[:-1] * _B + codes[at:] if len(rolled) > 1 else codes[:0]
            at += 1
        found.append(rolled + np.uint64(n))
    return _mixed(np.concatenate(found))


def _words(codes: Hashes) -> tuple[Hashes, NDArray[np.int64], NDArray[np.int64]]:
    """Hashes of all words, then of all pairs of neighbours, with their starts and ends."""
    kind = _KIND[np.minimum(codes, 0x1FFFF)]
    edge = (kind[1:] != kind[:-1]) | (kind[1:] == _ALONE)
    starts = np.flatnonzero(edge & (kind[1:] != 0)) + 1
    ends = np.flatnonzero(((kind[1:] != kind[:-1]) | (kind[:-1] == _ALONE)) & (kind[:-1] != 0)) + 1
    sums = np.cumsum(codes * _POWERS[: len(codes)], dtype=np.uint64)
    words = (sums[ends - 1] - sums[starts - 1]) * _INVERSE[starts]
    pairs = words[:-1] * _PAIR + words[1:]
    return (
        _mixed(np.concatenate([words, pairs])),
        np.concatenate([starts, starts[:-1]]),
        np.concatenate([ends, ends[1:]]),
    )


def _mixed(hashes: Hashes) -> Hashes:
    """The finaliser of MurmurHash3 (public domain): every bit depends on every bit."""
    for factor in _MIX:
        hashes = (hashes ^ (hashes >> _33)) * factor
    return hashes ^ (hashes >> _33)


def _index(hashes: Hashes, first: int, last: int) -> Index:
    """Spread over `first` to `last` - 1 by the upper half of the bits."""
    return ((hashes >> _32) * np.uint64(last - first) >> _32).astype(np.int32) + np.int32(first)


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
