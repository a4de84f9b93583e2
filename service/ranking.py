"""In which order a moderator should look at what waits, and why."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from model.verdict import Thresholds, probability
from service.db.campaigns import Campaign
from service.db.queue import Waiting

DAY = 86_400.0


class Why(StrEnum):
    """What brought a comment where it is in the queue."""

    WAITED = "waited"  # somebody who is probably no spammer waits for an answer
    DOUBT = "doubt"  # its score is far from both limits: its answer teaches most
    CAMPAIGN = "campaign"  # one answer settles many
    BLIND = "blind"  # nothing is said of it before the moderator has
    KEPT = "kept"  # this moderator has left it for later


@dataclass(frozen=True, slots=True)
class Ranked:
    """A comment with its place in the queue, the reason for it, and its campaign if it has one."""

    id: str
    worth: float
    why: Why
    campaign: Campaign | None = None


def rank(
    waiting: Iterable[Waiting],
    bounds: Thresholds,
    now: datetime,
    *,
    campaigns: Mapping[str, Campaign],
    kept: Iterable[str] = (),
) -> list[Ranked]:
    """The queue, most urgent first. `campaigns` are by the id of each member that waits: the
    newest member of each stands for all. What the moderator has kept comes last."""
    later, shown = set(kept), set()
    ranked = []
    for one in waiting:
        campaign = campaigns.get(one.id)
        if campaign and campaign.id in shown:
            continue
        if campaign:
            shown.add(campaign.id)
        ranked.append(_ranked(one, bounds, now, campaign, is_kept=one.id in later))
    return sorted(ranked, key=lambda one: (one.why is Why.KEPT, -one.worth, one.id))


def _ranked(
    one: Waiting, bounds: Thresholds, now: datetime, campaign: Campaign | None, *, is_kept: bool
) -> Ranked:
    days = min((now - one.at).total_seconds() / DAY, 1.0)
    if one.blind or one.score is None:
        worths = {Why.BLIND if one.blind else Why.WAITED: 0.5 + 0.5 * days}
    else:
        worths = {Why.WAITED: 1.5 * (1 - probability(one.score)) * (0.2 + 0.8 * days),
                  Why.DOUBT: 0.7 * doubt(one.score, bounds)}  # fmt: skip
    if campaign:
        worths[Why.CAMPAIGN] = max(worths.values()) + min(1.0, math.log2(campaign.waiting) / 6)
    why = max(worths, key=lambda reason: worths[reason])
    return Ranked(one.id, worths[why], Why.KEPT if is_kept else why, campaign)


def doubt(score: float, bounds: Thresholds) -> float:
    """1 in the middle between the limits (in log-odds), 0 at and beyond them."""
    low, high = (min(6.0, max(-6.0, _odds(bound))) for bound in
                 (bounds.accept_below, bounds.reject_above))  # fmt: skip
    half = (high - low) / 2
    return max(0.0, 1 - abs(score - (low + half)) / half) if half else 0.0


def _odds(share: float) -> float:
    if not 0 < share < 1:
        return math.inf if share >= 1 else -math.inf
    return math.log(share / (1 - share))
