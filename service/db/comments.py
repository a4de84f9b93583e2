"""Comments with their judgements: recorded once, found by id, by name or by what they are."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, false, insert, literal_column, select, update

from model.comment import Comment, Label
from model.verdict import Decision, Judgement
from service.clock import milliseconds, moment
from service.db.direct import Cursor, Prepared
from service.db.history import Standing, Traces, remember, restate
from service.db.schema import comments, judgements
from service.sampling import NOT_DRAWN, Sample
from service.storable import storable, storable_text


class State(StrEnum):
    """Where a comment stands; it follows from its judgements and labels.

    REPLACED: an edit of it was sent since. UNJUDGED: sent only to teach from, and the lesson
    was taken back. ERASED: its words and its author are gone (service/db/retention.py).
    """

    ACCEPTED = "accepted"
    HELD = "held"
    REJECTED = "rejected"
    REPLACED = "replaced"
    UNJUDGED = "unjudged"
    ERASED = "erased"

    @classmethod
    def of(cls, decision: Decision | None, label: Label | None) -> "State":
        """A label outweighs the decision; `other` takes the comment away as spam does."""
        if label is not None:
            return cls.ACCEPTED if label is Label.HAM else cls.REJECTED
        if decision is None:
            return cls.UNJUDGED
        return {"accept": cls.ACCEPTED, "hold": cls.HELD, "reject": cls.REJECTED}[decision]


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that is written of one comment, in one transaction."""

    id: str
    site_id: str
    comment: Comment
    links: int
    traces: Traces
    dialect: str
    at: datetime
    judgement: Judgement | None = None
    answer: bytes = b""
    sample: Sample = NOT_DRAWN

    @property
    def decision(self) -> Decision | None:
        """The decision, if it was judged."""
        return self.judgement.decision if self.judgement else None


@dataclass(frozen=True, slots=True)
class Stored:
    """A comment as it is kept: e-mail and address are gone, only their hashes stay."""

    id: str
    site_id: str
    comment: Comment
    state: State
    decision: Decision | None
    dialect: str
    at: datetime
    answer: str
    traces: tuple[int, ...]
    sample: Sample


def _waits(state: State, label: Label | None, sample: Sample) -> bool:
    """Whether a moderator should look: the queue, which nothing else defines."""
    automatic = state in {State.ACCEPTED, State.REJECTED}
    return state is State.HELD or (automatic and label is None and sample.audited is not None)


def insert_records(cursor: Cursor, records: Sequence[Record]) -> None:
    """Write comments, their judgements and their traces."""
    _INSERT_COMMENT.run_many(cursor, [_comment_row(one) for one in records])
    judged = [_judgement_row(one, one.judgement) for one in records if one.judgement]
    if judged:
        _INSERT_JUDGEMENT.run_many(cursor, judged)
    remember(cursor, [(one.id, one.traces, Standing.of(one.decision, None)) for one in records])
    for one in records:
        if one.comment.edit_of:
            _REPLACE.run(cursor, {"of_site": one.site_id, "replaced": one.comment.edit_of})


def _judgement_row(record: Record, judgement: Judgement) -> dict[str, Any]:
    return {
        "comment_id": record.id,
        "number": 1,
        "at": milliseconds(record.at),
        "decision": judgement.decision.value,
        "score": judgement.score,
        "answer": record.answer.decode(),
    }


def _comment_row(record: Record) -> dict[str, Any]:
    comment, judgement = storable(record.comment), record.judgement
    codes = dict.fromkeys(reason.code for reason in judgement.reasons) if judgement else {}
    state = State.of(record.decision, None)
    return {
        "site_id": record.site_id,
        "id": record.id,
        "created_at": milliseconds(record.at),
        "state": state.value,
        "decision": record.decision.value if record.decision else None,
        "reasons": f",{','.join(codes)},",
        "dialect": record.dialect,
        "content": comment.content,
        "type": comment.type,
        "author_name": comment.author_name,
        "author_email": record.traces.email or None,
        "author_url": comment.author_url,
        "author_ip": record.traces.address or None,
        "author_prefix": record.traces.prefix or None,
        "author_id": comment.author_id,
        "author_role": comment.author_role,
        "user_agent": comment.user_agent,
        "permalink": comment.permalink,
        "parent_id": comment.parent_id,
        "page_title": comment.page_title,
        "page_language": comment.page_language,
        "external_id": comment.external_id,
        "submitted_at": milliseconds(comment.submitted_at) if comment.submitted_at else None,
        "honeypot": comment.honeypot,
        "elapsed_ms": comment.elapsed_ms,
        "edit_of": comment.edit_of,
        "links": record.links,
        "traces": _pack(record.traces.labelled),
        "waits": _waits(state, None, record.sample),
        "blind": record.sample.blind,
        "audited": record.sample.audited,
    }


