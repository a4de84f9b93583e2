"""What a site is promised: its thresholds, what they rest on, and what is still missing."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from model.figures import good_comments_needed
from model.policy import Policy, certificate, expected, thresholds
from model.site_layer import EXAM

MANY = 10**9
"""Said instead of any higher number: a budget of next to nothing takes more than anybody has."""


def promised(policy: Policy, card: Mapping[str, Any]) -> dict[str, Any]:
    """The thresholds in force under a model of this card, what the accepting one is expected to
    bring, the certificate the rejecting one rests on, and how many more good comments must be
    labelled for a certificate of the site's own. Nothing stands behind a threshold set by hand.
    """
    proof = certificate(policy, card)
    return {
        "thresholds": asdict(thresholds(policy, card)),
        "expected": expected(policy, card),
        "certificate": asdict(proof) if proof and policy.reject_above is None else None,
        "good_labels_missing": 0 if proof and proof.basis == "site" else _missing(policy, card),
    }


def _missing(policy: Policy, card: Mapping[str, Any]) -> int:
    """Of all that are labelled, only a share is kept for the exam."""
    short = {row["budget"]: row["missing"] for row in card.get("thresholds", {}).get("short", ())}
    missing = int(short.get(policy.reject_budget, good_comments_needed(policy.reject_budget)))
    return min(math.ceil(missing / EXAM), MANY)
