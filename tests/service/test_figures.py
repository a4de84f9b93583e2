"""What the dashboard shows of a month, on both kinds of database."""

from collections import Counter
from datetime import date, timedelta

import pytest

from model.comment import Comment, Label
from model.verdict import Decision
from service import figures
from service.db.days import Day
from service.db.figures import Checked, Round
from tests.conftest import DOUBTFUL, GOOD, SPAM
from tests.service.web.console.months import month

ACCEPT, HOLD, REJECT = Decision.ACCEPT, Decision.HOLD, Decision.REJECT


@pytest.fixture
def site(parts):
    return parts.sites.get(parts.sites.add("boats", "https://boats.example").id)


def of(parts, site, span=30):
    return figures.of_site(parts.database, site.id, parts.clock().date(), span)


def test_a_site_without_comments_has_figures_that_claim_nothing(parts, site):
    found = of(parts, site)
    assert (found.comments, found.held, found.minutes_saved, found.lessons) == (0, None, 0, 0)
    assert (found.good_rejected, found.spam_accepted, found.learned_at) == (None, None, None)
    assert (found.reasons, found.hosts, found.reliability, found.learning) == ((), (), (), ())
    assert len(found.days) == 30


def test_a_month_is_shown_whole(parts, site, clock, live):
    month(parts, clock, live, site.id, a_day=3)
    found = of(parts, site)
    assert found.comments == sum(day.decided.total() for day in found.days) > 60
    assert found.decided[HOLD] > 0
    assert {code for code, _ in found.reasons} >= {"text"}
    assert {host for host, _, _ in found.hosts} >= {"shop.example"}
    assert [lesson.labels for lesson in found.learning] == [22, 48, 75, 110, 190, 320]
    assert all(one.lower <= one.estimate <= one.upper for _, one in found.reliability)
    assert found.queue.waiting > 0
    assert found.waits == tuple(sorted(found.waits))


def test_only_the_last_days_count(parts, site, clock):
    parts.screening.screen(site, Comment(content=GOOD))
    clock.advance(days=8)
    parts.screening.screen(site, Comment(content=SPAM))
    assert of(parts, site, 7).decided == Counter([REJECT])
    assert of(parts, site, 9).decided == Counter([ACCEPT, REJECT])


def test_what_somebody_waited_for_is_told_and_what_still_waits(parts, site, clock):
    first, _ = (parts.screening.screen(site, Comment(content=f"{DOUBTFUL} {n}")) for n in (1, 2))
    began = clock.now
    clock.advance(minutes=20)
    parts.review.label(site, first.id, Label.HAM, source="console")
    found = of(parts, site)
    assert found.waits == (timedelta(minutes=20),)
    assert (found.queue.waiting, found.queue.oldest) == (1, began)


def test_a_lesson_taken_back_is_none(parts, site):
    comment = parts.screening.screen(site, Comment(content=SPAM)).id
    label = parts.review.label(site, comment, Label.SPAM, source="console")
    assert of(parts, site).lessons == 1
    parts.review.undo(site, comment, label)
    assert of(parts, site).lessons == 0


def test_labels_that_somebody_stumbled_on_say_nothing_of_the_probabilities(parts, site):
    parts.sites.set_policy(site.id, {"audit_share": 0.0})
    unaudited = parts.sites.get(site.id)
    for n in range(3):
        told = parts.screening.screen(unaudited, Comment(content=f"{SPAM} {n}"))
        parts.review.label(unaudited, told.id, Label.HAM, source="api")
    assert of(parts, unaudited).reliability == ()


def test_no_site_is_shown_anothers_figures(parts, site, clock, live):
    other = parts.sites.get(parts.sites.add("cars", "https://cars.example").id)
    month(parts, clock, live, site.id, a_day=1)
    empty = of(parts, other)
    assert (empty.comments, empty.lessons, empty.queue.waiting) == (0, 0, 0)
    assert (empty.reasons, empty.hosts, empty.learning, empty.waits) == ((), (), (), ())


# The arithmetic.


def day(**said):
    return Day(date(2026, 5, 20), said=said)


def test_a_reason_with_few_labels_is_left_out_and_the_surest_comes_first():
    found = figures.precision([day(a=(9, 1), b=(4, 0), c=(3, 1)), day(a=(0, 0), c=(6, 0))])
    assert [(code, one.n, one.estimate) for code, one in found] == [("a", 10, 0.9), ("c", 10, 0.9)]


def test_an_audited_comment_stands_for_those_that_were_not_drawn():
    drawn = [Checked(0.1, True, 50.0)] + [Checked(0.1, False, 1.0)] * 50
    ((said, found),) = figures.reliability(drawn)
    assert (round(said, 3), found.estimate, found.n) == (0.525, 0.5, 51)
    assert found.lower < 0.1  # one heavy comment makes for little certainty
    assert found.upper > 0.9


def test_equal_weights_give_the_exact_interval():
    ((_, found),) = figures.reliability([Checked(3.0, n < 9, 1.0) for n in range(10)])
    assert (found.estimate, found.n) == (0.9, 10)
    assert (round(found.lower, 4), round(found.upper, 4)) == (0.555, 0.9975)


def test_a_round_that_judged_nothing_is_no_point_of_the_curve():
    blank = Round("job_1", None, False, "too few labels", "", {"lessons": 3})
    assert figures.learned([blank]) == []
