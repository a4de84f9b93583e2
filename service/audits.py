"""How often automatic decisions are wrong, from the blind audit: unbiased, with intervals."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from model.comment import Label
from model.figures import share
from model.verdict import Decision
from service.db.activity import Count, activity
from service.db.engine import Database

DAYS = 90
"""How far back the figures go where nobody says otherwise."""

_EACH = 0.975
"""Two intervals of 97.5 % hold together in 95 % (Bonferroni)."""


def lately(database: Database, site_id: str, now: datetime) -> dict[str, Any]:
    """The error rates of a site's last DAYS."""
    until = now.date() + timedelta(days=1)
    with database.reading() as connection:
        return error_rates(activity(connection, site_id, until - timedelta(days=DAYS), until))


def error_rates(counts: Sequence[Count]) -> dict[str, Any]:
    """What moderators found among the automatic decisions drawn for them unmarked.

    `accepted` and `rejected`: how many were `drawn`, `looked_at` (labelled spam or ham), found
    `wrong`, and that share with its exact 95 % interval. `good_rejected` and `spam_accepted`:
    the shares of all good comments rejected and of all spam accepted that follow, the held
    ones counted in. Shares are null where nothing was looked at.
    """
    accepted = _found(counts, Decision.ACCEPT, Label.SPAM)
    rejected = _found(counts, Decision.REJECT, Label.HAM)
    return {
        "accepted": accepted,
        "rejected": rejected,
        "good_rejected": _missed(counts, Label.HAM, Decision.REJECT, rejected, accepted),
        "spam_accepted": _missed(counts, Label.SPAM, Decision.ACCEPT, accepted, rejected),
    }


def _found(counts: Sequence[Count], decision: Decision, mistake: Label) -> dict[str, Any]:
    drawn = [one for one in counts if one.audited and one.decision is decision]
    looked_at = _sum(one for one in drawn if one.label in (Label.SPAM, Label.HAM))
    wrong = _sum(one for one in drawn if one.label is mistake)
    return {
        "drawn": _sum(drawn),
        "looked_at": looked_at,
        "wrong": wrong,
        **_share(wrong, looked_at),
    }


def _missed(
    counts: Sequence[Count],
    kind: Label,
    wrong_decision: Decision,
    wrong: dict[str, Any],
    right: dict[str, Any],
) -> dict[str, Any]:
    """Of all comments of a kind, the share that got the wrong decision: a / (a + b + held)."""
    if not wrong["looked_at"] or not right["looked_at"]:
        return {"share": None, "lower": 0.0, "upper": 1.0}
    right_decision = Decision.ACCEPT if wrong_decision is Decision.REJECT else Decision.REJECT
    these, those = _decided(counts, wrong_decision), _decided(counts, right_decision)
    a = share(wrong["wrong"], wrong["looked_at"], _EACH)
    b = share(right["looked_at"] - right["wrong"], right["looked_at"], _EACH)
    held = [one for one in counts if one.decision is Decision.HOLD]
    sure = _sum(one for one in held if one.label is kind)
    unsaid = _sum(one for one in held if one.label is None)

    def part(mistakes: float, others: float) -> float:
        return mistakes / (mistakes + others) if mistakes + others else 0.0

    return {
        "share": part(these * a.estimate, those * b.estimate + sure + unsaid / 2),
        "lower": part(these * a.lower, those * b.upper + sure + unsaid),
        "upper": part(these * a.upper, those * b.lower + sure),
    }


def _decided(counts: Sequence[Count], decision: Decision) -> int:
    return _sum(one for one in counts if one.decision is decision)


def _sum(counts: Any) -> int:
    return sum(one.comments for one in counts)


def _share(wrong: int, n: int) -> dict[str, Any]:
    found = share(wrong, n)
    return {"share": found.estimate if n else None, "lower": found.lower, "upper": found.upper}
