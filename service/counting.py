"""Counting days beforehand: the worker's part in figures that are there at once."""

from collections import Counter
from datetime import date, datetime, timedelta

from model.hosts import domain_of
from model.text import host_of, read
from service.db import days
from service.db.comments import State
from service.db.engine import Connection, Database

MOST_READ = 200
"""Comments of one day whose links are read; a host that matters is among the newest of them."""
MOST_HOSTS = 20
HOSTS_WITHIN = timedelta(days=90)


def count_days(database: Database, now: datetime) -> int:
    """Count what was touched of every site; returns how many sites there were."""
    with database.reading() as connection:
        waiting = days.uncounted(connection)
    for site_id in waiting:
        count_site(database, site_id, now)
    return len(waiting)


def count_site(database: Database, site_id: str, now: datetime) -> None:
    """Count one site's touched days. Long reading comes first, so the write is short."""
    with database.reading() as connection:
        changed = days.touched(connection, site_id)
        first = days.first_day(connection, site_id) or now.date()
        wanted = [day for day in days.span(first, now.date() + timedelta(days=1)) if day in changed]
        found = [days.count(connection, site_id, day) for day in wanted]
        for day in found:
            if now.date() - day.day < HOSTS_WITHIN:
                day.hosts = _hosts(connection, site_id, day.day)
    with database.writing() as connection:
        days.store(connection, site_id, found, now)


def _hosts(connection: Connection, site_id: str, day: date) -> dict[str, tuple[int, int]]:
    """The hosts most linked to: how many comments do, and how many of those are rejected."""
    seen: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    for row in days.linked(connection, site_id, day, MOST_READ):
        named = {link.domain for link in read(row.content).links}
        named |= {domain_of(host_of(row.author_url))} if row.author_url else set()
        seen.update(named - {""})
        rejected.update(named - {""} if row.state == State.REJECTED else ())
    return {host: (n, rejected[host]) for host, n in seen.most_common(MOST_HOSTS)}
