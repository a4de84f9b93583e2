"""What a site's comments came to, day by day (UTC), counted beforehand.

A day that nothing has touched since it was counted is read from its row; the few others
(today, and days whose comments were labelled or edited since) are counted when asked for. So
the figures are exact at any moment, and cost the same for a thousand comments and a million.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, exists, func, insert, or_, select

from model.comment import Label
from model.verdict import Decision
from service.clock import first_id, made_at, milliseconds, moment
from service.db.comments import State
from service.db.labels import in_force_between
from service.db.schema import comments, counted, days, labels, sites

SETTLED = timedelta(minutes=2)
"""What is committed now may carry a time so much older: hosts' clocks differ."""

_EPOCH = date(1970, 1, 1)


@dataclass(slots=True)
class Day:
    """One day. `decided` counts comments by decision, `labelled` those with a label in force
    by both; `drawn` and `looked_at` are the same of the blind audit. `said`: for each reason
    the spam and the ham among labelled comments it was given for. `hosts`: for each host linked
    to how many comments, and how many of them are rejected.

    An edited comment counts once; one only sent to teach from does not count.
    """

    day: date
    decided: Counter[Decision] = field(default_factory=Counter)
    labelled: Counter[tuple[Decision, Label]] = field(default_factory=Counter)
    drawn: Counter[Decision] = field(default_factory=Counter)
    looked_at: Counter[tuple[Decision, Label]] = field(default_factory=Counter)
    said: dict[str, tuple[int, int]] = field(default_factory=dict)
    hosts: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Touched:
    """The days that may differ from their row: all since a day, and some before it."""

    since: date
    before: frozenset[date]

    def __contains__(self, day: date) -> bool:
        return day >= self.since or day in self.before


def read(connection: Connection, site_id: str, since: date, until: date) -> list[Day]:
    """The days from `since` up to, not including, `until` that had comments, oldest first."""
    first = first_day(connection, site_id)
    if first is None:
        return []
    changed = touched(connection, site_id)
    kept = _stored(connection, site_id, since, until)
    return [
        found
        for day in span(max(since, first), until)
        if (found := _fresh(connection, site_id, day, kept.get(day), changed)).decided
    ]


def _fresh(
    connection: Connection, site_id: str, day: date, kept: Day | None, changed: Touched
) -> Day:
    if kept is not None and day not in changed:
        return kept
    found = count(connection, site_id, day)
    found.hosts = kept.hosts if kept else {}  # only the worker has the time to read texts
    return found


def count(connection: Connection, site_id: str, day: date) -> Day:
    """Count one day anew, all but its hosts."""
    values = {"of_site": site_id, "first": _first(day), "last": _first(day + timedelta(days=1))}
    found = Day(day)
    for row in connection.execute(_DECIDED, values):
        found.decided[Decision(row.decision)] += row.comments
        found.drawn[Decision(row.decision)] += row.drawn
    said: dict[str, list[int]] = {}
    in_force = in_force_between(connection, site_id, values["first"], values["last"])
    for row, label in _judged_rows(connection, site_id, in_force):
        found.labelled[Decision(row.decision), label] += 1
        found.looked_at[Decision(row.decision), label] += row.audited is not None
        if label is not Label.OTHER:
            for code in row.reasons.strip(",").split(","):
                said.setdefault(code, [0, 0])[label is Label.HAM] += 1
    found.drawn, found.looked_at = +found.drawn, +found.looked_at  # without the zeros
    found.said = {code: (spam, ham) for code, (spam, ham) in sorted(said.items()) if code}
    return found


def _judged_rows(
    connection: Connection, site_id: str, in_force: dict[str, Label]
) -> Iterator[tuple[Any, Label]]:
    ids = list(in_force)
    for start in range(0, len(ids), 500):
        values = {"of_site": site_id, "ids": ids[start : start + 500]}
        for row in connection.execute(_LABELLED, values):
            yield row, in_force[row.id]


def linked(connection: Connection, site_id: str, day: date, most: int) -> list[Any]:
    """`content`, `author_url` and `state` of the day's newest comments that have a link."""
    values = {"of_site": site_id, "first": _first(day), "last": _first(day + timedelta(days=1))}
    return list(connection.execute(_LINKED, values | {"most": most}))


def touched(connection: Connection, site_id: str) -> Touched:
    """The days that something has happened to since the site was counted."""
    mark = connection.execute(select(counted.c.at).where(counted.c.site_id == site_id)).scalar()
    if mark is None:
        return Touched(_EPOCH, frozenset())
    values = {"of_site": site_id, "at": mark, "first": first_id("cmt", moment(mark))}
    ids = [*connection.execute(_LABELS_SINCE, values).scalars(),
           *connection.execute(_EDITS_SINCE, values).scalars()]  # fmt: skip
    return Touched(moment(mark).date(), frozenset(made_at(one).date() for one in ids))


def uncounted(connection: Connection) -> list[str]:
    """The sites that something has happened to since they were counted."""
    return list(connection.execute(_UNCOUNTED).scalars())


