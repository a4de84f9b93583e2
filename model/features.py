"""Comments as numbers: hashed character n-grams, words and markup, and structure.

One row for every window of every comment, numbered in one pass, for one comment and for many
alike. The numbering of features is a stored format: a model fits only the FORMAT it was
trained on.

Blocks of the index space never collide with each other: structure traits (one slot per bin),
markup n-grams, words and pairs of words, character n-grams. Within a block a hash decides
(Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009).
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.comment import Comment
from model.counted import ranges, set_slots
from model.ngrams import BITS, SIZES, Hashed, Hashes, Places, Spread, constant, grams, hashed
from model.plain import SEVERAL
from model.structure import Structure
from model.text import Reading
from model.traits import SLOTS, slots
from model.verdict import Span
from model.visible import Tag

FORMAT = 5
"""Raised by every change that gives any comment other indices or values."""

DIMENSIONS = 2**18
MARKUP = SLOTS
WORDS = 2**15
CHARS = 2**17
"""Where the blocks of the index space begin; structure begins at 0, and CHARS end at the end."""

SCALES = {"structure": 0.4, "markup": 0.5, "words": 0.7, "chars": 1.0}
"""Length of each block's vector (of each single token for structure)."""

MARKUP_GRAM = 4
KEY_BITS = BITS
"""Of a coverage key; the upper ones are the best."""

AT_ONCE = 2**16
"""Code points after which a batch is cut, so that it stays in the processor's cache."""

Index = NDArray[np.int32]
Value = NDArray[np.float32]
Floats = NDArray[np.float64]
Beside = tuple[Places | Hashes, Places]
"""Indices beside those of the words, row by row, and how many each row has."""

_ROW = 18
_MANY, _HALF = 2**11, constant(16)
_INDEX = constant(DIMENSIONS - 1)
_BLOCKS = np.array([0, MARKUP, WORDS, CHARS], np.uint32)
_MOST_ROWS = 2**12
_BOUNDS = ((np.arange(_MOST_ROWS, dtype=np.uint32) << _ROW)[:, None] + _BLOCKS).ravel()
_LAST = [2**32 - 1]
"""Where the blocks of each row begin among the keys, and what stands behind all keys."""
_BEHIND = np.array([3 - n for n in SIZES])
_CHARS, _IN_CHARS = constant(CHARS), constant(BITS - 17)
"""The last 2^17 indices are those of the character n-grams."""
_TO_WORDS, _TO_MARKUP = Spread(WORDS, CHARS), Spread(MARKUP, WORDS)


class Occurrences(NamedTuple):
    """Every word, pair of words and n-gram of some windows, window by window: the index of its
    `feature`, its first and its last character, the one in front of the window being 0. `counts`
    says how many each window has."""

    feature: Hashes
    firsts: Places
    lasts: Places
    counts: Sequence[int]


class Chosen(NamedTuple):
    """Some rows' sorted, unique indices and their values, row by row; `blocks` says for each row
    where structure, markup, words and n-grams begin among them, and where they end."""

    rows: Sequence[int]
    indices: Index
    values: Floats
    blocks: Sequence[Sequence[int]]


