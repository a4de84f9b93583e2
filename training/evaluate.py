"""How good a model is, in the figures all reports use, each with n and a 95 % interval.

From a labelled file and a scorer comes a `Result`; from that the figures, a table for the
terminal and a self-contained page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from model import figures
from model.comment import Example, Label
from model.figures import Interval
from model.plain import read_many
from model.scorer import Scorer
from model.verdict import Thresholds, probability

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
ROUNDS = 500
"""Rounds of the bootstrap over clusters."""

NAMES: Mapping[str, str] = {
    "roc_auc": "ROC-AUC",
    "one_minus_roca": "1-ROCA %",
    "caught_at_half_percent": "spam caught, 0.5 % of good flagged",
    "caught_at_one_percent": "spam caught, 1 % of good flagged",
    "good_rejected": "good comments rejected",
    "good_accepted": "good comments accepted",
    "held": "held, of all",
    "spam_rejected": "spam rejected",
    "spam_accepted": "spam accepted",
    "brier": "Brier score",
    "ece": "calibration error (ECE)",
}
"""Every figure and what it is called where people read it."""


@dataclass(frozen=True, slots=True)
class Result:
    """One row per comment: the truth, what the model said, and near-duplicates' cluster.

    `learned` is False where the comment is held because its language was never learned.
    """

    is_spam: Bools
    probability: Floats
    learned: Bools
    clusters: NDArray[np.str_]

    @classmethod
    def of(cls, scorer: Scorer, examples: Sequence[Example]) -> "Result":
        """Let a scorer judge the spam and the ham among `examples` (`other` is left out)."""
        told = [example for example in examples if example.label is not Label.OTHER]
        comments = [example.comment for example in told]
        readings = read_many([comment.content for comment in comments])
        scored = scorer.score_many(readings, comments)
        floor = scorer.model.coverage_floor
        coverage = [np.nan if one.coverage is None else one.coverage for one in scored]
        return cls(
            is_spam=np.array([example.label is Label.SPAM for example in told], bool),
            probability=np.array([probability(one.logit) for one in scored], np.float64),
            learned=~(np.array(coverage, np.float64) < floor),
            clusters=np.array(
                [e.cluster or r.template.hex() for e, r in zip(told, readings, strict=True)]
            ),
        )

    def where(self, rows: Bools) -> "Result":
        """Some of the comments."""
        return Result(
            self.is_spam[rows], self.probability[rows], self.learned[rows], self.clusters[rows]
        )

    def decided(self, bounds: Thresholds) -> tuple[Bools, Bools]:
        """Which are accepted and which rejected by text alone; the rest are held."""
        accepted = self.learned & (self.probability < bounds.accept_below)
        return accepted, self.learned & ~accepted & (self.probability >= bounds.reject_above)


def measured(result: Result, bounds: Thresholds, seed: int = 0) -> dict[str, Interval]:
    """Every figure of NAMES. Shares have exact intervals, the rest a bootstrap over clusters.

    Figures that need both labels are NaN without them.
    """
    accepted, rejected = result.decided(bounds)
    spam, good = result.is_spam, ~result.is_spam
    return {
        **_ranked(result, seed),
        "good_rejected": _share(rejected, good),
        "good_accepted": _share(accepted, good),
        "held": _share(~accepted & ~rejected, spam | good),
        "spam_rejected": _share(rejected, spam),
        "spam_accepted": _share(accepted, spam),
    }


def as_json(found: Mapping[str, Interval]) -> dict[str, Any]:
    """The figures as plain numbers, NaN as None, rounded to six places."""
    return {
        name: {key: _plain(value) for key, value in asdict(found[name]).items()} for name in NAMES
    }


def as_table(found: Mapping[str, Interval], title: str) -> Table:
    """The figures for a terminal."""
    table = Table("figure", "value", "95 % interval", "n", title=title)
    for name, said in NAMES.items():
        one = found[name]
        table.add_row(said, _number(one.estimate), between(one), str(one.n))
    return table


def between(one: Interval) -> str:
    """An interval in words."""
    return f"{_number(one.lower)} to {_number(one.upper)}"


def _ranked(result: Result, seed: int) -> dict[str, Interval]:
    spam, said = result.is_spam, result.probability
    statistics: dict[str, figures.Statistic] = {
        "roc_auc": lambda rows: figures.roc_auc(spam[rows], said[rows]),
        "one_minus_roca": lambda rows: figures.one_minus_roca(spam[rows], said[rows]),
        "caught_at_half_percent": lambda r: figures.recall_at_fpr(spam[r], said[r], 0.005),
        "caught_at_one_percent": lambda rows: figures.recall_at_fpr(spam[rows], said[rows], 0.01),
        "brier": lambda rows: figures.brier(spam[rows], said[rows]),
        "ece": lambda rows: figures.ece(spam[rows], said[rows]),
    }
    return {
        name: figures.bootstrap(statistic, result.clusters, rounds=ROUNDS, seed=seed)
        for name, statistic in statistics.items()
    }


def _share(chosen: Bools, side: Bools) -> Interval:
    return figures.share(int((chosen & side).sum()), int(side.sum()))


def _plain(value: float) -> float | int | None:
    if isinstance(value, int):
        return value
    return None if np.isnan(value) else round(value, 6)


def _number(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.4g}"
