"""What a text's score is made of: each feature's weight as part of a word, a trait or the markup.

Everything is weighed first and told afterwards: of some fifty parts at most 16 are shown.
"""

from collections.abc import Container, Mapping, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from model.features import DIMENSIONS, Chosen, Numbered, Occurrences
from model.ngrams import Places, code_points
from model.text import Reading
from model.traits import FIRST_OF, TRAIT_OF, Trait, said
from model.verdict import Reason, Span

SHOWN = 8
"""Reasons shown for and against."""

Floats = NDArray[np.float64]
Part = tuple[float, str | Trait | Reason]
"""A weight, and the word or the trait that it is of, or the reason if that is told already."""

_WEIGHT = itemgetter(0)
_BLANK = np.array(ord(" "), np.uint8)
_1 = np.array(1)
_BETWEEN = " . "
"""Stands between two texts: a word that belongs to neither."""


class Parts:
    """The parts of one row's score: its `words` with what each weighs, and the other `parts`."""

    def __init__(
        self,
        reading: Reading,
        numbered: Numbered,
        row: int,
        words: Sequence[float],
        parts: Sequence[Part],
    ) -> None:
        self._reading, self._numbered, self._row = reading, numbered, row
        self._span = start, end = numbered.spans[row]
        self._pieces = reading.normal[start:end].split(" ")
        sums: dict[str, float] = {}
        for word, weight in zip(filter(None, self._pieces), words, strict=True):
            sums[word] = sums.get(word, 0.0) + weight
        self._parts = [*parts, *zip(sums.values(), sums, strict=True)]

    def all(self) -> list[Reason]:
        """Every part, in no order."""
        return self._told(self._parts)

    def largest(self) -> tuple[Reason, ...]:
        """The largest first, at most SHOWN for and SHOWN against."""
        parts = sorted(self._parts, key=_WEIGHT, reverse=True)
        shown = [part for part in parts[:SHOWN] if part[0] > 0]
        shown += [part for part in parts[-SHOWN:] if part[0] < 0]
        shown.sort(key=_size)
        return tuple(self._told(shown))

    def _told(self, parts: Sequence[Part]) -> list[Reason]:
        """These parts as reasons, with the places where they stand."""
        structure, measured = (
            self._numbered.structure(self._row),
            self._numbered.measured[self._row],
        )
        places = self._places({of for _, of in parts if type(of) is str})
        found: list[Reason] = []
        for weight, of in parts:
            if isinstance(of, str):
                found.append(Reason("text", of, weight, tuple(places[of])))
            elif isinstance(of, Trait):
                where = structure.places(self._span, of.name)
                found.append(Reason(of.code, said(of.name, measured[of.name]), weight, where))
            else:
                found.append(of)
        return found

    def _places(self, words: Container[str]) -> Mapping[str, Sequence[Span]]:
        """Where in the content these words stand."""
        starts, ends = self._reading.offsets()
        found: dict[str, list[Span]] = {}
        at = self._span[0]
        for piece in self._pieces:
            end = at + len(piece)
            if piece in words:
                found.setdefault(piece, []).append((starts[at], ends[end - 1]))
            at = end + 1
        return found


def _size(part: Part) -> float:
    return -abs(part[0])


def parts_of(
    readings: Sequence[Reading], numbered: Numbered, chosen: Chosen, weights: Floats,
    beside: Sequence[Sequence[Reason]],
) -> list[Parts]:  # fmt: skip
    """The parts of each chosen row, which is of one of the `readings`, by its features' `weights`;
    `beside` are reasons beside the text."""
    spans = [numbered.spans[row] for row in chosen.rows]
    texts = [one.normal[slice(*span)] for one, span in zip(readings, spans, strict=True)]
    of_words = [weights[first:last] for _, _, first, _, last in chosen.blocks]
    joined = np.concatenate(of_words) if len(of_words) > 1 else of_words[0]
    words = by_word(joined, numbered.occurrences(chosen.rows), texts)
    each = zip(readings, chosen.rows, words, beside, chosen.blocks, strict=True)
    return [
        Parts(one, numbered, row, its, [
            *[(it.weight, it) for it in told], *_beside_words(block, chosen.indices, weights),
        ])
        for one, row, its, told, block in each
    ]  # fmt: skip


def _beside_words(block: Sequence[int], indices: NDArray[np.int32], weights: Floats) -> list[Part]:
    """The traits with the sums of what their slots weigh, and the markup."""
    first, tags, words, *_ = block
    sums: dict[int, float] = {}
    slots = indices[first:tags].tolist()
    for slot, weight in zip(slots, weights[first:tags].tolist(), strict=True):
        trait = FIRST_OF[slot]
        sums[trait] = sums.get(trait, 0.0) + weight
    parts: list[Part] = [(weight, TRAIT_OF[trait]) for trait, weight in sums.items()]
    if tags < words:
        weight = float(np.add.reduce(weights[tags:words]))
        parts.append((weight, Reason("markup", "the HTML around the words", weight)))
    return parts


def by_word(weights: Floats, found: Occurrences, texts: Sequence[str]) -> list[list[float]]:
    """Every n-gram's weight, spread evenly over its occurrences and the words each touches.

    `weights` are those of the features that occur, in rising order, text by text; found is what
    each text's words weigh.
    """
    begun, ended = _counted(_BETWEEN.join(texts))
    size, edges = int(ended[-1]) + 1, [0]
    firsts, lasts = found.firsts, found.lasts
    if len(texts) > 1:
        begins = [*accumulate([len(text) + len(_BETWEEN) for text in texts[:-1]], initial=0)]
        before = np.repeat(begins, found.counts)
        firsts, lasts, edges = firsts + before, lasts + before, ended.take(begins).tolist()
    first, behind = ended.take(firsts), begun.take(lasts)
    share = _shares(weights, found)
    share /= np.maximum(behind - first, _1)
    steps = np.bincount(first, share, size)
    steps -= np.bincount(behind, share, size)
    words = pairwise([*edges, size])
    return [np.add.accumulate(steps[start : last - 1]).tolist() for start, last in words]


def _shares(weights: Floats, found: Occurrences) -> Floats:
    """What is each occurrence's, of a feature's weight: sorted, those of one stand together."""
    keys = found.feature
    if len(found.counts) > 1:
        rows = np.arange(len(found.counts), dtype=np.uint32) * DIMENSIONS
        keys = keys + rows.repeat(found.counts)
    order = keys.argsort()
    keys = keys.take(order)
    edges = np.zeros(len(weights) + 1, np.int64)
    edges[-1] = len(keys)
    np.add((keys[1:] != keys[:-1]).nonzero()[0], 1, out=edges[1:-1])
    times = edges[1:] - edges[:-1]
    shares = np.empty(len(keys))
    shares[order] = (weights / times).repeat(times)
    return shares


def _counted(text: str) -> tuple[Places, Places]:
    """For each character of a text with a blank before it and behind: how many words have begun,
    it included, and how many have ended before it."""
    blank = code_points(f"  {text}  ") == _BLANK
    edges = (blank[1:] != blank[:-1]).cumsum()  # a word begins at every other one
    ended = edges >> _1
    return edges - ended, ended
