"""What a site's comments came to, day by day: the counts behind the Akismet statistics."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from model.comment import Label
from model.verdict import Decision
from service.clock import first_id
from service.db.comments import State
from service.db.schema import comments, labels

_EPOCH = date(1970, 1, 1)
_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Count:
    """So many comments of one day (UTC) got this decision and have this label in force."""

    day: date
    decision: Decision
    label: Label | None
    comments: int


def activity(connection: Connection, site_id: str, since: date, until: date) -> list[Count]:
    """Comments judged from `since` up to, not including, `until`, oldest day first.

    An edited or rechecked comment counts once; one only sent to teach from does not count.
    """
    first, last = (
        first_id("cmt", datetime.combine(day, datetime.min.time(), UTC)) for day in (since, until)
    )
    rows = connection.execute(_ACTIVITY, {"of_site": site_id, "first": first, "last": last})
    return [
        Count(
            _EPOCH + timedelta(days=row.day),
            Decision(row.decision),
            Label(row.label) if row.label else None,
            row.comments,
        )
        for row in rows
    ]


_undoing = labels.alias()
_LABEL = (
    select(labels.c.label)
    .where(labels.c.comment_id == comments.c.id, labels.c.label.is_not(None))
    .where(~select(_undoing.c.id).where(_undoing.c.undoes == labels.c.id).exists())
    .order_by(labels.c.number.desc())
    .limit(1)
    .scalar_subquery()
)
_JUDGED = (
    select((comments.c.created_at // _DAY).label("day"), comments.c.decision, _LABEL.label("label"))
    .where(comments.c.site_id == bindparam("of_site"))
    .where(comments.c.id >= bindparam("first"), comments.c.id < bindparam("last"))
    .where(comments.c.decision.is_not(None), comments.c.state != State.REPLACED.value)
    .subquery()
)
_ACTIVITY = (
    select(_JUDGED, func.count().label("comments"))
    .group_by(_JUDGED.c.day, _JUDGED.c.decision, _JUDGED.c.label)
    .order_by(_JUDGED.c.day)
)
