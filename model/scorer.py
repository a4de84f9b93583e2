"""The text's score in log-odds of spam, and the exact parts it is made of.

One linear model per kind of source, joined by log-mean-exp; a single model is the case K = 1.
With z_k the log-odds of model k, w = softmax(z) and H(w) its entropy,
log-mean-exp(z) = sum_k w_k z_k + H(w) - log K, so every feature's part is exact.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.comment import Comment
from model.features import (
    MARKUP,
    WORDS,
    Hashes,
    Numbered,
    Occurrences,
    coverage_keys,
    windows_of,
)
from model.structure import FIRST, TRAIT_OF, places, said
from model.text import Reading
from model.verdict import Reason, Span

SHOWN = 8
"""Reasons shown for and against."""

MIN_KEYS = 15
"""Words, pairs and 5-grams below which coverage says nothing: a dozen characters."""

Floats = NDArray[np.float64]


class Model(Protocol):
    """What the scorer needs of a base model (see artifact.BaseModel)."""

    @property
    def weights(self) -> NDArray[Any]: ...
    @property
    def intercepts(self) -> NDArray[Any]: ...
    @property
    def scale(self) -> float: ...
    @property
    def offset(self) -> float: ...
    @property
    def coverage(self) -> NDArray[Any]: ...
    @property
    def coverage_floor(self) -> float: ...
    @property
    def card(self) -> Mapping[str, Any]: ...
    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Scored:
    """`logit`: log-odds of spam, balanced prior. `coverage`: share of words, pairs and 5-grams
    seen in training, None if there are too few to say. `window`: the part of `normal` scored.
    With a site layer also `base_logit`, what the base alone says there, and the layer's name.
    `numbered` are the features it was made of, kept so that explaining need not hash again."""

    logit: float
    coverage: float | None
    window: Span
    base_logit: float | None = None
    site_model: str | None = None
    numbered: Numbered | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Shown reasons' weights + base + rest = logit."""

    reasons: tuple[Reason, ...]
    base: float
    rest: float


class Scorer:
    """Scores comments by one model. Holds no state between calls: safe under any threads."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._weights = model.weights
        self._intercepts = np.asarray(model.intercepts, dtype=np.float64)
        self._scale = float(model.scale)
        self._offset = float(model.offset)
        self._bits = np.ascontiguousarray(model.coverage, dtype=np.uint8)
        self._shift = np.uint64(64 - int(len(self._bits) * 8).bit_length() + 1)

    def score(self, reading: Reading, comment: Comment) -> Scored:
        """The worst window's score."""
        numbered = Numbered(reading, comment)
        logits = [(self._logit(*numbered.row(span)), span) for span in windows_of(reading)]
        logit, window = max(logits, key=lambda scored: scored[0])
        return Scored(logit, self._share_seen(numbered.keys(window)), window, numbered=numbered)

    def score_many(self, readings: Sequence[Reading], comments: Sequence[Comment]) -> list[Scored]:
        """As `score`, for many; equal bit for bit."""
        return [self.score(*each) for each in zip(readings, comments, strict=True)]

    def logits(
        self, indptr: NDArray[np.int64], indices: NDArray[np.int32], values: NDArray[np.float32]
    ) -> list[float]:
        """The score of each row of `features_many`."""
        return [
            self._logit(indices[start:end], values[start:end]) for start, end in pairwise(indptr)
        ]

    def coverage(self, reading: Reading, window: Span | None = None) -> float | None:
        """Share of the words, pairs and 5-grams that were seen in training."""
        return self._share_seen(coverage_keys(reading, window))

    def explain(self, reading: Reading, comment: Comment, scored: Scored) -> Explanation:
        """The parts of `scored.logit`, largest first, at most SHOWN for and SHOWN against."""
        everything, base = self._reasons(reading, comment, scored, SHOWN)
        shown = _largest(everything)
        rest = scored.logit - base - sum(reason.weight for reason in shown)
        return Explanation(shown, base, rest)

    def reasons(self, reading: Reading, comment: Comment, scored: Scored) -> list[Reason]:
        """Every part of the score that stands for something, in no order."""
        return self._reasons(reading, comment, scored, len(reading.normal))[0]

    def _reasons(
        self, reading: Reading, comment: Comment, scored: Scored, shown: int
    ) -> tuple[list[Reason], float]:
        numbered, window = scored.numbered or Numbered(reading, comment), scored.window
        indices, values = numbered.row(window)
        weights, base = self._parts(indices, values)
        spans = _word_spans(reading.normal, window)
        by_word = _by_word(indices, weights, numbered.occurrences(window), spans)
        return [
            *self._beside_the_text(reading, comment),
            *_structure_reasons(indices, weights, reading, numbered.measured),
            *_markup_reasons(indices, weights),
            *_word_reasons(reading, spans, by_word, shown),
        ], base

    def _logit(self, indices: NDArray[np.int32], values: NDArray[np.float32]) -> float:
        return self._scale * _joined(self._each(indices, values)[1]) + self._offset

    def _each(
        self, indices: NDArray[np.int32], values: NDArray[np.float32]
    ) -> tuple[Floats, Floats]:
        """What each feature adds in each of the K models, and what they say (K,)."""
        parts = self._weights[indices] * values[:, None].astype(np.float64)
        return parts, self._intercepts + np.add.reduce(parts, axis=0)

    def _parts(
        self, indices: NDArray[np.int32], values: NDArray[np.float32]
    ) -> tuple[Floats, float]:
        """What each feature adds, and what is nobody's: intercepts, mixture, calibration."""
        parts, z = self._each(indices, values)
        share = _softmax(z)
        entropy = -float(np.sum(share * np.log(np.maximum(share, 1e-300))))
        joint = float(share @ self._intercepts) + entropy - float(np.log(len(z)))
        return self._scale * (parts @ share), self._scale * joint + self._offset

    def _share_seen(self, keys: Hashes) -> float | None:
        if len(keys) < MIN_KEYS or not len(self._bits):
            return None
        return float(np.mean(self._seen(keys)))

    def _seen(self, keys: Hashes) -> NDArray[np.uint8]:
        """For each key 1 if training has seen it (or, rarely, one of the same hash)."""
        bits = keys >> self._shift
        return np.asarray(self._bits[bits >> np.uint64(3)] >> (bits & np.uint64(7)) & 1)

    def _beside_the_text(self, reading: Reading, comment: Comment) -> Sequence[Reason]:
        """Nothing: the base must not know who wrote it. A site's scorer may."""
        return ()


