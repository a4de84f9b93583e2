"""Campaigns: held comments that are alike or lead to the same unknown host.

The worker puts every held comment where it belongs soon after it came (service/grouping.py);
what a moderator says of a campaign then holds for its late-comers too, for RULES days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)

from model.comment import Label
from service.clock import milliseconds, moment
from service.db.direct import Cursor, Prepared
from service.db.schema import audit_log, campaign_keys, campaign_members, campaigns, comments

ALIKE = 3
"""So many make a campaign; fewer are a coincidence."""
MOST = 100
RULES = timedelta(days=7)
REMEMBERED = timedelta(days=7)
"""How long a comment draws others like it into its campaign."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """Those of one campaign that wait, from how many senders, over which time."""

    id: str
    waiting: int
    senders: int
    began_at: datetime
    last_at: datetime
    newest: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was said of a campaign: by whom, in which act."""

    label: Label
    act_id: str
    moderator: str


@dataclass(frozen=True, slots=True)
class Member:
    """A comment's place, and its signature (model/alike.py)."""

    site_id: str
    comment_id: str
    campaign_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Near:
    """A comment that shares a key: its campaign, and its signature to compare with."""

    campaign_id: str
    signature: bytes


def near(cursor: Cursor, site_id: str, keys: Sequence[int], now: datetime) -> list[Near]:
    """Comments of the last days that share a key, the newest of each campaign."""
    values = {"site": site_id, "since": milliseconds(now - REMEMBERED)}
    values |= {f"key{n}": key for n, key in enumerate(keys)}
    found = _near(len(keys)).run(cursor, values).fetchall()
    return [Near(campaign_id, bytes(signature)) for campaign_id, signature in found]


def join(cursor: Cursor, member: Member, keys: Iterable[int], now: datetime) -> None:
    """Make a comment a member; it stands for its keys from now on."""
    site_id, at = member.site_id, milliseconds(now)
    _JOIN.run(cursor, asdict(member))
    _count(cursor, site_id, member.campaign_id)
    rows = [{"site_id": site_id, "key": key, "comment_id": member.comment_id, "at": at}
            for key in dict.fromkeys(keys)]  # fmt: skip
    _STAND_FOR.run_many(cursor, rows)


def _count(cursor: Cursor, site_id: str, campaign_id: str) -> None:
    """Count one member more; the few that become a campaign get a row to be found by."""
    this = {"site": site_id, "campaign": campaign_id}
    if _ONE_MORE.run(cursor, this).rowcount:
        return
    size = _SIZE.run(cursor, this).fetchone()[0]
    if size >= ALIKE:
        _BEGIN.run(cursor, {**this, "size": size})


def waiting(connection: Connection, site_id: str, campaign_id: str, most: int) -> list[str]:
    """What waits of a campaign, newest first."""
    c = comments.c
    query = _MEMBERS.where(
        c.site_id == site_id, campaign_members.c.campaign_id == campaign_id, c.waits
    )
    return list(connection.execute(query.order_by(c.id.desc()).limit(most)).scalars())


def of_comment(connection: Connection, site_id: str, comment_id: str) -> str:
    """The id of a comment's campaign; empty if it is in none yet."""
    m = campaign_members.c
    query = select(m.campaign_id).where(m.site_id == site_id, m.comment_id == comment_id)
    return connection.execute(query).scalar() or ""


def of_comments(connection: Connection, site_id: str, ids: Iterable[str]) -> dict[str, str]:
    """The campaigns of these comments."""
    m = campaign_members.c
    query = select(m.comment_id, m.campaign_id).where(m.site_id == site_id)
    rows = connection.execute(query.where(m.comment_id.in_(list(ids))))
    return {row.comment_id: row.campaign_id for row in rows}


def largest(connection: Connection, site_id: str, limit: int) -> list[Campaign]:
    """The campaigns of which most is waiting, ALIKE and more, among the MOST largest."""
    c = campaigns.c
    candidates = select(c.id).where(c.site_id == site_id).order_by(c.size.desc()).limit(MOST)
    ids = list(connection.execute(candidates).scalars())
    return _found(connection, site_id, [campaign_members.c.campaign_id.in_(ids)], limit)


def get(connection: Connection, site_id: str, campaign_id: str) -> Campaign | None:
    """One campaign, as far as it waits."""
    mine = [campaign_members.c.campaign_id == campaign_id]
    return next(iter(_found(connection, site_id, mine, 1, least=1)), None)


