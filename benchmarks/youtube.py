"""Spam below videos as in the literature: 10-fold and one-video-out, beside online learning.

The baseline is what earlier measurements found best on these comments: byte 3-5-grams, words,
pairs and eight measures hashed into 2^20 weights, learned online by AdaGrad (Duchi, Hazan and
Singer, 2011). Weir is a site layer on a base that has seen no comment of YouTube's. Published
figures are on 1,956 rows with duplicates, these on 1,708 without: only the baseline compares.
"""

import argparse
import os
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold

from model.artifact import BaseModel
from model.comment import Example
from model.figures import brier, ece, one_minus_roca, recall_at_fpr, resampled
from model.site_scorer import SiteScorer
from model.text import read
from training.corpus import Corpus
from training.examples import capped, load, unique, unit
from training.fit import CONFIGURATIONS, lessons
from training.fit import fit as fit_base
from training.promise import calibration, left_out
from training.site_layer import fit as fit_layer

SOURCE = "youtube_uci"
SLOTS = 2**20
RATE, PASSES = 0.3, 5

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Learner = Callable[[Rows, Rows], Floats]
"""Numbers of the comments to learn from and of those to judge -> log-odds of the latter."""


def main() -> None:
    """Print both learners' figures, and the interval of their difference (paired)."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=3)
    wanted = asked.parse_args()
    folder = os.environ.get("WEIR_TRAINING_DATA")
    if not folder:
        sys.exit("set WEIR_TRAINING_DATA to the folder of labelled sets")
    everything = capped(unique(load(Path(folder))))
    videos = [one for one in everything if one.source == SOURCE]
    learners: dict[str, Learner] = {
        "online": Online(videos),
        "Weir": Layered(videos, stranger(everything)),
    }
    spam = np.array([one.label == "spam" for one in videos])
    print(f"{len(videos)} comments, {int(spam.sum())} spam")
    for name, folds in _protocols(videos, spam, wanted.seeds).items():
        said = {who: [unseen(each, learn) for each in folds] for who, learn in learners.items()}
        for line in _compared(spam, said, [unit(one) for one in videos]):
            print(f"{name:<16}{line}", flush=True)


def unseen(folds: Sequence[tuple[Rows, Rows]], learn: Learner) -> Floats:
    """Every comment's log-odds by a learner that was not taught with it."""
    said = np.zeros(sum(len(test) for _, test in folds))
    for taught, test in folds:
        said[test] = learn(taught, test)
    return said


class Online:
    """Online logistic regression on hashed tokens, each step scaled per weight."""

    def __init__(self, videos: Sequence[Example]) -> None:
        self._tokens = [hashed(one.comment.content) for one in videos]
        self._spam = [one.label == "spam" for one in videos]

    def __call__(self, taught: Rows, test: Rows) -> Floats:
        """Learn in PASSES passes in a fixed random order, then judge."""
        weights, squares = np.zeros(SLOTS), np.full(SLOTS, 1e-6)
        random = np.random.default_rng(0)
        for row in (row for _ in range(PASSES) for row in random.permutation(taught)):
            slots = self._tokens[row]
            size = len(slots) ** -0.5
            error = 1 / (1 + np.exp(-size * weights[slots].sum())) - self._spam[row]
            squares[slots] += (error * size) ** 2
            weights[slots] -= RATE * error * size / np.sqrt(squares[slots])
        return np.array([weights[self._tokens[row]].mean() * len(self._tokens[row]) ** 0.5
                         for row in test])  # fmt: skip


class Layered:
    """What a site has after its first labels: a layer on a base that never saw such a site."""

    def __init__(self, videos: Sequence[Example], base: BaseModel) -> None:
        self._videos, self._base = videos, base
        self._readings = [read(one.comment.content) for one in videos]

    def __call__(self, taught: Rows, test: Rows) -> Floats:
        """Fit a layer, then score as serving does."""
        layer = fit_layer([self._videos[row] for row in taught], self._base).layer
        scorer = SiteScorer(self._base, layer)
        return np.array([
            scorer.score(self._readings[row], self._videos[row].comment).logit for row in test
        ])  # fmt: skip


