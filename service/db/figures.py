"""What the dashboard asks of a site besides its days: each answer from the newest few rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, select

from model.comment import Label
from model.verdict import Decision
from service.clock import made_at, moment
from service.db.comments import State
from service.db.labels import in_force, of_comments
from service.db.schema import comments, judgements, labels, rounds

MOST_WAITS = 500
MOST_CHECKED = 4_000
MOST_ROUNDS = 14


@dataclass(frozen=True, slots=True)
class Checked:
    """A comment that somebody has looked at: its score (log-odds) and what it is. `weight`: for
    how many it stands, as an audited one does for all that were not drawn."""

    score: float
    is_spam: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a moderator now, and since when the oldest of it does."""

    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Round:
    """One finished round of training."""

    id: str
    at: datetime
    promoted: bool
    reason: str
    model_id: str
    report: dict[str, Any]


def queue(connection: Connection, site_id: str) -> Queue:
    """How much waits, found by the queue's own index."""
    row = connection.execute(_WAITING, {"of_site": site_id}).one()
    return Queue(row.waiting, made_at(row.oldest) if row.oldest is not None else None)


def waits(connection: Connection, site_id: str) -> list[timedelta]:
    """How long the held comments that were labelled last had waited for it, shortest first."""
    rows = connection.execute(_WAITS, {"of_site": site_id, "most": MOST_WAITS}).scalars()
    return sorted(timedelta(milliseconds=max(0, waited)) for waited in rows)


def checked(connection: Connection, site_id: str) -> list[Checked]:
    """The newest labelled comments that were held or drawn for the blind audit.

    Labels given because somebody stumbled on a mistake are left out: they would say that
    mistakes are common.
    """
    rows = connection.execute(_SCORED, {"of_site": site_id, "most": MOST_CHECKED})
    told = {row.id: row for row in rows}  # the newest judgement comes last
    said = of_comments(connection, list(told))
    return [
        Checked(row.score, label is Label.SPAM, 1 / row.audited if row.audited else 1.0)
        for row in told.values()
        if (label := in_force(said.get(row.id, []))) in (Label.SPAM, Label.HAM)
    ]


def finished_rounds(
    connection: Connection, site_id: str, *, most: int = MOST_ROUNDS, spread: bool = True
) -> list[Round]:
    """Finished rounds, oldest first: the newest ones or, with `spread`, some from all times."""
    mine = (rounds.c.site_id == site_id) & rounds.c.finished_at.is_not(None)
    every = select(rounds.c.id).where(mine).order_by(rounds.c.id)
    ids = list(connection.execute(every).scalars())
    chosen = _spread(ids, most) if spread else ids[-most:]
    query = select(rounds).where(rounds.c.id.in_(chosen)).order_by(rounds.c.id)
    return [
        Round(row.id, moment(row.finished_at), bool(row.promoted), row.reason, row.model_id,
              orjson.loads(row.report))
        for row in connection.execute(query)
    ]  # fmt: skip


def _spread(ids: Sequence[str], most: int) -> list[str]:
    if len(ids) <= most:
        return list(ids)
    return [ids[round(n * (len(ids) - 1) / (most - 1))] for n in range(most)]


def senders(
    connection: Connection, site_id: str, ids: Sequence[str]
) -> dict[str, tuple[int | None, int | None]]:
    """The hashes of the address and of the network that each of these comments came from."""
    c = comments.c
    query = select(c.id, c.author_ip, c.author_prefix).where(c.site_id == site_id, c.id.in_(ids))
    return {row.id: (row.author_ip, row.author_prefix) for row in connection.execute(query)}


def lessons(connection: Connection, site_id: str) -> int:
    """How many labels a site has been given, those taken back not counted."""
    mine = labels.c.site_id == site_id
    given, undone = (
        connection.execute(select(func.count()).select_from(labels).where(mine, kind)).scalar() or 0
        for kind in (labels.c.label.is_not(None), labels.c.undoes.is_not(None))
    )
    return given - undone


_WAITING = select(func.count().label("waiting"), func.min(comments.c.id).label("oldest")).where(
    comments.c.site_id == bindparam("of_site"), comments.c.waits
)
_newest = (
    select(labels.c.comment_id, labels.c.at)
    .where(labels.c.site_id == bindparam("of_site"), labels.c.label.is_not(None))
    .where(labels.c.source == "console", labels.c.number == 1)
    .order_by(labels.c.at.desc())
    .limit(bindparam("most"))
    .subquery()
)
_WAITS = select(_newest.c.at - comments.c.created_at).join_from(
    _newest,
    comments,
    (comments.c.site_id == bindparam("of_site"))
    & (comments.c.id == _newest.c.comment_id)
    & (comments.c.decision == Decision.HOLD.value),
)
_said = (
    select(labels.c.comment_id)
    .where(labels.c.site_id == bindparam("of_site"), labels.c.label.is_not(None))
    .order_by(labels.c.at.desc())
    .limit(bindparam("most"))
    .subquery()
)
_SCORED = (
    select(comments.c.id, comments.c.audited, judgements.c.score)
    .join(judgements, judgements.c.comment_id == comments.c.id)
    .where(comments.c.site_id == bindparam("of_site"))
    .where(comments.c.id.in_(select(_said.c.comment_id)))
    .where(judgements.c.score.is_not(None), comments.c.state != State.REPLACED.value)
    .where((comments.c.decision == Decision.HOLD.value) | comments.c.audited.is_not(None))
    .order_by(comments.c.id, judgements.c.number)
)
