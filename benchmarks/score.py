"""One comment of 200 characters, cold: normal form, features, score; beside scikit-learn.

No text comes twice. With `--cold` the processor's caches are emptied before each: what a server
pays, which does other work between two questions.
"""

import argparse
import gc
import itertools
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer

from model import live
from model.artifact import BaseModel
from model.comment import Comment
from model.features import DIMENSIONS
from model.scorer import Scorer
from model.structure import Structure
from model.text import Reading, read
from training.examples import load

ROUNDS = 5
CACHES = 64 * 2**20
"""Bytes that are walked through to empty the processor's caches."""
SETS = (
    "blog_haacked",
    "youtube_uci",
    "ham_civilcomments",
    "wpblog_dmt",
    "sms_uci",
    "ham_stackoverflow",
)


def main() -> None:
    """Print medians of CPU microseconds, alternated in one run, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=400, help="texts a round, none used twice")
    parser.add_argument("--cold", action="store_true", help="empty the caches before each text")
    asked = parser.parse_args()
    n, scorer = asked.n, a_scorer()
    if asked.cold:
        tell(alternated(cold_ways(scorer), iter(cut(texts(), 200)), n))
        return
    short = iter(cut(texts(), 200))
    learned = list(itertools.islice(short, 1_000))
    peer, plain = the_same_model(learned), a_pipeline(learned)
    print(f"weights {scorer.model.weights.shape}, {ROUNDS} rounds of {n} texts")
    ways: dict[str, Callable[[str], Any]] = {
        "weir: read + features + score": lambda text: scorer.score(
            read(text), Comment(content=text)
        ),
        "scikit-learn, the same features": lambda text: peer.predict_proba([text]),
        "scikit-learn, n-grams only": lambda text: plain.predict_proba([text]),
        "weir: the same, explained": lambda text: explained(scorer, text),
    }
    found = alternated(ways, short, n)
    long = alternated(
        {"weir: 2,000 characters": next(iter(ways.values()))}, iter(cut(texts(), 2_000)), n // 4
    )
    tell(found | long)


def tell(found: dict[str, float]) -> None:
    """Print each way's median beside the first one's."""
    ours = next(iter(found.values()))
    for name, micros in found.items():
        print(f"{name:<32} {micros:8.0f} µs  {micros / ours:6.2f} x")


@dataclass(frozen=True)
class Cold:
    """A way for which the caches are emptied before each text, and which may then take another
    text first: that leaves the program in the caches, but not the text."""

    way: Callable[[str], Any]
    memory: NDArray[np.float64]
    after_another: bool = False

    def before(self, text: str) -> None:
        """What is not measured."""
        np.add(self.memory, 1, out=self.memory)
        if self.after_another:
            self.way(text[::-1])

    def __call__(self, text: str) -> None:
        """What is measured."""
        self.way(text)


def cold_ways(scorer: Scorer) -> dict[str, Callable[[str], Any]]:
    """Comments scored, and explained, in a loop, with empty caches and after another comment."""
    memory = np.zeros(CACHES // 8)
    ways: dict[str, Callable[[str], Any]] = {
        "scored": lambda text: scorer.score(read(text), Comment(content=text)),
        "explained": lambda text: explained(scorer, text),
    }
    found: dict[str, Callable[[str], Any]] = {}
    for name, way in ways.items():
        found[f"weir: {name}, in a loop"] = way
        found[f"weir: {name}, caches emptied"] = Cold(way, memory)
        found[f"weir: {name}, after another"] = Cold(way, memory, after_another=True)
    return found


def alternated(
    ways: dict[str, Callable[[str], Any]], supply: Iterator[str], n: int
) -> dict[str, float]:
    """Median CPU µs of each way: median over rounds of the median over texts."""
    rounds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            rounds[name].append(statistics.median(micros(way, list(itertools.islice(supply, n)))))
    return {name: statistics.median(each) for name, each in rounds.items()}


def micros(way: Callable[[str], Any], several: Sequence[str]) -> list[float]:
    """CPU time of this thread for each text, in µs."""
    gc.collect()
    times, before = [], getattr(way, "before", None)
    for text in several:
        if before:
            before(text)
        start = time.thread_time_ns()
        way(text)
        times.append((time.thread_time_ns() - start) / 1e3)
    return times


def explained(scorer: Scorer, text: str) -> None:
    """Score, and say why."""
    reading, comment = read(text), Comment(content=text)
    scorer.explain(reading, comment, scorer.score(reading, comment))


def training_data() -> Path:
    """The folder of labelled sets."""
    folder = os.environ.get("WEIR_TRAINING_DATA", "")
    if not folder:
        sys.exit("set WEIR_TRAINING_DATA to the folder of labelled sets")
    return Path(folder)


@cache
def texts() -> tuple[str, ...]:
    """Real comments in a fixed random order."""
    found = [example.comment.content for example in load(training_data(), SETS)]
    random.Random(7).shuffle(found)
    return tuple(found)


def cut(several: Sequence[str], size: int) -> list[str]:
    """Texts of exactly `size` characters, short ones joined with their neighbours."""
    found, joined = [], ""
    for text in several:
        joined = f"{joined} {text}" if joined else text
        if len(joined) >= size:
            found.append(joined[:size])
            joined = ""
    return found


def a_scorer() -> Scorer:
    """The shipped base, or random weights of the same shape where it is not built yet."""
    return live.Live().scorer() or Scorer(a_model(1))


def a_model(k: int) -> BaseModel:
    """A model of k random columns."""
    rng = np.random.default_rng(1)
    return BaseModel(
        weights=rng.normal(size=(DIMENSIONS, k)).astype(np.float16),
        intercepts=np.zeros(k, np.float32), scale=1.0, offset=0.0,
        coverage=rng.integers(0, 256, 2**19).astype(np.uint8), card={},
    )  # fmt: skip


def a_pipeline(several: Sequence[str]) -> Any:
    """Hashed character and word n-grams into a logistic regression, as scikit-learn has them."""
    chars = HashingVectorizer(analyzer="char", ngram_range=(3, 5), n_features=2**18)
    words = HashingVectorizer(ngram_range=(1, 2), n_features=2**18)
    labels = np.arange(len(several)) % 2
    return make_pipeline(make_union(chars, words), SGDClassifier(loss="log_loss")).fit(
        several, labels
    )


def the_same_model(several: Sequence[str]) -> Any:
    """What a scorer computes, of scikit-learn's parts: normal form, hashed n-grams and words of
    it, structure as a dictionary, logistic regression. Texts are read once; no windows."""
    reading = FunctionTransformer(lambda texts: [read(text) for text in texts])
    traits = make_pipeline(
        FunctionTransformer(lambda readings: [measured(reading) for reading in readings]),
        FeatureHasher(2**11),
    )
    normal = attrgetter("normal")
    chars = HashingVectorizer(
        analyzer="char", ngram_range=(3, 5), n_features=2**17, preprocessor=normal
    )
    words = HashingVectorizer(ngram_range=(1, 2), n_features=2**17, preprocessor=normal)
    labels = np.arange(len(several)) % 2
    union = make_union(chars, words, traits)
    return make_pipeline(reading, union, SGDClassifier(loss="log_loss")).fit(several, labels)


def measured(reading: Reading) -> dict[str, float]:
    """A comment's structure, as the features have it."""
    whole = reading.part(0, len(reading.normal))
    return Structure(reading, Comment(content=reading.content)).measure(whole)


if __name__ == "__main__":
    main()
