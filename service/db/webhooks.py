"""Subscriptions to a site's events, and what is still to be delivered to each.

An event waits in the outbox, written in the transaction of what it reports. `fan_out` turns it
into one delivery for each webhook that wants it, in one transaction, so that nothing is lost or
doubled between the two. A delivery is taken for a time (`take_due`) and then either removed or
tried again: whoever dies in between leaves it to be sent once more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Row, case, delete, exists, func, insert, or_, select, update

from service.clock import milliseconds, moment
from service.db.schema import comments, deliveries, outbox, sites, webhooks
from service.errors import NotFound

EVENTS = ("comment.decided", "comment.labelled", "model.promoted")
GIVEN_UP = timedelta(days=3)
"""An event this old is dropped, and a webhook that failed for so long is dead."""
_BATCH = 500
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Webhook:
    """One subscription and how it fares; `waiting` events are still to be delivered."""

    id: str
    site_id: str
    url: str
    events: tuple[str, ...]
    created_at: datetime
    delivered_at: datetime | None = None
    failing_since: datetime | None = None
    died_at: datetime | None = None
    error: str = ""
    dropped: int = 0
    waiting: int = 0

    @property
    def state(self) -> str:
        """`active`, `failing` (tried again and again) or `dead` (given up)."""
        return "dead" if self.died_at else "failing" if self.failing_since else "active"


@dataclass(frozen=True, slots=True)
class Due:
    """One delivery to make now; `sealed` is the webhook's secret."""

    webhook_id: str
    event_id: str
    url: str
    sealed: bytes
    body: str
    at: datetime
    attempts: int


def add(connection: Connection, webhook: Webhook, sealed: bytes) -> None:
    """Subscribe."""
    row = {"id": webhook.id, "site_id": webhook.site_id, "url": webhook.url, "sealed": sealed,
           "events": f",{','.join(webhook.events)},", "failures": 0, "paused_until": 0,
           "created_at": milliseconds(webhook.created_at), "error": "", "dropped": 0}  # fmt: skip
    connection.execute(insert(webhooks), row)
    _restate(connection, webhook.site_id)


def of_site(connection: Connection, site_id: str) -> list[Webhook]:
    """A site's webhooks, oldest first."""
    waiting = select(func.count()).where(deliveries.c.webhook_id == webhooks.c.id).scalar_subquery()
    query = select(webhooks, waiting.label("waiting")).where(webhooks.c.site_id == site_id)
    return [_webhook(row) for row in connection.execute(query.order_by(webhooks.c.id))]


def remove(connection: Connection, site_id: str, webhook_id: str) -> None:
    """Unsubscribe; what still waits is dropped. Raises NotFound."""
    mine = (webhooks.c.id == webhook_id) & (webhooks.c.site_id == site_id)
    if not connection.execute(delete(webhooks).where(mine)).rowcount:
        raise NotFound("there is no such webhook")
    connection.execute(delete(deliveries).where(deliveries.c.webhook_id == webhook_id))
    _restate(connection, site_id)


def _restate(connection: Connection, site_id: str) -> None:
    """Let the site's row say whether anybody listens: it is what a new comment looks at."""
    alive = exists().where(webhooks.c.site_id == site_id, webhooks.c.died_at.is_(None))
    changed = {"subscribed": select(alive).scalar_subquery(), "version": sites.c.version + 1}
    connection.execute(update(sites).where(sites.c.id == site_id).values(changed))


def is_idle(connection: Connection, now: datetime) -> bool:
    """True if there is nothing to do: asked often, so it must not take the lock for writing."""
    due = exists().where(
        deliveries.c.webhook_id == webhooks.c.id, deliveries.c.next_at <= milliseconds(now)
    )
    ready = webhooks.c.died_at.is_(None) & (webhooks.c.paused_until <= milliseconds(now))
    something = or_(exists().where(outbox.c.id > ""), exists().where(ready, due))
    return not connection.execute(select(something)).scalar()


def next_due(connection: Connection) -> datetime | None:
    """When the next delivery is due, if anything is to be said to somebody."""
    alive = (deliveries.c.webhook_id == webhooks.c.id) & webhooks.c.died_at.is_(None)
    paused = deliveries.c.next_at < webhooks.c.paused_until
    due = func.min(case((paused, webhooks.c.paused_until), else_=deliveries.c.next_at))
    found = connection.execute(select(due).where(alive)).scalar()
    return None if found is None else moment(found)


def fan_out(connection: Connection) -> int:
    """Turn the oldest events of the outbox into deliveries; how many events there were."""
    chosen = select(outbox).order_by(outbox.c.id).limit(_BATCH)
    events = connection.execute(chosen.with_for_update(skip_locked=True)).all()
    ids = {event.site_id for event in events}
    alive = select(webhooks).where(webhooks.c.site_id.in_(ids), webhooks.c.died_at.is_(None))
    listening = connection.execute(alive).all() if ids else []
    places = _places(connection, events)
    rows = [
        {"webhook_id": webhook.id, "event_id": event.id, "comment_id": event.comment_id,
         "body": _body(event, places.get(event.comment_id, {})), "at": event.at, "attempts": 0,
         "next_at": 0}
        for event in events for webhook in listening
        if webhook.site_id == event.site_id and f",{event.event}," in webhook.events
    ]  # fmt: skip
    if rows:
        connection.execute(insert(deliveries), rows)
    connection.execute(delete(outbox).where(outbox.c.id.in_([event.id for event in events])))
    return len(events)


