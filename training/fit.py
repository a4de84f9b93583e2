"""The base model: logistic regression on the features that serving computes.

One model for all sources, or one per kind of source joined by log-mean-exp. Serving scores
windows and keeps the worst. Training sees whole texts first, and then beside them those
windows of good comments that it finds worst (hard negatives, as in Felzenszwalb et al., "Object
Detection with Discriminatively Trained Part-Based Models", PAMI 2010). A share of a model of
words alone keeps what is known of places like those it has seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from model.artifact import BaseModel
from model.comment import Example, Label
from model.features import CHARS, DIMENSIONS, FORMAT, MARKUP, WORDS
from model.traits import never_good_slots
from training.augment import Plan, augmented
from training.corpus import SKETCH_BITS, Bools, Corpus, Features, Floats
from training.examples import family, part, rule_of
from training.spun import PRAISE, TEMPLATES

BLOCKS = {
    "structure": (0, MARKUP),
    "markup": (MARKUP, WORDS),
    "words": (WORDS, CHARS),
    "chars": (CHARS, DIMENSIONS),
}
KEYS_SEEN = 5
"""Comments in which a word, pair or n-gram must stand to count as learned."""
Model = tuple[Floats, float]
"""Weights (DIMENSIONS,) and intercept."""
LONG = 3
"""Windows from which on those of a good comment may be learned from too."""
TOLERANCE = 2e-5
"""Largest slope of the mean loss at which a fit is done."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """How a base is fitted. Every field is a choice measured in EXPERIMENTS.md.

    `strength` is scikit-learn's C, inverse regularisation, and that of structure as if its
    values were `structure` times what they are. `plan` is None for no augmentation. `words` is
    the share of a model that reads only words and pairs, of nothing but what people wrote.
    """

    blocks: tuple[str, ...] = tuple(BLOCKS)
    strength: float = 2.0
    structure: float = 0.7
    words: float = 0.4
    plan: Plan | None = field(default_factory=Plan)
    per_kind: bool = False


VOCABULARY = Configuration(blocks=("words",), strength=0.5, plan=None, words=0)
CONFIGURATIONS = {
    "plain": Configuration(blocks=("words", "chars"), plan=None, words=0),
    "structured": Configuration(plan=None, words=0),
    "shipped": Configuration(),
    "per-kind": Configuration(per_kind=True),
}
"""`plain` is the baseline nothing may be significantly worse than."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a model is fitted on: examples within the caps, and those made from them.

    One row each: features of the whole text, is it spam, the family under which its source is
    left out, the part of the source it lies in, the kind of place it comes from. `keys` are
    the coverage keys of the former. `windows` are those of long good comments, and `owners`
    the rows of the texts they belong to.
    """

    rows: csr_matrix
    is_spam: Bools
    families: NDArray[np.str_]
    parts: NDArray[np.str_]
    kinds: NDArray[np.str_]
    keys: list[NDArray[np.uint32]]
    windows: csr_matrix
    owners: NDArray[np.intp]

    def without(self, name: str) -> "Lessons":
        """All that do not belong to one family of sources, or to one part of a source."""
        return self._where((self.families != name) & (self.parts != name))

    @property
    def written(self) -> "Lessons":
        """Without what was made."""
        return self._where(np.arange(len(self.is_spam)) < len(self.keys))

    def _where(self, kept: Bools) -> "Lessons":
        """The rows that `kept` is true for, with their windows."""
        keys = [keys for keys, keep in zip(self.keys, kept, strict=False) if keep]
        theirs, rows = kept[self.owners], np.flatnonzero(kept)
        return Lessons(
            self.rows[rows],
            self.is_spam[rows],
            self.families[rows],
            self.parts[rows],
            self.kinds[rows],
            keys,
            self.windows[np.flatnonzero(theirs)],
            (np.cumsum(kept) - 1)[self.owners[theirs]],
        )

    def beside(self, windows: NDArray[np.intp]) -> "Lessons":
        """The same, and some of the windows as examples of their own."""
        owners = self.owners[windows]
        return replace(
            self,
            rows=vstack([self.rows, self.windows[windows]], "csr"),
            is_spam=np.append(self.is_spam, self.is_spam[owners]),
            families=np.append(self.families, self.families[owners]),
            parts=np.append(self.parts, self.parts[owners]),
            kinds=np.append(self.kinds, self.kinds[owners]),
        )


def lessons(corpus: Corpus, plan: Plan | None, seed: int, praise: str = "") -> Lessons:
    """The examples whose source may teach, and those made from them, drawn by `seed`.

    `praise` is the spintax from which spun praise is made.
    """
    may_teach = [rule_of(example.source).teaches for example in corpus.examples]
    taught = corpus.where(np.array(may_teach, bool))
    if plan is None:
        return _lessons(taught, [])
    long = ~taught.is_spam & (taught.sizes >= LONG)
    windows = np.flatnonzero(np.repeat(long, taught.sizes))
    return replace(
        _lessons(taught, augmented(taught.examples, seed, praise, plan)),
        windows=taught.windows[windows],
        owners=np.repeat(np.arange(len(long)), taught.sizes)[windows],
    )


def _lessons(taught: Corpus, made: Sequence[Example]) -> Lessons:
    examples = [*taught.examples, *made]
    return Lessons(
        rows=vstack([taught.whole, Features().transform(made)], "csr"),
        is_spam=np.array([example.label is Label.SPAM for example in examples], bool),
        families=np.array([family(example.source) for example in examples]),
        parts=np.array([part(example) for example in examples]),
        kinds=np.array([_kind(example) for example in examples]),
        keys=taught.keys,
        windows=taught.windows[:0],
        owners=np.zeros(0, np.intp),
    )


def fit(taught: Lessons, configuration: Configuration) -> BaseModel:
    """A base model without calibration (scale 1, offset 0), thresholds or figures."""
    models = _regressions(taught, configuration)
    if configuration.plan:
        worst = _worst(taught, models, configuration.plan.good_windows)
        models = _regressions(taught.beside(worst), configuration, models)
    if configuration.words:
        [words] = _regressions(taught.written, VOCABULARY)
        models = [_mixed(model, words, configuration.words) for model in models]
    return BaseModel(
        weights=np.stack([weights for weights, _ in models], axis=1).astype(np.float16),
        intercepts=np.array([intercept for _, intercept in models], np.float32),
        scale=1.0,
        offset=0.0,
        coverage=coverage_sketch(taught.keys),
        card={"features": {"format": FORMAT, "dimensions": DIMENSIONS}},
    )


def _mixed(one: Model, other: Model, share: float) -> Model:
    weights = (1 - share) * one[0] + share * other[0]
    return weights, (1 - share) * one[1] + share * other[1]


def _worst(taught: Lessons, models: Sequence[Model], each: int) -> NDArray[np.intp]:
    """The windows of every long good comment that look most like spam, `each` of them."""
    said = np.max([taught.windows @ weights + start for weights, start in models], axis=0)
    order = np.lexsort([-said, taught.owners])
    _, firsts = np.unique(taught.owners, return_index=True)
    rank = np.arange(len(order)) - np.repeat(firsts, np.diff(firsts, append=len(order)))
    return np.sort(order[rank < each])


def coverage_sketch(comments: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint8]:
    """A bit for every key that stood in KEYS_SEEN comments or more, packed."""
    counts = np.zeros(2**SKETCH_BITS, np.uint16)
    for keys in comments:
        counts[np.unique(keys)] += 1
    return np.packbits(counts >= KEYS_SEEN, bitorder="little")


def _kind(example: Example) -> str:
    return "blog" if example.source in (PRAISE, TEMPLATES) else rule_of(example.source).kind


def _weightings(spam: Bools, kind_of: NDArray[np.str_]) -> list[Floats]:
    """One weight per example for each kind that has spam; both labels weigh the same in sum.

    A kind's model learns from its own spam and from everybody's good comments, of which those
    of its own kind make up at least half.
    """
    weightings = []
    for kind in sorted(set(kind_of[spam])):
        own = kind_of == kind
        weights = (own | ~spam).astype(float)
        own_good, other_good = own & ~spam, ~own & ~spam
        if own_good.any():
            weights[own_good] = max(1.0, other_good.sum() / own_good.sum())
        weightings.append(_balanced(spam, weights))
    return weightings


def _balanced(spam: Bools, weights: Floats) -> Floats:
    for side in (spam, ~spam):
        weights[side] *= len(spam) / 2 / max(weights[side].sum(), 1e-9)
    return weights


def _regressions(
    taught: Lessons, configuration: Configuration, before: Sequence[Model] = ()
) -> list[Model]:
    """A model for each kind, or one for all; `before` is where the search for them begins."""
    kinds = taught.kinds if configuration.per_kind else np.full(len(taught.kinds), "all")
    scale = _scale(configuration)
    rows = taught.rows.copy()
    rows.data *= scale[rows.indices]
    told = rows if scale.all() else rows[:, np.flatnonzero(scale)]
    weightings = _weightings(taught.is_spam, kinds)
    return [
        _regression(
            told, taught.is_spam, weights, scale, strength=configuration.strength, before=start
        )
        for weights, start in zip_longest(weightings, before)
    ]


def _scale(configuration: Configuration) -> NDArray[np.float32]:
    """What each value is multiplied with while fitting: 0 for blocks that are left out."""
    scale = np.zeros(DIMENSIONS, np.float32)
    for block in configuration.blocks:
        scale[slice(*BLOCKS[block])] = configuration.structure if block == "structure" else 1
    return scale


def _regression(
    told: csr_matrix,
    spam: Bools,
    weights: Floats,
    scale: NDArray[np.float32],
    *,
    strength: float,
    before: Model | None,
) -> Model:
    used, columns = np.flatnonzero(weights), np.flatnonzero(scale)
    model = LogisticRegression(C=strength, max_iter=200, tol=TOLERANCE, warm_start=True)
    if before:
        model.coef_ = (before[0][columns] / scale[columns])[None]
        model.intercept_ = np.array([before[1]])
    told = told if len(used) == len(spam) else told[used]
    with threadpool_limits(limits=1):  # sums split over threads differ in their last bits
        model.fit(told, spam[used], sample_weight=weights[used])
    dense = np.zeros(DIMENSIONS)
    dense[columns] = model.coef_[0] * scale[columns]
    disguise = never_good_slots()
    dense[disguise] = np.maximum(dense[disguise], 0)  # a disguise never speaks for a comment
    return dense, float(model.intercept_[0])
