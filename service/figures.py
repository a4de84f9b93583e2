"""How a site's filter is doing: what the dashboard shows, as numbers with their doubt."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from model.figures import Interval, share
from model.verdict import Decision, probability
from service.audits import error_rates
from service.db import campaigns, days, drifts, figures
from service.db.activity import counts_of
from service.db.campaigns import Campaign
from service.db.days import Day
from service.db.drifts import Drift
from service.db.engine import Database
from service.db.figures import Checked, Queue, Round
from service.whatif import SECONDS_A_LOOK

FEWEST = 5
"""Labelled comments below which nothing is said of a reason."""
MOST_REASONS = 12
MOST_HOSTS = 10
MOST_CAMPAIGNS = 6
BINS = 10


_share = lru_cache(maxsize=4096)(share)
"""Exact intervals of thousands of comments take milliseconds each, and a page has many."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a round of training had learned from, and how often it was right on unseen comments;
    `before`: how often the model then in force was."""

    labels: int
    right: Interval
    before: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A site's last days, every one of them in `days`. The error rates come from the blind
    audit, None until something was looked at: shares of all good comments and of all spam, and
    what was wrong among those looked at.
    """

    days: tuple[Day, ...]
    decided: Counter[Decision]
    good_rejected: Interval | None
    spam_accepted: Interval | None
    wrong_rejects: Interval | None
    wrong_accepts: Interval | None
    drawn: int
    looked_at: int
    reasons: tuple[tuple[str, Interval], ...]
    hosts: tuple[tuple[str, int, int], ...]
    campaigns: tuple[Campaign, ...]
    reliability: tuple[tuple[float, Interval], ...]
    learning: tuple[Lesson, ...]
    queue: Queue
    waits: tuple[timedelta, ...]
    lessons: int
    learned_at: datetime | None
    drift: Drift | None

    @property
    def comments(self) -> int:
        """All that were judged."""
        return self.decided.total()

    @property
    def held(self) -> float | None:
        """The share held; None of nothing."""
        return self.decided[Decision.HOLD] / self.comments if self.comments else None

    @property
    def minutes_saved(self) -> float:
        """What looking at everything that nobody had to look at would have taken."""
        unseen = self.decided[Decision.ACCEPT] + self.decided[Decision.REJECT] - self.drawn
        return unseen * SECONDS_A_LOOK / 60


def of_site(database: Database, site_id: str, until: date, span: int) -> Figures:
    """The figures of the last `span` days up to and including `until`."""
    since = until - timedelta(days=span - 1)
    with database.reading() as connection:
        found = {day.day: day for day in days.read(connection, site_id, since, _next(until))}
        every = tuple(found.get(day, Day(day)) for day in days.span(since, _next(until)))
        rounds = figures.finished_rounds(connection, site_id)
        promoted = [one.at for one in rounds if one.promoted]
        rates = error_rates([count for day in every for count in counts_of(day)])
        return Figures(
            days=every,
            decided=_summed(day.decided for day in every),
            good_rejected=_rate(rates, "good_rejected"),
            spam_accepted=_rate(rates, "spam_accepted"),
            wrong_rejects=_rate(rates, "rejected"),
            wrong_accepts=_rate(rates, "accepted"),
            drawn=rates["accepted"]["drawn"] + rates["rejected"]["drawn"],
            looked_at=_looked_at(rates),
            reasons=tuple(precision(every)),
            hosts=tuple(most_linked(every)),
            campaigns=tuple(campaigns.largest(connection, site_id, MOST_CAMPAIGNS)),
            reliability=tuple(reliability(figures.checked(connection, site_id))),
            learning=tuple(learned(rounds)),
            queue=figures.queue(connection, site_id),
            waits=tuple(figures.waits(connection, site_id)),
            lessons=figures.lessons(connection, site_id),
            learned_at=promoted[-1] if promoted else None,
            drift=drifts.of_site(connection, site_id),
        )


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _summed(counts: Iterable[Counter[Any]]) -> Counter[Any]:
    total: Counter[Any] = Counter()
    for one in counts:
        total.update(one)
    return total


def _looked_at(rates: dict[str, Any]) -> int:
    return int(rates["accepted"]["looked_at"] + rates["rejected"]["looked_at"])


def _rate(rates: dict[str, Any], name: str) -> Interval | None:
    found = rates[name]
    if found["share"] is None:
        return None
    n = found.get("looked_at", _looked_at(rates))
    return Interval(found["share"], found["lower"], found["upper"], n)


def precision(every: Sequence[Day]) -> list[tuple[str, Interval]]:
    """For each reason with enough labelled comments the share of spam among them, surest first.

    Of many reasons those with most labels are kept.
    """
    said: Counter[tuple[str, bool]] = Counter()
    for day in every:
        for code, (spam, ham) in day.said.items():
            said.update({(code, True): spam, (code, False): ham})
    totals = Counter({code: said[code, True] + said[code, False] for code, _ in said})
    kept = [code for code, n in totals.most_common(MOST_REASONS) if n >= FEWEST]
    found = [(code, _share(said[code, True], totals[code])) for code in kept]
    return sorted(found, key=lambda one: -one[1].estimate)


def most_linked(every: Sequence[Day]) -> list[tuple[str, int, int]]:
    """The hosts most linked to: how many comments do, and how many of those are rejected."""
    seen: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    for day in every:
        for host, (n, gone) in day.hosts.items():
            seen[host] += n
            rejected[host] += gone
    return [(host, n, rejected[host]) for host, n in seen.most_common(MOST_HOSTS)]


def reliability(checked: Sequence[Checked]) -> list[tuple[float, Interval]]:
    """Mean spam probability and share of spam in ten bins of equal width, empty ones left out.

    Comments stand for as many as their weight says. The interval is exact for the effective
    number of comments (Korn and Graubard, Survey Methodology 24, 1998).
    """
    told = np.array([probability(one.score) for one in checked])
    weights = np.array([one.weight for one in checked])
    spam = np.array([one.is_spam for one in checked], bool)
    bins = np.minimum((told * BINS).astype(int), BINS - 1)
    return [
        (float(np.average(told[mine], weights=weights[mine])), _weighted(spam[mine], weights[mine]))
        for number in range(BINS)
        if (mine := bins == number).any()
    ]


def _weighted(hits: Any, weights: Any) -> Interval:
    estimate = float(np.average(hits, weights=weights))
    effective = max(1, math.floor(weights.sum() ** 2 / (weights**2).sum() + 1e-9))
    found = share(round(estimate * effective), effective)
    return Interval(estimate, min(found.lower, estimate), max(found.upper, estimate), len(hits))


def learned(rounds: Sequence[Round]) -> list[Lesson]:
    """The learning curve: each round that had something to be judged on, fewest labels first."""
    told = [
        Lesson(one.report["lessons"], right, _right(one.report.get("champion")))
        for one in rounds
        if (right := _right_interval(one.report.get("challenger")))
    ]
    return sorted(told, key=lambda lesson: lesson.labels)


def _right_interval(told: dict[str, Any] | None) -> Interval | None:
    wrong = (told or {}).get("wrong_side") or {}
    if wrong.get("share") is None:
        return None
    return Interval(1 - wrong["share"], 1 - wrong["upper"], 1 - wrong["lower"], wrong["n"])


def _right(told: dict[str, Any] | None) -> float | None:
    found = _right_interval(told)
    return found.estimate if found else None
