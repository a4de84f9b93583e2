"""Is "at most 1 in N good comments rejected" kept? Exact draws from scores that are all known.

The scores of a whole data set, each from a site layer that has not seen it, are taken as the
population, so the true share of good comments above any threshold is known exactly. From it n
good comments are drawn (with replacement), a threshold is certified, and its true share looked
up: broken if above the budget. The reference is the plug-in threshold.
"""

import argparse
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model import figures
from model.artifact import BaseModel
from model.comment import Example, Label
from model.features import DIMENSIONS
from training.examples import load
from training.site_layer import fit

BUDGETS = (0.001, 0.005, 0.01, 0.02)
SIZES = (50, 150, 300, 600, 1_000, 3_000)
SETS = ("sms_uci", "youtube_uci")


def main() -> None:
    """Print, by budget and n: broken draws, spam caught, and both for the plug-in threshold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=500)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    folder = os.environ.get("WEIR_TRAINING_DATA")
    if not folder:
        print("skipped: WEIR_TRAINING_DATA is not set")
        return
    for name in SETS:
        numbers = np.random.default_rng(given.seed)
        good, spam = population(load(Path(folder), [name]))
        print(f"{name}: {len(good)} good, {len(spam)} spam")
        print("budget       n   broken  plug-in   caught  plug-in  rejects nothing  missing")
        for budget in BUDGETS:
            for size in SIZES:
                print(_row(good, spam, budget, size, given.draws, numbers))


def population(examples: list[Example]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sorted log-odds of the good and of the spam, each from a model that has not seen it."""
    nothing = BaseModel(
        weights=np.zeros((DIMENSIONS, 1), np.float16), intercepts=np.zeros(1), scale=1.0,
        offset=0.0, coverage=np.zeros(0, np.uint8), card={},
    )  # fmt: skip
    unseen = fit(examples, nothing).unseen
    spam = np.array([one.label is Label.SPAM for one in examples], dtype=np.bool_)
    return np.sort(unseen[~spam]), np.sort(unseen[spam])


def draw(
    good: NDArray[np.float64], budget: float, size: int, numbers: np.random.Generator
) -> tuple[figures.Certificate, float]:
    """One site's certificate, and the threshold that takes the sample at its word."""
    sample = numbers.choice(good, size)
    plug_in = float(np.sort(sample)[::-1][int(budget * size)])
    return figures.reject_threshold(sample, budget), float(np.nextafter(plug_in, np.inf))


def above(scores: NDArray[np.float64], threshold: float) -> float:
    """The true share of a sorted population at or above a threshold."""
    return float(1 - np.searchsorted(scores, threshold) / len(scores))


def _row(  # noqa: PLR0917 - one column each
    good: NDArray[np.float64],
    spam: NDArray[np.float64],
    budget: float,
    size: int,
    draws: int,
    numbers: np.random.Generator,
) -> str:
    drawn = [draw(good, budget, size, numbers) for _ in range(draws)]
    certified = np.array([proof.threshold for proof, _ in drawn])
    plug_in = np.array([threshold for _, threshold in drawn])
    broken = [np.mean([above(good, t) > budget for t in each]) for each in (certified, plug_in)]
    caught = [np.mean([above(spam, t) for t in each]) for each in (certified, plug_in)]
    nothing = np.mean(np.isinf(certified))
    return (f"{budget:6.1%} {size:7d} {broken[0]:8.1%} {broken[1]:8.1%} {caught[0]:8.1%} "
            f"{caught[1]:8.1%} {nothing:16.0%} {drawn[0][0].missing:8d}")  # fmt: skip


if __name__ == "__main__":
    main()
