"""What other thresholds would have done to a site's own last days; nothing is changed by it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from model.comment import Label
from model.figures import share
from model.policy import Policy, decide
from model.verdict import Decision, Judgement, Reason, Thresholds

SECONDS_A_LOOK = 10
SHOWN_CHANGES = 100

_WEIGHED = frozenset(
    """known-author spam-author known-host spam-host author-link same-text throwaway-mail burst
    too-fast labelled-text""".split()  # noqa: SIM905 - a list to be read
)
_DOUBTS = frozenset(("unlearned-language", "no-words", "unknown-host", "edit-added-links"))
_BY_POLICY = frozenset(("uncertified", "hold-first", "emergency-hold"))


@dataclass(frozen=True, slots=True)
class Past:
    """One comment of the last days: how it was judged, and what a person said of it."""

    id: str
    day: date
    judgement: Judgement
    label: Label | None


def what_if(past: Sequence[Past], policy: Policy, bounds: Thresholds) -> dict[str, Any]:
    """What `policy` with these thresholds would have decided, beside what was decided.

    Judged by what was known then: stored scores, and the rules that settled a comment still
    settle it. Wrong rejects are estimated from the labels on what would be rejected, with an
    exact 95 % interval; without any such label nothing is claimed.
    """
    scored = [one for one in past if one.judgement.score is not None]
    after = [_decided(one.judgement, policy, bounds) for one in scored]
    before = [one.judgement.decision for one in scored]
    changed = [
        {"id": one.id, "from": was.value, "to": now.value}
        for one, was, now in zip(scored, before, after, strict=True)
        if was is not now
    ]
    held = after.count(Decision.HOLD)
    return {
        "comments": len(scored),
        "thresholds": asdict(bounds),
        "before": _counted(before),
        "after": _counted(after),
        "days": _by_day(scored, before, after),
        "wrong_rejects": _wrong(scored, after),
        "queue_minutes": round(held * SECONDS_A_LOOK / 60, 1),
        "changed": len(changed),
        "changes": changed[:SHOWN_CHANGES],
    }


def _decided(judged: Judgement, policy: Policy, bounds: Thresholds) -> Decision:
    kept = [_as_noticed(reason) for reason in judged.reasons if reason.code not in _BY_POLICY]
    total = judged.score or 0.0
    text = total - sum(reason.weight for reason in kept if reason.code in _WEIGHED)
    return decide(policy, bounds, text, total, kept)[0]


def _as_noticed(reason: Reason) -> Reason:
    """A doubt that did not settle the comment then may settle it now."""
    return replace(reason, decides=Decision.HOLD) if reason.code in _DOUBTS else reason


def _counted(decisions: Sequence[Decision]) -> dict[str, int]:
    return {kind.value: decisions.count(kind) for kind in Decision}


def _by_day(
    scored: Sequence[Past], before: Sequence[Decision], after: Sequence[Decision]
) -> list[dict[str, Any]]:
    days: dict[date, tuple[Counter[str], Counter[str]]] = {}
    for one, was, now in zip(scored, before, after, strict=True):
        counts = days.setdefault(one.day, (Counter(), Counter()))
        counts[0][was.value] += 1
        counts[1][now.value] += 1
    return [{"day": day.isoformat(), "before": dict(was), "after": dict(now)}
            for day, (was, now) in sorted(days.items())]  # fmt: skip


def _wrong(scored: Sequence[Past], after: Sequence[Decision]) -> dict[str, Any]:
    rejected = [one for one, now in zip(scored, after, strict=True) if now is Decision.REJECT]
    said = [one.label for one in rejected if one.label in (Label.HAM, Label.SPAM)]
    found = share(said.count(Label.HAM), len(said))
    if not said:
        return {"labelled": 0, "expected": None, "lower": None, "upper": None}
    n = len(rejected)
    return {"labelled": len(said), "expected": round(found.estimate * n, 1),
            "lower": round(found.lower * n, 1), "upper": round(found.upper * n, 1)}  # fmt: skip
