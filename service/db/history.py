"""What a site has seen of an author, a host, a text, an address: traces in, a History out.

A trace is one row per comment and thing seen, under a keyed hash of the site and the thing.
Rows are found by (key, standing) and counted up to a limit, newest first, so the one query
behind a history costs the same for ten comments and for ten million.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from model.case import History, Tally
from model.comment import Comment, Label
from model.hosts import domain_of
from model.text import Reading, host_of
from model.verdict import Decision
from service.clock import first_id
from service.db.direct import Cursor, Prepared
from service.db.schema import traces
from service.keyring import Keyring, address_prefix

MOST_LABELS = 20
"""More labels than these of one kind say nothing new; so no more are counted."""
MOST_SENDERS = 50
MOST_HOSTS = 8
MOST_AT_ONCE = 16
"""Histories in one query: more would save little, and each number of them is a statement."""
SENDERS_WITHIN = timedelta(days=7)
ADDRESS_WITHIN = timedelta(minutes=10)


class Standing(IntEnum):
    """What a trace says of its comment; only SPAM and HAM come from a person."""

    UNSAID = 0
    ACCEPTED = 1
    HAM = 2
    SPAM = 3

    @classmethod
    def of(cls, decision: Decision | None, label: Label | None) -> "Standing":
        """A label outweighs the decision; `other` says neither spam nor ham."""
        if label is not None:
            return {Label.SPAM: cls.SPAM, Label.HAM: cls.HAM}.get(label, cls.UNSAID)
        return cls.ACCEPTED if decision is Decision.ACCEPT else cls.UNSAID


@dataclass(frozen=True, slots=True)
class Traces:
    """One comment's keys in the table of traces; 0 stands for *not sent*."""

    author: int
    text: int
    address: int
    prefix: int
    email: int
    hosts: dict[str, int]

    @property
    def sender(self) -> int:
        """Tells senders of one text apart: by address, else by e-mail."""
        return self.address or self.email

    @property
    def labelled(self) -> list[int]:
        """The keys whose standing follows the comment's labels."""
        return [key for key in (self.author, self.text, *self.hosts.values()) if key]


def traces_of(keyring: Keyring, site_id: str, comment: Comment, reading: Reading) -> Traces:
    """The keys of everything a comment shows, as History defines each of them."""

    def trace(kind: str, value: str) -> int:
        return keyring.trace(site_id, kind, value) if value else 0

    prefix = address_prefix(comment.author_ip) if comment.author_ip else ""
    mail = comment.author_email.strip().lower()
    return Traces(
        author=trace("author", _author(comment.author_id, mail, prefix)),
        text=trace("text", reading.template.hex()),
        address=trace("address", comment.author_ip),
        prefix=trace("prefix", prefix),
        email=trace("email", mail),
        hosts={domain: trace("host", domain) for domain in _domains(comment, reading)},
    )


def _author(identity: str, mail: str, prefix: str) -> str:
    if identity:
        return f"id:{identity}"
    return f"mail:{mail} {prefix}" if mail and prefix else ""  # either alone is forgeable


def _domains(comment: Comment, reading: Reading) -> list[str]:
    links = [link.domain for link in reading.links]
    if comment.author_url:
        links.insert(0, domain_of(host_of(comment.author_url)))
    return list(dict.fromkeys(domain for domain in links if domain))[:MOST_HOSTS]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose history is wanted: a comment's site, what it shows, and which comment it edits."""

    site_id: str
    seen: Traces
    edit_of: str = ""


def histories(cursor: Cursor, many: Sequence[Asked], now: datetime) -> list[History]:
    """What each one's site knows, in order; one query for up to MOST_AT_ONCE of them."""
    found: list[History] = []
    for first in range(0, len(many), MOST_AT_ONCE):
        found += _at_once(cursor, many[first : first + MOST_AT_ONCE], now)
    return found


def _at_once(cursor: Cursor, many: Sequence[Asked], now: datetime) -> list[History]:
    second = int(now.timestamp())
    values: dict[str, Any] = {
        "week": _since(second, SENDERS_WITHIN),
        "minutes": _since(second, ADDRESS_WITHIN),
    }
    most_hosts = max(len(one.seen.hosts) for one in many)
    for place, one in enumerate(many):
        values |= zip(_names(place, most_hosts), _sought(one, most_hosts), strict=True)
    edits = any(one.edit_of for one in many)
    rows = _query(len(many), most_hosts, edits).run(cursor, values).fetchall()
    return [_history(row, list(one.seen.hosts)) for row, one in zip(rows, many, strict=True)]


def _sought(one: Asked, most_hosts: int) -> list[Any]:
    """What a history is found by: the row of values for _columns."""
    seen = one.seen
    hosts = [*seen.hosts.values(), *[0] * (most_hosts - len(seen.hosts))]
    return [one.site_id, one.edit_of, seen.author, seen.text, seen.address, seen.sender, *hosts]


