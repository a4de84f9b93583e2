"""The registry: a site's models, which was promoted, which was withdrawn; nothing is deleted.

The champion is the newest promoted model that was not withdrawn. `sites.champion` repeats its
digest, so that serving needs no query of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, insert, select, update

from service.clock import milliseconds, moment
from service.db import outbox
from service.db.schema import models, promotions, sites
from service.errors import Conflict, NotFound

BASE = "base"
"""Under this name the base alone is promoted."""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One trained layer of a site: what the gate said of it, and its card."""

    id: str
    digest: str
    base: str
    passed: bool
    reason: str
    card: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Promotion:
    """One entry of a site's log of champions; `model_id` is empty for the base alone."""

    number: int
    model_id: str
    event: str
    by: str
    at: datetime


def add(connection: Connection, site_id: str, row: ModelRow) -> None:
    """Enter a model; one that is there already (equal labels, equal bits) stays as it is."""
    if find(connection, site_id, row.id) is None:
        values = {"id": row.id, "site_id": site_id, "digest": row.digest, "base": row.base,
                  "passed": row.passed, "reason": row.reason,
                  "card": orjson.dumps(row.card).decode(),
                  "created_at": milliseconds(row.at)}  # fmt: skip
        connection.execute(insert(models), values)


def find(connection: Connection, site_id: str, model_id: str) -> ModelRow | None:
    """One model of this site; None if there is no such."""
    chosen = (models.c.site_id == site_id) & (models.c.id == model_id)
    row = connection.execute(select(models).where(chosen)).first()
    return _row(row) if row else None


def of_site(connection: Connection, site_id: str) -> list[ModelRow]:
    """All models of a site, newest first."""
    query = select(models).where(models.c.site_id == site_id)
    rows = connection.execute(query.order_by(models.c.created_at.desc(), models.c.id))
    return [_row(row) for row in rows]


def log(connection: Connection, site_id: str) -> list[Promotion]:
    """Every promotion and withdrawal of a site, oldest first."""
    query = select(promotions).where(promotions.c.site_id == site_id)
    rows = connection.execute(query.order_by(promotions.c.number))
    return [Promotion(r.number, r.model_id, r.event, r.by, moment(r.at)) for r in rows]


def on_other_bases(connection: Connection, base: str) -> list[str]:
    """The live sites whose champion was fitted on another base than this."""
    mine = (models.c.site_id == sites.c.id) & (models.c.digest == sites.c.champion)
    query = select(sites.c.id).join(models, mine).where(sites.c.removed_at.is_(None))
    return list(connection.execute(query.where(models.c.base != base)).scalars())


def champion_of(entries: list[Promotion]) -> str | None:
    """The model in force: "" for the base alone after a promotion of it, None if never any."""
    withdrawn = {entry.model_id for entry in entries if entry.event == "withdrawn"}
    standing = [
        e.model_id for e in entries if e.event == "promoted" and e.model_id not in withdrawn
    ]
    return standing[-1] if standing else None


def withdrawn(entries: list[Promotion]) -> set[str]:
    """The models that were rolled back; none of them is promoted again."""
    return {entry.model_id for entry in entries if entry.event == "withdrawn"}


def promote(connection: Connection, site_id: str, model_id: str, by: str, at: datetime) -> None:
    """Put a model in force, or with the name BASE the base alone.

    Raises NotFound for a model the site does not have, Conflict for a withdrawn one.
    """
    _lock(connection, site_id)
    entries = log(connection, site_id)
    if model_id != BASE and find(connection, site_id, model_id) is None:
        raise NotFound(f"there is no model {model_id!r}")
    if model_id in withdrawn(entries):
        raise Conflict(f"{model_id} was withdrawn")
    wanted = "" if model_id == BASE else model_id
    if champion_of(entries) != wanted:
        _enter(connection, site_id, Promotion(len(entries) + 1, wanted, "promoted", by, at))


def roll_back(connection: Connection, site_id: str, by: str, at: datetime) -> str:
    """Withdraw the champion for good; returns the one before it, now in force again.

    Raises Conflict when there is no earlier champion.
    """
    _lock(connection, site_id)
    entries = log(connection, site_id)
    current = champion_of(entries)
    gone = {*withdrawn(entries), current}
    earlier = [e.model_id for e in entries if e.event == "promoted" and e.model_id not in gone]
    if current is None or not earlier:
        raise Conflict(
            "there is no earlier champion; promoting “base” puts the base alone in force"
        )
    _enter(connection, site_id, Promotion(len(entries) + 1, current, "withdrawn", by, at))
    return earlier[-1] or BASE


def _lock(connection: Connection, site_id: str) -> None:
    connection.execute(select(sites.c.id).where(sites.c.id == site_id).with_for_update())


def _enter(connection: Connection, site_id: str, entry: Promotion) -> None:
    values = {"site_id": site_id, "number": entry.number, "model_id": entry.model_id,
              "event": entry.event, "by": entry.by, "at": milliseconds(entry.at)}  # fmt: skip
    connection.execute(insert(promotions), values)
    champion = champion_of(log(connection, site_id))
    found = find(connection, site_id, champion) if champion else None
    changed = {"champion": found.digest if found else "", "version": sites.c.version + 1}
    connection.execute(update(sites).where(sites.c.id == site_id).values(changed))
    told = {"model": champion or BASE, "by": entry.by, "because": entry.event}
    outbox.add_if_subscribed(connection, site_id, "model.promoted", body=told, at=entry.at)


def _row(row: Row[Any]) -> ModelRow:
    return ModelRow(row.id, row.digest, row.base, row.passed, row.reason, orjson.loads(row.card),
                    moment(row.created_at))  # fmt: skip
