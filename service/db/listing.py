"""Lists of a site's comments: filtered, newest first, page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from service.clock import first_id
from service.db.comments import State, Stored, read
from service.db.schema import comments, traces
from service.keyring import Keyring
from service.storable import storable_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the comments in a list have in common; empty means anything.

    `author` is a name, an id or an e-mail address, whole; `host` a registrable domain;
    `text` a part of the content, without case; `before` the id where the last page ended.
    `waiting` is the moderators' queue: what is held, and what the blind audit has drawn.
    """

    state: State | None = None
    decision: str | None = None
    reason: str | None = None
    author: str | None = None
    host: str | None = None
    permalink: str | None = None
    text: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: str | None = None
    waiting: bool | None = None


def find(
    connection: Connection, keyring: Keyring, site_id: str, filters: Filters, limit: int
) -> list[Stored]:
    """At most `limit` comments that match, newest first."""
    chosen = [comments.c.site_id == site_id, *_conditions(keyring, site_id, filters)]
    newest = select(comments.c.id).where(*chosen).order_by(comments.c.id.desc()).limit(limit)
    return read(connection, site_id, connection.execute(newest).scalars())


def _conditions(keyring: Keyring, site_id: str, wanted: Filters) -> list[ColumnElement[bool]]:
    c = comments.c
    asked: list[tuple[Any, Any]] = [
        (wanted.state, lambda v: c.state == v.value),
        (wanted.decision, lambda v: c.decision == v),
        (wanted.reason, lambda v: c.reasons.contains(f",{v},", autoescape=True)),
        (wanted.author, lambda v: _by_author(keyring, site_id, v)),
        (wanted.host, lambda v: _linking_to(keyring.trace(site_id, "host", v.lower()))),
        (wanted.permalink, lambda v: c.permalink == storable_text(v)),
        (wanted.text, lambda v: c.content.icontains(storable_text(v), autoescape=True)),
        (wanted.since, lambda v: c.id >= _at(v)),
        (wanted.until, lambda v: c.id < _at(v)),
        (wanted.before, lambda v: c.id < v),
        (wanted.waiting, lambda v: c.waits if v else ~c.waits),
    ]
    return [condition(value) for value, condition in asked if value is not None]


def _by_author(keyring: Keyring, site_id: str, author: str) -> ColumnElement[bool]:
    named = storable_text(author)
    mail = keyring.trace(site_id, "email", author.strip().lower())
    c = comments.c
    return (c.author_name == named) | (c.author_id == named) | (c.author_email == mail)


def _linking_to(key: int) -> ColumnElement[bool]:
    return comments.c.id.in_(select(traces.c.comment_id).where(traces.c.key == key))


def _at(when: datetime) -> str:
    return first_id("cmt", when)
