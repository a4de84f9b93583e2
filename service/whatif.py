"""What other thresholds would have done to a site's own last days; nothing is changed by it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.comment import Label
from model.figures import Interval, share
from model.judge import has_unknown_host
from model.policy import NEVER, Policy, decide
from model.text import read
from model.verdict import REASONS, Decision, Judgement, Reason, Thresholds, probability

SECONDS_A_LOOK = 10
SHOWN_CHANGES = 100

_WEIGHED = frozenset(
    """known-author spam-author known-host spam-host author-link same-text throwaway-mail burst
    too-fast labelled-text""".split()  # noqa: SIM905 - a list to be read
)
_BY_POLICY = frozenset(("uncertified", "hold-first", "emergency-hold"))
_SETTLES = {
    **dict.fromkeys(("trusted-role", "allowed-address", "allowed-host", "allowed-term"),
                    Decision.ACCEPT),
    **dict.fromkeys(("test-spam", "blocked-address", "blocked-host", "blocked-term", "honeypot",
                     "flood"), Decision.REJECT),
    **dict.fromkeys(("unlearned-language", "no-words", "unread", "unknown-host",
                     "edit-added-links"), Decision.HOLD),
}  # fmt: skip
"""What each rule and doubt decides: one that was overruled then may settle the comment now."""
_PRECEDENCE = {code: place for place, code in enumerate(REASONS)}
_ORDER = (Decision.ACCEPT, Decision.HOLD, Decision.REJECT)


@dataclass(frozen=True, slots=True)
class Past:
    """One comment of the last days: how it was judged, and what a person said of it; its content
    if it has links."""

    id: str
    day: date
    judgement: Judgement
    label: Label | None
    linking: str = ""


class Trial:
    """A site's past made ready for one policy: any pair of thresholds is then quickly tried.

    Judged by what was known then: stored scores, and the rules that settled a comment still
    settle it. What was never scored is left out. `margin` are the log-odds more that a link to
    an unknown host takes to be rejected (`policy.margin`). What was not certain enough then, for
    its length or because the base alone doubts it, is no more certain now; a threshold set by
    hand does not ask for it.
    """

    def __init__(self, past: Sequence[Past], policy: Policy, margin: float = 0.0) -> None:
        scored = [one for one in past if one.judgement.score is not None]
        # The judgements themselves are let go: a past is kept for a while, and they are large.
        self.ids = [one.id for one in scored]
        self.days = [one.day for one in scored]
        known: dict[tuple[Any, ...], tuple[int, ...]] = {}
        self.totals = np.array([one.judgement.score or 0.0 for one in scored])
        self._total = np.array([probability(total) for total in self.totals])
        self._text = np.array(
            [_certain(one, margin, by_hand=policy.reject_above is not None) for one in scored]
        )
        self._outcome = np.array(
            [_outcomes(policy, noticed(one.judgement), known) for one in scored], np.int8
        ).reshape(-1, 3)
        self.labels: NDArray[np.object_] = np.array([one.label for one in scored], object)
        self.before = np.array([_ORDER.index(p.judgement.decision) for p in scored], np.int8)

    def decisions(self, bounds: Thresholds) -> NDArray[np.int8]:
        """What each comment would be: 0 accepted, 1 held, 2 rejected."""
        certain = bounds.reject_above < NEVER
        condemned = np.minimum(self._total, self._text) >= bounds.reject_above
        by_score = np.where(self._total < bounds.accept_below, 0, 1 + (condemned & certain))
        return self._outcome[np.arange(len(self.ids)), by_score]


def text_score(judged: Judgement) -> float:
    """The log-odds of the text alone: thresholds are certified on it."""
    weighed = sum(reason.weight for reason in judged.reasons if reason.code in _WEIGHED)
    return (judged.score or 0.0) - weighed


def _certain(one: Past, margin: float, *, by_hand: bool) -> float:
    """The probability that rejecting takes, as far as is known of it now."""
    linked = margin if margin and _doubted(one) else 0.0
    chance = probability(text_score(one.judgement) - linked)
    if by_hand or all(reason.code != "uncertified" for reason in one.judgement.reasons):
        return chance
    return min(chance, float(np.nextafter(one.judgement.thresholds.reject_above, 0)))


def _doubted(one: Past) -> bool:
    return bool(one.linking) and has_unknown_host(read(one.linking))


def noticed(judged: Judgement) -> list[Reason]:
    """What the signals said of a comment, in the order of precedence, nothing overruled."""
    kept = [_as_noticed(reason) for reason in judged.reasons if reason.code not in _BY_POLICY]
    return sorted(kept, key=lambda reason: _PRECEDENCE.get(reason.code, 0))


def _as_noticed(reason: Reason) -> Reason:
    settles = _SETTLES.get(reason.code, reason.decides)
    return reason if settles is reason.decides else replace(reason, decides=settles)


def _outcomes(
    policy: Policy, reasons: Sequence[Reason], known: dict[tuple[Any, ...], tuple[int, ...]]
) -> tuple[int, ...]:
    """What these reasons make of a score that accepts, holds and rejects."""
    key = tuple((reason.code, reason.decides) for reason in reasons if reason.decides)
    if key not in known:
        known[key] = tuple(
            _ORDER.index(decide(policy, Thresholds(0.4, 0.6), logit, logit, reasons)[0])
            for logit in (-1.0, 0.0, 1.0)
        )
    return known[key]


def what_if(
    past: Sequence[Past], policy: Policy, bounds: Thresholds, margin: float = 0.0
) -> dict[str, Any]:
    """What `policy` with these thresholds would have decided, beside what was decided.

    Wrong rejects are estimated from the labels on what would be rejected, with an exact 95 %
    interval; without any such label nothing is claimed.
    """
    trial = Trial(past, policy, margin)
    after = trial.decisions(bounds)
    changed = [
        {"id": trial.ids[n], "from": _ORDER[trial.before[n]].value,
         "to": _ORDER[after[n]].value}
        for n in np.flatnonzero(after != trial.before)
    ]  # fmt: skip
    return {
        "comments": len(trial.ids),
        "thresholds": asdict(bounds),
        "before": counted(trial.before),
        "after": counted(after),
        "days": _by_day(trial, after),
        "wrong_rejects": _in_comments(*wrong_rejects(trial, after)),
        "queue_minutes": queue_minutes(after),
        "changed": len(changed),
        "changes": changed[:SHOWN_CHANGES],
    }


def queue_minutes(after: NDArray[np.int8]) -> float:
    """What looking at the held ones takes, SECONDS_A_LOOK each."""
    return round(int(np.count_nonzero(after == 1)) * SECONDS_A_LOOK / 60, 1)


def counted(decisions: NDArray[np.int8]) -> dict[str, int]:
    """How many there are of each decision."""
    return {kind.value: int(np.count_nonzero(decisions == n)) for n, kind in enumerate(_ORDER)}


def _by_day(trial: Trial, after: NDArray[np.int8]) -> list[dict[str, Any]]:
    days: dict[date, tuple[Counter[str], Counter[str]]] = {}
    for day, was, now in zip(trial.days, trial.before, after, strict=True):
        counts = days.setdefault(day, (Counter(), Counter()))
        counts[0][_ORDER[was].value] += 1
        counts[1][_ORDER[now].value] += 1
    return [{"day": day.isoformat(), "before": dict(was), "after": dict(now)}
            for day, (was, now) in sorted(days.items())]  # fmt: skip


def wrong_rejects(trial: Trial, after: NDArray[np.int8]) -> tuple[int, Interval]:
    """How many would be rejected, and which share of those labelled among them is good."""
    rejected = after == 2
    said = Counter(trial.labels[rejected].tolist())
    ham = said[Label.HAM]
    return int(rejected.sum()), share(ham, ham + said[Label.SPAM])


def _in_comments(n: int, found: Interval) -> dict[str, Any]:
    if not found.n:
        return {"labelled": 0, "expected": None, "lower": None, "upper": None}
    return {"labelled": found.n, "expected": round(found.estimate * n, 1),
            "lower": round(found.lower * n, 1), "upper": round(found.upper * n, 1)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Band:
    """What one decision would get: how many comments, and what people said of them."""

    decision: Decision
    comments: int
    good: int
    spam: int


def bands(trial: Trial, after: NDArray[np.int8]) -> list[Band]:
    """The three decisions with their comments and labels, accepted first."""
    found = []
    for number, decision in enumerate(_ORDER):
        mine = after == number
        said = Counter(trial.labels[mine].tolist())
        found.append(Band(decision, int(mine.sum()), said[Label.HAM], said[Label.SPAM]))
    return found


def good_rejected(trial: Trial, after: NDArray[np.int8]) -> Interval:
    """The share of good comments that would be rejected, as far as labels say; n of them do.

    Good are taken to be all accepted ones, of the held ones the share that labels say (half
    without any), and the wrong rejects. Without a label on what would be rejected n is 0.
    """
    accepted, held, _ = bands(trial, after)
    n, wrong = wrong_rejects(trial, after)
    looked_at = held.good + held.spam
    others = accepted.comments + held.comments * (held.good / looked_at if looked_at else 0.5)

    def rate(share_wrong: float) -> float:
        bad = share_wrong * n
        return bad / (bad + others) if bad else 0.0

    if not wrong.n:
        return replace(wrong, lower=0.0, upper=rate(1.0))
    return Interval(rate(wrong.estimate), rate(wrong.lower), rate(wrong.upper), wrong.n)
