"""The heart: text score, signals and policy make a judgement."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from model.case import Case, History
from model.comment import Comment
from model.hosts import is_known_good
from model.policy import NEVER, Policy, decide
from model.signals import notice
from model.verdict import REASONS, Decision, Judgement, Reason, Thresholds, probability
from model.windows import windows_of

if TYPE_CHECKING:
    from model.scorer import Explanation, Scored, Scorer
    from model.text import Reading


def judge(  # noqa: PLR0917 - six things in the order they come to be known
    comment: Comment,
    reading: "Reading",
    history: History,
    policy: Policy,
    scorer: "Scorer",
    now: datetime,
    *,
    explain: bool = True,
    scored: "Scored | None" = None,
    told: "Explanation | None" = None,
) -> Judgement:
    """Judge one comment: a pure function of what it is handed.

    The score is the text's log-odds plus the weight of every signal, and the reasons are its
    exact parts; without `explain` the text's own part is not taken apart and is all in `rest`.
    `scored` and `told` are handed in when many texts were scored, and explained, at once.
    """
    scored = scored or scorer.score(reading, comment)
    bounds, proof = policy.under(scorer.model.card)
    case = Case(comment=comment, reading=reading, scored=scored, history=history, policy=policy,
                now=now, coverage_floor=scorer.model.coverage_floor,
                basis=proof.basis if proof else "base")  # fmt: skip
    noticed = notice(case)
    score = math.fsum((scored.logit, *(reason.weight for reason in noticed)))
    text_score = certified(scored, reading, policy, scorer.model.card)
    decision, reasons = decide(policy, bounds, text_score, score, noticed)
    text = told or (scorer.explain(reading, comment, scored) if explain else None)
    parts = (*reasons, *text.reasons) if text else reasons
    return Judgement(
        decision=decision, score=score, spam_probability=probability(score),
        probability_basis="site" if scored.site_model else "balanced", thresholds=bounds,
        reasons=_most_telling_first(parts), base=text.base if text else 0.0,
        rest=text.rest if text else scored.logit,
        base_model=scorer.model.id, site_model=scored.site_model, policy=policy.version,
    )  # fmt: skip


def certified(
    scored: "Scored", reading: "Reading", policy: Policy, card: Mapping[str, Any]
) -> float:
    """The log-odds that the rejecting threshold was certified on.

    Until a site has a certificate of its own, or one borrowed from sites that had taught as
    much, the base's holds: what the site has taught may then save a comment from being
    rejected, but reject none that the base would not. Of a comment that links to an unknown host
    the base's certificate, and what is lent, ask for more; of a text in several parts the base's.
    """
    proof = policy.under(card).certificate
    if policy.reject_above is not None or proof is None:
        return scored.logit
    base = scored.base_logit if proof.basis == "base" else None
    certain = scored.logit if base is None else min(scored.logit, base)
    if proof.margin and has_unknown_host(reading):
        certain -= proof.margin
    if proof.per_part:
        certain -= proof.per_part * math.log(len(windows_of(reading)))
    return certain


def has_unknown_host(reading: "Reading") -> bool:
    """Whether a text links to a host that is not on the known-good list."""
    return any(not is_known_good(link.domain) for link in reading.links)


def undecided(code: str, policy: Policy) -> Judgement:
    """What is answered when nothing could be scored (`deadline`, `model-unavailable`): hold."""
    return Judgement(
        decision=Decision.HOLD, score=None, spam_probability=None, probability_basis="balanced",
        thresholds=Thresholds(policy.accept_below or 0.0, policy.reject_above or NEVER),
        reasons=(Reason(code, REASONS[code], decides=Decision.HOLD),), base=0.0, rest=0.0,
        base_model="", site_model=None, policy=policy.version,
    )  # fmt: skip


def _most_telling_first(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda r: (r.decides is None, -abs(r.weight))))
