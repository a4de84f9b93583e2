"""Labels that may be mistakes, to be looked at by a person: listed, never dropped.

A suspect is a label that a layer which has not seen it finds unlikely. Which are too unlikely
cleanlab says where it is installed (`pip install weir[training]`; Northcutt, Jiang and Chuang,
"Confident Learning", JAIR 2021); else those below UNLIKELY, most unlikely first.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.artifact import BaseModel
from model.comment import Example, Label
from model.text import read
from model.verdict import probability
from training.site_layer import TooFewLabels, fit

try:
    from cleanlab.filter import find_label_issues
except ImportError:  # the extra is not installed
    find_label_issues = None

UNLIKELY = 0.1

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label and how likely it is to whoever has not seen it."""

    id: str
    label: Label
    likely: float


@dataclass(frozen=True, slots=True)
class Findings:
    """`contradictions`: for each text labelled both ways the labels by id. `by`: what ranked the
    `suspects`, most unlikely first; or why there could be none."""

    contradictions: list[dict[str, Label]]
    suspects: list[Suspect]
    by: str


def check(examples: Sequence[Example], base: BaseModel) -> Findings:
    """Everything about a site's labels that somebody should look at."""
    told = [example for example in examples if example.label is not Label.OTHER]
    same: dict[bytes, dict[str, Label]] = defaultdict(dict)
    for example in told:
        same[read(example.comment.content).template][example.id] = example.label
    both = [labels for labels in same.values() if len(set(labels.values())) > 1]
    try:
        suspects, by = _suspects(told, base)
    except TooFewLabels as error:
        suspects, by = [], f"nothing: {error}"
    return Findings(both, suspects, by)


def _suspects(told: Sequence[Example], base: BaseModel) -> tuple[list[Suspect], str]:
    unseen = fit(told, base).unseen
    chances = np.array([probability(logit) for logit in unseen])
    spam = np.array([example.label is Label.SPAM for example in told], np.int64)
    likely = np.where(spam == 1, chances, 1 - chances)
    chosen, by = _chosen(spam, chances, likely)
    return [Suspect(told[n].id, told[n].label, float(likely[n])) for n in chosen], by


def _chosen(spam: NDArray[np.int64], chances: Floats, likely: Floats) -> tuple[list[int], str]:
    if find_label_issues is None:
        order = np.argsort(likely, kind="stable")
        return [int(n) for n in order if likely[n] < UNLIKELY], "loss (cleanlab is not installed)"
    both = np.column_stack([1 - chances, chances])
    found = find_label_issues(spam, both, return_indices_ranked_by="self_confidence", n_jobs=1)
    return [int(n) for n in found], "cleanlab"
