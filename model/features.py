"""A comment as numbers: hashed character n-grams, words and markup, and its structure.

`features` and `features_many` are one function, for one comment and for many. The numbering
of features is a stored format: a model fits only the FORMAT it was trained on.

Blocks of the index space never collide with each other: structure traits (one slot per bin),
markup n-grams, words and pairs of words, character n-grams. Within a block a hash decides
(Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009).
"""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.comment import Comment
from model.structure import SLOTS, measure, structure
from model.text import Reading
from model.verdict import Span

FORMAT = 1
"""Raised by every change that gives any comment other indices or values."""

DIMENSIONS = 2**18
WINDOW, STEP = 200, 100
"""Code points of normal form that are scored at once, and from one window to the next."""
MAX_WINDOWS = 64
"""Longer texts get larger windows, not more."""

MARKUP = SLOTS
WORDS = 2**15
CHARS = 2**17
"""Where the blocks of the index space begin; structure begins at 0, and CHARS end at the end."""

SCALES = {"structure": 0.4, "markup": 0.5, "words": 0.7, "chars": 1.0}
"""Length of each block's vector (of each single token for structure)."""

GRAMS = (3, 4, 5)
MARKUP_GRAMS = (4,)

Index = NDArray[np.int32]
Value = NDArray[np.float32]
Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

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
    """Every word, pair and n-gram of a window: its index, and where in `normal` it stands."""

    feature: Index
    start: Places
    end: Places


class Numbered:
    """One comment's features: hashed once, then counted for any window of its normal form.

    `measured` are the structure's traits, by name.
    """

    def __init__(self, reading: Reading, comment: Comment) -> None:
        codes = _codes(reading.normal)
        self.length = len(reading.normal)
        words, self._starts, self._ends = _words(codes)
        pairs = words[:-1] * _PAIR + words[1:]
        rolled = _rolled(codes, GRAMS)
        mixed = _mixed(np.concatenate([pairs, *rolled]))
        self._hashes = np.concatenate([words, mixed])
        self._indices = np.empty(len(self._hashes), np.int32)
        parts = [len(words), len(pairs), *map(len, rolled)]
        self._firsts = [0, *accumulate(parts)]
        grams = self._firsts[2]
        self._indices[:grams] = _index(self._hashes[:grams], WORDS, CHARS)
        self._indices[grams:] = _index(self._hashes[grams:], CHARS, DIMENSIONS)
        self.measured = measure(reading, comment)
        self._whole = _whole(reading, self.measured)

    def row(self, window: Span | None = None) -> tuple[Index, Value]:
        """Sorted, unique indices and their values."""
        if window is None or window == (0, self.length):
            found = self._indices.copy()
        else:
            found = np.concatenate([self._indices[part] for part in self._parts(window)])
        found = _unique(found)
        words = int(np.searchsorted(found, CHARS))
        values = np.empty(len(found), np.float32)
        values[:words] = _weight("words", words)
        values[words:] = _weight("chars", len(found) - words)
        indices, beside = self._whole
        return np.concatenate([indices, found]), np.concatenate([beside, values])

    def keys(self, window: Span | None = None) -> Hashes:
        """Hashes of all words, pairs and longest n-grams, repetitions included."""
        words, pairs, *_, longest = self._parts(window or (0, self.length))
        return np.concatenate([self._hashes[part] for part in (words, pairs, longest)])

    def occurrences(self, window: Span | None = None) -> Occurrences:
        """What `row` counted, one by one."""
        words, pairs, *grams = self._parts(window or (0, self.length))
        places = [(self._starts[words], self._ends[words])]
        first = slice(words.start, max(words.stop - 1, words.start))
        last = slice(words.start + 1, max(words.stop, words.start + 1))
        places.append((self._starts[first], self._ends[last]))
        for n, start, part in zip(GRAMS, self._firsts[2:], grams, strict=False):
            begins = np.arange(part.start - start, part.stop - start, dtype=np.int64)
            places.append((begins, begins + n))
        found = np.concatenate([self._indices[part] for part in (words, pairs, *grams)])
        begins, ends = (np.concatenate(part) for part in zip(*places, strict=True))
        return Occurrences(found, begins - 1, ends - 1)

    def _parts(self, window: Span) -> list[slice]:
        """Where the words, the pairs and the n-grams of each size inside a window stand."""
        start, end = window
        first = int(np.searchsorted(self._starts, start + 1))
        last = max(int(np.searchsorted(self._ends, end + 1, side="right")), first)
        inside = [(first, last), (first, max(last - 1, first))]
        inside += [(start, max(end + 3 - n, start)) for n in GRAMS]
        return [
            slice(offset + a, min(offset + b, limit))
            for (a, b), (offset, limit) in zip(inside, pairwise(self._firsts), strict=True)
        ]


def features(reading: Reading, comment: Comment, window: Span | None = None) -> tuple[Index, Value]:
    """Sorted, unique indices and their values; of the whole text, or of a window of `normal`."""
    return Numbered(reading, comment).row(window)


