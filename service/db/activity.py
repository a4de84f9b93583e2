"""What a site's comments came to, by decision and label: the counts behind the statistics."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from model.comment import Label
from model.verdict import Decision
from service.db import days


@dataclass(frozen=True, slots=True)
class Count:
    """So many comments of one day (UTC) got this decision and have this label in force."""

    day: date
    decision: Decision
    label: Label | None
    comments: int
    audited: bool = False
    """Drawn for the blind audit."""


def activity(connection: Connection, site_id: str, since: date, until: date) -> list[Count]:
    """Comments judged from `since` up to, not including, `until`, oldest day first.

    An edited or rechecked comment counts once; one only sent to teach from does not count.
    """
    found = days.read(connection, site_id, since, until)
    return [count for day in found for count in counts_of(day)]


def counts_of(day: days.Day) -> list[Count]:
    """A day's counts one by one."""
    drawn = _of(day.day, day.drawn, day.looked_at, audited=True)
    others = _of(day.day, day.decided - day.drawn, day.labelled - day.looked_at, audited=False)
    return [*others, *drawn]


def _of(
    day: date,
    decided: Counter[Decision],
    labelled: Counter[tuple[Decision, Label]],
    *,
    audited: bool,
) -> list[Count]:
    told = [Count(day, decision, label, n, audited) for (decision, label), n in labelled.items()]
    for decision, n in decided.items():
        silent = n - sum(one.comments for one in told if one.decision is decision)
        if silent:
            told.append(Count(day, decision, None, silent, audited))
    return told
