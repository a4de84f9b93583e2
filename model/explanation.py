"""What a text's score is made of: each feature's weight as part of a word, a trait or the markup.

Everything is weighed first and told afterwards: of some fifty parts at most 16 are shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from model.features import Index, Numbered, Occurrences
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


class Parts:
    """The parts of one row's score, by the `weights` that the features `indices` have there."""

    def __init__(  # noqa: PLR0917 - a row and what is known of it
        self,
        reading: Reading,
        numbered: Numbered,
        row: int,
        indices: Index,
        weights: Floats,
        beside: Sequence[Reason] = (),
    ) -> None:
        self._reading, self._numbered, self._row = reading, numbered, row
        self._span = start, end = numbered.spans[row]
        text = reading.normal[start:end]
        self._pieces = text.split(" ")
        self._words = dict[str, float]()
        _, structure, markup, *_ = numbered.blocks(row)
        each = by_word(weights[markup:], numbered.occurrences(row), text)
        for word, weight in zip(filter(None, self._pieces), each, strict=True):
            self._words[word] = self._words.get(word, 0.0) + weight
        self._parts: list[Part] = [(reason.weight, reason) for reason in beside]
        self._parts += _of_traits(indices[:structure].tolist(), weights[:structure].tolist())
        if structure < markup:
            weight = float(weights[structure:markup].sum())
            self._parts.append((weight, Reason("markup", "the HTML around the words", weight)))

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
        words = self._places({of for _, of in parts if isinstance(of, str)})
        where = self._numbered.structure(self._row).places(self._span)
        measured = self._numbered.measured[self._row]
        found = list[Reason]()
        for weight, of in parts:
            if isinstance(of, str):
                found.append(Reason("text", of, weight, tuple(words[of])))
            elif isinstance(of, Trait):
                words_for_it = said(of.name, measured[of.name])
                found.append(Reason(of.code, words_for_it, weight, where.get(of.name, ())))
            else:
                found.append(of)
        return found

    def _places(self, words: Set[str]) -> Mapping[str, Sequence[Span]]:
        """Where in the content these words stand."""
        starts, ends = self._reading.offsets()
        found, at = {word: list[Span]() for word in words}, self._span[0]
        for piece in self._pieces:
            end = at + len(piece)
            if piece in words:
                found[piece].append((starts[at], ends[end - 1]))
            at = end + 1
        return found


def _size(part: Part) -> float:
    return -abs(part[0])


def _of_traits(slots: Sequence[int], weights: Sequence[float]) -> Iterator[Part]:
    """The traits with the sums of what their slots weigh."""
    sums = dict[str, float]()
    for slot, weight in zip(slots, weights, strict=True):
        name = TRAIT_OF[slot].name
        sums[name] = sums.get(name, 0.0) + weight
    return ((weight, TRAIT_OF[FIRST[name]]) for name, weight in sums.items())


def by_word(weights: Floats, found: Occurrences, text: str) -> list[float]:
    """Every n-gram's weight, spread evenly over its occurrences and the words each touches.

    `weights` are those of the features that occur, in rising order.
    """
    place = _ranks(found.feature)
    times = np.bincount(place)
    begun, ended = _counted(text)
    first, behind = found.at(ended, begun)
    several = behind - first
    share = (weights / times).take(place)
    share[several < 1] = 0.0
    share /= np.maximum(several, 1, out=several)
    size = int(ended[-1]) + 1
    steps = np.bincount(first, share, size) - np.bincount(behind, share, size)
    summed: list[float] = steps[:-1].cumsum().tolist()
    return summed


def _ranks(features: Index) -> Places:
    """The place of each among all different ones. Looking up seven hundred numbers that nobody
    expects takes a processor twice as long as sorting them."""
    order = features.argsort()
    rising, ranks = features.take(order), np.zeros(len(features), np.int64)
    (rising[1:] != rising[:-1]).cumsum(out=ranks[1:])
    found = np.empty_like(ranks)
    found[order] = ranks
    return found


def _counted(text: str) -> tuple[Places, Places]:
    """For each character of a text with a blank before it and behind: how many words have begun,
    it included, and how many have ended before it."""
    blank = code_points(f"  {text}  ") == _BLANK
    edges = (blank[1:] != blank[:-1]).cumsum()  # a word begins at every other one
    return (edges + 1) >> 1, edges >> 1
