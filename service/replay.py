"""What other lists would have decided about a site's newest comments; nothing is changed by it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network

from model.case import Case, History
from model.comment import Label
from model.policy import Policy, decide
from model.scorer import Scored
from model.signals import (
    Signal,
    allowed_host,
    allowed_term,
    blocked_host,
    blocked_term,
)
from model.text import Reading, read
from model.verdict import REASONS, Decision, Reason
from service import answer
from service.db import figures, labels, listing
from service.db.comments import State, Stored
from service.db.engine import Database
from service.db.sites import Site
from service.keyring import Keyring, address_prefix
from service.whatif import noticed, text_score

MOST = 2_000
WITHIN = timedelta(days=30)
_OF_LISTS: tuple[Signal, ...] = (allowed_host, allowed_term, blocked_host, blocked_term)
_CODES = frozenset(code for code in REASONS if code.startswith(("allowed-", "blocked-")))
_PLACE = {code: place for place, code in enumerate(REASONS)}
_UNSCORED = Scored(0.0, None, (0, 0))
_KEPT_PREFIX = {4: 24, 6: 64}
"""Of a sender the address is kept as a hash, and its network of so many bits."""

Hashes = frozenset[int | None]


@dataclass(frozen=True, slots=True)
class Change:
    """A past comment that other lists would have decided otherwise, and what a person said."""

    comment: Stored
    was: Decision
    now: Decision
    because: str
    label: Label | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many comments were tried, and those that change, newest first. `untold` are entries
    that cannot be tried: addresses are kept as hashes, so wider networks match nothing."""

    tried: int
    changes: tuple[Change, ...]
    untold: tuple[str, ...]


def replay(
    database: Database, keyring: Keyring, site: Site, policy: Policy, now: datetime
) -> Replayed:
    """Decide the newest comments once by the site's lists and once by `policy`'s.

    Everything else is as it was known then. A comment's e-mail, address and browser are not
    kept, so blocked terms are looked for in the text, the name and the link.
    """
    wanted = listing.Filters(since=now - WITHIN)
    with database.reading() as connection:
        found = listing.find(connection, keyring, site.id, wanted, MOST)
        said = labels.of_comments(connection, [one.id for one in found])
        sent_from = figures.senders(connection, site.id, [one.id for one in found])
    past = [one for one in found if one.answer and one.state not in _GONE]
    old, new = (_addresses(keyring, site.id, each) for each in (site.policy, policy))
    changes = []
    for stored in past:
        sender = frozenset(sent_from.get(stored.id, ()))
        reading = read(stored.comment.content)
        listed = (_listed(stored, reading, each, now) for each in (site.policy, policy))
        before, now_said = (
            (*reasons, *_by_address(sender, hashes))
            for reasons, hashes in zip(listed, (old, new), strict=True)
        )
        was, _ = _decided(stored, site.policy, before)
        after, because = _decided(stored, policy, now_said)
        if was is not after:
            label = labels.in_force(said.get(stored.id, []))
            changes.append(Change(stored, was, after, because, label))
    return Replayed(len(past), tuple(changes), tuple(_untold(policy)))


_GONE = frozenset({State.REPLACED, State.ERASED, State.UNJUDGED})


def _decided(stored: Stored, policy: Policy, listed: Sequence[Reason]) -> tuple[Decision, str]:
    judged = answer.from_json(stored.answer)
    if judged.score is None:
        return judged.decision, ""
    kept = [reason for reason in noticed(judged) if reason.code not in _CODES]
    reasons = sorted((*kept, *listed), key=lambda reason: _PLACE.get(reason.code, 0))
    decision, _ = decide(policy, judged.thresholds, text_score(judged), judged.score, reasons)
    return decision, next((r.detail for r in listed if r.decides is decision), "")


def _listed(stored: Stored, reading: Reading, policy: Policy, now: datetime) -> Iterable[Reason]:
    case = Case(comment=stored.comment, reading=reading, scored=_UNSCORED,
                history=History(), policy=policy, now=now)  # fmt: skip
    return [reason for signal in _OF_LISTS if (reason := signal(case))]


def _by_address(sender: Hashes, addresses: dict[str, Hashes]) -> Iterable[Reason]:
    for code, hashes in addresses.items():
        if hashes & sender:
            decides = Decision.ACCEPT if code.startswith("allowed") else Decision.REJECT
            yield Reason(code, REASONS[code], decides=decides)


def _addresses(keyring: Keyring, site_id: str, policy: Policy) -> dict[str, Hashes]:
    return {
        "allowed-address": frozenset(_hashed(keyring, site_id, policy.allowed_addresses)),
        "blocked-address": frozenset(_hashed(keyring, site_id, policy.blocked_addresses)),
    }


def _hashed(keyring: Keyring, site_id: str, entries: Sequence[str]) -> Iterable[int]:
    for entry in entries:
        kind, value = _kept_as(entry)
        if kind:
            yield keyring.trace(site_id, kind, value)


def _untold(policy: Policy) -> Iterable[str]:
    entries = (*policy.allowed_addresses, *policy.blocked_addresses)
    return (entry for entry in entries if not _kept_as(entry)[0])


def _kept_as(entry: str) -> tuple[str, str]:
    """The kind of hash that tells whether a sender is this entry, and what it is made of."""
    try:
        network = ip_network(entry.strip(), strict=False)
    except ValueError:
        return "", ""
    if network.prefixlen == network.max_prefixlen:
        return "address", str(network.network_address)
    if network.prefixlen == _KEPT_PREFIX[network.version]:
        return "prefix", address_prefix(str(network.network_address))
    return "", ""
