"""What Weir answers: a decision, its score, and the reasons that add up to it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Basis = Literal["balanced", "site"]
Span = tuple[int, int]


class Decision(StrEnum):
    """The three answers. HOLD means a person should look."""

    ACCEPT = "accept"
    HOLD = "hold"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Reason:
    """One additive part of a score, or a rule that overrides it.

    `weight` is in log-odds, above zero towards spam. `spans` count code points of the
    content as sent. `decides` is set when the rule settles the decision whatever the score.
    """

    code: str
    detail: str
    weight: float = 0.0
    spans: tuple[Span, ...] = ()
    decides: Decision | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Spam probabilities: accepted strictly below the first, rejected at or above the second."""

    accept_below: float
    reject_above: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision with everything needed to check it.

    Shown reasons' weights + `base` + `rest` = `score` (log-odds). `score` is None when
    nothing was scored; then `base` and `rest` are 0.
    """

    decision: Decision
    score: float | None
    spam_probability: float | None
    probability_basis: Basis
    thresholds: Thresholds
    reasons: tuple[Reason, ...]
    base: float
    rest: float
    base_model: str
    site_model: str | None
    policy: str