def _joined(z: Floats) -> float:
    top = float(np.max(z))
    return top + float(np.log(np.mean(np.exp(z - top))))


def _softmax(z: Floats) -> Floats:
    raised = np.exp(z - np.max(z))
    return np.asarray(raised / np.sum(raised))


def _largest(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    ordered = sorted(reasons, key=lambda reason: -reason.weight)
    up = [reason for reason in ordered if reason.weight > 0][:SHOWN]
    down = [reason for reason in reversed(ordered) if reason.weight < 0][:SHOWN]
    return tuple(sorted(up + down, key=lambda reason: -abs(reason.weight)))


def _structure_reasons(
    indices: NDArray[np.int32], weights: Floats, reading: Reading, measured: Mapping[str, float]
) -> Iterator[Reason]:
    sums: dict[str, float] = defaultdict(float)
    for slot, weight in zip(indices[indices < MARKUP], weights, strict=False):
        sums[TRAIT_OF[slot].name] += float(weight)
    where = places(reading)
    for name, weight in sums.items():
        code = TRAIT_OF[FIRST[name]].code
        yield Reason(code, said(name, measured[name]), weight, where.get(name, ()))


def _markup_reasons(indices: NDArray[np.int32], weights: Floats) -> Iterator[Reason]:
    of_markup = (indices >= MARKUP) & (indices < WORDS)
    if of_markup.any():
        yield Reason("markup", "the HTML around the words", float(weights[of_markup].sum()))


def _word_reasons(
    reading: Reading, spans: Sequence[Span], by_word: Sequence[float], shown: int
) -> Iterator[Reason]:
    """The `shown` heaviest words for and against."""
    sums: dict[str, float] = defaultdict(float)
    places: dict[str, list[Span]] = defaultdict(list)
    for span, weight in zip(spans, by_word, strict=True):
        word = reading.normal[slice(*span)]
        sums[word] += weight
        places[word].append(span)
    ordered = sorted(sums, key=lambda word: sums[word])
    for word in dict.fromkeys([*ordered[:shown], *ordered[-shown:]]):
        content = tuple(reading.content_span(*span) for span in places[word])
        yield Reason("text", word, sums[word], content)


def _by_word(
    indices: NDArray[np.int32], weights: Floats, found: Occurrences, spans: Sequence[Span]
) -> list[float]:
    """Every n-gram's weight, spread evenly over its occurrences and the words each touches."""
    if not spans:
        return []
    place = np.searchsorted(indices, found.feature)
    times = np.bincount(place, minlength=len(indices))
    starts, ends = np.array(spans).T
    first = np.searchsorted(ends, found.start, side="right")
    behind = np.searchsorted(starts, found.end, side="left")
    touched = np.maximum(behind - first, 1)
    share = np.where(behind > first, weights[place] / times[place] / touched, 0.0)
    size = len(spans) + 1
    steps = np.bincount(first, share, size)[:size] - np.bincount(behind, share, size)[:size]
    summed: list[float] = np.cumsum(steps)[:-1].tolist()
    return summed


def _word_spans(text: str, window: Span) -> list[Span]:
    """Runs without blanks."""
    start, end = window
    spans, at = [], start
    for piece in text[start:end].split(" "):
        if piece:
            spans.append((at, at + len(piece)))
        at += len(piece) + 1
    return spans
