"""Days counted beforehand: as exact as counting now, whatever happened meanwhile."""

from collections import Counter
from datetime import date, timedelta

import pytest

from model.comment import Comment, Label
from model.verdict import Decision
from service.counting import count_days
from service.db import days, retention
from service.db.activity import Count, activity
from tests.conftest import DOUBTFUL, GOOD, SPAM

FIRST = date(2026, 5, 20)
ACCEPT, HOLD, REJECT = Decision.ACCEPT, Decision.HOLD, Decision.REJECT


@pytest.fixture
def site(parts):
    return parts.sites.get(parts.sites.add("boats", "https://boats.example").id)


@pytest.fixture
def send(parts, site):
    """Send one comment; its id."""
    return lambda content=GOOD, **more: (
        parts.screening.screen(site, Comment(content=content, **more)).id
    )


def read(parts, site, span=30):
    with parts.database.reading() as connection:
        return days.read(connection, site.id, FIRST, FIRST + timedelta(days=span))


def counts(day):
    return day.day, day.decided, day.labelled, day.drawn, day.looked_at, day.said


def counted_anew(parts, site):
    with parts.database.reading() as connection:
        anew = [days.count(connection, site.id, FIRST + timedelta(days=n)) for n in range(30)]
    return [counts(day) for day in anew if day.decided]


def exact(parts, site):
    """True if what is read is what counting everything now would say."""
    return [counts(day) for day in read(parts, site)] == counted_anew(parts, site)


def kept(parts, site):
    """How many days would be read from their rows now."""
    with parts.database.reading() as connection:
        changed = days.touched(connection, site.id)
        return sum(day.day not in changed for day in read(parts, site))


def test_a_site_without_comments_has_no_days(parts, site):
    count_days(parts.database, parts.clock())
    assert read(parts, site) == []


def test_days_are_exact_before_and_after_they_are_counted(parts, site, send, clock):
    for content in (GOOD, SPAM, DOUBTFUL):
        send(content)
        clock.advance(days=1)
    assert exact(parts, site)
    assert kept(parts, site) == 0

    count_days(parts.database, parts.clock())
    assert exact(parts, site)
    assert kept(parts, site) == 3
    assert [day.decided for day in read(parts, site)] == [
        Counter([ACCEPT]), Counter([REJECT]), Counter([HOLD]),
    ]  # fmt: skip


def test_what_comes_after_counting_is_there_at_once(parts, site, send, clock):
    send(GOOD)
    count_days(parts.database, parts.clock())
    send(SPAM)
    assert read(parts, site)[0].decided == Counter([ACCEPT, REJECT])
    clock.advance(days=2)
    send(SPAM)
    assert exact(parts, site)


def test_a_label_on_an_old_day_and_its_undo_are_there_at_once(parts, site, send, clock):
    old = send(SPAM)
    clock.advance(days=3)
    count_days(parts.database, parts.clock())
    label = parts.review.label(site, old, Label.HAM, source="console")
    assert read(parts, site)[0].labelled == Counter([(REJECT, Label.HAM)])
    clock.advance(minutes=10)
    count_days(parts.database, parts.clock())
    clock.advance(minutes=10)
    assert read(parts, site)[0].labelled == Counter([(REJECT, Label.HAM)])
    parts.review.undo(site, old, label)
    assert read(parts, site)[0].labelled == Counter()


def test_an_edit_of_an_old_comment_leaves_its_day_at_once(parts, site, send, clock):
    old = send(GOOD)
    clock.advance(days=1)
    count_days(parts.database, parts.clock())
    send("A lovely regatta!", edit_of=old)
    assert [(day.day, day.decided.total()) for day in read(parts, site)] == [
        (FIRST + timedelta(days=1), 1)
    ]


def test_a_label_that_was_committed_while_days_were_counted_is_not_lost(parts, site, send, clock):
    old = send(SPAM)
    clock.advance(days=1)
    began = parts.clock() + timedelta(minutes=1)  # a host whose clock is ahead
    with parts.database.reading() as connection:
        found = [days.count(connection, site.id, FIRST)]
    parts.review.label(site, old, Label.HAM, source="console")
    with parts.database.writing() as connection:
        days.store(connection, site.id, found, began)
    assert exact(parts, site)


def test_purged_days_are_gone(parts, site, send, clock):
    send(GOOD)
    clock.advance(days=5)
    send(SPAM)
    count_days(parts.database, parts.clock())
    retention.purge(parts.database, parts.clock() - timedelta(days=2))
    assert [day.decided for day in read(parts, site)] == [Counter([REJECT])]


def test_erasing_changes_no_count(parts, site, send, clock):
    gone = send(SPAM)
    with parts.database.writing() as connection:
        retention.erase(connection, site.id, gone)
    assert read(parts, site)[0].decided == Counter([REJECT])


def test_each_reason_is_counted_with_what_people_said_of_its_comments(parts, site, send):
    for content, label in ((SPAM, Label.SPAM), (SPAM + "!", Label.HAM), (GOOD, Label.OTHER)):
        parts.review.label(site, send(content), label, source="console")
    assert read(parts, site)[0].said["text"] == (1, 1)


def test_what_the_blind_audit_drew_is_counted_beside_the_rest(parts, site, send, clock):
    parts.sites.set_policy(site.id, {"audit_share": 0.1})
    audited = parts.sites.get(site.id)
    ids = [parts.screening.screen(audited, Comment(content=f"{GOOD} {n}")).id for n in range(150)]
    for one in ids:
        parts.review.label(site, one, Label.HAM, source="console")
    drawn = read(parts, site)[0].drawn[ACCEPT]
    assert 0 < drawn < 150
    assert read(parts, site)[0].looked_at == Counter({(ACCEPT, Label.HAM): drawn})
    count_days(parts.database, parts.clock())
    clock.advance(days=1)
    assert read(parts, site)[0].drawn == Counter({ACCEPT: drawn})
    with parts.database.reading() as connection:
        told = activity(connection, site.id, FIRST, FIRST + timedelta(days=1))
    assert told == [
        Count(FIRST, ACCEPT, Label.HAM, 150 - drawn, audited=False),
        Count(FIRST, ACCEPT, Label.HAM, drawn, audited=True),
    ]


def test_the_hosts_most_linked_to_are_counted_by_the_worker(parts, site, send, clock):
    for n in range(3):
        send(f"{SPAM} https://shop.example/{n}")
    send(GOOD, author_url="https://sails.example/")
    assert read(parts, site)[0].hosts == {}
    count_days(parts.database, parts.clock())
    assert read(parts, site)[0].hosts == {"shop.example": (3, 3), "sails.example": (1, 0)}


def test_no_site_sees_anothers_days(parts, site, send):
    other = parts.sites.get(parts.sites.add("cars", "https://cars.example").id)
    parts.review.label(site, send(SPAM), Label.SPAM, source="console")
    count_days(parts.database, parts.clock())
    assert read(parts, other) == []


def test_a_site_that_rests_is_not_counted_again(parts, site, send, clock):
    send(GOOD)
    assert count_days(parts.database, parts.clock()) == 1
    clock.advance(minutes=3)
    assert count_days(parts.database, parts.clock()) == 1
    clock.advance(minutes=3)
    assert count_days(parts.database, parts.clock()) == 0
