"""Which comments the worker has not taken in yet, of all sites, in the order they came."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select
from ulid import ULID

from service.clock import first_id
from service.db.comments import Stored, read
from service.db.schema import comments, indexed, judgements, meta, sites

_NAME = "taken in up to"


def not_taken_in(connection: Connection, late: timedelta, limit: int) -> list[Stored]:
    """The oldest `limit` or so that came since `late` before the last one taken in."""
    ids = _fresh(connection, _mark(connection), late, limit)
    if not ids:
        return []
    c = comments.c
    # Comments are found by site and id: a probe per site is quicker than any further index.
    places = (
        select(c.site_id, c.id)
        .select_from(sites.join(comments, c.site_id == sites.c.id))
        .where(c.id.between(ids[0], ids[-1]), _is_new(c.id))
    )
    by_site: dict[str, list[str]] = {}
    for row in connection.execute(places):
        by_site.setdefault(row.site_id, []).append(row.id)
    found = [one for site_id, mine in by_site.items() for one in read(connection, site_id, mine)]
    return sorted(found, key=lambda one: one.id)


def mark(connection: Connection, taken: Sequence[Stored]) -> None:
    """Remember how far has been taken in."""
    newest = max(one.id for one in taken)
    if newest > _mark(connection):
        connection.execute(delete(meta).where(meta.c.name == _NAME))
        connection.execute(insert(meta), {"name": _NAME, "value": newest})


def _mark(connection: Connection) -> str:
    return connection.execute(select(meta.c.value).where(meta.c.name == _NAME)).scalar() or ""


def _fresh(connection: Connection, newest: str, late: timedelta, limit: int) -> list[str]:
    since = ""
    if newest:
        since = first_id("cmt", ULID.from_str(newest.removeprefix("cmt_")).datetime - late)
    j = judgements.c
    query = select(j.comment_id).where(j.comment_id >= since, j.number == 1, _is_new(j.comment_id))
    return list(connection.execute(query.order_by(j.comment_id).limit(limit)).scalars())


def _is_new(comment_id: ColumnElement[str]) -> ColumnElement[bool]:
    return ~select(indexed.c.number).where(indexed.c.comment_id == comment_id).exists()
