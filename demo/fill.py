"""Sample traffic: nine days of comments of our own invention, and what a moderator said of them.

`traffic.jsonl` has one comment a line: how many hours ago it came, from whom, and for some the
label that a moderator gave it a little later.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from demo.comments import Comments, Draft
from demo.moderation import Moderation

TRAFFIC = Path(__file__).parent / "traffic.jsonl"
MODERATOR = "admin"
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_LABELLED_AFTER = 0.3
"""Hours from a comment to its label."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One comment of the traffic; `label` is empty where nobody has decided yet."""

    hours: float
    draft: Draft
    label: str


def traffic() -> list[Entry]:
    """All entries, oldest first."""
    return [_entry(json.loads(line)) for line in TRAFFIC.read_text("utf-8").splitlines()]


def _entry(row: dict[str, str]) -> Entry:
    hours, content, label = float(row.pop("hours")), row.pop("text"), row.pop("label", "")
    return Entry(hours, Draft(content=content, user_agent=_BROWSER, **row), label)


def fill(
    comments: Comments, moderation: Moderation, *, now: datetime,
    turn_clock: Callable[[datetime], None],
) -> None:  # fmt: skip
    """Send the traffic as its readers would have; `turn_clock` tells Weir the time of each step."""
    entries = traffic()
    numbers: dict[int, int] = {}
    steps = [(entry.hours, index, "") for index, entry in enumerate(entries)]
    steps += [(e.hours - _LABELLED_AFTER, i, e.label) for i, e in enumerate(entries) if e.label]
    for hours, index, label in sorted(steps, reverse=True):
        at = now - timedelta(hours=hours)
        turn_clock(at)
        if label:
            moderation.label(numbers[index], label, MODERATOR)
        else:
            kept = comments.add(entries[index].draft, at)
            numbers[index] = kept.number
            moderation.ask(kept)


def first_comment(now: datetime) -> datetime:
    """When the oldest comment came."""
    return now - timedelta(hours=traffic()[0].hours)
