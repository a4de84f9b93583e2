"""What one site wants, and the decision that follows from it, the score and the signals."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

from model.lists import Lists
from model.verdict import Decision, Reason, Thresholds, log_odds, probability

Mode = Literal["normal", "hold-first"]
AkismetHold = Literal["spam-queue", "wordpress-pending", "wordpress-recheck", "ham"]

NEVER = 1.0
"""As `reject_above`: the score rejects nothing, not even a probability rounded up to 1."""

HOLDS_ONLY_WHAT_WOULD_BE_ACCEPTED = frozenset(
    {"no-words", "unread", "unknown-host", "edit-added-links"}
)
"""Doubts that keep a comment from being published, but don't save it from being rejected."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One site's wishes. The thresholds are None until the operator sets them by hand:
    then they come from the model's certificate for `reject_budget` (at most this share of
    good comments rejected) and `hold_budget` (at most this share of all comments held).
    `hold_rejects` is the emergency switch: whatever would be rejected is held.
    `audit_share` of what is accepted or rejected is looked at by a person all the same.

    Compiled parts are kept on the object: hold on to a site's policy between comments.
    """

    mode: Mode = "normal"
    reject_budget: float = 0.005
    hold_budget: float = 0.20
    audit_share: float = 0.02
    accept_below: float | None = None
    reject_above: float | None = None
    blocked_terms: tuple[str, ...] = ()
    allowed_terms: tuple[str, ...] = ()
    blocked_hosts: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    blocked_addresses: tuple[str, ...] = ()
    allowed_addresses: tuple[str, ...] = ()
    trusted_roles: tuple[str, ...] = ("administrator",)
    min_elapsed_ms: int = 1500
    akismet_hold: AkismetHold = "spam-queue"
    hold_rejects: bool = False

    @cached_property
    def version(self) -> str:
        """Short digest of everything the policy says: equal wishes, equal version."""
        return hashlib.sha256(repr(astuple(self)).encode("utf-8", "replace")).hexdigest()[:12]

    @cached_property
    def blocked(self) -> Lists:
        """The block lists, compiled."""
        return Lists.of(self.blocked_terms, self.blocked_hosts, self.blocked_addresses)

    @cached_property
    def allowed(self) -> Lists:
        """The allow lists, compiled."""
        return Lists.of(self.allowed_terms, self.allowed_hosts, self.allowed_addresses)

    def under(self, card: Mapping[str, Any]) -> "InForce":
        """What holds under a model card, which must not change; kept for the last one."""
        kept: tuple[Mapping[str, Any], InForce] | None = self.__dict__.get("_under")
        if kept is None or kept[0] is not card:
            kept = card, InForce(thresholds(self, card), certificate(self, card))
            self.__dict__["_under"] = kept
        return kept[1]

    @cached_property
    def roles(self) -> frozenset[str]:
        """The trusted roles as they are compared: trimmed and lower-cased."""
        return frozenset(role.strip().lower() for role in self.trusted_roles) - {""}


class InForce(NamedTuple):
    """A policy's thresholds under a model card, and what stands behind the rejecting one."""

    thresholds: Thresholds
    certificate: "Certificate | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What stands behind one rejecting threshold: measured, not guaranteed.

    Of `n` good comments that the model had not seen, `errors` were rejected, so with
    `confidence` at most the share `bound` is (Clopper and Pearson, 1934). `source` is where
    the strictest bound was measured, `basis` whose score was: the base's, the site's, or that
    of other sites which had taught as much (`borrowed`). But for the site's own there is another
    threshold for comments that link to unknown hosts, `linked_above`; and where the base reads a
    text in n parts, of which the worst counts, it asks for `per_part` * ln n log-odds more.
    """

    budget: float
    reject_above: float | None
    n: int = 0
    errors: int = 0
    bound: float = 1.0
    confidence: float = 0.95
    source: str = ""
    basis: str = "base"
    linked_above: float | None = None
    per_part: float = 0.0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Certificate":
        """One row of a model card's table `thresholds.reject`, unknown keys ignored."""
        evidence = row.get("certificate") or {}
        known = {k: evidence[k] for k in ("n", "errors", "bound", "confidence", "source", "basis")
                 if k in evidence}  # fmt: skip
        return cls(
            budget=row["budget"], reject_above=row.get("reject_above"),
            linked_above=row.get("linked_above"), per_part=row.get("per_part", 0.0), **known,
        )  # fmt: skip

    @property
    def margin(self) -> float:
        """Log-odds above the threshold that a comment which links to an unknown host takes to be
        rejected; 0 where one threshold holds for all, as a site's own does."""
        if self.reject_above is None or self.linked_above is None:
            return 0.0
        return log_odds(self.linked_above) - log_odds(self.reject_above)


