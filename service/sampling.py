"""Which comments are drawn for the blind audit, and which are shown to moderators blind.

One number in [0, 1) per comment, a keyed hash of its id, decides both. Nobody without the
instance key can tell it beforehand, and it can be computed again from the stored row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from model.comment import Label
from model.verdict import Decision

BLIND = 0.1
"""Share of all comments whose score and reasons a moderator sees only after deciding; no site
audits more than that, so that what is audited can't be told from what is only blind."""


MANY = 20
"""Labels a queue has brought; a site that cannot have a model of its own then, for want of good
ones, is taken for one full of spam."""

FEW = 40
"""Good comments a site's own model has learned from, below which the site audits BLIND: in a queue
full of spam are hardly any, and without them little is learned."""


@dataclass(frozen=True, slots=True)
class Sample:
    """`audited`: the share of automatic decisions it was drawn at, None if it was not drawn."""

    blind: bool = False
    audited: float | None = None


NOT_DRAWN = Sample()


def sample(lot: float, decision: Decision, audit_share: float) -> Sample:
    """What a comment's lot makes of it: only what nobody would look at anyway is audited."""
    drawn = decision is not Decision.HOLD and lot < audit_share
    return Sample(blind=lot < BLIND, audited=audit_share if drawn else None)


def lacks_good(labels: Sequence[Label]) -> bool:
    """Whether a site that these labels were too few for, of either kind, has mostly spam."""
    return len(labels) >= MANY and labels.count(Label.HAM) < labels.count(Label.SPAM)


def audit_share(wanted: float, learned_good: int | None) -> float:
    """The share of automatic decisions to audit on a site that wants `wanted`, none if that is 0.

    `learned_good`: how many of the site's good comments the model has learned from that judges;
    None if that is the base alone; 0 on a site that lacks them.
    """
    few = learned_good is not None and learned_good < FEW
    return max(wanted, BLIND) if wanted and few else wanted
