"""Examples as numbers, computed once however many models are fitted on parts of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.base import BaseEstimator, TransformerMixin

from model.artifact import BaseModel
from model.comment import Example, Label
from model.features import DIMENSIONS, KEY_BITS, Numbered, chunks, features_many
from model.plain import read_many
from model.traits import FIRST
from model.windows import windows_of

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
        comments = [example.comment for example in examples]
        readings = read_many([comment.content for comment in comments])
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
        comments = [example.comment for example in examples]
        readings = read_many([comment.content for comment in comments])
        windows, wholes, sizes, keys = [], [], [], []
        for part in chunks(readings):
            texts = readings[part]
            numbered = Numbered(texts, comments[part], [*map(windows_of, texts)], explain=False)
            found = _matrix(*numbered.matrix())
            windows.append(found)
            wholes.append(found[numbered.wholes])
            sizes += np.diff(numbered.firsts).tolist()
            each, counts = numbered.keys(numbered.wholes)
            keys += np.split(each >> np.uint32(KEY_BITS - SKETCH_BITS), np.cumsum(counts)[:-1])
        ends = np.cumsum(sizes, dtype=np.int64)
        return cls(list(examples), _stacked(wholes), _stacked(windows), ends, keys)

    def where(self, kept: Bools) -> "Corpus":
        """The part where `kept` is true."""
        rows = np.flatnonzero(kept)
        sizes = self.sizes
        return Corpus(
            [self.examples[row] for row in rows],
            self.whole[rows],
            self.windows[np.flatnonzero(np.repeat(kept, sizes))],
            np.cumsum(sizes[rows]),
            [self.keys[row] for row in rows],
        )

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many windows each has."""
        return np.diff(self.ends, prepend=0)

    @property
    def is_spam(self) -> Bools:
        """Which are spam."""
        return np.array([example.label is Label.SPAM for example in self.examples], bool)

    @property
    def has_unknown_host(self) -> Bools:
        """Which link to a host that is not on the known-good list."""
        return has_unknown_host(self.whole)

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


def has_unknown_host(rows: csr_matrix) -> Bools:
    """Which rows are of texts that link to a host that is not on the known-good list."""
    return np.asarray(rows[:, [FIRST["unknown"]]].toarray()[:, 0] > 0)


def _stacked(parts: list[csr_matrix]) -> csr_matrix:
    return vstack([csr_matrix((0, DIMENSIONS), dtype=np.float32), *parts], "csr")


def _matrix(
    indptr: NDArray[np.int64], indices: NDArray[np.int32], values: NDArray[np.float32]
) -> csr_matrix:
    return csr_matrix((values, indices, indptr), shape=(len(indptr) - 1, DIMENSIONS))
