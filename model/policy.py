"""What one site wants: its budgets, thresholds and lists."""

from dataclasses import dataclass
from typing import Literal

Mode = Literal["normal", "hold-first"]
AkismetHold = Literal["spam-queue", "wordpress-pending", "wordpress-recheck", "ham"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One site's wishes. The thresholds are None until the operator sets them by hand:
    then they come from the model's certificate for `reject_budget` (at most this share of
    good comments rejected) and `hold_budget` (at most this share of all comments held)."""

    mode: Mode = "normal"
    reject_budget: float = 0.005
    hold_budget: float = 0.20
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
