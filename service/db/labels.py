"""What people said of comments: a list that only grows; taking back is another row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from model.comment import Label
from service.clock import milliseconds, moment
from service.db.schema import labels
from service.storable import storable_text


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One entry: a label, or (label None) the taking back of the entry `undoes`."""

    id: str
    comment_id: str
    label: Label | None
    undoes: str | None
    source: str
    moderator: str
    note: str
    at: datetime


def add(connection: Connection, site_id: str, row: LabelRow, number: int) -> None:
    """Add the `number`-th entry about a comment; IntegrityError if somebody else just has."""
    values = {
        "id": row.id,
        "site_id": site_id,
        "comment_id": row.comment_id,
        "number": number,
        "label": row.label.value if row.label else None,
        "undoes": row.undoes,
        "source": row.source,
        "moderator": storable_text(row.moderator),
        "note": storable_text(row.note),
        "at": milliseconds(row.at),
    }
    connection.execute(insert(labels), values)


def of_comment(connection: Connection, site_id: str, comment_id: str) -> list[LabelRow]:
    """Every entry about one comment, oldest first."""
    mine = (labels.c.comment_id == comment_id) & (labels.c.site_id == site_id)
    query = select(labels).where(mine).order_by(labels.c.number)
    return [_row(row) for row in connection.execute(query)]


def of_comments(connection: Connection, ids: list[str]) -> dict[str, list[LabelRow]]:
    """Every entry about each of these comments, oldest first."""
    query = select(labels).where(labels.c.comment_id.in_(ids)).order_by(labels.c.number)
    found: dict[str, list[LabelRow]] = {}
    for row in connection.execute(query):
        found.setdefault(row.comment_id, []).append(_row(row))
    return found


def in_force(rows: list[LabelRow]) -> Label | None:
    """The label that counts: the newest that was not taken back."""
    entry = entry_in_force(rows)
    return entry.label if entry else None


def entry_in_force(rows: list[LabelRow]) -> LabelRow | None:
    """The entry whose label counts."""
    gone = {row.undoes for row in rows if row.undoes}
    return next((row for row in reversed(rows) if row.label and row.id not in gone), None)


def in_force_between(
    connection: Connection, site_id: str, first: str, last: str
) -> dict[str, Label]:
    """The label in force of each comment with an id from `first` up to, not including, `last`."""
    c = labels.c
    mine = (c.comment_id >= first) & (c.comment_id < last) & (c.site_id == site_id)
    query = select(c.comment_id, c.id, c.label, c.undoes).where(mine).order_by(c.number)
    rows = connection.execute(query).all()
    gone = {row.undoes for row in rows if row.undoes}
    return {row.comment_id: Label(row.label) for row in rows if row.label and row.id not in gone}


def given_between(
    connection: Connection, site_id: str, since: datetime, until: datetime
) -> list[LabelRow]:
    """The labels of a time that were not taken back, oldest first."""
    mine = (labels.c.site_id == site_id) & labels.c.at.between(
        milliseconds(since), milliseconds(until)
    )
    gone = select(labels.c.undoes).where(labels.c.site_id == site_id, labels.c.undoes.is_not(None))
    query = select(labels).where(mine, labels.c.label.is_not(None), labels.c.id.not_in(gone))
    return [_row(row) for row in connection.execute(query.order_by(labels.c.at, labels.c.id))]


def stands(rows: list[LabelRow], label_id: str) -> bool:
    """True for a label that is in the list and was not taken back."""
    gone = {row.undoes for row in rows if row.undoes}
    return any(row.id == label_id and row.label for row in rows) and label_id not in gone


def _row(row: Row[Any]) -> LabelRow:
    return LabelRow(
        id=row.id,
        comment_id=row.comment_id,
        label=Label(row.label) if row.label else None,
        undoes=row.undoes,
        source=row.source,
        moderator=row.moderator,
        note=row.note,
        at=moment(row.at),
    )