@cache
def _columns(hosts: int) -> list[str]:
    of_comment = ["site", "edit_of", "author", "text", "address", "sender"]
    return of_comment + [f"host{n}" for n in range(hosts)]


@cache
def _names(place: int, hosts: int) -> list[str]:
    return [f"{column}_{place}" for column in _columns(hosts)]


@lru_cache(maxsize=8)
def _since(second: int, window: timedelta) -> str:
    return first_id("cmt", datetime.fromtimestamp(second, UTC) - window)


def _history(row: tuple[Any, ...], domains: list[str]) -> History:
    ham, spam, accepted, text_ham, text_spam, senders, recent, state, decision, links = row[:10]
    hosts = {d: Tally(row[10 + 2 * n], row[11 + 2 * n]) for n, d in enumerate(domains)}
    in_force = {"accepted": "accept", "held": "hold", "rejected": "reject"}.get(state, decision)
    return History(
        author=Tally(ham, spam),
        author_accepted=accepted,
        hosts=hosts,
        text=Tally(text_ham, text_spam),
        text_senders=senders,
        address_recent=recent,
        edited=Decision(in_force) if in_force else None,
        edited_links=links or 0,
    )


@cache
def _query(count: int, hosts: int, edits: bool) -> Prepared:
    """A statement for `count` comments that name at most so many hosts."""
    edited = "(SELECT {} FROM comments WHERE site_id = asked.site AND id = asked.edit_of)"
    counts = [
        _count("author", Standing.HAM),
        _count("author", Standing.SPAM),
        _count("author", Standing.ACCEPTED),
        _count("text", Standing.HAM),
        _count("text", Standing.SPAM),
        _senders(),
        _count("address", Standing.UNSAID, "AND comment_id >= :minutes"),
        *(edited.format(name) if edits else "NULL" for name in ("state", "decision", "links")),
    ]
    for n in range(hosts):
        counts += _count(f"host{n}", Standing.HAM), _count(f"host{n}", Standing.SPAM)
    rows = (f"({place}, :{', :'.join(_names(place, hosts))})" for place in range(count))
    return Prepared(text(
        f"WITH asked (place, {', '.join(_columns(hosts))}) AS (VALUES {', '.join(rows)}) "  # noqa: S608 - names and numbers of this file only
        f"SELECT {', '.join(counts)} FROM asked ORDER BY place"
    ))  # fmt: skip


def _rows(key: str, standing: Standing, limit: int, condition: str = "") -> str:
    return (
        f"SELECT sender FROM traces WHERE key = asked.{key} AND state = {standing:d} {condition} "  # noqa: S608
        f"ORDER BY comment_id DESC LIMIT {limit}"
    )


def _count(key: str, standing: Standing, condition: str = "") -> str:
    return f"(SELECT count(*) FROM ({_rows(key, standing, MOST_LABELS, condition)}) AS found)"  # noqa: S608


def _senders() -> str:
    each = (_rows("text", s, MOST_SENDERS, "AND comment_id >= :week") for s in Standing)
    every = " UNION ALL ".join(f"SELECT sender FROM ({one}) AS r{n}" for n, one in enumerate(each))  # noqa: S608
    others = "recent.sender NOT IN (0, asked.sender)"
    return f"(SELECT count(DISTINCT recent.sender) FROM ({every}) AS recent WHERE {others})"  # noqa: S608


def same_text(connection: Connection, seen: Traces) -> list[str]:
    """Ids of the newest comments with this text."""
    mine = select(traces.c.comment_id).where(traces.c.key == seen.text)
    newest = mine.order_by(traces.c.comment_id.desc()).limit(MOST_SENDERS)
    return list(connection.execute(newest).scalars()) if seen.text else []


def remember(cursor: Cursor, many: Iterable[tuple[str, Traces, Standing]]) -> None:
    """Add the traces of comments, by their ids; an address only counts how often, so it has no
    standing."""
    rows = {
        (key, int(state), comment_id, seen.sender)
        for comment_id, seen, standing in many
        for key, state in (
            *((key, standing) for key in seen.labelled), (seen.address, Standing.UNSAID))
        if key
    }  # fmt: skip
    # In one order always: two transactions must never wait for each other's index pages.
    values = [dict(zip(_COLUMNS, row, strict=True)) for row in sorted(rows)]
    if values:
        _INSERT.run_many(cursor, values)


_COLUMNS = ("key", "state", "comment_id", "sender")
_INSERT = Prepared(insert(traces), traces.c.keys())


def restate(
    connection: Connection, comment_id: str, keys: Iterable[int], standing: Standing
) -> None:
    """Let a comment's traces follow its labels."""
    of_comment = traces.c.comment_id == comment_id
    chosen = traces.c.key.in_(sorted(keys)) & traces.c.state.in_([int(s) for s in Standing])
    connection.execute(update(traces).where(of_comment & chosen).values(state=int(standing)))
