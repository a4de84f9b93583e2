"""Events waiting to be delivered, written in the transaction of what they report."""

from datetime import datetime

import orjson
from sqlalchemy import Connection, insert, select

from service.clock import milliseconds, new_id
from service.db.direct import Cursor, Prepared, cursor_of
from service.db.schema import outbox, sites


def add(
    cursor: Cursor, site_id: str, event: str, *, comment_id: str, body: object, at: datetime
) -> None:
    """Add one event (`comment.decided`, `comment.labelled`); its body is kept as JSON.

    It stays until the worker has made deliveries of it (service/db/webhooks.py).
    """
    row = {
        "id": new_id("evt", at),
        "site_id": site_id,
        "event": event,
        "comment_id": comment_id,
        "body": orjson.dumps(body).decode(),
        "at": milliseconds(at),
    }
    _ADD.run(cursor, row)


def add_if_subscribed(
    connection: Connection, site_id: str, event: str, *, body: object, at: datetime
) -> None:
    """Add an event of no comment (`model.promoted`), if the site has somebody to hear of it."""
    query = select(sites.c.subscribed).where(sites.c.id == site_id)
    if connection.execute(query).scalar():
        add(cursor_of(connection), site_id, event, comment_id="", body=body, at=at)


_ADD = Prepared(insert(outbox), outbox.c.keys())
