"""A rejecting threshold for sites that have taught, but not enough for a certificate of their own.

As for the base, it is measured on sites it has never seen: each data set was played as a new
site on a base fitted without it (`python -m benchmarks new_site --evidence`), and the scores its
own layer gave to good comments that nobody had labelled yet, from ENOUGH labels on, certify a
threshold. The strictest of them is lent to others; it is no guarantee.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

ENOUGH = 100
"""Labels from which a site's layer is as sure of itself as those that were measured."""

Evidence = Mapping[str, Mapping[float, tuple[float, int, int]]]
EVIDENCE: Evidence = {
    "youtube_uci": {0.005: (0.99863, 650, 0), 0.01: (0.99237, 650, 2), 0.02: (0.90235, 650, 6)},
    "wpblog_dmt": {0.02: (0.9999, 217, 0)},
    "sms_uci": {0.005: (0.77859, 721, 0), 0.01: (0.39338, 721, 2), 0.02: (0.18752, 721, 8)},
    "youtube_judol_id": {
        0.005: (0.97078, 1089, 1), 0.01: (0.77086, 1089, 5), 0.02: (0.21325, 1089, 13),
    },
}  # fmt: skip
"""By source and budget: threshold, good comments, how many of them lay at or above it.

One run each of at most 1,500 comments, on bases of feature FORMAT 1; to be measured again
with the base that is shipped.
"""


def lent(budget: float, evidence: Evidence | None = None) -> dict[str, Any] | None:
    """The strictest threshold within a budget, as a row of a card; None if nothing is known.

    Strictest of the sources that could certify the budget at all; a larger budget is never
    stricter than a smaller one, though other sources speak for it.
    """
    known = EVIDENCE if evidence is None else evidence
    budgets = {b for rows in known.values() for b in rows if b <= budget}
    each = [(b, _strictest(known, b)) for b in sorted(budgets)]
    if not each:
        return None
    within, (source, (threshold, n, errors)) = min(each, key=lambda one: one[1][1][0])
    proof = {"n": n, "errors": errors, "bound": within, "confidence": 0.95, "basis": "borrowed",
             "source": f"sites like {source} that had taught as much"}  # fmt: skip
    return {"budget": budget, "reject_above": threshold, "certificate": proof}


def _strictest(known: Evidence, budget: float) -> tuple[str, tuple[float, int, int]]:
    rows = {source: rows[budget] for source, rows in known.items() if budget in rows}
    return max(rows.items(), key=lambda one: one[1][0])


def least(good: Sequence[float], weights: Sequence[float], budget: float) -> float:
    """The lowest threshold that a site's own good comments don't contradict.

    `weights`: how many comments of the traffic each stands for. Above it lies at most the
    budget's share of them; it takes the sample at its word, so it only ever makes stricter.
    """
    scores, mass = np.asarray(good, np.float64), np.asarray(weights, np.float64)
    order = np.argsort(-scores, kind="stable")
    above: NDArray[np.float64] = np.cumsum(mass[order])
    allowed = int(np.searchsorted(above, budget * mass.sum(), side="right"))
    return float(np.nextafter(scores[order][allowed], np.inf)) if allowed < len(scores) else 0.0
