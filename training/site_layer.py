"""Fit one site's layer from its labels alone: a stack of the base and a linear local model.

The local model's scores are cross-validated, so that the stack learns how far to trust them;
a ridge pulls the stack towards the base while labels are few, as far as the base is any good
here (offset and delta, tried first, was worse from 20 labels on: EXPERIMENTS.md). What the base
makes of structure and of words are two inputs: on some sites one of them tells more. All are
linear in the base's log-odds and the features, so what is served is one linear form. Wolpert,
"Stacked generalization", 1992.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.svm import LinearSVC

from model import features
from model.artifact import BaseModel
from model.comment import Comment, Example, Label
from model.features import KEY_BITS, Numbered, chunks
from model.scorer import Scorer
from model.site_layer import COVERAGE_BITS, EXTRAS, SLOTS, SiteLayer, extra_rows, slots_of
from model.text import Reading, read
from model.windows import windows_of

Floats = NDArray[np.float64]

FEWEST = 5
"""Labels of each kind below which nothing is fitted."""

FULLEST = 1 / 8
"""Share of the coverage's bits that may be set: a word counts as learned when one of the site's
comments has it, or as many as keep below this, so that chance alone never covers a language."""

_UNSEEN_BITS = np.uint32(KEY_BITS + 1 - COVERAGE_BITS.bit_length())
_C = 3.0
_RIDGE = np.array([10.0, 10.0, 0.1, 0.1])  # base's words, its structure, local model, intercept
_SCALE = np.ones(SLOTS)
_SCALE[features.MARKUP : EXTRAS] = 2.0  # words and n-grams against structure and names


class TooFewLabels(ValueError):
    """Not enough labels of one kind to learn from."""

    def __init__(self, kind: Label, found: int, fewest: int) -> None:
        super().__init__(f"fewer than {fewest} comments labelled {kind}: {found} so far")
        self.kind, self.found = kind, found


@dataclass(frozen=True, slots=True)
class Table:
    """Examples as numbers: local features, the base's log-odds, spam or not, trust; a number
    for each set of near-duplicates, and the words of each text as bits of the coverage.
    `by_structure`: what the base makes of each trait in any comment."""

    rows: csr_matrix
    base: Floats
    spam: NDArray[np.bool_]
    trust: Floats
    units: NDArray[np.uint64]
    words: list[NDArray[np.uint32]]
    by_structure: Floats

    def where(self, chosen: NDArray[np.bool_]) -> "Table":
        """Some of the examples."""
        words = [self.words[n] for n in np.flatnonzero(chosen)]
        return Table(self.rows[chosen], self.base[chosen], self.spam[chosen], self.trust[chosen],
                     self.units[chosen], words, self.by_structure)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fitted:
    """A layer, and for every example the log-odds of a stack that was not fitted on it."""

    layer: SiteLayer
    unseen: Floats


def fit(
    examples: Sequence[Example],
    base: BaseModel,
    trust: Sequence[float] | None = None,
    reader: Callable[[str], Reading] = read,
) -> Fitted:
    """Fit a layer on spam and ham (`other` teaches nothing and must be left out).

    `trust` weighs examples, 1 by default. Near-duplicates are told by `Example.cluster`,
    else by their text. `reader` may remember texts it has read. The same examples in the same
    order give the same bits.
    Raises TooFewLabels.
    """
    return fit_table(tabulated(examples, base, trust, reader), base.digest)


def fit_table(table: Table, base: str, own: int | None = None, fewest: int = FEWEST) -> Fitted:
    """The same on examples that are numbers already; `base` is the digest of the one they
    were tabulated with. Only the first `own` are the site's: the others teach, but cover no
    language and are no evidence. Raises TooFewLabels if there are less than `fewest` of a kind."""
    _check_enough(table.spam[:own], fewest)
    unseen = _cross_validated(table)
    spread = max(1.0, float(np.sqrt(np.mean(table.base**2))) / 2)
    structure = table.rows[:, : features.MARKUP] @ table.by_structure
    by_base = np.column_stack([table.base - structure, structure]) / spread
    inputs = np.column_stack([by_base, unseen, np.ones(len(unseen))])
    worth = _worth(table.base / spread, table.spam, table.trust)
    stack = _stacked(inputs, np.array([worth, worth, 0.5, 0.0]), table.spam, table.trust)
    local, start = _learned(table, np.arange(len(unseen)))
    weights = stack[2] * local
    weights[: features.MARKUP] += (stack[1] - stack[0]) / spread * table.by_structure
    layer = SiteLayer(
        weights=weights.astype(np.float16),
        coverage=_coverage(table.where(np.arange(len(unseen)) < (own or len(unseen)))),
        slope=float(stack[0] / spread),
        intercept=float(stack[3] + stack[2] * start),
        card={"base": base},
    )
    return Fitted(layer, (inputs @ stack)[:own])


def _check_enough(spam: NDArray[np.bool_], fewest: int = FEWEST) -> None:
    for kind, labelled in ((Label.SPAM, spam), (Label.HAM, ~spam)):
        if (found := int(labelled.sum())) < fewest:
            raise TooFewLabels(kind, found, fewest)


def tabulated(
    examples: Sequence[Example],
    base: BaseModel,
    trust: Sequence[float] | None = None,
    reader: Callable[[str], Reading] = read,
) -> Table:
    """Each example by the window that the base finds worst, as it will be scored. Raises
    TooFewLabels."""
    spam = np.array([example.label is Label.SPAM for example in examples], np.bool_)
    _check_enough(spam)
    readings = [reader(example.comment.content) for example in examples]
    comments = [example.comment for example in examples]
    scorer = Scorer(base)
    parts = [_numbered(scorer, readings[part], comments[part]) for part in chunks(readings)]
    keys = [e.cluster or r.template.hex() for e, r in zip(examples, readings, strict=True)]
    text, base_says, words = zip(*parts, strict=True)
    return Table(
        rows=_with_extras(vstack(text, "csr"), extra_rows(comments, readings)),
        base=np.concatenate(base_says),
        spam=spam,
        trust=np.ones(len(examples)) if trust is None else np.asarray(trust, np.float64),
        units=np.array([_number(key) for key in keys], dtype=np.uint64),
        words=[each for part in words for each in part],
        by_structure=_by_structure(base),
    )


def _by_structure(base: BaseModel) -> Floats:
    """What each trait adds to the base's log-odds; nothing where several models are joined, whose
    sum has no parts that are the same in every comment."""
    weights = np.asarray(base.weights[: features.MARKUP], np.float64)
    return np.zeros(len(weights)) if weights.shape[1] > 1 else base.scale * weights[:, 0]


def _number(key: str) -> int:
    """A fold must not depend on which other examples there are: so the hash of the text."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little")


