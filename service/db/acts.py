"""What a moderator's acts hang on: the labels they gave, claims, and notes to colleagues."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Row, delete, insert, select

from service.clock import first_id, milliseconds, moment, new_id
from service.db.audit_log import Act, find
from service.db.schema import acted_labels, audit_log, claims, comments, notes
from service.errors import NotFound
from service.storable import storable_text

__all__ = ["Connection"]

CLAIM = timedelta(minutes=2)
"""How long somebody counts as looking at a comment after opening it."""
KEPT = timedelta(hours=24)


def add(connection: Connection, act_id: str, comment_id: str, label_id: str) -> None:
    """Note that an act gave a label."""
    row = {"act_id": act_id, "comment_id": comment_id, "label_id": label_id}
    connection.execute(insert(acted_labels), row)


def labels_of(connection: Connection, act_id: str) -> list[tuple[str, str]]:
    """(comment, label) of every label an act gave."""
    a = acted_labels.c
    query = select(a.comment_id, a.label_id).where(a.act_id == act_id).order_by(a.label_id)
    return [(row.comment_id, row.label_id) for row in connection.execute(query)]


def acts_about(connection: Connection, site_id: str, comment_id: str) -> list[str]:
    """The ids of the acts that labelled a comment and were not taken back, newest first."""
    a, log = acted_labels.c, audit_log.c
    undone = select(log.subject).where(log.site_id == site_id, log.action == "undo")
    query = (
        select(a.act_id)
        .join(audit_log, log.id == a.act_id)
        .where(a.comment_id == comment_id, log.site_id == site_id, a.act_id.not_in(undone))
        .order_by(a.act_id.desc())
    )
    return list(connection.execute(query).scalars())


def still_waiting(connection: Connection, site_id: str, ids: Iterable[str]) -> set[str]:
    """Those of these comments that nobody has decided about; locked until the transaction ends."""
    c = comments.c
    query = select(c.id).where(c.site_id == site_id, c.id.in_(list(ids)), c.waits)
    return set(connection.execute(query.with_for_update()).scalars())


def must_exist(connection: Connection, site_id: str, comment_id: str) -> None:
    """Raises NotFound unless the site has this comment."""
    c = comments.c
    found = select(c.id).where(c.site_id == site_id, c.id == storable_text(comment_id))
    if connection.execute(found).first() is None:
        raise NotFound("there is no such comment")


def must_stand(connection: Connection, site_id: str, act_id: str, actions: tuple[str, ...]) -> None:
    """Raises NotFound unless there is this act, of one of these kinds, and nobody undid it."""
    a, wanted = audit_log.c, storable_text(act_id)
    known = select(a.id).where(a.site_id == site_id, a.id == wanted, a.action.in_(actions))
    found = connection.execute(known.with_for_update()).first()
    if found is None or undone(connection, site_id, [wanted]):
        raise NotFound("there is no such decision, or it was taken back already")


def undone(connection: Connection, site_id: str, ids: Iterable[str]) -> set[str]:
    """Those of these acts that were taken back."""
    a = audit_log.c
    query = select(a.subject).where(a.subject.in_(list(ids)), a.action == "undo")
    return set(connection.execute(query.where(a.site_id == site_id)).scalars())


def recent(
    connection: Connection, site_id: str, actions: tuple[str, ...], limit: int,
    *, moderator: str = "", before: str = "",
) -> list[tuple[Act, bool]]:  # fmt: skip
    """The newest decisions, each with whether it still stands."""
    found = find(connection, site_id, limit=limit, moderator=moderator, actions=actions,
                 before=before)  # fmt: skip
    gone = undone(connection, site_id, [act.id for act in found])
    return [(act, act.id not in gone) for act in found]


def kept(connection: Connection, site_id: str, moderator: str, now: datetime) -> set[str]:
    """The comments a moderator has left held in the last day."""
    a = audit_log.c
    mine = (a.site_id == site_id) & (a.moderator == moderator) & (a.action == "keep")
    rows = connection.execute(
        select(a.id, a.subject).where(mine, a.id >= first_id("act", now - KEPT))
    ).all()
    gone = undone(connection, site_id, [row.id for row in rows])
    return {row.subject for row in rows if row.id not in gone}


def claim(
    connection: Connection, site_id: str, comment_id: str, moderator: str, now: datetime
) -> str:
    """Say who is looking at a comment; returns who else is, empty for nobody."""
    c = claims.c
    this = (c.site_id == site_id) & (c.comment_id == comment_id)
    held = connection.execute(select(claims).where(this)).first()
    if held and held.until > milliseconds(now) and held.moderator != moderator:
        return str(held.moderator)
    connection.execute(delete(claims).where(this | (c.until < milliseconds(now - CLAIM))))
    row = {"site_id": site_id, "comment_id": comment_id, "moderator": moderator,
           "until": milliseconds(now + CLAIM)}  # fmt: skip
    connection.execute(insert(claims), row)
    return ""


def claimed(
    connection: Connection, site_id: str, ids: Iterable[str], moderator: str, now: datetime
) -> dict[str, str]:
    """Who else is looking at which of these comments."""
    c = claims.c
    others = (c.site_id == site_id) & c.comment_id.in_(list(ids)) & (c.moderator != moderator)
    query = select(c.comment_id, c.moderator).where(others, c.until > milliseconds(now))
    return {row.comment_id: row.moderator for row in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody told their colleagues about a comment."""

    moderator: str
    text: str
    at: datetime


def add_note(
    connection: Connection, site_id: str, comment_id: str, moderator: str, text: str, *,
    at: datetime,
) -> None:  # fmt: skip
    """Keep a note."""
    row = {"id": new_id("nte", at), "site_id": site_id, "comment_id": comment_id,
           "moderator": moderator, "text": storable_text(text), "at": milliseconds(at)}  # fmt: skip
    connection.execute(insert(notes), row)


def notes_of(connection: Connection, site_id: str, comment_id: str) -> list[Note]:
    """A comment's notes, oldest first."""
    mine = (notes.c.site_id == site_id) & (notes.c.comment_id == comment_id)
    return [
        _note(row) for row in connection.execute(select(notes).where(mine).order_by(notes.c.id))
    ]


def _note(row: Row[Any]) -> Note:
    return Note(row.moderator, row.text, moment(row.at))


def decided_comments(connection: Connection, site_id: str, limit: int) -> list[str]:
    """The comments that people in the console decided about, the newest decision first."""
    a, log = acted_labels.c, audit_log.c
    query = select(a.comment_id).join(audit_log, log.id == a.act_id).where(log.site_id == site_id)
    rows = connection.execute(query.order_by(log.id.desc()).limit(3 * limit)).scalars()
    return list(dict.fromkeys(rows))[:limit]


def today(connection: Connection, site_id: str, moderator: str, now: datetime) -> dict[str, int]:
    """How much a moderator has decided in the last day: comments, and lessons among them."""
    a = audit_log.c
    mine = (a.site_id == site_id) & (a.moderator == moderator) & a.action.in_(_TEACHING)
    since = a.id >= first_id("act", now - timedelta(days=1))
    rows = connection.execute(select(a.id, a.action, a.detail).where(mine, since)).all()
    gone = undone(connection, site_id, [row.id for row in rows])
    counts = {"decided": 0, "lessons": 0}
    for row in rows:
        n = 0 if row.id in gone else int(orjson.loads(row.detail).get("n", 1))
        counts["decided"] += n
        counts["lessons"] += n if row.action != "other" else 0
    return counts


_TEACHING = ("ham", "spam", "other")
