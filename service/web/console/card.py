"""One comment with all a moderator needs beside it, and the short form for lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask

from model.hosts import is_known_good
from model.text import Link, Reading, read
from model.verdict import Judgement, Reason
from service import answer
from service.db import acts, campaigns, comments, context, labels
from service.db.audit_log import Act
from service.db.campaigns import Campaign
from service.db.comments import State, Stored
from service.db.context import Past
from service.db.engine import Connection
from service.ranking import Ranked, Why
from service.web import parts
from service.web.console import said, verdict
from service.web.console.language import gettext, ngettext
from service.web.console.routing import Visit

MOST_HOSTS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A comment in a list. Blind ones have neither chips nor bar nor state."""

    id: str
    name: str
    at: datetime
    snippet: str
    chips: list[tuple[str, str]]
    bar: verdict.Bar | None
    blind: bool
    stamp: str
    seen: int
    campaign: Campaign | None = None
    claimed_by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """Where a link really goes, and what the site knows of that host."""

    name: str
    ascii: str
    told: str
    deceives: bool


@dataclass(frozen=True, slots=True)
class Card:
    """All that is shown of one comment."""

    stored: Stored
    line: Line
    where: str
    judgement: Judgement | None
    pieces: list[said.Piece]
    cut: bool
    hosts: list[Host]
    up: list[Reason]
    down: list[Reason]
    author: Past | None
    parent: Stored | None
    siblings: list[Stored]
    alike: list[Stored]
    alike_total: int
    said: list[labels.LabelRow]
    in_force: labels.LabelRow | None
    notes: list[acts.Note]
    live_at: datetime | None
    act_ids: list[str]


def register(app: Flask) -> None:
    """Let templates say what is said here and in `said` and `verdict`."""
    app.jinja_env.filters["plain"] = said.harmless
    app.jinja_env.globals.update(
        snippet=said.plain, campaign_in_words=campaign_in_words, chip=verdict.chip,
        in_words=verdict.in_words, ruling=verdict.ruling, signed=verdict.signed,
        in_100=verdict.in_100, told=verdict.told,
    )  # fmt: skip


def lines(
    connection: Connection, visit: Visit, found: Iterable[Stored], ranked: dict[str, Ranked]
) -> list[Line]:
    """Comments as a list shows them, in the order they come."""
    found = list(found)
    ids = [one.id for one in found]
    looking = acts.claimed(connection, visit.site.id, ids, visit.moderator.name, parts().clock())
    given = labels.of_comments(connection, ids)
    return [_line(one, given.get(one.id, []), ranked.get(one.id), looking.get(one.id, ""))
            for one in found]  # fmt: skip


def subjects(
    connection: Connection, visit: Visit, decisions: Iterable[tuple[Act, bool]]
) -> dict[str, tuple[str, str]]:
    """Who wrote the comments that were decided about one by one, and how each begins, by its id."""
    ids = [act.subject for act, _ in decisions if act.subject.startswith("cmt_")]
    return {one.id: (_name(one), said.plain(one.comment.content, 80))
            for one in comments.read(connection, visit.site.id, ids)}  # fmt: skip


def _name(stored: Stored) -> str:
    return said.harmless(stored.comment.author_name) or gettext("Nameless")


def where(visit: Visit, stored: Stored) -> str:
    """The page a comment stands under, by its title or its address on the site."""
    comment, home = stored.comment, visit.site.url.rstrip("/")
    address = comment.permalink.partition("#")[0]
    return said.plain(comment.page_title or address.removeprefix(home) or address)


def _line(
    stored: Stored, given: list[labels.LabelRow], ranked: Ranked | None, claimed: str
) -> Line:
    judgement = answer.from_json(stored.answer) if stored.answer else None
    blind = stored.sample.blind and not given
    codes = dict.fromkeys(reason.code for reason in _told(judgement)) if not blind else {}
    label = labels.in_force(given)
    return Line(
        id=stored.id,
        name=_name(stored),
        at=stored.at,
        snippet=said.plain(stored.comment.content),
        chips=[(code, verdict.chip(code)) for code in codes][:4],
        bar=verdict.bar(judgement) if judgement and not blind else None,
        blind=blind,
        stamp="" if blind else label.value if label else _stamp(stored.state),
        seen=len(given),
        campaign=ranked.campaign if ranked else None,
        claimed_by=claimed,
        why=why(ranked, stored) if ranked else "",
    )


def _told(judgement: Judgement | None) -> list[Reason]:
    """The reasons that speak for holding: what decides, then what weighs towards spam."""
    if judgement is None:
        return []
    wanted = [one for one in judgement.reasons if one.decides or one.weight >= 0.3]
    return sorted(wanted, key=lambda one: (one.decides is None, -one.weight))


def _stamp(state: State) -> str:
    return "" if state is State.HELD else state.value


