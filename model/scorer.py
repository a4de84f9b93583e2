"""The text's score in log-odds of spam, and the exact parts it is made of.

One linear model per kind of source, joined by log-mean-exp; a single model is the case K = 1.
With z_k the log-odds of model k, w = softmax(z) and H(w) its entropy,
log-mean-exp(z) = sum_k w_k z_k + H(w) - log K, so every feature's part is exact.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.comment import Comment
from model.features import (
    CHARS,
    MARKUP,
    WORDS,
    Hashes,
    coverage_keys,
    features,
    features_many,
    occurrences,
    windows_of,
)
from model.structure import FIRST, TRAIT_OF, measure, places, said
from model.text import Reading
from model.verdict import Reason, Span

SHOWN = 8
"""Reasons shown for and against."""

MIN_KEYS = 15
"""Words and pairs below which coverage says nothing: eight words have fifteen."""

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
    """`logit`: log-odds of spam, balanced prior. `coverage`: share of the words and pairs seen
    in training, None if there are too few to say. `window`: the part of `normal` scored."""

    logit: float
    coverage: float | None
    window: Span


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
        return self.score_many([reading], [comment])[0]

    def score_many(self, readings: Sequence[Reading], comments: Sequence[Comment]) -> list[Scored]:
        """As `score`, for many; equal bit for bit."""
        spans = [windows_of(reading) for reading in readings]
        rows = [row for row, windows in enumerate(spans) for _ in windows]
        flat = [span for windows in spans for span in windows]
        logits = self._logits(
            *features_many([readings[r] for r in rows], [comments[r] for r in rows], flat)
        )
        worst: dict[int, tuple[float, Span]] = {}
        for row, span, logit in zip(rows, flat, logits, strict=True):
            if row not in worst or logit > worst[row][0]:
                worst[row] = (logit, span)
        return [
            Scored(logit, self.coverage(readings[row], span), span)
            for row, (logit, span) in worst.items()
        ]

    def coverage(self, reading: Reading, window: Span | None = None) -> float | None:
        """Share of the words and pairs that were seen in training."""
        keys = coverage_keys(reading, window)
        if len(keys) < MIN_KEYS or not len(self._bits):
            return None
        bits: Hashes = keys >> self._shift
        return float(np.mean(self._bits[bits >> np.uint64(3)] >> (bits & np.uint64(7)) & 1))

    def _logits(
        self, indptr: NDArray[np.int64], indices: NDArray[np.int32], values: NDArray[np.float32]
    ) -> list[float]:
        parts = self._weights[indices] * values[:, None].astype(np.float64)
        logits = []
        for start, end in pairwise(indptr):
            z = self._intercepts + np.add.reduce(parts[start:end], axis=0)
            logits.append(self._scale * _joined(z) + self._offset)
        return logits

    def explain(self, reading: Reading, comment: Comment, scored: Scored) -> Explanation:
        """The parts of `scored.logit`, largest first, at most SHOWN for and SHOWN against."""
        indices, values = features(reading, comment, scored.window)
        parts = self._weights[indices] * values[:, None].astype(np.float64)
        z = self._intercepts + np.add.reduce(parts, axis=0)
        share = _softmax(z)
        weights = self._scale * (parts @ share)
        entropy = -float(np.sum(share * np.log(np.maximum(share, 1e-300))))
        joint = float(share @ self._intercepts) + entropy - float(np.log(len(z)))
        base = self._scale * joint + self._offset
        reasons = [
            *_structure_reasons(indices, weights, reading, comment),
            *_markup_reasons(indices, weights),
            *_word_reasons(indices, weights, reading, scored.window),
        ]
        shown = _largest(reasons)
        rest = scored.logit - base - sum(reason.weight for reason in shown)
        return Explanation(shown, base, rest)


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
    indices: NDArray[np.int32], weights: Floats, reading: Reading, comment: Comment
) -> Iterator[Reason]:
    sums: dict[str, float] = defaultdict(float)
    for slot, weight in zip(indices[indices < MARKUP], weights, strict=False):
        sums[TRAIT_OF[slot].name] += float(weight)
    measured, where = measure(reading, comment), places(reading)
    for name, weight in sums.items():
        code = TRAIT_OF[FIRST[name]].code
        yield Reason(code, said(name, measured[name]), weight, where.get(name, ()))


def _markup_reasons(indices: NDArray[np.int32], weights: Floats) -> Iterator[Reason]:
    of_markup = (indices >= MARKUP) & (indices < WORDS)
    if of_markup.any():
        yield Reason("markup", "the HTML around the words", float(weights[of_markup].sum()))


def _word_reasons(
    indices: NDArray[np.int32], weights: Floats, reading: Reading, window: Span
) -> Iterator[Reason]:
    """Every n-gram's weight, spread evenly over its occurrences and the words each touches."""
    found = occurrences(reading, window)
    place = np.searchsorted(indices, found.feature)
    times = np.bincount(place, minlength=len(indices))
    each = weights[place] / times[place]
    spans = _word_spans(reading.normal, window)
    if not spans:
        return
    starts = np.array([start for start, _ in spans])
    ends = np.array([end for _, end in spans])
    first = np.searchsorted(ends, found.start, side="right")
    last = np.searchsorted(starts, found.end, side="left") - 1
    touched = last - first + 1
    inside = touched > 0
    share = np.where(inside, each / np.maximum(touched, 1), 0.0)
    steps = np.zeros(len(spans) + 1)
    np.add.at(steps, first[inside], share[inside])
    np.add.at(steps, last[inside] + 1, -share[inside])
    sums: dict[str, float] = defaultdict(float)
    places: dict[str, list[Span]] = defaultdict(list)
    for (start, end), weight in zip(spans, np.cumsum(steps), strict=False):
        word = reading.normal[start:end]
        sums[word] += float(weight)
        places[word].append(reading.content_span(start, end))
    for word, weight in sums.items():
        yield Reason("text", word, weight, tuple(places[word]))


def _word_spans(text: str, window: Span) -> list[Span]:
    """Runs without blanks."""
    start, end = window
    spans, at = [], start
    for piece in text[start:end].split(" "):
        if piece:
            spans.append((at, at + len(piece)))
        at += len(piece) + 1
    return spans


__all__ = ["CHARS", "Explanation", "Model", "Scored", "Scorer"]
