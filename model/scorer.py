"""The text's score in log-odds of spam, and the exact parts it is made of.

One linear model per kind of source, joined by log-mean-exp; a single model is the case K = 1.
With z_k the log-odds of model k, w = softmax(z) and H(w) its entropy,
log-mean-exp(z) = sum_k w_k z_k + H(w) - log K, so every feature's part is exact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.comment import Comment
from model.explanation import Parts, parts_of
from model.features import KEY_BITS, Chosen, Numbered, chunks, coverage_keys, plain_first
from model.lone import Lone
from model.ngrams import Hashes, constant
from model.quick import quick
from model.text import Reading
from model.verdict import Reason, Span
from model.windows import WINDOW, windows_of

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


@quick
@dataclass(frozen=True, slots=True)
class Scored:
    """`logit`: log-odds of spam, balanced prior. `coverage`: share of words, pairs and 5-grams
    seen in training, None if there are too few to say. `window`: the part of `normal` scored.
    With a site layer also `base_logit`, what the base alone says there, and the layer's name.
    `numbered` and `row` are the features it was made of, kept so that explaining need not hash
    again."""

    logit: float
    coverage: float | None
    window: Span
    base_logit: float | None = None
    site_model: str | None = None
    numbered: Numbered | None = field(default=None, repr=False, compare=False)
    row: int = field(default=0, repr=False, compare=False)


@quick
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
        self._columns = [np.ascontiguousarray(column) for column in np.asarray(model.weights).T]
        self._intercepts = np.asarray(model.intercepts, dtype=np.float64)
        self._intercept: float = self._intercepts.tolist()[0]
        self._scale_of, self._offset_of = float(model.scale), float(model.offset)
        self._scale = np.array(model.scale, np.float64)
        self._offset = np.array(model.offset, np.float64)
        self._bits = np.ascontiguousarray(model.coverage, dtype=np.uint8)
        self._shift = constant(KEY_BITS + 1 - int(len(self._bits) * 8).bit_length())

    @property
    def id(self) -> str:
        """The name of what judges: the base's, with a layer on top the layer's."""
        return self.model.id

    def score(self, reading: Reading, comment: Comment) -> Scored:
        """The worst window's score."""
        if 0 < len(reading.normal) <= WINDOW:
            return self._alone(Lone(reading, comment), reading, comment)
        numbered = Numbered([reading], [comment], [windows_of(reading)])
        return self._scored(numbered, [reading], [comment], keep=True)[0]

    def score_many(
        self, readings: Sequence[Reading], comments: Sequence[Comment], *, keep: bool = False
    ) -> list[Scored]:
        """As `score`, for many; equal bit for bit. What is to be explained should `keep` its
        features: some 3 kB for each comment."""
        if len(readings) == 1:
            return [self.score(readings[0], comments[0])]
        order = plain_first(readings)
        texts, of = [readings[i] for i in order], [comments[i] for i in order]
        scored: list[Scored] = []
        for part in chunks(texts):
            windows = [*map(windows_of, texts[part])]
            numbered = Numbered(texts[part], of[part], windows, explain=keep)
            scored += self._scored(numbered, texts[part], of[part], keep=keep)
        found = dict(zip(order, scored, strict=True))
        return [found[i] for i in range(len(order))]

    def _alone(self, lone: Lone, reading: Reading, comment: Comment) -> Scored:
        """The score of a comment that is one window."""
        logit, keys = self._logit(lone), lone.keys([0])
        return Scored(logit, self._shares_seen(*keys)[0], lone.spans[0], numbered=lone)

    def _logit(self, lone: Lone) -> float:
        """The log-odds of a single row."""
        indices = lone.indices
        each = [lone.sum(column.take(indices).astype(np.float64)) for column in self._columns]
        if len(each) == 1:
            joined = each[0] + self._intercept
        else:
            joined = float(_joined((each + self._intercepts)[:, None])[0])
        return joined * self._scale_of + self._offset_of

    def logits(self, numbered: Numbered) -> Floats:
        """The log-odds of each row."""
        indices = numbered.indices
        each = [numbered.sums(column.take(indices).astype(np.float64)) for column in self._columns]
        if len(each) == 1:
            joined = each[0] + self._intercepts
        else:
            joined = _joined(np.stack(each) + self._intercepts[:, None])
        joined *= self._scale
        joined += self._offset
        return joined

    def coverage(self, reading: Reading, window: Span | None = None) -> float | None:
        """Share of the words, pairs and 5-grams that were seen in training."""
        keys = coverage_keys(reading, window)
        return self._shares_seen(keys, [len(keys)])[0]

    def explain(self, reading: Reading, comment: Comment, scored: Scored) -> Explanation:
        """The parts of `scored.logit`, largest first, at most SHOWN for and SHOWN against."""
        return _explained(scored, *self._taken_apart([reading], [comment], [scored])[0])

    def explain_many(
        self, readings: Sequence[Reading], comments: Sequence[Comment], several: Sequence[Scored]
    ) -> list[Explanation]:
        """As `explain`, for many; equal bit for bit. Those that were scored together, and have
        kept their features, are weighed in one pass."""
        found: dict[int, Explanation] = {}
        for together in _together(several):
            texts, of = [readings[i] for i in together], [comments[i] for i in together]
            scores = [several[i] for i in together]
            each = zip(together, scores, self._taken_apart(texts, of, scores), strict=True)
            found |= {i: _explained(scored, *apart) for i, scored, apart in each}
        return [found[i] for i in range(len(several))]

    def reasons(self, reading: Reading, comment: Comment, scored: Scored) -> list[Reason]:
        """Every part of the score that stands for something, in no order."""
        return self._taken_apart([reading], [comment], [scored])[0][0].all()

    def _taken_apart(
        self, readings: Sequence[Reading], comments: Sequence[Comment], several: Sequence[Scored]
    ) -> list[tuple[Parts, float]]:
        """The parts of each, and what is nobody's; all are rows of one numbering."""
        numbered = several[0].numbered
        if numbered is None:
            windows = [[scored.window] for scored in several]
            numbered = Numbered(readings, comments, windows)
            several = [replace(scored, row=row) for row, scored in enumerate(several)]
        chosen = numbered.chosen([scored.row for scored in several])
        weights, bases = self._weighed(chosen)
        beside = [*map(self._beside_the_text, readings, comments)]
        parts = parts_of(readings, numbered, chosen, weights, beside)
        return [*zip(parts, bases, strict=True)]

    def _weighed(self, chosen: Chosen) -> tuple[Floats, list[float]]:
        """What each feature adds, and for each row what is nobody's."""
        if len(self._columns) == 1:
            weights, base = self._parts(chosen.indices, chosen.values)
            return weights, [base] * len(chosen.rows)
        rows = [slice(block[0], block[-1]) for block in chosen.blocks]
        each = [self._parts(chosen.indices[row], chosen.values[row]) for row in rows]
        return np.concatenate([weights for weights, _ in each]), [base for _, base in each]

    def _scored(
        self,
        numbered: Numbered,
        readings: Sequence[Reading],
        comments: Sequence[Comment],
        *,
        keep: bool,
    ) -> list[Scored]:
        """Each comment by its worst window."""
        logits = self.logits(numbered).tolist()
        kept = numbered if keep else None
        return [
            Scored(logits[row], share, numbered.spans[row], numbered=kept, row=row)
            for row, share in self._worst(numbered, logits)
        ]

    def _worst(self, numbered: Numbered, logits: Sequence[float]) -> list[tuple[int, float | None]]:
        """Each comment's row with the highest score, and what share of it training has seen."""
        rows = [_largest_of(logits, *rows) for rows in pairwise(numbered.firsts)]
        return list(zip(rows, self._shares_seen(*numbered.keys(rows)), strict=True))

    def _parts(self, indices: NDArray[np.int32], values: Floats) -> tuple[Floats, float]:
        """What each feature adds, and what is nobody's: intercepts, mixture, calibration."""
        if len(self._columns) == 1:  # what follows would say the same, with a mixture of one
            only = self._columns[0].take(indices).astype(np.float64)
            only *= values
            only *= self._scale
            return only, self._intercept * self._scale_of + self._offset_of
        weights = np.stack([column.take(indices) for column in self._columns], axis=1)
        parts = weights * values[:, None]
        z = self._intercepts + np.add.reduce(parts, axis=0)
        share = _softmax(z)
        entropy = -float(np.sum(share * np.log(np.maximum(share, 1e-300))))
        joint = float(share @ self._intercepts) + entropy - float(np.log(len(z)))
        return self._scale * (parts @ share), float(self._scale * joint + self._offset)

    def _shares_seen(self, keys: Hashes, sizes: Sequence[int]) -> list[float | None]:
        """For each comment's keys, which stand behind one another, the share that training has
        seen, if there are enough of them."""
        if not len(self._bits):
            return [None] * len(sizes)
        return shares(self._seen(keys), sizes)

    def _seen(self, keys: Hashes) -> NDArray[np.uint8]:
        """For each key not 0 if training has seen it (or, rarely, one of the same hash)."""
        return bits_at(self._bits, keys >> self._shift)

    def _beside_the_text(self, reading: Reading, comment: Comment) -> Sequence[Reason]:
        """Nothing: the base must not know who wrote it. A site's scorer may."""
        return ()