def certificate(policy: Policy, card: Mapping[str, Any]) -> Certificate | None:
    """The card's certificate for the largest budget within the policy's, None if there is none.

    `card["thresholds"]["reject"]` is a list of `{"budget", "reject_above", "certificate"}`;
    a `reject_above` of null says that nothing could be certified at that budget.
    """
    row = _within(policy.reject_budget, card.get("thresholds", {}).get("reject", ()))
    return None if row is None else Certificate.of(row)


def expected(policy: Policy, card: Mapping[str, Any]) -> dict[str, float | None] | None:
    """What the accepting threshold is expected to bring: of all comments the share `held`, of
    spam and of good comments the shares accepted (`spam_accepted`, `good_accepted`; None where
    hardly any was seen). None for thresholds set by hand, and where the card does not say."""
    rows = card.get("thresholds", {}).get("accept", ())
    row = _within(policy.hold_budget, (row for row in rows if "spam_accepted" in row))
    if row is None or policy.accept_below is not None or policy.reject_above is not None:
        return None
    return {name: row[name] for name in ("held", "spam_accepted", "good_accepted")}


def margin(policy: Policy, card: Mapping[str, Any]) -> float:
    """`Certificate.margin` of the certificate in force; 0 for a threshold set by hand."""
    proof = certificate(policy, card) if policy.reject_above is None else None
    return proof.margin if proof else 0.0


def thresholds(policy: Policy, card: Mapping[str, Any]) -> Thresholds:
    """The thresholds in force: the operator's own, else those the card has evidence for.

    Without evidence nothing is accepted or rejected by score: everything is held.
    `card["thresholds"]` has `accept_below`, or a list `accept` of `{"budget",
    "accept_below"}` by the share held, and the list `reject` (see `certificate`).
    """
    said = card.get("thresholds", {})
    accept, reject = policy.accept_below, policy.reject_above
    if accept is None:
        row = _within(policy.hold_budget, said.get("accept", ())) or said
        accept = row.get("accept_below")
    if reject is None:
        proof = certificate(policy, card)
        reject = proof.reject_above if proof else None
    reject = NEVER if reject is None else reject
    return Thresholds(min(0.0 if accept is None else accept, reject), reject)


def _within(budget: float, rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The row with the largest budget that does not exceed this one."""
    return max((r for r in rows if r["budget"] <= budget), key=lambda r: r["budget"], default=None)


def decide(
    policy: Policy, bounds: Thresholds, text: float, total: float, reasons: Sequence[Reason]
) -> tuple[Decision, tuple[Reason, ...]]:
    """The decision, and the reasons with the policy's own added.

    The first of `reasons` that decides wins (signals come in the order of precedence), else
    the score. `text` is the text's own log-odds, `total` that with every signal's weight.
    Thresholds are certified on the text alone, so rejecting takes both above the threshold:
    signals alone push a comment no further than to HOLD. Of the reasons returned, those
    that were overruled decide no more.
    """
    scored, added = _by_score(policy, bounds, text, total)
    rule = next((r for r in reasons if _rules(r, scored)), None)
    decision = rule.decides if rule and rule.decides else scored
    kept = reasons if rule else (*reasons, *added)
    if decision is Decision.REJECT and policy.hold_rejects:
        decision, kept = Decision.HOLD, (*kept, _SWITCH)
    return decision, tuple(
        replace(r, decides=None) if r.decides not in (None, decision) else r for r in kept
    )


def _rules(reason: Reason, scored: Decision) -> bool:
    if reason.decides is None:
        return False
    return not (scored is Decision.REJECT and reason.code in HOLDS_ONLY_WHAT_WOULD_BE_ACCEPTED)


def _by_score(
    policy: Policy, bounds: Thresholds, text: float, total: float
) -> tuple[Decision, tuple[Reason, ...]]:
    if probability(total) < bounds.accept_below:
        return Decision.ACCEPT, ()
    if not _rejects(total, bounds):
        return Decision.HOLD, ()
    if not _rejects(text, bounds):
        return Decision.HOLD, (_UNCERTIFIED,)
    if policy.mode == "hold-first":
        return Decision.HOLD, (_HOLD_FIRST,)
    return Decision.REJECT, ()


def _rejects(score: float, bounds: Thresholds) -> bool:
    return bounds.reject_above < NEVER and probability(score) >= bounds.reject_above


_UNCERTIFIED = Reason(
    "uncertified",
    "the text alone does not pass the rejecting threshold, which is higher with a link to an "
    "unknown host and for a long text; so a person looks",
    decides=Decision.HOLD,
)
_HOLD_FIRST = Reason(
    "hold-first",
    "the score is above the rejecting threshold, but this site rejects by rules only",
    decides=Decision.HOLD,
)
_SWITCH = Reason(
    "emergency-hold",
    "it would be rejected, but this site's emergency switch holds it for a person to look",
    decides=Decision.HOLD,
)
