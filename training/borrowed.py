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

Proof = tuple[float, int, int]
Evidence = Mapping[str, Mapping[float, Proof]]
EVIDENCE: Evidence = {
    "youtube_uci": {0.005: (0.98462, 642, 0), 0.01: (0.97899, 642, 2), 0.02: (0.87705, 642, 6)},
    "wpblog_dmt": {0.02: (0.9881, 213, 0)},
    "sms_uci": {0.005: (0.43876, 863, 0), 0.01: (0.24409, 863, 3), 0.02: (0.13263, 863, 10)},
    "youtube_judol_id": {
        0.005: (0.91592, 1076, 1), 0.01: (0.47281, 1076, 5), 0.02: (0.23764, 1076, 13),
    },
    "telegram_ru": {0.02: (0.90832, 286, 1)},
}  # fmt: skip
"""By source and budget: threshold, good comments, how many of them lay at or above it.

One run each of at most 1,500 comments, on bases of feature FORMAT 2 and layers whose local part is
a support vector machine; to be measured again whenever either changes. With these thresholds 25
runs lost 0 to .4 % of good comments; what such runs certify differs (EXPERIMENTS.md).
"""


def lent(budget: float, evidence: Evidence | None = None) -> dict[str, Any] | None:
    """The strictest threshold within a budget, as a row of a card; None if nothing is known.

    A source too small to certify the budget cannot speak for it, but may still ask for a
    stricter threshold: that of the least budget it could certify.
    """
    known = EVIDENCE if evidence is None else evidence
    asked = {source: _asked(rows, budget) for source, rows in known.items()}
    proven = [
        (threshold, source) for source, (b, (threshold, _, _)) in asked.items() if b <= budget
    ]
    if not proven:
        return None
    source = max(proven)[1]
    within, (_, n, errors) = asked[source]
    strictest = max(threshold for _, (threshold, _, _) in asked.values())
    proof = {"n": n, "errors": errors, "bound": within, "confidence": 0.95, "basis": "borrowed",
             "source": f"sites like {source} that had taught as much"}  # fmt: skip
    return {"budget": budget, "reject_above": strictest, "certificate": proof}


def _asked(rows: Mapping[float, Proof], budget: float) -> tuple[float, Proof]:
    """The lowest threshold that one source certified within the budget, or else the highest."""
    within = [(b, proof) for b, proof in rows.items() if b <= budget]
    return min(within or [min(rows.items())], key=lambda row: row[1][0])


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