def _places(connection: Connection, events: Sequence[Row[Any]]) -> dict[str, dict[str, str]]:
    """By what a site finds its own comments again."""
    ids = [event.comment_id for event in events if event.comment_id]
    chosen = comments.c.site_id.in_({event.site_id for event in events}) & comments.c.id.in_(ids)
    query = select(comments.c.id, comments.c.external_id, comments.c.permalink).where(chosen)
    rows = connection.execute(query) if ids else ()
    return {row.id: {"external_id": row.external_id, "permalink": row.permalink} for row in rows}


def _body(event: Row[Any], place: dict[str, str]) -> str:
    """The payload, made once: every attempt sends the same bytes."""
    at = moment(event.at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    data = orjson.loads(event.body) | place
    return orjson.dumps({"type": event.event, "timestamp": at, "data": data}).decode()


def take_due(connection: Connection, now: datetime, lease: timedelta) -> list[Due]:
    """Deliveries that are due, the least tried first; nobody else takes them within the lease.

    A webhook that fails is asked with one event at a time, so that it holds up no other.
    """
    at = milliseconds(now)
    ready = webhooks.c.died_at.is_(None) & (webhooks.c.paused_until <= at)
    waits = exists().where(deliveries.c.webhook_id == webhooks.c.id, deliveries.c.next_at <= at)
    query = select(webhooks).where(ready, waits).with_for_update(skip_locked=True)
    return [
        due
        for webhook in connection.execute(query).all()
        for due in _taken(connection, webhook, at, milliseconds(now + lease))
    ]


def _taken(connection: Connection, webhook: Row[Any], at: int, until: int) -> list[Due]:
    mine = (deliveries.c.webhook_id == webhook.id) & (deliveries.c.next_at <= at)
    order = select(deliveries).where(mine).order_by(deliveries.c.attempts, deliveries.c.event_id)
    rows = connection.execute(order.limit(1 if webhook.failures else _AT_ONCE)).all()
    chosen = _chosen(webhook.id, [row.event_id for row in rows])
    connection.execute(update(deliveries).where(chosen).values(next_at=until))
    return [
        Due(webhook.id, row.event_id, webhook.url, webhook.sealed, row.body, moment(row.at),
            row.attempts)
        for row in rows
    ]  # fmt: skip


def _chosen(webhook_id: str, event_ids: Collection[str]) -> Any:
    return (deliveries.c.webhook_id == webhook_id) & deliveries.c.event_id.in_(event_ids)


def delivered(
    connection: Connection, webhook_id: str, event_ids: Collection[str], now: datetime
) -> None:
    """These events arrived: the webhook is well."""
    connection.execute(delete(deliveries).where(_chosen(webhook_id, event_ids)))
    well = {"delivered_at": milliseconds(now), "failures": 0, "paused_until": 0, "error": "",
            "failing_since": None}  # fmt: skip
    connection.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(well))


def failed(
    connection: Connection, due: Due, error: str, now: datetime, *, again: timedelta
) -> None:
    """This event did not arrive; it is tried again after a while, or dropped if it is too old."""
    chosen = _chosen(due.webhook_id, [due.event_id])
    mine = update(webhooks).where(webhooks.c.id == due.webhook_id)
    if now - due.at > GIVEN_UP:
        connection.execute(delete(deliveries).where(chosen))
        connection.execute(mine.values(dropped=webhooks.c.dropped + 1, error=error))
        return
    later = {"attempts": due.attempts + 1, "next_at": milliseconds(now + again)}
    connection.execute(update(deliveries).where(chosen).values(later))
    connection.execute(mine.values(error=error))


def fails(
    connection: Connection, webhook_id: str, now: datetime, *, again: timedelta, dead: bool
) -> bool:
    """Nothing arrived at a webhook this time: it rests. True if it is given up for good."""
    found = connection.execute(select(webhooks).where(webhooks.c.id == webhook_id)).first()
    if found is None or found.died_at is not None:
        return False
    since = found.failing_since or milliseconds(now)
    dead = dead or now - moment(since) > GIVEN_UP
    rests = {"failures": found.failures + 1, "failing_since": since,
             "paused_until": milliseconds(now + again)}  # fmt: skip
    connection.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(rests))
    if dead:
        _give_up(connection, found, now)
    return dead


def failures(connection: Connection, webhook_id: str) -> int:
    """How many times in a row a webhook has failed."""
    query = select(webhooks.c.failures).where(webhooks.c.id == webhook_id)
    return connection.execute(query).scalar() or 0


def _give_up(connection: Connection, found: Row[Any], now: datetime) -> None:
    gone = connection.execute(delete(deliveries).where(deliveries.c.webhook_id == found.id))
    ended = {"died_at": milliseconds(now), "dropped": webhooks.c.dropped + gone.rowcount}
    connection.execute(update(webhooks).where(webhooks.c.id == found.id).values(ended))
    _restate(connection, found.site_id)


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id, site_id=row.site_id, url=row.url, created_at=moment(row.created_at),
        events=tuple(row.events.strip(",").split(",")), error=row.error, dropped=row.dropped,
        delivered_at=_moment(row.delivered_at), failing_since=_moment(row.failing_since),
        died_at=_moment(row.died_at), waiting=row.waiting,
    )  # fmt: skip


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else moment(stored)