def features_many(
    readings: Sequence[Reading],
    comments: Sequence[Comment],
    windows: Sequence[Span | None] | None = None,
) -> tuple[Places, Index, Value]:
    """The rows of a CSR matrix: `indptr`, `indices`, `values`. Equal to `features`, bit for bit."""
    rows: list[tuple[Index, Value]] = []
    last: Reading | None = None
    for i, reading in enumerate(readings):
        if reading is not last:
            last, numbered = reading, Numbered(reading, comments[i])
        rows.append(numbered.row(windows[i] if windows else None))
    sizes = np.fromiter((len(index) for index, _ in rows), dtype=np.int64, count=len(rows))
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    if not rows:
        return indptr, np.zeros(0, np.int32), np.zeros(0, np.float32)
    return indptr, np.concatenate([i for i, _ in rows]), np.concatenate([v for _, v in rows])


def windows_of(reading: Reading) -> list[Span]:
    """The windows of `normal` a comment is scored in, cut at blanks where there are any.

    Good words around spam dilute it; in a window of its own it stands out (measured: five good
    sentences in front cost a left-out blog 28 points of recall unwindowed, 5 windowed).
    """
    text, length = reading.normal, len(reading.normal)
    step = max(STEP, -(-length // MAX_WINDOWS))
    size = step * WINDOW // STEP
    if length <= size:
        return [(0, length)]
    cuts = range(0, length - size + step, step)
    spans = ((_blank(text, at), _blank(text, min(at + size, length))) for at in cuts)
    return list(dict.fromkeys(spans))


def _blank(text: str, at: int) -> int:
    """The place behind the last blank before `at`, or `at` if there is none nearby."""
    if at in (0, len(text)):
        return at
    found = text.rfind(" ", max(at - STEP // 2, 0), at)
    return found + 1 if found >= 0 else at


def coverage_keys(reading: Reading, window: Span | None = None) -> Hashes:
    """Hashes of all words, pairs of neighbouring words and character 5-grams, for the sketch
    of what training has seen. Scripts without spaces count by characters and their pairs."""
    return Numbered(reading, Comment(content="")).keys(window)


def _whole(reading: Reading, measured: Mapping[str, float]) -> tuple[Index, Value]:
    """What belongs to the whole comment, whatever the window: structure and markup."""
    slots = np.array(structure(measured), dtype=np.int32)
    values = np.full(len(slots), SCALES["structure"], np.float32)
    if not reading.markup:
        return slots, values
    grams = np.concatenate(_rolled(_codes(reading.markup.lower()), MARKUP_GRAMS))
    found = _unique(_index(_mixed(grams), MARKUP, WORDS))
    beside = np.full(len(found), _weight("markup", len(found)), np.float32)
    return np.concatenate([slots, found]), np.concatenate([values, beside])


def _weight(block: str, size: int) -> float:
    """The value of each of `size` tokens, so that the block has its length."""
    return SCALES[block] / math.sqrt(max(size, 1))


def _unique(indices: Index) -> Index:
    """Sorted (in place), each once. numpy's own `unique` costs twice as much on short arrays."""
    indices.sort()
    new = np.empty(len(indices), np.bool_)
    new[:1] = True
    np.not_equal(indices[1:], indices[:-1], out=new[1:])
    return indices[new]


def _codes(text: str) -> Hashes:
    """The code points, with a blank on either side."""
    data = f" {text} ".encode("utf-32-le", "surrogatepass")
    return np.frombuffer(data, dtype=np.uint32).astype(np.uint64)


def _rolled(codes: Hashes, sizes: Sequence[int]) -> list[Hashes]:
    """Polynomial hashes of all n-grams, for each of the rising sizes."""
    rolled, found, at = codes, [], 1
    for n in sizes:
        while at < n:
            rolled = rolled[:-1] * _B + codes[at:] if len(codes) > at else codes[:0]
            at += 1
        found.append(rolled + np.uint64(n))
    return found


def _words(codes: Hashes) -> tuple[Hashes, Places, Places]:
    """Hashes of all words in order, with their starts and ends in `codes`."""
    kind = _KIND.take(codes.astype(np.intp), mode="clip")
    starts, ends = _edges(kind)
    sums = np.cumsum(codes * _POWERS[: len(codes)], dtype=np.uint64)
    return _mixed((sums[ends - 1] - sums[starts - 1]) * _INVERSE[starts]), starts, ends


def _edges(kind: NDArray[np.uint8]) -> tuple[Places, Places]:
    """The starts and ends of words; `kind` begins and ends with a separator."""
    if kind.max() != _ALONE:
        edges = np.flatnonzero(kind[1:] != kind[:-1]) + 1
        return edges[::2], edges[1::2]
    before, after = kind[:-1], kind[1:]
    change = before != after
    starts = np.flatnonzero((change | (after == _ALONE)) & (after != 0)) + 1
    ends = np.flatnonzero((change | (before == _ALONE)) & (before != 0)) + 1
    return starts, ends


def _mixed(hashes: Hashes) -> Hashes:
    """The finaliser of MurmurHash3 (public domain), in place: each bit depends on every bit."""
    for factor in _MIX:
        hashes ^= hashes >> _33
        hashes *= factor
    hashes ^= hashes >> _33
    return hashes


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
