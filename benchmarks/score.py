"""One comment of 200 characters, cold: normal form, features, score; beside scikit-learn."""

import argparse
import gc
import itertools
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline, make_union

from model import live
from model.artifact import BaseModel
from model.comment import Comment
from model.features import DIMENSIONS
from model.scorer import Scorer
from model.text import read
from training.examples import load

ROUNDS = 5
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
    n = parser.parse_args().n
    scorer = a_scorer()
    short = iter(cut(texts(), 200))
    peer = a_pipeline(list(itertools.islice(short, 2_000)))
    print(f"weights {scorer.model.weights.shape}, {ROUNDS} rounds of {n} texts")
    ways: dict[str, Callable[[str], Any]] = {
        "weir: read + features + score": lambda text: scorer.score(
            read(text), Comment(content=text)
        ),
        "scikit-learn pipeline": lambda text: peer.predict_proba([text]),
        "weir: the same, explained": lambda text: explained(scorer, text),
    }
    found = alternated(ways, short, n)
    ours = found["weir: read + features + score"]
    long = alternated(
        {"weir: 2,000 characters": next(iter(ways.values()))}, iter(cut(texts(), 2_000)), n // 4
    )
    for name, micros in (found | long).items():
        print(f"{name:<32} {micros:8.0f} µs  {micros / ours:6.2f} x")
    print(f"batch at real lengths: {per_second(scorer, texts()):,.0f} comments per CPU second")


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
    times = []
    for text in several:
        start = time.thread_time_ns()
        way(text)
        times.append((time.thread_time_ns() - start) / 1e3)
    return times


def explained(scorer: Scorer, text: str) -> None:
    """Score, and say why."""
    reading, comment = read(text), Comment(content=text)
    scorer.explain(reading, comment, scorer.score(reading, comment))


def per_second(scorer: Scorer, several: Sequence[str]) -> float:
    """Comments read and scored per CPU second, through the batch functions."""
    some = several[:3_000]
    start = time.thread_time()
    scorer.score_many([read(text) for text in some], [Comment(content=text) for text in some])
    return len(some) / (time.thread_time() - start)


@cache
def texts() -> tuple[str, ...]:
    """Real comments in a fixed random order."""
    folder = os.environ.get("WEIR_TRAINING_DATA", "")
    if not folder:
        sys.exit("set WEIR_TRAINING_DATA to the folder of labelled sets")
    found = [example.comment.content for example in load(Path(folder), SETS)]
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


if __name__ == "__main__":
    main()