def why(ranked: Ranked, stored: Stored) -> str:
    """Why a comment is where it is in the queue."""
    if ranked.why is Why.CAMPAIGN and ranked.campaign:
        return campaign_in_words(ranked.campaign)
    if ranked.why is Why.WAITED:
        return gettext("a reader has waited %s") % lasted(parts().clock() - stored.at)
    told = {
        Why.DOUBT: gettext("in doubt: its answer teaches most"),
        Why.BLIND: gettext("drawn by chance, Weir keeps its opinion to itself"),
        Why.KEPT: gettext("you kept it for later"),
    }
    return told.get(ranked.why, "")


def campaign_in_words(campaign: Campaign) -> str:
    """37 alike, 21 senders, 2 hours."""
    alike = ngettext("%d alike", "%d alike", campaign.waiting) % campaign.waiting
    senders = ngettext("%d sender", "%d senders", campaign.senders) % campaign.senders
    return f"{alike}, {senders}, {lasted(campaign.last_at - campaign.began_at)}"


def lasted(time: timedelta) -> str:
    """A span of time in its largest unit."""
    minutes = int(time.total_seconds() // 60)
    if minutes < 1:
        return gettext("under a minute")
    if minutes < 60:
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    if minutes < 48 * 60:
        return ngettext("%d hour", "%d hours", minutes // 60) % (minutes // 60)
    return ngettext("%d day", "%d days", minutes // 1440) % (minutes // 1440)


def card(connection: Connection, visit: Visit, stored: Stored, longest: int = said.LONGEST) -> Card:
    """All about one comment."""
    site_id, content = visit.site.id, stored.comment.content
    reading = read(content)
    given = labels.of_comment(connection, site_id, stored.id)
    ranked = _as_campaign(connection, site_id, stored)
    line = lines(connection, visit, [stored], {stored.id: ranked} if ranked else {})[0]
    judgement = answer.from_json(stored.answer) if stored.answer and not line.blind else None
    up, down = verdict.for_and_against(judgement) if judgement else ([], [])
    author = context.author_key(parts().keyring, stored, reading)
    alike = _past(connection, stored, "text", reading.template.hex())
    in_force = labels.entry_in_force(given)
    return Card(
        stored=stored,
        line=line,
        where=where(visit, stored),
        judgement=judgement,
        pieces=said.pieces(content, judgement.reasons if judgement else (), longest),
        cut=len(content) > longest,
        hosts=_hosts(connection, stored, reading),
        up=up,
        down=down,
        author=context.past(connection, site_id, author, stored.id) if author else None,
        parent=context.parent(connection, site_id, stored.comment.parent_id),
        siblings=context.siblings(connection, stored, page_key(stored), 3),
        alike=comments.read(connection, site_id, alike.ids[:4]),
        alike_total=alike.total,
        said=given,
        in_force=in_force,
        notes=acts.notes_of(connection, site_id, stored.id),
        live_at=context.live_since(connection, site_id, in_force.at) if in_force else None,
        act_ids=acts.acts_about(connection, site_id, stored.id),
    )


def _as_campaign(connection: Connection, site_id: str, stored: Stored) -> Ranked | None:
    of = campaigns.of_comment(connection, site_id, stored.id)
    found = campaigns.get(connection, site_id, of) if of else None
    if found is None or found.waiting < campaigns.ALIKE:
        return None
    return Ranked(stored.id, 0.0, Why.CAMPAIGN, found)


def page_key(stored: Stored) -> int:
    """The key of the page a comment stands under; 0 if the site did not say."""
    where = stored.comment.permalink.partition("#")[0]
    return parts().keyring.trace(stored.site_id, "page", where) if where else 0


def _past(connection: Connection, stored: Stored, kind: str, value: str) -> Past:
    key = parts().keyring.trace(stored.site_id, kind, value)
    return context.past(connection, stored.site_id, key, stored.id)


def _hosts(connection: Connection, stored: Stored, reading: Reading) -> list[Host]:
    first = {link.host: link for link in reversed(reading.links)}
    shown = list(dict.fromkeys(link.host for link in reading.links))[:MOST_HOSTS]
    return [_host(connection, stored, first[name]) for name in shown]


def _host(connection: Connection, stored: Stored, link: Link) -> Host:
    past = _past(connection, stored, "host", link.domain)
    return Host(
        name=said.harmless(link.host),
        ascii=_ascii(link.host),
        told=_told_of(past, is_known_good(link.domain)),
        deceives=_deceives(link),
    )


def _told_of(past: Past, known_good: bool) -> str:
    if known_good:
        return gettext("widely known")
    if not past.total:
        return gettext("never seen on this site")
    accepted, rejected = past.states[State.ACCEPTED], past.states[State.REJECTED]
    return gettext("in %(n)d other comments: %(accepted)d accepted, %(rejected)d rejected") % {
        "n": past.total, "accepted": accepted, "rejected": rejected}  # fmt: skip


def _ascii(host: str) -> str:
    """How the name really travels, where it has other letters than ASCII."""
    if host.isascii():
        return ""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return ""


def _deceives(link: Link) -> bool:
    """True if the link's words name another host than the one it leads to."""
    shown = read(link.text).links if link.text else ()
    return any(one.domain and one.domain != link.domain for one in shown)