class Numbered:
    """Some comments' features, counted in windows of their normal form: a row each.

    `spans` are the rows' windows; the rows of comment i are `firsts[i]` to `firsts[i + 1]`.
    `indices` are the rows' sorted, unique indices, one row behind the other (and a last one
    that belongs to none). Of the windows' structure, `structures` knows where it stands and
    `measured` how much there is, unless nobody is going to `explain`: then what many texts have
    is counted together.
    """

    def __init__(
        self,
        readings: Sequence[Reading],
        comments: Sequence[Comment],
        windows: Sequence[Sequence[Span]],
        *,
        explain: bool = True,
    ) -> None:
        self.spans = [*chain.from_iterable(windows)]
        self.firsts = [0, *accumulate(map(len, windows))]
        self.structures: list[Structure] = []
        self.measured: list[dict[str, float]] = []
        owners = [i for i, each in enumerate(windows) for _ in each]
        one_by_one = explain or len(readings) < SEVERAL
        read = self._measured if one_by_one else self._counted
        beside = read(readings, comments, owners)
        texts = [reading.normal for reading in readings]
        self._lengths = [*map(len, texts)]
        self._hashed = hashed(texts)
        lone = bool(texts) and self.spans == [(0, self._lengths[0])]
        self._parts = None if lone else _parts(self._hashed, owners, self.spans)
        self._index = indexed(self._hashed)
        keys = _once(_sorted(self._index, self._parts, beside))
        self._bounds = keys.searchsorted(_BOUNDS[: 4 * len(self.spans) + 1])
        self.indices = (keys & _INDEX).view(np.int32)
        self._values = _values(self._bounds)

    def _measured(
        self, readings: Sequence[Reading], comments: Sequence[Comment], owners: Sequence[int]
    ) -> list[Beside]:
        """What stands beside the words: the slots of structure, and markup."""
        self.structures = [*map(Structure, readings, comments)]
        several = zip(owners, self.spans, strict=True)
        pairs = [(owner, readings[owner].part(*span)) for owner, span in several]
        self.measured = [self.structures[owner].measure(part) for owner, part in pairs]
        found = [*map(slots, self.measured)]
        flat, counts = np.array([*chain.from_iterable(found)], np.int64), [*map(len, found)]
        said = {
            row: said_of(readings[owner].tags, part.content)
            for row, (owner, part) in enumerate(pairs)
            if self.measured[row].get("tags")
        }
        return [(flat, np.array(counts)), _markup_of(said, len(pairs))]

    def _counted(
        self, readings: Sequence[Reading], comments: Sequence[Comment], owners: Sequence[int]
    ) -> list[Beside]:
        """The same, counted together and not kept."""
        rows, found = set_slots(readings, comments, owners, self.spans)
        counts = np.bincount(rows, minlength=len(owners))
        said = {
            row: said_of(one.tags, one.part(*self.spans[row]).content)
            for row, owner in enumerate(owners)
            if (one := readings[owner]).tags
        }
        beside = _markup_of(said, len(owners))
        return [(found.take(rows.argsort(kind="stable")), counts), beside]

    @property
    def wholes(self) -> list[int]:
        """The rows of whole texts."""
        rows = zip(pairwise(self.firsts), self._lengths, strict=True)
        return [self.spans.index((0, size), *part) for part, size in rows]

    def sums(self, weights: Floats) -> Floats:
        """For each row the sum of weight times value; `weights` are those of `indices`."""
        blocks: Floats = np.add.reduceat(weights, self._bounds)[:-1]
        blocks *= self._values
        return np.asarray(np.add.reduce(blocks.reshape(-1, 4), axis=1))

    def row(self, number: int = 0) -> tuple[Index, Value]:
        """Sorted, unique indices of one row and their values."""
        first, last = 4 * number, 4 * number + 4
        bounds = self._bounds[first : last + 1]
        values = np.repeat(self._values[first:last], bounds[1:] - bounds[:-1])
        return self.indices[bounds[0] : bounds[-1]], values.astype(np.float32)

    def matrix(self) -> tuple[Places, Index, Value]:
        """All rows as a CSR matrix: `indptr`, `indices`, `values`."""
        values = np.repeat(self._values, self._bounds[1:] - self._bounds[:-1])
        return self._bounds[::4], self.indices[:-1], values.astype(np.float32)

    def keys(self, rows: Sequence[int]) -> tuple[Hashes, list[int]]:
        """Hashes of all words, pairs and longest n-grams of these rows, repetitions included,
        and how many each row has."""
        found = self._hashed.hashes
        if self._parts is None:
            last = self._hashed.firsts[3]
            return found[:last], [last]
        begins, ends = (part.take(rows, axis=0)[:, :3] for part in self._parts)
        sizes: list[int] = np.add.reduce(ends - begins, axis=1).tolist()
        return found.take(ranges(begins, ends)), sizes

    def occurrences(self, rows: Sequence[int] = (0,)) -> Occurrences:
        """What these rows' words and n-grams were counted from."""
        firsts, lasts = self._hashed.places()
        if self._parts is None:
            return Occurrences(self._index, firsts, lasts, [len(firsts)])
        begins, ends = (part.take(rows, axis=0) for part in self._parts)
        which, counts = ranges(begins, ends), np.add.reduce(ends - begins, axis=1)
        starts = [self._hashed.offsets[self._owner(row)] + self.spans[row][0] for row in rows]
        before = np.array(starts).repeat(counts)
        firsts, lasts = firsts.take(which) - before, lasts.take(which) - before
        return Occurrences(self._index.take(which), firsts, lasts, counts.tolist())

    def chosen(self, rows: Sequence[int] = (0,)) -> Chosen:
        """These rows' features."""
        bounds = [self._bounds[4 * row : 4 * row + 5].tolist() for row in rows]
        indices = [self.indices[each[0] : each[-1]] for each in bounds]
        begins = [*accumulate(map(len, indices), initial=0)][:-1]
        pairs = zip(bounds, begins, strict=True)
        blocks = [[at - each[0] + begin for at in each] for each, begin in pairs]
        counts = [last - first for each in blocks for first, last in pairwise(each)]
        values = [self._values[4 * row : 4 * row + 4] for row in rows]
        return Chosen(rows, np.concatenate(indices), np.concatenate(values).repeat(counts), blocks)

    def structure(self, number: int) -> Structure:
        """Of the comment that one row is a window of."""
        return self.structures[self._owner(number)]

    def _owner(self, number: int) -> int:
        return bisect_right(self.firsts, number) - 1


