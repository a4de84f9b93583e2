"""Changes to a site's policy, checked the same way for the API and the command line."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from model.lists import network_of
from service.sampling import BLIND


def _whole(value: object) -> object:
    # To JSON, 5.0 is an integer too (JSON Schema 2020-12, 4.2.3).
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _network(value: str) -> str:
    if network_of(value) is None:
        raise ValueError(f"{value!r} is neither an address nor a network such as 192.0.2.0/24")
    return value


_LABEL = r"[^\x00-,./:-@\[-^`{-\x7f]{1,63}"
_HOST = (
    rf"^((https?:)?//)?(\*?\.)?(({_LABEL}\.)*{_LABEL}\.?|\[[0-9A-Fa-f:.]{{2,45}}\])"
    r"(:[0-9]{1,5})?([/?#][^\x00-\x20]*)?$"
)
"""Labels have no dot in them, so there is one way only to read an entry."""


def _host(value: str) -> str:
    if not re.search(_HOST, value):
        raise ValueError(f"{value!r} is neither a host such as shop.example nor an ending as .ru")
    return value


Milliseconds = Annotated[int, Field(ge=0, le=10**12), BeforeValidator(_whole)]
Days = Annotated[int, Field(ge=1, le=90), BeforeValidator(_whole)]
Share = Annotated[float, Field(gt=0, lt=1)]
Probability = Annotated[float, Field(ge=0, le=1)] | None
Entry = Annotated[str, Field(min_length=1, max_length=255)]
Entries = Annotated[list[Entry], Field(max_length=10_000)]
_BYTE = "(0|1[0-9]{0,2}|[2-9][0-9]?)"  # those that are easily said
_KINDS: list[dict[str, Any]] = [
    {"format": "ipv4"},
    {"format": "ipv6"},
    {"pattern": rf"^({_BYTE}\.){{3}}{_BYTE}/([12]?[0-9]|3[0-2])$"},
]
Network = Annotated[
    Entry,
    AfterValidator(_network),
    WithJsonSchema({"anyOf": [{"type": "string", **kind} for kind in _KINDS]}),
]
Networks = Annotated[list[Network], Field(max_length=10_000)]
Host = Annotated[
    Entry,
    AfterValidator(_host),
    WithJsonSchema({"type": "string", "maxLength": 255, "pattern": _HOST}),
]
Hosts = Annotated[list[Host], Field(max_length=10_000)]
Terms = Annotated[list[Entry], Field(max_length=100_000)]
"""The community's WordPress blocklist has 65,371, and they are searched in one pass."""


class PolicyChange(BaseModel):
    """What to change; a field left out stays. A threshold of null means: from the budget."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    mode: Literal["normal", "hold-first"] = "normal"
    reject_budget: Share = Field(0.005, description="Share of good comments rejected at most")
    hold_budget: Share = Field(0.20, description="Share of all comments held at most")
    audit_share: float = Field(
        0.02, ge=0, le=BLIND, description="Share of automatic decisions moderators check, unmarked"
    )
    accept_below: Probability = None
    reject_above: Probability = None
    blocked_terms: Terms = []
    allowed_terms: Terms = []
    blocked_hosts: Hosts = []
    allowed_hosts: Hosts = []
    blocked_addresses: Networks = []
    allowed_addresses: Networks = []
    trusted_roles: Entries = ["administrator"]
    min_elapsed_ms: Milliseconds = 1500
    akismet_hold: Literal["spam-queue", "wordpress-pending", "wordpress-recheck", "ham"] = (
        "spam-queue"
    )
    hold_rejects: bool = Field(False, description="Emergency switch: hold what would be rejected")

    def changes(self) -> dict[str, Any]:
        """Only what was said."""
        return self.model_dump(exclude_unset=True)
