"""A rejecting threshold for sites that have taught, but not enough for a certificate of their own.

As for the base, it is measured on sites it has never seen: each data set was played as a new
site on a base fitted without it (`python -m benchmarks new_site --evidence`), and the scores its
own layer gave to good comments that nobody had labelled yet were counted. How sure a layer may be
of itself depends on how many good comments have taught it, more than on all labels. It is no
guarantee.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from model.figures import clopper_pearson_upper
from model.verdict import log_odds, probability

Numbers = Sequence[float] | NDArray[np.float64]

ENOUGH = 100
"""Labels from which a site's layer is as sure of itself as those that were measured."""

BUDGET = 0.005
"""The least share of good comments lost for which anything is lent: what was measured for it."""

FLUKE = 20
"""What an audit finds once, where it looks at one in w, surely shows some w / FLUKE of: had it only
n to find, its chance was about n / w."""

SURPRISE = 0.05
"""A site's own good comments contradict what is lent where as many would lie above a threshold that
keeps the budget with at most this chance: that of a certificate to be wrong. Two in a hundred are
none, three are."""

RARE = 3
"""Budgets: good comments with a link are rare on a site where, were so many lost above a threshold,
as few as lie above it would have been there with a chance of SURPRISE."""


@dataclass(frozen=True, slots=True)
class Step:
    """From so many `good` comments labelled on, `threshold`, and `linked` for comments that link to
    an unknown host; and what was lost there: by source the good comments of a run and those of
    them at or above it, in the mean."""

    good: int
    threshold: float
    linked: float
    lost: Mapping[str, tuple[float, float]]

    def worst(self) -> tuple[str, int, int]:
        """The source that lost the largest share, its good comments, and how many it lost."""
        name = max(self.lost, key=lambda each: (self.lost[each][1] / self.lost[each][0], each))
        n, lost = self.lost[name]
        return name, round(n), round(lost)


STEPS = (
    Step(0, 0.97, 0.993, {
        "wpblog_dmt": (204, 1.2), "youtube_uci": (303, 0.5), "telegram_ru": (112, 0.95),
        "sms_uci": (98, 0.05),
    }),
    Step(40, 0.93, 0.985, {
        "youtube_uci": (246, 0.5), "telegram_ru": (146, 1.3), "sms_uci": (326, 0.05),
    }),
    Step(60, 0.9, 0.97, {
        "youtube_uci": (178, 0.5), "telegram_ru": (130, 0.8), "sms_uci": (990, 0.8),
        "youtube_judol_id": (1888, 2.1),
    }),
)  # fmt: skip
"""Twenty runs each of up to 2,500 comments, layers taught by all labels; links by the threshold
in force. To be measured again whenever base or layer change. wpblog_dmt has too few good comments
for the later steps, judol has 60 before its 100th label. Two comments of telegram_ru that are
labelled good recruit for jobs as its spam does: they outscore nearly all of it, and are 0.47 % of
its good ones at any threshold."""


def lent(budget: float, good: int) -> dict[str, Any] | None:
    """The threshold for a site that has labelled so many good comments, as a row of a card; None
    for a budget that it was not measured for."""
    if budget < BUDGET:
        return None
    step = next(step for step in reversed(STEPS) if good >= step.good)
    source, n, errors = step.worst()
    proof = {"n": n, "errors": errors, "bound": clopper_pearson_upper(errors, n),
             "confidence": 0.95, "basis": "borrowed",
             "source": f"sites that had taught as much, the worst of them {source}"}  # fmt: skip
    return {"budget": budget, "reject_above": step.threshold, "linked_above": step.linked,
            "certificate": proof}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Good:
    """A site's good comments: spam probabilities by models that have not seen their labels, how
    many comments of the traffic each stands for, and which link to an unknown host."""

    chances: NDArray[np.float64]
    weights: NDArray[np.float64]
    linked: NDArray[np.bool_]


def lent_to(
    own: Good, budget: float, lowest: float, surprise: float = SURPRISE
) -> dict[str, Any] | None:
    """What is lent to a site with these good comments, none of it below `lowest` or what they ask
    for; less for links where they hardly ever have one."""
    row = lent(budget, len(own.chances))
    if row is None:
        return None
    above = row["reject_above"]
    linked = min(row["linked_above"], max(_without_linked(own, budget), above))
    margin = log_odds(linked) - log_odds(above)
    pairs = zip(own.chances.tolist(), own.linked.tolist(), strict=True)
    certain = [_shifted(chance, -margin if link else 0) for chance, link in pairs]
    at_least = least(certain, own.weights, budget, surprise)
    above = max(above, at_least, lowest)
    linked = max(linked, _shifted(at_least, margin), above)
    return row | {"reject_above": above, "linked_above": linked}


def _shifted(chance: float, by: float) -> float:
    return probability(log_odds(chance) + by)


def least(good: Numbers, weights: Numbers, budget: float, surprise: float = SURPRISE) -> float:
    """The lowest threshold that a site's own good comments don't contradict.

    `weights`: how many comments of the traffic each stands for. Above it lie no more than would be
    no `surprise` if the budget's share of the traffic did (Poisson), none if that is 1. One that an
    audit found among w counts there as w / FLUKE, at least as itself.
    """
    most = poisson.isf(surprise, budget * float(np.sum(weights)))
    return _leaving(most, good, weights)


def _without_linked(own: Good, budget: float) -> float:
    """The lowest threshold above which hardly any of a site's good comments link to an unknown
    host, 1 if it has seen too few to say.

    What links to one is held, so nearly all good comments that do are known. Surely rare (RARE)
    are none of 200, one of 317, two of 420 at a budget of one in two hundred.
    """
    most = poisson.ppf(SURPRISE, RARE * budget * float(own.weights.sum())) - 1
    return _leaving(most, own.chances[own.linked], own.weights[own.linked]) if most >= 0 else 1.0


def _leaving(most: float, good: Numbers, weights: Numbers) -> float:
    """The lowest threshold with no more than so many of these comments at or above it."""
    scores, mass = np.asarray(good, np.float64), np.asarray(weights, np.float64)
    order = np.argsort(-scores, kind="stable")
    above: NDArray[np.float64] = np.cumsum(np.maximum(mass[order] / FLUKE, 1))
    allowed = int(np.searchsorted(above, most, side="right"))
    return float(np.nextafter(scores[order][allowed], np.inf)) if allowed < len(scores) else 0.0