def get(
    connection: Connection, site_id: str, comment_id: str, *, lock: bool = False
) -> Stored | None:
    """One comment of this site with its newest judgement; None if there is no such.

    With `lock` nobody else changes it until the transaction ends.
    """
    if lock:
        connection.execute(_LOCK, {"of_site": site_id, "wanted": storable_text(comment_id)})
    found = read(connection, site_id, [comment_id])
    return found[0] if found else None


def read(connection: Connection, site_id: str, ids: Iterable[str]) -> list[Stored]:
    """These comments of this site, newest first; ids of other sites are passed over."""
    wanted = [storable_text(one) for one in ids]
    told = {row.comment_id: row.answer for row in connection.execute(_ANSWERS, {"ids": wanted})}
    rows = connection.execute(_COMMENTS, {"of_site": site_id, "ids": wanted})
    return [_stored(row, told.get(row.id, "")) for row in rows]


def judgements_of(connection: Connection, comment_id: str) -> list[tuple[datetime, str]]:
    """When a comment was judged, and each answer as JSON, oldest first."""
    mine = judgements.c.comment_id == comment_id
    query = select(judgements.c.at, judgements.c.answer).where(mine).order_by(judgements.c.number)
    return [(moment(row.at), row.answer) for row in connection.execute(query)]


def set_standing(
    connection: Connection,
    stored: Stored,
    decision: Decision | None,
    label: Label | None,
    *,
    alone: bool = False,
) -> State:
    """Let a comment's state and traces follow from its decision and the label in force.

    With `alone` the label settles this comment only: its author, hosts and text gain nothing.
    """
    settled = stored.state in {State.REPLACED, State.ERASED}
    state = stored.state if settled else State.of(decision, label)
    chosen = (comments.c.site_id == stored.site_id) & (comments.c.id == stored.id)
    waits = _waits(state, label, stored.sample)
    connection.execute(update(comments).where(chosen).values(state=state.value, waits=waits))
    standing = Standing.UNSAID if alone else Standing.of(decision, label)
    restate(connection, stored.id, stored.traces, standing)
    return state


def first_answer(cursor: Cursor, comment_id: str) -> str:
    """The answer that was given when the comment was recorded."""
    return str(_FIRST_ANSWER.run(cursor, {"of_comment": comment_id}).fetchone()[0])


_INSERT_COMMENT = Prepared(insert(comments), comments.c.keys())
_INSERT_JUDGEMENT = Prepared(insert(judgements), judgements.c.keys())
_COMMENTS = (
    select(comments)
    .where(comments.c.site_id == bindparam("of_site"))
    .where(comments.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(comments.c.id.desc())
)
_LOCK = (
    select(comments.c.id)
    .where(comments.c.site_id == bindparam("of_site"), comments.c.id == bindparam("wanted"))
    .with_for_update()
)
_ANSWERS = (
    select(judgements.c.comment_id, judgements.c.answer)
    .where(judgements.c.comment_id.in_(bindparam("ids", expanding=True)))
    .order_by(judgements.c.comment_id, judgements.c.number)
)
_FIRST_ANSWER = Prepared(
    select(judgements.c.answer).where(
        judgements.c.comment_id == bindparam("of_comment"),
        judgements.c.number == literal_column("1"),
    )
)
_REPLACE = Prepared(
    update(comments)
    .where(comments.c.site_id == bindparam("of_site"), comments.c.id == bindparam("replaced"))
    .values(state=literal_column(f"'{State.REPLACED}'"), waits=false())
)


def _pack(keys: list[int]) -> bytes:
    return struct.pack(f">{len(keys)}q", *keys)


def _unpack(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(packed) // 8}q", packed)


def _stored(row: Row[Any], answer: str) -> Stored:
    sent = {name: getattr(row, name) for name in _AS_SENT}
    submitted = moment(row.submitted_at) if row.submitted_at is not None else None
    return Stored(
        id=row.id,
        site_id=row.site_id,
        comment=Comment(submitted_at=submitted, **sent),
        state=State(row.state),
        decision=Decision(row.decision) if row.decision else None,
        dialect=row.dialect,
        at=moment(row.created_at),
        answer=answer,
        traces=_unpack(bytes(row.traces)),
        sample=Sample(row.blind, row.audited),
    )


_AS_SENT = (
    *("content", "type", "author_name", "author_url", "author_id", "author_role", "user_agent"),
    *("permalink", "parent_id", "page_title", "page_language", "external_id", "honeypot"),
    *("elapsed_ms", "edit_of"),
)
