"""One short comment as numbers: what `Numbered` finds of a lone window, in fewer steps.

Of so short a text the time goes into calls, not into what they do.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from model.comment import Comment
from model.features import (
    CHARS,
    DIMENSIONS,
    MARKUP,
    WORDS,
    Chosen,
    Floats,
    Numbered,
    indexed,
    of_tags,
    said_of,
    value_of,
)
from model.ngrams import hashed
from model.structure import Structure
from model.text import Reading
from model.traits import slots
from model.verdict import Span
from model.visible import Tag

USUAL = 64
"""Characters of tags that may be met again."""

_BOUNDS = np.array([0, MARKUP, WORDS, CHARS, DIMENSIONS], np.uint32)


class Lone(Numbered):
    """The features of a text of 1 to WINDOW characters: a single row, bit for bit as it is among
    others, and no index behind it."""

    def __init__(self, reading: Reading, comment: Comment) -> None:
        text = reading.normal
        whole = reading.part(0, len(text))
        structure = Structure(reading, comment)
        measured = structure.measure(whole)
        self.spans, self.firsts = [whole.normal], [0, 1]
        self.structures, self.measured = [structure], [measured]
        self._hashed, self._parts = hashed([text]), None
        self._index = indexed(self._hashed)
        beside = [
            *slots(measured),
            *(_markup(reading.tags, whole.content) if reading.tags else ()),
            DIMENSIONS,
        ]
        keys = np.concatenate([self._index, np.array(beside, np.uint32)])
        keys.sort()
        keys = keys[:-1][keys[1:] != keys[:-1]]
        self.indices = keys.view(np.int32)
        self._bounds = keys.searchsorted(_BOUNDS)
        _, a, b, c, d = self._bounds.tolist()
        self._values = np.array(
            [_value(0, a), _value(1, b - a), _value(2, c - b), _value(3, d - c)]
        )

    def chosen(self, rows: Sequence[int] = (0,)) -> Chosen:
        """The one row's features."""
        values = self._values.repeat(self._bounds[1:] - self._bounds[:-1])
        return Chosen(rows, self.indices, values, [self._bounds.tolist()])

    def sum(self, weights: Floats) -> float:
        """The sum of weight times value; `weights` are those of `indices`."""
        # A block without features is said to have what stands behind it: its value is zero.
        blocks = np.add.reduceat(weights, self._bounds[:4])
        blocks *= self._values
        each: list[float] = blocks.tolist()
        return each[0] + each[1] + each[2] + each[3]


def _markup(tags: Sequence[Tag], span: Span) -> Sequence[int]:
    said = said_of(tags, span)
    return _of_usual_tags(said) if len(said) <= USUAL else _indices(said)


def _indices(said: str) -> Sequence[int]:
    return (*of_tags(said).tolist(),)


_of_usual_tags = lru_cache(maxsize=1_000)(_indices)  # a paragraph, a word in bold


@lru_cache(maxsize=2**12)
def _value(block: int, count: int) -> float:
    return float(value_of(np.full((1, 4), count))[0, block])
