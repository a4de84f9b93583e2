"""What a text's score is made of: each feature's weight as part of a word, a trait or the markup.

Everything is weighed first and told afterwards: of some fifty parts at most 16 are shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from model.features import DIMENSIONS, Chosen, Numbered, Occurrences
from model.ngrams import Places, code_points
from model.text import Reading
from model.traits import FIRST, TRAIT_OF, Trait, said
from model.verdict import Reason, Span

SHOWN = 8
"""Reasons shown for and against."""

Floats = NDArray[np.float64]
Part = tuple[float, str | Trait | Reason]
"""A weight, and the word or the trait that it is of, or the reason if that is told already."""

_WEIGHT = itemgetter(0)
_BLANK = ord(" ")
_BETWEEN = " . "
"""Stands between two texts: a word that belongs to neither."""
_PLACE = np.array(32)
_IN_PLACE = np.array(2**32 - 1)
"""The lower bits of a key are an occurrence's place, those above its row and feature."""


class Parts:
    """The parts of one row's score: what each of its `words` weighs, and the other `parts`."""

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
        self._words = dict[str, float]()
        for word, weight in zip(filter(None, self._pieces), words, strict=True):
            self._words[word] = self._words.get(word, 0.0) + weight
        self._parts = parts

    def all(self) -> list[Reason]:
        """Every part, in no order."""
        return self._told([*self._parts, *self._of_words(self._words)])

    def largest(self) -> tuple[Reason, ...]:
        """The largest first, at most SHOWN for and SHOWN against."""
        ordered = sorted(self._words, key=self._words.__getitem__)
        heaviest = dict.fromkeys((*ordered[:SHOWN], *ordered[-SHOWN:]))
        parts = [*self._parts, *self._of_words(heaviest)]
        parts.sort(key=_WEIGHT, reverse=True)
        shown = [part for part in parts[:SHOWN] if part[0] > 0]
        shown += [part for part in parts[-SHOWN:] if part[0] < 0]
        return tuple(self._told(sorted(shown, key=_size)))

    def _of_words(self, words: Iterable[str]) -> Iterator[Part]:
        return ((self._words[word], word) for word in words)

    def _told(self, parts: Sequence[Part]) -> list[Reason]:
        """These parts as reasons, with the places where they stand."""
        words = self._places([of for _, of in parts if type(of) is str])
        found = list[Reason]()
        for weight, of in parts:
            if isinstance(of, str):
                found.append(Reason("text", of, weight, tuple(words[of])))
            elif isinstance(of, Trait):
                where = self._numbered.structure(self._row).places(self._span, of.name)
                words_for_it = said(of.name, self._numbered.measured[self._row][of.name])
                found.append(Reason(of.code, words_for_it, weight, where))
            else:
                found.append(of)
        return found

    def _places(self, words: Iterable[str]) -> Mapping[str, Sequence[Span]]:
        """Where in the content these words stand."""
        starts, ends = self._reading.offsets()
        found, at = {word: list[Span]() for word in words}, self._span[0]
        for piece in self._pieces:
            end = at + len(piece)
            if piece in found:
                found[piece].append((starts[at], ends[end - 1]))
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
    words = by_word(np.concatenate(of_words), numbered.occurrences(chosen.rows), texts)
    others = [
        [*((one.weight, one) for one in told), *_beside_words(block, chosen.indices, weights)]
        for told, block in zip(beside, chosen.blocks, strict=True)
    ]
    each = zip(readings, chosen.rows, words, others, strict=True)
    return [Parts(one, numbered, row, its, parts) for one, row, its, parts in each]


def _beside_words(
    block: Sequence[int], indices: NDArray[np.int32], weights: Floats
) -> Iterator[Part]:
    """The traits with the sums of what their slots weigh, and the markup."""
    first, tags, words, *_ = block
    sums = dict[str, float]()
    for slot, weight in zip(
        indices[first:tags].tolist(), weights[first:tags].tolist(), strict=True
    ):
        name = TRAIT_OF[slot].name
        sums[name] = sums.get(name, 0.0) + weight
    yield from ((weight, TRAIT_OF[FIRST[name]]) for name, weight in sums.items())
    if tags < words:
        weight = float(weights[tags:words].sum())
        yield weight, Reason("markup", "the HTML around the words", weight)


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
    share /= np.maximum(behind - first, 1)
    steps = np.bincount(first, share, size)
    steps -= np.bincount(behind, share, size)
    words = pairwise([*edges, size])
    return [steps[start : last - 1].cumsum().tolist() for start, last in words]


def _shares(weights: Floats, found: Occurrences) -> Floats:
    """What is each occurrence's, of a feature's weight: sorted, those of one stand together. Keys
    and places are sorted as one number, in the processor's registers."""
    keys = found.feature.astype(np.int64)
    if len(found.counts) > 1:
        keys += (np.arange(len(found.counts)) * DIMENSIONS).repeat(found.counts)
    keys <<= _PLACE
    keys += np.arange(len(keys))
    keys.sort()
    order = keys & _IN_PLACE
    keys >>= _PLACE
    edges = np.zeros(len(weights) + 1, np.int64)
    edges[-1] = len(keys)
    np.add((keys[1:] != keys[:-1]).nonzero()[0], 1, out=edges[1:-1])
    times = edges[1:] - edges[:-1]
    shares = np.empty(len(keys))
    shares.put(order, (weights / times).repeat(times))
    return shares


def _counted(text: str) -> tuple[Places, Places]:
    """For each character of a text with a blank before it and behind: how many words have begun,
    it included, and how many have ended before it."""
    blank = code_points(f"  {text}  ") == _BLANK
    edges = (blank[1:] != blank[:-1]).cumsum()  # a word begins at every other one
    return (edges + 1) >> 1, edges >> 1