def _together(several: Sequence[Scored]) -> Iterable[Sequence[int]]:
    """The places of those whose features were numbered together, each group by itself."""
    found: dict[int, list[int]] = {}
    for i, scored in enumerate(several):
        found.setdefault(id(scored.numbered), []).append(i)
    return found.values()


def _explained(scored: Scored, parts: Parts, base: float) -> Explanation:
    shown = parts.largest()
    rest = scored.logit - base - sum([reason.weight for reason in shown])
    return Explanation(shown, base, rest)


_1 = np.array(1, np.uint8)


def bits_at(packed: NDArray[np.uint8], keys: Hashes) -> NDArray[np.uint8]:
    """The bits at these places of a packed array: not 0 where one is set."""
    found = packed.take(keys >> _3)
    found >>= (keys & _7).astype(np.uint8)
    found &= _1
    return found


_3, _7 = constant(3), constant(7)


def shares(seen: NDArray[np.uint8], sizes: Sequence[int]) -> list[float | None]:
    """For each of the groups that stand behind one another the share of what is not 0, if it has
    MIN_KEYS or more."""
    if len(sizes) == 1:
        known = [int(np.count_nonzero(seen))]
    else:
        starts = np.cumsum([0, *sizes])[:-1]  # an empty group's sum is wrong, but not asked for
        known = np.add.reduceat(np.append(seen != 0, False), starts, dtype=np.int64).tolist()
    several = zip(known, sizes, strict=True)
    return [count / size if size >= MIN_KEYS else None for count, size in several]


def _largest_of(logits: Sequence[float], first: int, last: int) -> int:
    return first if last - first == 1 else max(range(first, last), key=logits.__getitem__)


def _joined(z: Floats) -> Floats:
    """The log of the mean of exp(z) over the models (K, rows), for each row."""
    top = np.max(z, axis=0)
    return np.asarray(top + np.log(np.mean(np.exp(z - top), axis=0)))


def _softmax(z: Floats) -> Floats:
    raised = np.exp(z - np.max(z))
    return np.asarray(raised / np.sum(raised))
