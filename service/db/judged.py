"""A site's last days as they were judged, for looking back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, select

from service.clock import first_id
from service.db.comments import State
from service.db.schema import comments, judgements

MOST = 10_000


def judged_since(connection: Connection, site_id: str, since: datetime) -> list[Row[Any]]:
    """`id`, `created_at` and newest `answer` of the newest MOST comments, newest first.

    `linking` is the content of those with links, "" for all others.
    """
    values = {"of_site": site_id, "first": first_id("cmt", since), "most": MOST}
    return list(connection.execute(_JUDGED, values))


_newest = (
    select(func.max(judgements.c.number))
    .where(judgements.c.comment_id == comments.c.id)
    .correlate(comments)
    .scalar_subquery()
)
_JUDGED = (
    select(comments.c.id, comments.c.created_at, judgements.c.answer,
           case((comments.c.links > 0, comments.c.content), else_="").label("linking"))
    .join(judgements, judgements.c.comment_id == comments.c.id)
    .where(comments.c.site_id == bindparam("of_site"), comments.c.id >= bindparam("first"))
    .where(comments.c.state.not_in([State.REPLACED.value, State.ERASED.value]))
    .where(judgements.c.number == _newest)
    .order_by(comments.c.id.desc())
    .limit(bindparam("most"))
)  # fmt: skip
