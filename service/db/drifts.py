"""What the worker found when it looked for drift: one report a site, the newest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, delete, insert, select

from service.clock import milliseconds, moment
from service.db.schema import drifts, sites


@dataclass(frozen=True, slots=True)
class Drift:
    """A report (service/drift.py) and when it was made."""

    at: datetime
    report: dict[str, Any]


def store(connection: Connection, site_id: str, report: dict[str, Any], at: datetime) -> None:
    """Keep a site's report in place of the one before."""
    connection.execute(delete(drifts).where(drifts.c.site_id == site_id))
    row = {"site_id": site_id, "at": milliseconds(at), "report": orjson.dumps(report).decode()}
    connection.execute(insert(drifts), row)


def newest(connection: Connection) -> dict[str, Drift]:
    """Every live site's report, by the site's id."""
    query = select(drifts).join(sites, sites.c.id == drifts.c.site_id)
    rows = connection.execute(query.where(sites.c.removed_at.is_(None)).order_by(drifts.c.site_id))
    return {row.site_id: Drift(moment(row.at), orjson.loads(row.report)) for row in rows}


def of_site(connection: Connection, site_id: str) -> Drift | None:
    """One site's report; None if the worker has not looked yet."""
    row = connection.execute(select(drifts).where(drifts.c.site_id == site_id)).first()
    return Drift(moment(row.at), orjson.loads(row.report)) if row else None
