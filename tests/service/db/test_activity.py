"""Counts by day: what was decided, and what people said of it."""

from datetime import date, timedelta

import pytest

from model.comment import Comment, Label
from model.verdict import Decision
from service.db.activity import Count, activity
from service.keyring import Keyring

GOOD = Comment(content="What a lovely regatta.", author_name="Ada")
BAD = Comment(content="Cheap pills for everybody.", author_name="Bot")
FIRST = date(2026, 5, 20)


@pytest.fixture
def site(parts):
    return parts.sites.get(parts.sites.add("boats", "https://boats.example").id)


@pytest.fixture(autouse=True)
def nothing_drawn(monkeypatch):
    monkeypatch.setattr(Keyring, "lot", lambda self, comment_id: 0.5)


def counted(parts, site, days=30):
    with parts.database.reading() as connection:
        return activity(connection, site.id, FIRST, FIRST + timedelta(days=days))


def test_nothing_counts_as_nothing(parts, site):
    assert counted(parts, site) == []


def test_comments_are_counted_by_day_and_decision(parts, site, clock):
    for comment in (GOOD, GOOD, BAD):
        parts.screening.screen(site, comment)
    clock.advance(days=1)
    parts.screening.screen(site, GOOD)

    assert sorted(counted(parts, site), key=str) == sorted(
        [
            Count(FIRST, Decision.ACCEPT, None, 2),
            Count(FIRST, Decision.REJECT, None, 1),
            Count(FIRST + timedelta(days=1), Decision.ACCEPT, None, 1),
        ],
        key=str,
    )


def test_the_day_ends_at_midnight_in_utc(parts, site, clock):
    clock.advance(hours=11, minutes=59)
    parts.screening.screen(site, GOOD)
    clock.advance(minutes=2)
    parts.screening.screen(site, GOOD)

    assert [count.day for count in counted(parts, site)] == [FIRST, FIRST + timedelta(days=1)]
    assert len(counted(parts, site, days=1)) == 1


def test_the_newest_label_that_was_not_taken_back_counts(parts, site):
    wrong = parts.screening.screen(site, BAD).id
    parts.review.label(site, wrong, Label.SPAM, source="api")
    label = parts.review.label(site, wrong, Label.HAM, source="api")

    assert counted(parts, site) == [Count(FIRST, Decision.REJECT, Label.HAM, 1)]

    parts.review.undo(site, wrong, label)

    assert counted(parts, site) == [Count(FIRST, Decision.REJECT, Label.SPAM, 1)]


def test_an_edit_counts_in_place_of_what_it_replaces(parts, site):
    first = parts.screening.screen(site, GOOD).id
    parts.screening.screen(site, Comment(content="A lovely regatta!", edit_of=first))

    assert counted(parts, site) == [Count(FIRST, Decision.ACCEPT, None, 1)]


def test_what_was_only_taught_and_what_is_another_sites_does_not_count(parts, site):
    other = parts.sites.get(parts.sites.add("cars", "https://cars.example").id)
    parts.screening.screen(other, GOOD)
    parts.review.teach(site, BAD, Label.SPAM, source="api")

    assert counted(parts, site) == []