def stranger(everything: Sequence[Example]) -> BaseModel:
    """A base fitted as the shipped one is, without the videos."""
    corpus = Corpus.of([one for one in everything if one.source != SOURCE])
    chosen = CONFIGURATIONS["shipped"]
    taught = lessons(corpus, chosen.plan, 0)
    scale, offset = calibration(left_out(corpus, taught, chosen))
    return replace(fit_base(taught, chosen), scale=scale, offset=offset, digest="0" * 64)


def hashed(text: str) -> Rows:
    """The baseline's tokens, each once: n-grams, words, pairs and measures of the normal form."""
    plain = _URL.sub(" urltoken ", read(text).normal)
    data, words = f" {plain} ".encode("utf-8", "replace"), _WORD.findall(plain)
    tokens = {data[i : i + n] for n in (3, 4, 5) for i in range(len(data) - n + 1)}
    tokens |= {f"w {word}".encode() for word in words}
    tokens |= {f"p {a} {b}".encode() for a, b in pairwise(words)}
    tokens |= {f"m{i} {bin_}".encode() for i, bin_ in enumerate(_measures(text, len(words)))}
    return np.unique(np.array([zlib.crc32(token) % SLOTS for token in tokens], np.int64))


def _measures(text: str, words: int) -> Iterator[int]:
    letters = max(sum(map(str.isalpha, text)), 1)
    yield len(text).bit_length()
    yield min(len(_URL.findall(text)), 3)
    yield 5 * sum(map(str.isupper, text)) // letters
    yield min(text.count("!"), 4)
    yield 5 * sum(map(str.isdigit, text)) // max(len(text), 1)
    yield min(text.count("\n"), 3)
    yield words.bit_length()
    yield int(not text.isascii())


_URL = re.compile(r"https?://\S+|www\.\S+")
_WORD = re.compile(r"\w+")


def _protocols(
    videos: Sequence[Example], spam: Bools, seeds: int
) -> dict[str, list[list[tuple[Rows, Rows]]]]:
    rows, groups = np.arange(len(videos)), np.array([one.group for one in videos])
    return {
        "10-fold": [
            list(StratifiedKFold(10, shuffle=True, random_state=seed).split(rows, spam))
            for seed in range(seeds)
        ],
        "one video out": [list(LeaveOneGroupOut().split(rows, spam, groups))],
    }


FIGURES: dict[str, Callable[[Bools, Floats], float]] = {
    "accuracy %": lambda spam, said: 100 * float(np.mean((said > 0) == spam)),
    "1-ROCA %": one_minus_roca,
    "caught at 1 % %": lambda spam, said: 100 * recall_at_fpr(spam, said, 0.01),
    "ECE": lambda spam, said: ece(spam, 1 / (1 + np.exp(-said))),
    "Brier": lambda spam, said: brier(spam, 1 / (1 + np.exp(-said))),
}


def _compared(spam: Bools, said: dict[str, list[Floats]], units: Sequence[str]) -> Iterator[str]:
    """Each figure: the mean over seeds of either learner, the 95 % interval of the difference."""
    draws = list(resampled(np.array(units), rounds=300, seed=0))
    for name, measure in FIGURES.items():
        mean = {who: np.mean([measure(spam, one) for one in each]) for who, each in said.items()}
        gaps = [
            np.mean([measure(spam[rows], ours[rows]) - measure(spam[rows], theirs[rows])
                     for ours, theirs in zip(said["Weir"], said["online"], strict=True)])
            for rows in draws
        ]  # fmt: skip
        lower, upper = np.quantile(gaps, [0.025, 0.975])
        yield (f"{name:<16} online {mean['online']:8.4f}   Weir {mean['Weir']:8.4f}"
               f"   difference {lower:+.4f} to {upper:+.4f}")  # fmt: skip


if __name__ == "__main__":
    main()
