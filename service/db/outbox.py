"""Events waiting to be delivered, written in the transaction of what they report."""

from datetime import datetime

import orjson
from sqlalchemy import insert

from service.clock import milliseconds, new_id
from service.db.direct import Cursor, Prepared
from service.db.schema import outbox


def add(
    cursor: Cursor, site_id: str, event: str, *, comment_id: str, body: object, at: datetime
) -> None:
    """Add one event (`comment.decided`, `comment.labelled`); its body is kept as JSON."""
    row = {
        "id": new_id("evt", at),
        "site_id": site_id,
        "event": event,
        "comment_id": comment_id,
        "body": orjson.dumps(body).decode(),
        "at": milliseconds(at),
    }
    _ADD.run(cursor, row)


_ADD = Prepared(insert(outbox), outbox.c.keys())
