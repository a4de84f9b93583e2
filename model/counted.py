"""The structure of many windows at once, each as `model.structure` measures it.

The texts are laid end to end, so that one pass counts the characters, words and terms of all
windows. What few texts have (links, disguises, an author's name) is looked for one by one.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from model.comment import Comment
from model.concepts import CONCEPTS, Hit, concepts
from model.links import places_of
from model.plain import firsts, joined
from model.structure import (
    CLASS_OF,
    DOT_HINTS,
    Weighed,
    author_traits,
    between,
    has_spelled_dot,
    linked,
    undone_in,
    weighed,
    written,
)
from model.text import Part, Reading
from model.traits import FIRST, TRAITS, slots
from model.verdict import Span

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Codes = NDArray[np.uint32]
Edges = tuple[Numbers, Numbers]
"""Where windows begin and end among the texts laid end to end."""

COUNTED = (
    "words", "repetition", "digits", "capitals", "signs", "exclamation", "question", "emoji",
    "scripts", *CONCEPTS, "topics", "praise_share", "praise_link",
)  # fmt: skip
"""The traits that are counted together."""

_BEFORE = "\0"
"""Stands before each text and behind the last: no letter, no digit, and in no term."""


def set_slots(
    readings: Sequence[Reading],
    comments: Sequence[Comment],
    owners: Sequence[int],
    spans: Sequence[Span],
) -> tuple[Numbers, Numbers]:
    """Windows and the slots that are set in them, pair by pair, in no order.

    Window r is `spans[r]` of the normal form of `readings[owners[r]]`.
    """
    windows = _Windows(readings, comments, owners, spans)
    which, rows = (windows.counted().take(_TRAIT, axis=0) >= _BOUND).nonzero()
    others = [*windows.noticed()]
    more = [row for row, found in others for _ in found]
    beside = [*chain.from_iterable([found for _, found in others])]
    return joined(rows, more), joined(_SLOT.take(which), beside)


class _Windows:
    """Some windows of some texts."""

    def __init__(
        self,
        readings: Sequence[Reading],
        comments: Sequence[Comment],
        owners: Sequence[int],
        spans: Sequence[Span],
    ) -> None:
        self._readings, self._comments = readings, comments
        self._owners, self._spans = owners, spans
        self._normal = _Laid([reading.normal for reading in readings])
        self._cased = _Laid([reading.cased for reading in readings])
        self._whose = np.array(owners, np.int64)
        starts = self._normal.wholes(self._whose)[0]
        first, last = starts + np.array(spans, np.int64).reshape(-1, 2).T
        self._edges = first, last
        self._parts: dict[int, Part] = {}
        self._links = dict(self._linked())

    def _linked(self) -> Iterator[tuple[int, list[Weighed]]]:
        """The windows in which links begin, and which."""
        found = {i: [*map(weighed, one.links)] for i, one in enumerate(self._readings) if one.links}
        rows = [row for row, owner in enumerate(self._owners) if owner in found] if found else []
        for row in rows:
            start, end = self._part(row).content
            several = found[self._owners[row]]
            here = [each for each in several if start <= each.link.span[0] < end]
            if here:
                yield row, here

    def _part(self, row: int) -> Part:
        """What a window stands for in each of its texts."""
        found = self._parts.get(row)
        if not found:
            found = self._readings[self._owners[row]].part(*self._spans[row])
            self._parts[row] = found
        return found

    def counted(self) -> Floats:
        """The values of COUNTED (traits, windows)."""
        words, repetition = self._words()
        return np.stack([words, repetition, *self._signs(), *self._topics(words)])

    def _words(self) -> tuple[Numbers, Floats]:
        """How many words there are, and the share of those that were there before."""
        words = _Words(self._normal, self._edges)
        repetition = np.zeros(len(words.counts))
        for row in words.may_repeat():
            start, end = self._spans[row]
            several = self._readings[self._owners[row]].normal[start:end].split()
            repetition[row] = 1 - len(set(several)) / len(several)
        return words.counts, repetition

    def _signs(self) -> list[Floats | Numbers]:
        """What is counted of characters, from digits to scripts."""
        edges = self._cased_edges()
        classes, (exclamations, questions, _, _) = self._cased.counts(edges)
        for row, links in self._links.items():
            inside = np.add.reduce([each.classes for each in links])
            classes[:, row] = np.maximum(classes[:, row] - inside, 0)
        small, capitals, digits, signs, _, emoji, *scripts = classes
        letters, size = small + capitals, np.maximum(edges[1] - edges[0], 1)
        several = np.add.reduce([each > 1 for each in (letters, *scripts)], dtype=np.int64)
        return [digits / size, capitals / np.maximum(letters, 8), signs / size, exclamations,
                questions, emoji, several]  # fmt: skip

    def _cased_edges(self) -> Edges:
        """Where the windows begin and end among the cased texts: most are whole ones."""
        first, last = self._cased.wholes(self._whose)
        starts, ends = self._normal.wholes(self._whose)
        partial = (self._edges[0] != starts) | (self._edges[1] != ends)
        for row in partial.nonzero()[0].tolist():
            start, end = self._part(row).cased
            first[row], last[row] = first[row] + start, first[row] + end
        return first, last

    def _topics(self, words: Numbers) -> list[Floats | Numbers]:
        """How many terms of each concept there are, and what they tell together."""
        found = _terms(self._normal, self._edges)
        praise = found[CONCEPTS.index("praise")]
        share = praise / np.maximum(words, 1)
        linked = np.array([bool(comment.author_url) for comment in self._comments], np.bool_)
        linked = linked.take(self._whose)
        linked[[*self._links]] = True
        topics = np.add.reduce(found > 0, dtype=np.int64) - (praise > 0)
        return [*found, topics, share, (share >= 0.05) & linked]

    def noticed(self) -> Iterator[tuple[int, list[int]]]:
        """The slots of all other traits, in the windows that may have some."""
        few = _Few(self._readings, self._comments, self._normal, self._cased)
        for row, owner in enumerate(self._owners):
            if owner in few.texts or row in self._links:
                yield row, slots(few.measured(owner, self._part(row), self._links.get(row)))


class _Few:
    """What few texts have; `texts` are those that may have some of it."""

    def __init__(
        self,
        readings: Sequence[Reading],
        comments: Sequence[Comment],
        normal: "_Laid",
        cased: "_Laid",
    ) -> None:
        self._readings = readings
        self._written = _written(readings, cased)
        self._dotted = normal.having(DOT_HINTS)
        self._authors = {
            i: author_traits(readings[i], comment)
            for i, comment in enumerate(comments)
            if comment.author_name or comment.author_url
        }
        changed = [
            i
            for i, one in enumerate(readings)
            if one.undone or one.hidden or one.tags or "\n" in one.visible
        ]
        self.texts = {*changed, *self._written, *self._dotted, *self._authors}

    def measured(self, owner: int, part: Part, links: Sequence[Weighed] | None) -> dict[str, float]:
        """The traits of one window."""
        found: dict[str, float] = {}
        text = self._readings[owner]
        if owner in self._written:
            for name, places in self._written[owner].items():
                found[name] = between(places, part.cased)
        if owner in self._dotted:
            found["spelled_dot"] = has_spelled_dot(text.normal[slice(*part.normal)])
        if "\n" in text.visible:
            found["lines"] = text.visible.count("\n", *part.visible) + 1
        if text.undone:
            found |= undone_in(text, part)
        if links:
            found |= linked(links, text.cased[slice(*part.cased)])
        if text.tags or text.hidden:
            found |= {"tags": len(text.tags_in(part)), "hidden": text.hidden}
        return found | self._authors[owner] if owner in self._authors else found


def _written(readings: Sequence[Reading], cased: "_Laid") -> dict[int, dict[str, list[int]]]:
    """Where what a pattern tells stands in the texts that may have some."""
    classes, (_, _, ats, brackets) = cased.counts(cased.wholes())
    digits = classes[_DIGIT].tolist()
    several = (classes[_DIGIT] + ats + brackets).nonzero()[0].tolist()
    found = {i: written(readings[i].cased, digits[i]) for i in several}
    return {i: each for i, each in found.items() if each}


def _terms(normal: "_Laid", edges: Edges) -> Numbers:
    """How many terms of each concept stand between each two edges (concepts, windows)."""
    hits = normal.hits()
    of, starts, ends = np.array(
        [(_CONCEPT[concept], start, end) for concept, start, end in hits], np.int64
    ).reshape(-1, 3).T  # fmt: skip
    first = ends.searchsorted(edges[0])
    which, rows = _ranges(first, ends.searchsorted(edges[1], side="right"))
    inside = starts.take(which) >= edges[0].take(rows)
    cells = (of.take(which) * len(first) + rows)[inside]
    counts = np.bincount(cells, minlength=len(CONCEPTS) * len(first))
    return counts.reshape(len(CONCEPTS), len(first))


class _Words:
    """The words between edges: what is between blanks."""

    def __init__(self, laid: "_Laid", edges: Edges) -> None:
        blank = laid.told(_BLANK)
        change = (blank[1:] != blank[:-1]).nonzero()[0] + 1
        self._codes, self._starts, self._ends = laid.codes(), change[::2], change[1::2]
        first, last = self._edges = edges
        cut = (blank.take(first - 1) | blank.take(first) == 0) & (first < last)
        self._first, self._last = self._starts.searchsorted(first), self._starts.searchsorted(last)
        self.counts = self._last - self._first + cut

    def may_repeat(self) -> list[int]:
        """The windows that may have enough words repeated to tell, of those with enough words."""
        rows = (self.counts > _FEW_WORDS).nonzero()[0]
        which, of = _ranges(self._first.take(rows), self._last.take(rows))
        ends = np.minimum(self._ends.take(which), self._edges[1].take(rows).take(of))
        alike = self._alike(self._starts.take(which), ends)
        keys = of.astype(np.uint64) << np.uint64(32) | alike
        keys.sort()
        new = np.ones(len(keys), np.bool_)
        new[1:] = keys[1:] != keys[:-1]
        kinds = np.bincount((keys[new] >> np.uint64(32)).astype(np.int64), minlength=len(rows))
        found: list[int] = rows[1 - kinds / self.counts.take(rows) >= _REPEATED].tolist()
        return found

    def _alike(self, starts: Numbers, ends: Numbers) -> NDArray[np.uint64]:
        """A number of 32 bits that is the same for the same words (and for some others)."""
        found = (ends - starts).astype(np.uint32)
        for step in range(3):
            found *= _MIX
            found += self._codes.take(np.minimum(starts + step, ends - 1))
        numbers: NDArray[np.uint64] = found.astype(np.uint64)
        return numbers


class _Laid:
    """Texts laid end to end; those in ASCII that stand in front cost less."""

    def __init__(self, texts: Sequence[str]) -> None:
        text = _BEFORE.join(("", *texts, ""))
        self._firsts = firsts(texts)
        plain = next((i for i, text in enumerate(texts) if not text.isascii()), len(texts))
        self._plain, self._rest = text[: self._firsts[plain]], text[self._firsts[plain] :]
        self._bytes = self._plain.encode()
        self._beyond = np.frombuffer(self._rest.encode("utf-32-le", "surrogatepass"), np.uint32)

    def codes(self) -> Codes:
        """The code points."""
        return np.concatenate([np.frombuffer(self._bytes, np.uint8), self._beyond])

    def told(self, table: Bytes) -> Bytes:
        """What a table tells of each code point; beyond its end the last."""
        plain = np.frombuffer(self._bytes.translate(table[:256].tobytes()), np.uint8)
        return np.concatenate([plain, table.take(self._beyond, mode="clip")])

    def having(self, marks: Sequence[str]) -> set[int]:
        """The texts in which one of these marks stands."""
        behind = len(self._plain)
        places = [at for mark in marks for at in places_of(self._plain, mark)]
        places += [behind + at for mark in marks for at in places_of(self._rest, mark)]
        return {*(self._firsts.searchsorted(places, side="right") - 1).tolist()}

    def hits(self) -> list[Hit]:
        """The terms found."""
        behind = len(self._plain)
        rest = [(term, start + behind, end + behind) for term, start, end in concepts(self._rest)]
        return concepts(self._plain) + rest

    def wholes(self, texts: Numbers | slice = slice(None)) -> Edges:
        """Where these texts begin and end."""
        return self._firsts[:-1][texts], self._firsts[1:][texts] - 1

    def counts(self, edges: Edges) -> tuple[Numbers, Numbers]:
        """How many characters of each class stand between each two edges; !, ?, @ and [ apart."""
        places, sums = self._sums
        first, last = (places.searchsorted(each) for each in edges)
        found = [each.take(last) - each.take(first) for each in sums]
        fields = np.concatenate([each.view(np.uint16).reshape(-1, 4).T for each in found])
        counts = fields.astype(np.int64)
        classes, marks = np.zeros((_CLASSES, len(edges[0])), np.int64), counts[_MARKS]
        classes[_SMALL] = edges[1] - edges[0] - np.add.reduce(counts)
        classes[_CAPITAL : _CAPITAL + _IN_ASCII] = counts[:_IN_ASCII]
        classes[_SIGN] += np.add.reduce(marks)
        if self._rest:
            classes[_EMOJI:] = counts[_MARKS.stop :]
        return classes, marks

    @cached_property
    def _sums(self) -> tuple[Numbers, list[NDArray[np.uint64]]]:
        """The places of all but small letters, and how many characters of each kind stand before
        each: four counts of 16 bits in one number. Their carries cancel in the differences inside
        one text."""
        kinds = self.told(_KIND)
        places = (kinds != _UNCOUNTED).nonzero()[0]
        counted = kinds.take(places)
        packed = _PACKED if self._rest else _PACKED[:2]
        sums = np.zeros((len(packed), len(places) + 1), np.uint64)
        for each, found in zip(packed, sums, strict=True):
            each.take(counted).cumsum(out=found[1:])
        return places, [*sums]


def ranges(begins: Numbers, ends: Numbers) -> Numbers:
    """All places from each begin to its end, one range behind the other."""
    sizes = (ends - begins).ravel()
    behind = sizes.cumsum()
    found = np.arange(behind[-1] if len(behind) else 0)
    found += (begins.ravel() - behind + sizes).repeat(sizes)
    return found


def _ranges(first: Numbers, last: Numbers) -> tuple[Numbers, Numbers]:
    """The same, a range being empty where its last comes before its first; and whose they are."""
    last = np.maximum(first, last)
    return ranges(first, last), np.arange(len(first)).repeat(last - first)


_CLASSES = 13
"""Of `structure`: small letters, capitals, digits, signs, blanks, emoji, seven kinds of scripts."""
_SMALL, _CAPITAL, _DIGIT, _SIGN, _EMOJI = 0, 1, 2, 3, 5
_IN_ASCII = 4
"""Kinds of characters counted in ASCII beside the marks !, ?, @ and [: capitals to blanks. Small
letters are all the others."""
_MARKS = slice(_IN_ASCII, 8)
_UNCOUNTED = 16
_FIELD = np.array([_UNCOUNTED, 0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15], np.uint8)
"""Each class's among the counts."""
_KIND = _FIELD.take(CLASS_OF)
_KIND[[*map(ord, "!?@[")]] = np.arange(_MARKS.start, _MARKS.stop)
_PACKED = np.array(
    [[1 << 16 * (kind % 4) if kind // 4 == n else 0 for kind in range(17)] for n in range(4)],
    np.uint64,
)
_BLANK = np.array(
    [chr(code).isspace() or chr(code) == _BEFORE for code in range(len(CLASS_OF))], np.uint8
)
_MIX = np.uint32(0x9E3779B1)
_CONCEPT = {concept: i for i, concept in enumerate(CONCEPTS)}
_REACHED = [
    (COUNTED.index(trait.name), bound, FIRST[trait.name] + i)
    for trait in TRAITS
    if trait.name in COUNTED
    for i, bound in enumerate(trait.bins)
]
"""For each slot of COUNTED the trait, what it must reach, and the slot."""
_TRAIT, _SLOT = (np.array([each[at] for each in _REACHED]) for at in (0, 2))
_BOUND = np.array([bound for _, bound, _ in _REACHED])[:, None]
_FEW_WORDS = 7
_REPEATED = min(bound for trait, bound, _ in _REACHED if COUNTED[trait] == "repetition")