def _numbered(
    scorer: Scorer, readings: Sequence[Reading], comments: Sequence[Comment]
) -> tuple[csr_matrix, Floats, list[NDArray[np.uint32]]]:
    """Of each worst window the local features and the base's log-odds; each text's words."""
    numbered = Numbered(readings, comments, [*map(windows_of, readings)], explain=False)
    indptr, indices, values = numbered.matrix()
    logits = scorer.logits(numbered)
    worst = [
        first + int(np.argmax(logits[first:last])) for first, last in pairwise(numbered.firsts)
    ]
    rows = csr_matrix((values, slots_of(indices), indptr), shape=(len(logits), SLOTS))[worst]
    keys, sizes = numbered.keys(numbered.wholes)
    words = np.split(keys >> _UNSEEN_BITS, np.cumsum(sizes)[:-1])
    return rows, logits[worst], [np.unique(each) for each in words]


def _with_extras(text: csr_matrix, extra: Sequence[tuple[list[int], float]]) -> csr_matrix:
    sizes = [len(slots) for slots, _ in extra]
    beside = csr_matrix(
        (
            np.repeat([value for _, value in extra], sizes),
            np.array([slot for slots, _ in extra for slot in slots], dtype=np.int32),
            np.concatenate([[0], np.cumsum(sizes)]),
        ),
        shape=(len(extra), SLOTS),
    )
    joined = (text + beside).tocsr()
    joined.sum_duplicates()
    joined.data *= _SCALE[joined.indices]
    return joined


def _cross_validated(table: Table) -> Floats:
    """The local model's score of every example, from models that have not seen its unit."""
    parts = 10 if len(table.base) <= 200 else 5 if len(table.base) <= 3_000 else 3
    fold = table.units % np.uint64(parts)
    unseen = np.zeros(len(table.base))
    for part in range(parts):
        rest, here = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
        if len(here) and len(np.unique(table.spam[rest])) == 2:
            weights, start = _learned(table, rest)
            unseen[here] = table.rows[here] @ (weights / _SCALE) + start
    return unseen


def _learned(table: Table, rows: NDArray[np.int64]) -> tuple[Floats, float]:
    """Weights per slot, ready for unscaled features, and intercept of the local model."""
    model = LinearSVC(C=_C, tol=1e-3, max_iter=5_000, random_state=0)
    model.fit(table.rows[rows], table.spam[rows], table.trust[rows])
    return model.coef_[0] * _SCALE, float(model.intercept_[0])


def _worth(base: Floats, spam: NDArray[np.bool_], trust: Floats) -> float:
    """What the stack expects of the base before it learns: all of it where its log-odds save
    half of the doubt of knowing nothing, none where they are worse than knowing nothing."""
    doubt = np.logaddexp(0, np.where(spam, -base, base))
    both = [np.average(doubt[kind], weights=trust[kind]) for kind in (spam, ~spam)]
    saved = 1 - np.mean(both) / np.log(2)
    return float(np.clip(2 * saved, 0, 1))


def _stacked(inputs: Floats, centre: Floats, spam: NDArray[np.bool_], trust: Floats) -> Floats:
    """Ridge logistic regression towards `centre`, by Newton's method with halved steps."""
    weights, loss = centre.copy(), _loss(centre, inputs, centre, spam, trust)
    for _ in range(100):
        rate = 1 / (1 + np.exp(-np.clip(inputs @ weights, -500, 500)))
        slope = inputs.T @ (trust * (rate - spam)) + _RIDGE * (weights - centre)
        curve = (inputs.T * (trust * rate * (1 - rate))) @ inputs + np.diag(_RIDGE)
        step = np.linalg.solve(curve, slope)
        while (lower := _loss(weights - step, inputs, centre, spam, trust)) > loss:
            step = step / 2
            if np.abs(step).max() < 1e-10:
                return weights
        weights, loss = weights - step, lower
        if np.abs(step).max() < 1e-10:
            break
    return weights


def _loss(
    weights: Floats, inputs: Floats, centre: Floats, spam: NDArray[np.bool_], trust: Floats
) -> float:
    logits = inputs @ weights
    fit = trust @ (np.logaddexp(0, logits) - spam * logits)
    return float(fit + _RIDGE @ (weights - centre) ** 2 / 2)


def _coverage(table: Table) -> NDArray[np.uint8]:
    """One bit per hash of a word, set when enough different texts have it."""
    firsts = np.unique(table.units, return_index=True)[1]
    words = np.concatenate([table.words[n] for n in firsts])
    times = np.bincount(words.astype(np.int64), minlength=COVERAGE_BITS)
    enough = next(n for n in count(1) if np.mean(times >= n) <= FULLEST)
    return np.packbits(times >= enough, bitorder="little")
