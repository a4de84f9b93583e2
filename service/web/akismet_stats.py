"""Akismet's account answers, in its shapes: usage, sites and statistics from a site's counts.

*Spam* is what the client was told is spam, so what is held counts by the site's hold answer.
A person's label then makes it a false positive, or a comment told to be fine a missed spam.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from model.comment import Label
from model.policy import AkismetHold
from model.verdict import Decision
from service.db.activity import Count

SECONDS_PER_SPAM = 5
"""What a moderator is taken to need for one spam comment: an estimate, for `time_saved`."""


@dataclass(slots=True)
class Totals:
    """Comments by what the client was told, and how often a person disagreed."""

    spam: int = 0
    ham: int = 0
    missed_spam: int = 0
    false_positives: int = 0

    def add(self, count: Count, hold: AkismetHold) -> None:
        """Count some comments in."""
        told_spam = count.decision is Decision.REJECT or (
            count.decision is Decision.HOLD and hold == "spam-queue"
        )
        if told_spam:
            self.spam += count.comments
            self.false_positives += count.comments * (count.label is Label.HAM)
        else:
            self.ham += count.comments
            self.missed_spam += count.comments * (count.label is Label.SPAM)

    @property
    def calls(self) -> int:
        """All comments asked about."""
        return self.spam + self.ham

    @property
    def accuracy(self) -> str:
        """Percentage that no person contradicted; clients want a number even of nothing."""
        wrong = self.missed_spam + self.false_positives
        return f"{100 * (self.calls - wrong) / self.calls:.2f}" if self.calls else "0.00"


def totals(counts: Iterable[Count], hold: AkismetHold) -> Totals:
    """All counts in one."""
    total = Totals()
    for count in counts:
        total.add(count, hold)
    return total


def usage_limit(month: Totals, *, extended: bool) -> dict[str, Any]:
    """/1.2/usage-limit: there is no limit."""
    answer = {"limit": "none", "usage": month.calls, "percentage": "0.00", "throttled": False}
    return answer | {"notice_level": 0, "upgrade": False} if extended else answer


def site_row(url: str, month: Totals) -> dict[str, Any]:
    """One site of /1.2/key-sites; its counts are decimal strings."""
    counts = {"api_calls": month.calls} | _told(month)
    return {"site": url} | {name: str(n) for name, n in counts.items()} | {"is_revoked": False}


def key_sites(month: str, rows: list[dict[str, Any]], *, limit: int, offset: int) -> dict[str, Any]:
    """/1.2/key-sites as JSON."""
    shown = rows[offset : offset + limit]
    return {month: shown, "limit": limit, "offset": offset, "total": len(rows)}


def key_sites_csv(
    key: str, month: str, rows: list[dict[str, Any]], *, limit: int, offset: int
) -> str:
    """/1.2/key-sites as CSV: a line about the answer, the column names, the sites."""
    out = io.StringIO()
    about = f"limit:{limit}, offset: {offset}, total: {len(rows)}"
    out.write(f"Active sites for {key} during {month} ({about})\n")
    out.write("Site,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([*row.values()] for row in rows[offset : offset + limit])
    return out.getvalue().removesuffix("\n")


def get_stats(counts: Iterable[Count], hold: AkismetHold, period: str) -> dict[str, Any]:
    """/1.1/get-stats, broken down by what `strftime(period)` makes of the days."""
    total = Totals()
    periods: dict[str, Totals] = {}
    first: dict[str, date] = {}
    for count in counts:
        name = f"{count.day:{period}}"
        first.setdefault(name, count.day)
        total.add(count, hold)
        periods.setdefault(name, Totals()).add(count, hold)
    return _told(total) | {
        "accuracy": total.accuracy,
        "time_saved": total.spam * SECONDS_PER_SPAM,
        "breakdown": {
            name: _told(part) | {"blogs": 1, "da": first[name].isoformat()}
            for name, part in periods.items()
        },
    }


def _told(part: Totals) -> dict[str, int]:
    return {field.name: getattr(part, field.name) for field in fields(part)}


SUBSCRIPTION = {
    "account_id": 1,
    "account_type": "self-hosted",
    "account_name": "Weir",
    "status": "active",
    "next_billing_date": False,
    "limit_reached": False,
}
"""/1.1/get-subscription."""
