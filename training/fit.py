"""The base model: logistic regression on the features that serving computes.

One model for all sources, or one per kind of source joined by log-mean-exp. Training sees
whole texts; serving scores windows and keeps the worst.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from model.artifact import BaseModel
from model.comment import Example, Label
from model.features import CHARS, DIMENSIONS, FORMAT, MARKUP, WORDS
from model.traits import NEVER_GOOD, TRAIT_OF
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


@dataclass(frozen=True, slots=True)
class Configuration:
    """How a base is fitted. Every field is a choice measured in EXPERIMENTS.md.

    `strength` is scikit-learn's C, inverse regularisation. `plan` is None for no augmentation.
    """

    blocks: tuple[str, ...] = tuple(BLOCKS)
    strength: float = 2.0
    plan: Plan | None = field(default_factory=Plan)
    per_kind: bool = False


CONFIGURATIONS = {
    "plain": Configuration(blocks=("words", "chars"), plan=None),
    "structured": Configuration(plan=None),
    "shipped": Configuration(),
    "per-kind": Configuration(per_kind=True),
}
"""`plain` is the baseline nothing may be significantly worse than."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a model is fitted on: examples within the caps, and those made from them.

    One row each: features of the whole text, is it spam, the family under which its source is
    left out, the part of the source it lies in, the kind of place it comes from. `keys` are
    the coverage keys of the former.
    """

    rows: csr_matrix
    is_spam: Bools
    families: NDArray[np.str_]
    parts: NDArray[np.str_]
    kinds: NDArray[np.str_]
    keys: list[NDArray[np.uint32]]

    def without(self, name: str) -> "Lessons":
        """All that do not belong to one family of sources, or to one part of a source."""
        kept = (self.families != name) & (self.parts != name)
        keys = [keys for keys, keep in zip(self.keys, kept, strict=False) if keep]
        return Lessons(
            self.rows[np.flatnonzero(kept)],
            self.is_spam[kept],
            self.families[kept],
            self.parts[kept],
            self.kinds[kept],
            keys,
        )


def lessons(corpus: Corpus, plan: Plan | None, seed: int, praise: str = "") -> Lessons:
    """The examples whose source may teach, and those made from them, drawn by `seed`.

    `praise` is the spintax from which spun praise is made.
    """
    may_teach = [rule_of(example.source).teaches for example in corpus.examples]
    taught = corpus.where(np.array(may_teach, bool))
    if plan is None:
        return _lessons(taught, taught.examples, [taught.whole])
    made = augmented(taught.examples, seed, praise, plan)
    of, windows = _good_windows(taught, plan.good_windows, seed)
    examples = [*taught.examples, *made, *(taught.examples[row] for row in of)]
    rows = [taught.whole, Features().transform(made), taught.windows[windows]]
    return _lessons(taught, examples, rows)


def _lessons(taught: Corpus, examples: Sequence[Example], rows: list[csr_matrix]) -> Lessons:
    return Lessons(
        rows=vstack(rows, "csr"),
        is_spam=np.array([example.label is Label.SPAM for example in examples], bool),
        families=np.array([family(example.source) for example in examples]),
        parts=np.array([part(example) for example in examples]),
        kinds=np.array([_kind(example) for example in examples]),
        keys=taught.keys,
    )


def _good_windows(
    taught: Corpus, each: int, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Some windows of long good comments, and whose they are: the worst of many windows is
    what counts in serving, so the model must have seen that parts of good comments are good."""
    random, sizes = np.random.default_rng(seed), np.diff(taught.ends, prepend=0)
    long = np.flatnonzero(~taught.is_spam & (sizes >= 3))
    chosen = [taught.ends[row] - 1 - random.permutation(sizes[row])[:each] for row in long]
    return np.repeat(long, each), np.concatenate([*chosen, np.zeros(0, np.intp)]).astype(np.intp)


def fit(taught: Lessons, configuration: Configuration) -> BaseModel:
    """A base model without calibration (scale 1, offset 0), thresholds or figures."""
    kinds = taught.kinds if configuration.per_kind else np.full(len(taught.kinds), "all")
    columns = _columns(configuration.blocks)
    models = [
        _regression(taught, weights, columns, configuration.strength)
        for weights in _weightings(taught.is_spam, kinds)
    ]
    return BaseModel(
        weights=np.stack([weights for weights, _ in models], axis=1).astype(np.float16),
        intercepts=np.array([intercept for _, intercept in models], np.float32),
        scale=1.0,
        offset=0.0,
        coverage=coverage_sketch(taught.keys),
        card={"features": {"format": FORMAT, "dimensions": DIMENSIONS}},
    )


def coverage_sketch(comments: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint8]:
    """A bit for every key that stood in KEYS_SEEN comments or more, packed."""
    counts = np.zeros(2**SKETCH_BITS, np.uint16)
    for keys in comments:
        counts[np.unique(keys)] += 1
    return np.packbits(counts >= KEYS_SEEN, bitorder="little")


def _columns(blocks: Sequence[str]) -> NDArray[np.intp]:
    return np.concatenate([np.arange(*BLOCKS[block]) for block in blocks])


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


def _regression(
    taught: Lessons, weights: Floats, columns: NDArray[np.intp], strength: float
) -> tuple[Floats, float]:
    rows = np.flatnonzero(weights)
    told = taught.rows if len(rows) == len(weights) else taught.rows[rows]
    told = told if len(columns) == DIMENSIONS else told[:, columns]
    model = LogisticRegression(C=strength, solver="lbfgs", max_iter=200, tol=1e-4)
    with threadpool_limits(limits=1):  # sums split over threads differ in their last bits
        model.fit(told, taught.is_spam[rows], sample_weight=weights[rows])
    dense = np.zeros(DIMENSIONS)
    dense[columns] = model.coef_[0]
    disguise = [slot for slot, trait in enumerate(TRAIT_OF) if trait.code in NEVER_GOOD]
    dense[disguise] = np.maximum(dense[disguise], 0)  # a disguise never speaks for a comment
    return dense, float(model.intercept_[0])
