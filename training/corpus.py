"""Examples as numbers, computed once however many models are fitted on parts of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin

from model.artifact import BaseModel
from model.comment import Example, Label
from model.features import DIMENSIONS, Numbered, features_many, windows_of
from model.text import read

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
SKETCH_BITS = 22
"""The coverage sketch has 2**22 bits (512 kB): a few percent of unseen keys look seen."""
MIN_KEYS = 15
"""As in model.scorer: below it coverage says nothing."""


class Features(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # sklearn has no types
    """Examples -> CSR matrix (n, DIMENSIONS), by the very functions that serving uses."""

    def fit(self, examples: Sequence[Example], y: Any = None) -> Self:
        """Nothing is learned here."""
        return self

    def transform(self, examples: Sequence[Example]) -> csr_matrix:
        """One row per example, of its whole text."""
        readings = [read(example.comment.content) for example in examples]
        comments = [example.comment for example in examples]
        return _matrix(*features_many(readings, comments))


@dataclass(frozen=True, slots=True)
class Corpus:
    """Examples, the features of their whole texts (n, DIMENSIONS) and of the windows serving
    scores (`ends[i]` windows stand before example i + 1), and their coverage keys."""

    examples: list[Example]
    whole: csr_matrix
    windows: csr_matrix
    ends: NDArray[np.int64]
    keys: list[NDArray[np.uint32]]

    @classmethod
    def of(cls, examples: Sequence[Example]) -> Self:
        """The corpus of these examples."""
        whole, windows, ends, keys = [], [], [], []
        for example in examples:
            reading = read(example.comment.content)
            numbered = Numbered(reading, example.comment)
            whole.append(numbered.row())
            windows += [numbered.row(window) for window in windows_of(reading)]
            ends.append(len(windows))
            keys.append((numbered.keys() >> np.uint64(64 - SKETCH_BITS)).astype(np.uint32))
        return cls(list(examples), _rows(whole), _rows(windows), np.array(ends, np.int64), keys)

    def where(self, kept: Bools) -> "Corpus":
        """The part where `kept` is true."""
        rows = np.flatnonzero(kept)
        sizes = np.diff(self.ends, prepend=0)
        return Corpus(
            [self.examples[row] for row in rows],
            self.whole[rows],
            self.windows[np.flatnonzero(np.repeat(kept, sizes))],
            np.cumsum(sizes[rows]),
            [self.keys[row] for row in rows],
        )

    @property
    def is_spam(self) -> Bools:
        """Which are spam."""
        return np.array([example.label is Label.SPAM for example in self.examples], bool)

    def log_odds(self, model: BaseModel) -> Floats:
        """What `model.scorer.Scorer` says of each: the worst window's log-odds."""
        z = self.windows @ model.weights.astype(np.float64) + model.intercepts
        top = z.max(axis=1)
        joined = top + np.log(np.mean(np.exp(z - top[:, None]), axis=1))
        scaled = model.scale * joined + model.offset
        return np.asarray(np.maximum.reduceat(scaled, np.r_[0, self.ends[:-1]]), np.float64)

    def coverage(self, sketch: NDArray[np.uint8]) -> Floats:
        """Share of each text's keys that a sketch knows; NaN where there are too few to say."""
        seen = np.unpackbits(sketch, bitorder="little").astype(bool)
        return np.array(
            [seen[keys].mean() if len(keys) >= MIN_KEYS else np.nan for keys in self.keys]
        )


def _rows(rows: list[tuple[NDArray[np.int32], NDArray[np.float32]]]) -> csr_matrix:
    indptr = np.cumsum([0, *(len(indices) for indices, _ in rows)])
    indices = np.concatenate([indices for indices, _ in rows] or [np.zeros(0, np.int32)])
    values = np.concatenate([values for _, values in rows] or [np.zeros(0, np.float32)])
    return _matrix(indptr, indices, values)


def _matrix(
    indptr: NDArray[np.int64], indices: NDArray[np.int32], values: NDArray[np.float32]
) -> csr_matrix:
    return csr_matrix((values, indices, indptr), shape=(len(indptr) - 1, DIMENSIONS))