def store(connection: Connection, site_id: str, found: list[Day], at: datetime) -> None:
    """Keep these days as counted at `at`, when the first of them was begun."""
    for day in found:
        number = (day.day - _EPOCH).days
        chosen = (days.c.site_id == site_id) & (days.c.day == number)
        connection.execute(delete(days).where(chosen))
        connection.execute(insert(days), {"site_id": site_id, "day": number, "told": _to_json(day)})
    settled = at - SETTLED
    connection.execute(delete(counted).where(counted.c.site_id == site_id))
    mark = {"site_id": site_id, "at": milliseconds(settled), "first": first_id("cmt", settled)}
    connection.execute(insert(counted), mark)


def forget(connection: Connection, site_id: str, until: date) -> None:
    """Drop what was counted of the days up to and including `until`: their comments go."""
    number = (until - _EPOCH).days
    connection.execute(delete(days).where(days.c.site_id == site_id, days.c.day <= number))


def first_day(connection: Connection, site_id: str) -> date | None:
    """The day of a site's first comment; None if it has none."""
    query = select(func.min(comments.c.id)).where(comments.c.site_id == site_id)
    first = connection.execute(query).scalar()
    return made_at(first).date() if first else None


def span(since: date, until: date) -> Iterator[date]:
    """The days from `since` up to, not including, `until`."""
    return (since + timedelta(days=n) for n in range((until - since).days))


def _first(day: date) -> str:
    return first_id("cmt", datetime.combine(day, datetime.min.time(), UTC))


def _stored(connection: Connection, site_id: str, since: date, until: date) -> dict[date, Day]:
    first, last = (since - _EPOCH).days, (until - _EPOCH).days
    rows = connection.execute(_STORED, {"of_site": site_id, "first": first, "last": last})
    return {_EPOCH + timedelta(days=row.day): _from_json(row.day, row.told) for row in rows}


def _to_json(day: Day) -> str:
    told = {
        "decided": list(day.decided.items()),
        "labelled": [(*place, n) for place, n in day.labelled.items()],
        "drawn": list(day.drawn.items()),
        "looked_at": [(*place, n) for place, n in day.looked_at.items()],
        "said": day.said,
        "hosts": day.hosts,
    }
    return orjson.dumps(told).decode()


def _from_json(number: int, told: str) -> Day:
    kept = orjson.loads(told)
    return Day(
        _EPOCH + timedelta(days=number),
        _decisions(kept["decided"]),
        _places(kept["labelled"]),
        _decisions(kept["drawn"]),
        _places(kept["looked_at"]),
        {code: (spam, ham) for code, (spam, ham) in kept["said"].items()},
        {host: (n, rejected) for host, (n, rejected) in kept["hosts"].items()},
    )


def _decisions(kept: list[Any]) -> Counter[Decision]:
    return Counter({Decision(decision): n for decision, n in kept})


def _places(kept: list[Any]) -> Counter[tuple[Decision, Label]]:
    return Counter({(Decision(decision), Label(label)): n for decision, label, n in kept})


_JUDGED = (comments.c.decision.is_not(None), comments.c.state != State.REPLACED.value)
_OF_DAY = (
    comments.c.site_id == bindparam("of_site"),
    comments.c.id >= bindparam("first"),
    comments.c.id < bindparam("last"),
)
_DECIDED = (
    select(
        comments.c.decision,
        func.count().label("comments"),
        func.count(comments.c.audited).label("drawn"),
    )
    .where(*_OF_DAY, *_JUDGED)
    .group_by(comments.c.decision)
)
_LABELLED = select(
    comments.c.id, comments.c.decision, comments.c.reasons, comments.c.audited
).where(
    comments.c.site_id == bindparam("of_site"),
    comments.c.id.in_(bindparam("ids", expanding=True)),
    *_JUDGED,
)
_LINKED = (
    select(comments.c.content, comments.c.author_url, comments.c.state)
    .where(*_OF_DAY, *_JUDGED, (comments.c.links > 0) | (comments.c.author_url != ""))
    .order_by(comments.c.id.desc())
    .limit(bindparam("most"))
)
_LABELS_SINCE = (
    select(labels.c.comment_id)
    .where(labels.c.site_id == bindparam("of_site"), labels.c.at >= bindparam("at"))
    .distinct()
)
_EDITS_SINCE = select(comments.c.edit_of).where(
    comments.c.site_id == bindparam("of_site"),
    comments.c.id >= bindparam("first"),
    comments.c.edit_of != "",
)
_NEW_COMMENT = exists().where(
    comments.c.site_id == sites.c.id, comments.c.id >= func.coalesce(counted.c.first, "")
)
_NEW_LABEL = exists().where(labels.c.site_id == sites.c.id, labels.c.at >= counted.c.at)
_UNCOUNTED = (
    select(sites.c.id)
    .join(counted, counted.c.site_id == sites.c.id, isouter=True)
    .where(sites.c.removed_at.is_(None))
    .where(or_(_NEW_COMMENT, _NEW_LABEL))
)
_STORED = select(days.c.day, days.c.told).where(
    days.c.site_id == bindparam("of_site"),
    days.c.day >= bindparam("first"),
    days.c.day < bindparam("last"),
)
