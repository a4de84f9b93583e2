"""A base from any number of files of any size, read once, in memory that does not grow.

Batches of comments are turned into features side by side (joblib: processes, or a Dask cluster),
and taught in their order to one logistic regression by averaged stochastic gradient descent
(Polyak and Juditsky 1992), so the result does not depend on how many worked on it. A stable
hash keeps a small share of the texts back; calibration and thresholds come from those alone.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed, parallel_config
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import SGDClassifier
from threadpoolctl import threadpool_limits

from model.artifact import BaseModel
from model.comment import Example, Label
from model.features import DIMENSIONS, FORMAT
from training.corpus import SKETCH_BITS, Bools, Corpus, Floats, has_unknown_host
from training.examples import Refused, read
from training.fit import KEYS_SEEN
from training.promise import LeftOut, calibrated, calibration, thresholds

BATCH = 1_000
"""Comments that one process turns into features at a time."""

KEPT_BACK, MOST_KEPT_BACK = 0.1, 3_000
"""Share of texts that calibrate and certify, and how many at most; only their hash says which."""

_SAME_BITS = 27
"""2**27 bits (16 MB) remember texts: of a million one in 200 is taken for a repeat."""

_LOW = np.uint64(2**32 - 1)
_HOLD_BELOW = 0.4
_STRENGTH = 1e-5  # scikit-learn's alpha


class NothingToLearn(ValueError):
    """The files hold no spam, or no good comments."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some comments as numbers: features of whole texts, truth, source, place in [0, 1), a hash
    of the text, coverage keys."""

    rows: csr_matrix
    spam: Bools
    sources: NDArray[np.str_]
    places: Floats
    texts: NDArray[np.uint64]
    keys: list[NDArray[np.uint32]]

    @classmethod
    def of(cls, examples: Sequence[Example]) -> "Batch":
        """The batch of these examples."""
        corpus = Corpus.of(examples)
        texts = np.array([_number(row) for row in _each(corpus.whole)], np.uint64)
        return cls(
            rows=corpus.whole,
            spam=corpus.is_spam,
            sources=np.array([example.source or "unnamed" for example in examples]),
            places=(texts & _LOW).astype(np.float64) / 2**32,
            texts=texts,
            keys=corpus.keys,
        )

    def where(self, chosen: Bools) -> "Batch":
        """The part where `chosen` is true."""
        rows = np.flatnonzero(chosen)
        return Batch(self.rows[rows], self.spam[rows], self.sources[rows], self.places[rows],
                     self.texts[rows], [self.keys[n] for n in rows])  # fmt: skip


@dataclass
class _Kept:
    """Texts kept back: all below a place that falls as more come, so never more than the most."""

    below: float = KEPT_BACK
    batches: list[Batch] = field(default_factory=list)

    def add(self, batch: Batch, fresh: Bools) -> None:
        kept = batch.where(fresh & (batch.places < self.below))
        keys = [each.copy() for each in kept.keys]  # those of a batch lie in one array
        self.batches.append(replace(kept, keys=keys))
        while sum(len(one.spam) for one in self.batches) > MOST_KEPT_BACK:
            self.below /= 2
            self.batches = [one.where(one.places < self.below) for one in self.batches]

    def found(self, model: BaseModel) -> LeftOut:
        rows = vstack([one.rows for one in self.batches], "csr")
        seen = np.unpackbits(model.coverage, bitorder="little").astype(bool)
        keys = [keys for one in self.batches for keys in one.keys]
        return LeftOut(
            sources=np.concatenate([one.sources for one in self.batches]),
            is_spam=np.concatenate([one.spam for one in self.batches]),
            clusters=np.concatenate([one.texts for one in self.batches]).astype(np.str_),
            log_odds=np.asarray(rows @ model.weights[:, 0] + model.intercepts[0], np.float64),
            coverage=np.array([seen[one].mean() if len(one) else np.nan for one in keys]),
            linked=has_unknown_host(rows),
            parts=np.ones(rows.shape[0], np.int64),
            floor=_HOLD_BELOW,
        )


class Learner:
    """Batches in, a base out. Holds one weight vector, two sketches and what is kept back."""

    def __init__(self) -> None:
        self._model = SGDClassifier(loss="log_loss", alpha=_STRENGTH, average=True, random_state=0)
        self._texts = np.zeros(2 ** (_SAME_BITS - 3), np.uint8)
        self._times = np.zeros(2**SKETCH_BITS, np.uint16)
        self._kept = _Kept()
        self.counts: Counter[str] = Counter()
        self.sources: Counter[tuple[str, str]] = Counter()

    def teach(self, batch: Batch) -> None:
        """Learn from what is new in a batch and not kept back."""
        fresh = self._are_new(batch.texts)
        self.counts["repeated"] += int((~fresh).sum())
        self._kept.add(batch, fresh)
        told = batch.where(fresh & (batch.places >= KEPT_BACK))
        if not len(told.spam):
            return
        kinds = np.where(told.spam, "spam", "ham").tolist()
        self.counts.update(kinds)
        self.sources.update(zip(told.sources.tolist(), kinds, strict=True))
        self._cover(told.keys)
        self._model.partial_fit(told.rows, told.spam, [False, True], self._weights(told.spam))

    def _are_new(self, texts: NDArray[np.uint64]) -> Bools:
        bits = (texts >> np.uint64(64 - _SAME_BITS)).astype(np.int64)
        new = self._texts[bits >> 3] >> (bits & 7).astype(np.uint8) & 1 == 0
        new &= np.isin(np.arange(len(bits)), np.unique(bits, return_index=True)[1])
        np.bitwise_or.at(self._texts, bits >> 3, (1 << (bits & 7)).astype(np.uint8))
        return np.asarray(new, np.bool_)

    def _cover(self, keys: Sequence[NDArray[np.uint32]]) -> None:
        """Count in how many texts each key stands, up to KEYS_SEEN."""
        flat, ends = np.concatenate(keys), np.cumsum([len(one) for one in keys])
        new = np.flatnonzero(self._times.take(flat) < KEYS_SEEN)  # few, after a while
        of = ends.searchsorted(new, side="right").astype(np.uint64)
        pairs = np.sort(of << np.uint64(32) | flat.take(new))
        once = np.sort(pairs[np.diff(pairs, prepend=~pairs[:1]) != 0] & _LOW)
        starts = np.flatnonzero(np.diff(once, prepend=~once[:1]))
        times = np.diff(starts, append=len(once))
        seen = once[starts]
        self._times[seen] = np.minimum(self._times[seen] + times, KEYS_SEEN)

    def _weights(self, spam: Bools) -> Floats:
        """Both labels weigh the same over all that was seen so far."""
        total = self.counts["spam"] + self.counts["ham"]
        each = {side: total / 2 / max(self.counts[side], 1) for side in ("spam", "ham")}
        return np.where(spam, each["spam"], each["ham"])

    def base(self, made_at: str = "") -> BaseModel:
        """The base model, calibrated and certified on what was kept back.

        Raises NothingToLearn.
        """
        if not self.counts["spam"] or not self.counts["ham"]:
            raise NothingToLearn("a base needs spam and good comments")
        raw = BaseModel(
            weights=self._model.coef_.T.astype(np.float16),
            intercepts=self._model.intercept_.astype(np.float32), scale=1.0, offset=0.0,
            coverage=np.packbits(self._times >= KEYS_SEEN, bitorder="little"), card={},
        )  # fmt: skip
        found = self._kept.found(raw)
        if found.is_spam.all() or not found.is_spam.any():
            raise NothingToLearn("too few comments of one kind to calibrate on")
        scale, offset = calibration(found)
        card = self._card(calibrated(found, scale, offset), made_at)
        return replace(raw, scale=scale, offset=offset, card=card)

    def _card(self, found: LeftOut, made_at: str) -> dict[str, Any]:
        return {
            "name": "base from many sites",
            "made_at": made_at,
            "features": {"format": FORMAT, "dimensions": DIMENSIONS},
            "coverage": {"hold_below": _HOLD_BELOW, "bits": 2**SKETCH_BITS},
            "data": [{"set": source, "spam": self.sources[source, "spam"],
                      "ham": self.sources[source, "ham"]}
                     for source in sorted({source for source, _ in self.sources})],
            "taught": dict(self.counts),
            "kept_back": {"spam": int(found.is_spam.sum()), "good": int((~found.is_spam).sum())},
            "thresholds": thresholds(found),
            "promise": {"basis": "measured on texts kept back of the sites it learned from, the "
                                 "strictest of them; nothing is known of other sites"},
        }  # fmt: skip


def examples_of(
    files: Iterable[Path], refused: Callable[[Path, Refused], None]
) -> Iterator[Example]:
    """The spam and the ham of all files in turn; rows that are none go to `refused`."""
    for path in files:
        for row in read(path):
            if isinstance(row, Refused):
                refused(path, row)
            elif row.label is not Label.OTHER:
                yield row


@contextmanager
def on(cluster: str) -> Iterator[None]:
    """Let `learn` work on the Dask cluster at this address; on this machine if it is empty."""
    if not cluster:
        yield
        return
    from distributed import Client  # noqa: PLC0415 - the extra `cluster`, only where there is one

    with Client(cluster), parallel_config(backend="dask"):  # type: ignore[no-untyped-call]
        yield


def learn(examples: Iterable[Example], jobs: int = 1) -> Learner:
    """Teach all of them, a batch at a time, numbered by `jobs` processes.

    Under `joblib.parallel_config(backend="dask")` the processes are those of a cluster.
    """
    learner, rest = Learner(), iter(examples)
    # A second thread of BLAS has nothing to do here but to wait, which takes as long as the first.
    with Parallel(n_jobs=jobs) as parallel, threadpool_limits(limits=1):
        while batches := list(islice(_batches(rest), max(1, 2 * jobs))):
            for batch in parallel(delayed(Batch.of)(batch) for batch in batches):
                learner.teach(batch)
    return learner


def _batches(rest: Iterator[Example]) -> Iterator[list[Example]]:
    while batch := list(islice(rest, BATCH)):
        yield batch


def _each(rows: csr_matrix) -> Iterator[NDArray[np.int32]]:
    return (rows.indices[a:b] for a, b in pairwise(rows.indptr))


def _number(features: NDArray[np.int32]) -> int:
    """Texts of the same normal form have the same features, and these are there already."""
    return int.from_bytes(hashlib.blake2b(features.tobytes(), digest_size=8).digest(), "little")