def plain_first(readings: Sequence[Reading]) -> list[int]:
    """An order in which texts in ASCII, which cost less among themselves, stand before others."""
    plain = [reading.cased.isascii() and reading.normal.isascii() for reading in readings]
    return sorted(range(len(readings)), key=lambda i: not plain[i])


def chunks(readings: Sequence[Reading]) -> Iterator[slice]:
    """The parts in which a batch is numbered."""
    first, size = 0, 0
    for i, reading in enumerate(readings):
        if size > AT_ONCE:
            yield slice(first, i)
            first, size = i, 0
        size += len(reading.normal) + 64  # what a short one costs beside its length
    if first < len(readings):
        yield slice(first, len(readings))


def features(reading: Reading, comment: Comment, window: Span | None = None) -> tuple[Index, Value]:
    """Sorted, unique indices and their values; of the whole text, or of a window of `normal`."""
    return Numbered([reading], [comment], [[window or (0, len(reading.normal))]]).row()


def features_many(
    readings: Sequence[Reading],
    comments: Sequence[Comment],
    windows: Sequence[Sequence[Span]] | None = None,
) -> tuple[Places, Index, Value]:
    """A CSR matrix of whole texts, or of each one's windows. Equal to `features`, bit for bit."""
    windows = windows or [[(0, len(reading.normal))] for reading in readings]
    found = [
        Numbered(readings[part], comments[part], windows[part], explain=False).matrix()
        for part in chunks(readings)
    ]
    if not found:
        return np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32)
    sizes, indices, values = zip(*found, strict=True)
    rows = np.concatenate([np.diff(each) for each in sizes])
    return np.append(0, np.cumsum(rows)), np.concatenate(indices), np.concatenate(values)


def coverage_keys(reading: Reading, window: Span | None = None) -> Hashes:
    """Hashes of all words, pairs of neighbouring words and character 5-grams, for the sketch
    of what training has seen. Scripts without spaces count by characters and their pairs."""
    found = hashed([reading.normal])
    begins, ends = _parts(found, [0], [window or (0, len(reading.normal))])
    return found.hashes.take(ranges(begins[:, :3], ends[:, :3]))


def _parts(found: Hashed, owners: Sequence[int], spans: Sequence[Span]) -> tuple[Places, Places]:
    """Where the words, pairs and n-grams of each size inside each window begin and end (R, 5)."""
    edges = np.array(spans, np.int64).reshape(-1, 2)
    edges += np.array(found.offsets).take(owners)[:, None]
    start, end = edges[:, :1], edges[:, 1:]
    begins, ends = np.empty((2, len(edges), 2 + len(SIZES)), np.int64)
    begins[:, :2] = found.starts.searchsorted(start + 1)
    begins[:, 2:] = start
    ends[:, :2] = found.ends.searchsorted(end + 1, side="right")
    ends[:, 1] -= 1
    ends[:, 2:] = end + _BEHIND
    np.maximum(begins, ends, out=ends)
    at = np.array(found.firsts[:-1])
    begins += at
    ends += at
    return begins, ends


