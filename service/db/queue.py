"""What waits for a moderator, and what ranking it takes to know."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from service.clock import moment
from service.db.schema import comments, judgements

ENDS = 250
"""So many of the oldest and of the newest are ranked: nobody works through more at a time."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One comment that waits. `score` is its newest one in log-odds, None if nothing was scored."""

    id: str
    at: datetime
    score: float | None
    blind: bool


def ends(connection: Connection, site_id: str, reason: str = "") -> list[Waiting]:
    """The oldest and the newest that wait, each once, newest first."""
    c = comments.c
    found: dict[str, Any] = {}
    for order in (c.id.desc(), c.id.asc()):
        query = select(c.id, c.created_at, c.blind).where(*_waits(site_id, reason))
        found |= {row.id: row for row in connection.execute(query.order_by(order).limit(ENDS))}
    scores = _scores(connection, found)
    return [
        Waiting(row.id, moment(row.created_at), scores.get(row.id), row.blind)
        for row in sorted(found.values(), key=lambda row: row.id, reverse=True)
    ]


def ids(connection: Connection, site_id: str, reason: str, most: int) -> list[str]:
    """The newest `most` that wait, for a decision about all of them."""
    query = select(comments.c.id).where(*_waits(site_id, reason))
    return list(connection.execute(query.order_by(comments.c.id.desc()).limit(most)).scalars())


def count(connection: Connection, site_id: str, reason: str = "") -> int:
    """How many wait."""
    query = select(func.count()).select_from(comments).where(*_waits(site_id, reason))
    return connection.execute(query).scalar() or 0


def since(connection: Connection, site_id: str, newest: str) -> int:
    """How many wait that came after this one."""
    query = select(func.count()).select_from(comments)
    chosen = and_(*_waits(site_id, ""), comments.c.id > newest)
    return connection.execute(query.where(chosen)).scalar() or 0


def _waits(site_id: str, reason: str) -> list[ColumnElement[bool]]:
    c = comments.c
    told = [c.reasons.contains(f",{reason},", autoescape=True), ~c.blind] if reason else []
    return [c.site_id == site_id, c.waits, *told]


def _scores(connection: Connection, ids: Iterable[str]) -> dict[str, float]:
    j = judgements.c
    query = select(j.comment_id, j.score).where(j.comment_id.in_(list(ids))).order_by(j.number)
    return {row.comment_id: row.score for row in connection.execute(query)}
