"""Rounds of training: asked for by labels, a command or the API, done by one worker each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, insert, select, update

from service.clock import milliseconds, moment, new_id
from service.db.schema import labels, rounds, sites
from service.errors import NotFound


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round. `promoted` is None until it is finished."""

    id: str
    site_id: str
    cause: str
    requested_at: datetime
    finished_at: datetime | None
    promoted: bool | None
    reason: str
    report: dict[str, Any]
    model_id: str

    @property
    def state(self) -> str:
        """waiting, promoted or refused."""
        if self.promoted is None:
            return "waiting"
        return "promoted" if self.promoted else "refused"


def ask(
    connection: Connection, site_id: str, now: datetime, *, last_label: int = 0, base: str = ""
) -> str:
    """Ask for a round; returns its id.

    With `last_label`, the moment of the label that calls for it, or `base`, the digest of a new
    base that does, only the first who asks succeeds: to anybody else it raises IntegrityError.
    """
    identity, at = new_id("job", now), milliseconds(now)
    cause = f"labels {last_label}" if last_label else f"base {base[:32]}" if base else identity
    values = {"id": identity, "site_id": site_id, "requested_at": at, "until": last_label or at,
              "cause": cause,
              "reason": "", "report": "{}", "model_id": ""}  # fmt: skip
    connection.execute(insert(rounds), values)
    return identity


def waiting(connection: Connection, site_id: str) -> str | None:
    """The id of a site's round that nobody has taken up yet."""
    mine = (rounds.c.site_id == site_id) & rounds.c.started_at.is_(None)
    query = select(rounds.c.id).where(mine, rounds.c.finished_at.is_(None)).limit(1)
    return connection.execute(query).scalar()


def start(connection: Connection, round_id: str, now: datetime) -> None:
    """Take a round up, so that no worker does."""
    started = {"started_at": milliseconds(now)}
    connection.execute(update(rounds).where(rounds.c.id == round_id).values(started))


def covered(connection: Connection, site_id: str) -> int:
    """Labels of a site up to this moment (milliseconds) have had their round asked for."""
    query = select(func.max(rounds.c.until)).where(rounds.c.site_id == site_id)
    return connection.execute(query).scalar() or 0


def take(connection: Connection, now: datetime, stale_ms: int) -> RoundRow | None:
    """The oldest round that waits, taken up by the caller; None if there is none.

    One that somebody took up longer than `stale_ms` ago and never finished waits again.
    """
    at = milliseconds(now)
    free = rounds.c.started_at.is_(None) | (rounds.c.started_at < at - stale_ms)
    waiting = select(rounds).where(rounds.c.finished_at.is_(None), free)
    query = waiting.order_by(rounds.c.id).limit(1).with_for_update(skip_locked=True)
    row = connection.execute(query).first()
    if row is None:
        return None
    connection.execute(update(rounds).where(rounds.c.id == row.id).values(started_at=at))
    return _row(row)


def finish(
    connection: Connection,
    round_id: str,
    now: datetime,
    *,
    promoted: bool,
    reason: str,
    report: dict[str, Any],
    model_id: str,
) -> None:
    """Write down how a round ended."""
    values = {"finished_at": milliseconds(now), "promoted": promoted, "reason": reason,
              "report": orjson.dumps(report).decode(), "model_id": model_id}  # fmt: skip
    connection.execute(update(rounds).where(rounds.c.id == round_id).values(values))


def get(connection: Connection, site_id: str, round_id: str) -> RoundRow:
    """One round of this site. Raises NotFound."""
    chosen = (rounds.c.id == round_id) & (rounds.c.site_id == site_id)
    row = connection.execute(select(rounds).where(chosen)).first()
    if row is None:
        raise NotFound("there is no such job")
    return _row(row)


def last_report(connection: Connection, site_id: str) -> dict[str, Any]:
    """What the newest finished round of a site said; empty before the first."""
    r = rounds.c
    query = select(r.report).where(r.site_id == site_id, r.finished_at.is_not(None))
    newest = connection.execute(query.order_by(r.finished_at.desc()).limit(1)).scalar()
    return dict(orjson.loads(newest)) if newest else {}


def labelled_since(connection: Connection, since: int) -> dict[str, tuple[int, int]]:
    """Per live site its first and last label (milliseconds) after `since`."""
    query = (
        select(labels.c.site_id, func.min(labels.c.at), func.max(labels.c.at))
        .join(sites, sites.c.id == labels.c.site_id)
        .where(labels.c.at > since, sites.c.removed_at.is_(None))
        .group_by(labels.c.site_id)
    )
    return {site_id: (first, last) for site_id, first, last in connection.execute(query)}


def _row(row: Row[Any]) -> RoundRow:
    finished = moment(row.finished_at) if row.finished_at is not None else None
    return RoundRow(row.id, row.site_id, row.cause, moment(row.requested_at), finished,
                    row.promoted, row.reason, orjson.loads(row.report), row.model_id)  # fmt: skip