def indexed(found: Hashed) -> Hashes:
    """The index of each hash."""
    words = found.firsts[2]
    index = found.hashes >> _IN_CHARS
    index |= _CHARS
    index[:words] = _TO_WORDS(found.hashes[:words])
    return index


def _sorted(index: Hashes, parts: tuple[Places, Places] | None, beside: Sequence[Beside]) -> Hashes:
    """Row and index of everything found and of what stands beside it, row by row, and _LAST; the
    text is a row of its own if no parts are named.

    Each row is sorted by itself: up to 512 keys are sorted in the processor's registers, at a
    tenth of what a key costs among ten thousand.
    """
    others, counts = zip(*beside, strict=True)
    keys = np.concatenate([index, *others, _LAST], dtype=np.uint32, casting="unsafe")
    if parts is None:
        keys.sort()
        return keys
    sizes = np.stack(counts)
    behind = len(index) + sizes.ravel().cumsum().reshape(sizes.shape)
    begins = np.column_stack([parts[0], (behind - sizes).T])
    ends = np.column_stack([parts[1], behind.T])
    found = keys.take(ranges(begins, ends))
    sizes = np.add.reduce(ends - begins, axis=1)
    for first, last in pairwise(accumulate(sizes.tolist(), initial=0)):
        if last - first < _MANY:
            found[first:last].sort()
        else:
            found[first:last] = _in_order(found[first:last])
    rows = np.arange(len(begins), dtype=np.uint32) << _ROW
    found |= rows.repeat(sizes)
    return np.append(found, keys[-1])


def _in_order(keys: Hashes) -> Hashes:
    """Many keys sorted: by their lower, then by their upper halves, which a count tells apart."""
    return keys.take(np.lexsort((keys.astype(np.uint16), (keys >> _HALF).astype(np.uint16))))


def _markup_of(said: Mapping[int, str], rows: int) -> Beside:
    """The indices of the tags in short that the rows which have some say, row by row."""
    counts = np.zeros(rows, np.int64)
    if not said:
        return counts[:0], counts
    places: dict[str, tuple[int, int]] = {}
    at = 0
    for text in {*said.values()}:
        places[text] = at, at + max(len(text) + 3 - MARKUP_GRAM, 0)
        at += len(text) + 2
    begins, ends = np.array([places[text] for text in said.values()]).T
    counts[[*said]] = ends - begins
    return of_tags("  ".join(places)).take(ranges(begins, ends)), counts


def said_of(tags: Sequence[Tag], span: Span) -> str:
    """Those of the tags that begin in a span of the content, in short."""
    start, end = span
    return "".join([tag.said for tag in tags if start <= tag.place < end]).lower()


def of_tags(said: str) -> Hashes:
    """The indices of tags in short."""
    return _TO_MARKUP(grams(said, MARKUP_GRAM)).astype(np.uint32)


def value_of(counts: Places) -> Floats:
    """The value, as float32 has it, of each of so many features in each block."""
    roots = np.sqrt(np.maximum(counts, [1, 1, 8, 8]))  # a lone word is no stronger evidence
    roots[..., 0] = 1
    values = (np.array(list(SCALES.values())) / roots).astype(np.float32).astype(np.float64)
    return np.asarray(values * (counts > 0))


_FEW = 2**11
_VALUES = value_of(np.arange(_FEW)[:, None].repeat(4, axis=1)).T.ravel()
_BLOCK = np.tile(np.arange(4) * _FEW, _MOST_ROWS)


def _values(bounds: Places) -> Floats:
    """The value of every feature of each block, by how many there are between its bounds."""
    counts = bounds[1:] - bounds[:-1]
    if bounds[-1] >= _FEW:
        return value_of(counts.reshape(-1, 4)).ravel()
    counts += _BLOCK[: len(counts)]
    return _VALUES.take(counts)


def _once(keys: Hashes) -> Hashes:
    """Sorted keys, each once. numpy's own `unique` costs twice as much on short arrays."""
    new = np.empty(len(keys), np.bool_)
    new[0] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    return keys.compress(new)
