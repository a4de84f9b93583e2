"""What has to go: comments past their time, and people who ask to be forgotten.

Purging deletes whole rows. Erasing is the one exception to a history that only grows: the
words and the person go, and an empty row stays to say that something was here.
"""

import struct
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, delete, select, update

from service.clock import first_id, milliseconds
from service.db import campaigns, days, search
from service.db.comments import State
from service.db.engine import Database
from service.db.history import Standing
from service.db.schema import (
    acted_labels,
    claims,
    comments,
    deliveries,
    idempotency,
    judgements,
    labels,
    notes,
    outbox,
    sites,
    traces,
)
from service.keyring import Keyring

BATCH = 500
"""Comments per transaction: writers waiting behind it are not kept for long."""


def site_ids(connection: Connection) -> list[str]:
    """The ids of all sites, the removed ones too."""
    return list(connection.execute(select(sites.c.id)).scalars())


def purge(database: Database, before: datetime) -> int:
    """Delete every site's comments from before a time, with all that hangs on them; how many.

    One short transaction per batch, so that nobody's answer waits long behind it.
    """
    with database.reading() as connection:
        every = site_ids(connection)
    deleted = 0
    for site_id in every:
        while batch := _purge_batch(database, site_id, before):
            deleted += batch
    with database.writing() as connection:
        connection.execute(delete(idempotency).where(idempotency.c.at < milliseconds(before)))
        connection.execute(delete(outbox).where(outbox.c.id < first_id("evt", before)))
        connection.execute(delete(deliveries).where(deliveries.c.at < milliseconds(before)))
    return deleted


def _purge_batch(database: Database, site_id: str, before: datetime) -> int:
    old = (comments.c.site_id == site_id) & (comments.c.id < first_id("cmt", before))
    with database.writing() as connection:
        rows = connection.execute(_CHOSEN.where(old).order_by(comments.c.id).limit(BATCH)).all()
        _forget_traces(connection, rows)
        ids = [row.id for row in rows]
        for table in (labels, judgements, notes, claims, acted_labels):
            connection.execute(delete(table).where(table.c.comment_id.in_(ids)))
        search.forget(connection, ids)
        campaigns.forget(connection, ids)
        chosen = (comments.c.site_id == site_id) & comments.c.id.in_(ids)
        connection.execute(delete(comments).where(chosen))
        if ids:
            days.forget(connection, site_id, before.date())
    return len(ids)


def by_email(connection: Connection, keyring: Keyring, site_id: str, email: str) -> list[str]:
    """The ids of a site's comments from an e-mail address, of which only a hash is kept."""
    sender = keyring.trace(site_id, "email", email.strip().lower())
    mine = (comments.c.site_id == site_id) & (comments.c.author_email == sender)
    return list(connection.execute(select(comments.c.id).where(mine)).scalars())


def erase(connection: Connection, site_id: str, comment_id: str) -> bool:
    """Blank one comment and all that repeats its words; False if there is no such comment."""
    chosen = (comments.c.site_id == site_id) & (comments.c.id == comment_id)
    row = connection.execute(_CHOSEN.where(chosen)).first()
    if row is None:
        return False
    _forget_traces(connection, [row])
    mine = judgements.c.comment_id == comment_id
    for judgement in connection.execute(select(judgements).where(mine)).all():
        this = mine & (judgements.c.number == judgement.number)
        answer = _without_words(judgement.answer)
        connection.execute(update(judgements).where(this).values(answer=answer))
    connection.execute(update(labels).where(labels.c.comment_id == comment_id).values(note=""))
    connection.execute(delete(notes).where(notes.c.comment_id == comment_id))
    search.forget(connection, [comment_id])
    campaigns.forget(connection, [comment_id])
    for table in (outbox, deliveries):
        connection.execute(delete(table).where(table.c.comment_id == comment_id))
    key = (idempotency.c.site_id == site_id) & (idempotency.c.comment_id == comment_id)
    connection.execute(update(idempotency).where(key).values(fingerprint=b""))
    connection.execute(update(comments).where(chosen).values(_BLANK))
    return True


def _forget_traces(connection: Connection, rows: Sequence[Any]) -> None:
    states = [int(standing) for standing in Standing]
    for row in rows:
        keys = [*struct.unpack(f">{len(row.traces) // 8}q", bytes(row.traces)), row.author_ip or 0]
        mine = traces.c.key.in_(keys) & traces.c.state.in_(states)
        connection.execute(delete(traces).where(mine & (traces.c.comment_id == row.id)))


def _without_words(answer: str) -> str:
    """Reasons quote the comment: codes and weights stay, so that they still add up."""
    told = orjson.loads(answer)
    for reason in told.get("reasons", ()):
        reason |= {"detail": State.ERASED.value, "spans": []}
    return orjson.dumps(told).decode()


_CHOSEN = select(comments.c.site_id, comments.c.id, comments.c.author_ip, comments.c.traces)
_KEPT = {"site_id", "id", "created_at", "decision", "reasons", "dialect", "type", "links",
         "blind", "audited"}  # fmt: skip
_BLANK: dict[str, Any] = {
    column.name: None if column.nullable else ""
    for column in comments.c
    if column.name not in _KEPT
} | {"state": State.ERASED.value, "traces": b"", "waits": False}
