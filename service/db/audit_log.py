"""What people did: one row for each act, never changed, never removed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, insert, select

from service.clock import milliseconds, moment, new_id
from service.db.schema import audit_log
from service.storable import storable_text

INSTANCE = ""
"""In place of a site's id: what concerns no site, as signing in does."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing somebody did. `subject` is what it was done to: an id, a name."""

    id: str
    site_id: str
    moderator: str
    action: str
    subject: str
    detail: dict[str, Any]
    at: datetime


def write(
    connection: Connection,
    site_id: str,
    moderator: str,
    action: str,
    subject: str = "",
    *,
    at: datetime,
    **detail: object,
) -> str:
    """Add one act in the transaction that does it; returns its id.

    `action` is one word of at most 32 letters ("accounts-added"). Never what a commenter
    wrote: erasing does not come here.
    """
    row = {
        "id": new_id("act", at),
        "site_id": site_id,
        "moderator": storable_text(moderator),
        "action": action,
        "subject": storable_text(subject),
        "detail": storable_text(orjson.dumps(detail).decode()),
        "at": milliseconds(at),
    }
    connection.execute(insert(audit_log), row)
    return str(row["id"])


def find(
    connection: Connection,
    site_id: str,
    *,
    limit: int,
    before: str = "",
    moderator: str = "",
    actions: tuple[str, ...] = (),
) -> list[Act]:
    """The newest `limit` acts on a site, by one moderator or of some kinds if asked so."""
    a = audit_log.c
    asked = [
        (before, a.id < before),
        (moderator, a.moderator == moderator),
        (actions, a.action.in_(actions)),
    ]
    chosen = [condition for value, condition in asked if value]
    query = select(audit_log).where(a.site_id == site_id, *chosen).order_by(a.id.desc())
    return [_act(row) for row in connection.execute(query.limit(limit))]


def _act(row: Row[Any]) -> Act:
    return Act(
        id=row.id,
        site_id=row.site_id,
        moderator=row.moderator,
        action=row.action,
        subject=row.subject,
        detail=orjson.loads(row.detail),
        at=moment(row.at),
    )