def _found(
    connection: Connection, site_id: str, chosen: list[Any], limit: int, least: int = ALIKE
) -> list[Campaign]:
    m, c = campaign_members.c, comments.c
    size = func.count()
    sender = func.coalesce(c.author_ip, c.author_email)
    query = (
        select(m.campaign_id, size.label("size"), func.count(sender.distinct()).label("senders"),
               func.min(c.created_at).label("first"), func.max(c.created_at).label("last"),
               func.max(c.id).label("newest"))
        .join(comments, and_(c.site_id == m.site_id, c.id == m.comment_id))
        .where(m.site_id == site_id, c.waits, *chosen)
        .group_by(m.campaign_id)
        .having(size >= least)
        .order_by(size.desc(), m.campaign_id.desc())
        .limit(limit)
    )  # fmt: skip
    return [_campaign(row) for row in connection.execute(query)]


def rule(
    connection: Connection, site_id: str, campaign_id: str, label: Label, *, act_id: str,
    now: datetime,
) -> None:  # fmt: skip
    """Let a label hold for whatever joins a campaign in the next days."""
    c = campaigns.c
    this = (c.site_id == site_id) & (c.id == campaign_id)
    values = {"label": label.value, "act_id": act_id, "until": milliseconds(now + RULES)}
    connection.execute(update(campaigns).where(this).values(values))


def unrule(connection: Connection, site_id: str, act_id: str) -> None:
    """Let an act's ruling hold for nobody any more."""
    c = campaigns.c
    chosen = (c.site_id == site_id) & (c.act_id == act_id)
    connection.execute(update(campaigns).where(chosen).values(until=0))


def ruling(cursor: Cursor, site_id: str, campaign_id: str, now: datetime) -> Ruling | None:
    """What holds for a campaign's late-comers, and the act that said so."""
    this = {"site": site_id, "campaign": campaign_id, "now": milliseconds(now)}
    row = _RULING.run(cursor, this).fetchone()
    return Ruling(Label(row[0]), row[1], row[2]) if row else None


def forget(connection: Connection, ids: Sequence[str]) -> None:
    """Take comments that are gone out of their campaigns."""
    for table in (campaign_members, campaign_keys):
        connection.execute(delete(table).where(table.c.comment_id.in_(ids)))


# The worker runs these for every held comment, and SQLAlchemy takes longer to recognise one than
# SQLite to run it.
_c, _k, _m = campaigns.c, campaign_keys.c, campaign_members.c
_THIS = (_c.site_id == bindparam("site")) & (_c.id == bindparam("campaign"))


@cache
def _near(keys: int) -> Prepared:
    shared = _k.key.in_([bindparam(f"key{n}") for n in range(keys)])
    return Prepared(
        select(_m.campaign_id, _m.signature)
        .join(campaign_members, and_(_m.site_id == _k.site_id, _m.comment_id == _k.comment_id))
        .where(_k.site_id == bindparam("site"), shared, _k.at > bindparam("since"))
        .distinct()
    )


_JOIN = Prepared(insert(campaign_members), campaign_members.c.keys())
_STAND_FOR = Prepared(
    text(
        "INSERT INTO campaign_keys (site_id, key, comment_id, at) "
        "VALUES (:site_id, :key, :comment_id, :at) ON CONFLICT (site_id, key) DO UPDATE "
        "SET comment_id = excluded.comment_id, at = excluded.at"
    )
)
_ONE_MORE = Prepared(update(campaigns).where(_THIS).values(size=_c.size + literal_column("1")))
_SIZE = Prepared(
    select(func.count()).where(
        _m.site_id == bindparam("site"), _m.campaign_id == bindparam("campaign")
    )
)
_BEGIN = Prepared(
    text(
        "INSERT INTO campaigns (site_id, id, size, act_id, until) "
        "VALUES (:site, :campaign, :size, '', 0)"
    )
)
_RULING = Prepared(
    select(_c.label, _c.act_id, audit_log.c.moderator)
    .join(audit_log, audit_log.c.id == _c.act_id)
    .where(_THIS, _c.until > bindparam("now"))
)
_MEMBERS = select(comments.c.id).join(
    campaign_members,
    and_(
        campaign_members.c.site_id == comments.c.site_id,
        campaign_members.c.comment_id == comments.c.id,
    ),
)


def _campaign(row: Row[Any]) -> Campaign:
    return Campaign(row.campaign_id, row.size, row.senders, moment(row.first), moment(row.last),
                    row.newest)  # fmt: skip
