"""What is around a comment: its author's others, those alike, its page, what it taught."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, union_all

from model.text import Reading
from service.clock import milliseconds, moment
from service.db import search
from service.db.comments import Stored, read
from service.db.history import Standing
from service.db.schema import comments, idempotency, rounds, traces
from service.keyring import Keyring

SEEN = 100
"""Comments looked at behind one trace."""


@dataclass(frozen=True, slots=True)
class Past:
    """The comments that share an author, a text or a host: how many are in which state, when
    the first of those looked at came, and the newest ids."""

    states: Counter[str]
    first_at: datetime | None
    ids: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many there are; SEEN of each standing at most."""
        return self.states.total()


def past(connection: Connection, site_id: str, key: int, without: str = "") -> Past:
    """What shares this trace, `without` the comment itself."""
    t, c = traces.c, comments.c
    ends = [
        select(t.comment_id)
        .where(t.key == key, t.state == int(standing))
        .order_by(t.comment_id.desc())
        .limit(SEEN)
        .subquery()
        for standing in Standing
    ]
    shared = union_all(*(select(end.c.comment_id) for end in ends))
    ids = [one for one in connection.execute(shared).scalars() if one != without]
    query = select(c.id, c.state, c.created_at).where(c.site_id == site_id, c.id.in_(ids))
    rows = connection.execute(query.order_by(c.id.desc())).all()
    first = moment(rows[-1].created_at) if rows else None
    return Past(Counter(row.state for row in rows), first, tuple(row.id for row in rows))


def author_key(keyring: Keyring, stored: Stored, reading: Reading) -> int:
    """The trace of a stored comment's author; 0 if it cannot be told. E-mail and address are not
    kept, so it is the trace that is neither the text's nor a host's."""
    text_key = keyring.trace(stored.site_id, "text", reading.template.hex())
    first = stored.traces[0] if stored.traces else 0
    return 0 if first == text_key else first


def parent(connection: Connection, site_id: str, external_id: str) -> Stored | None:
    """The comment that the site knows under this id."""
    if not external_id:
        return None
    name = f"external:{external_id}".encode("utf-8", "surrogatepass")
    key = hashlib.sha256(name).digest()[:16]
    i = idempotency.c
    found = connection.execute(
        select(i.comment_id).where(i.site_id == site_id, i.key == key)
    ).scalar()
    return next(iter(read(connection, site_id, [found])), None) if found else None


def siblings(connection: Connection, stored: Stored, page: int, most: int) -> list[Stored]:
    """The newest other comments under the same page."""
    ids = search.under(connection, stored.site_id, page, most + 1) if page else []
    others: Iterable[str] = [one for one in ids if one != stored.id][:most]
    return read(connection, stored.site_id, others)


def live_since(connection: Connection, site_id: str, said_at: datetime) -> datetime | None:
    """When a lesson came into force: the end of the first promoted round that had seen it."""
    r = rounds.c
    query = (
        select(r.finished_at)
        .where(r.site_id == site_id, r.promoted, r.until >= milliseconds(said_at))
        .order_by(r.finished_at)
        .limit(1)
    )
    found = connection.execute(query).scalar()
    return moment(found) if found else None
