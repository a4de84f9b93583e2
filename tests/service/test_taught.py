"""Whom a site believes: a key's one-sided burst waits until a moderator agrees."""

import pytest

from model.comment import Comment, Label
from service.db.archive import every
from service.db.sites import Site
from service.taught import TURNED, Taught, lessons_of
from service.wiring import Parts
from tests.conftest import GOOD, SPAM, Clock

MOST = TURNED[Label.HAM]
ASIDES = """anchor beacon cabin dinghy ensign fender galley halyard jib keel lantern mast navy oar
    port quay rudder sail tiller windlass yacht buoy canvas deck""".split()  # noqa: SIM905 - a list to be read


@pytest.fixture
def site(parts: Parts) -> Site:
    return parts.sites.get(parts.sites.add("boats", "https://boats.example").id)


def say(  # noqa: PLR0917 - who says what of which
    parts: Parts, site: Site, number: int, content: str, label: Label, source: str = "akismet"
) -> str:
    a, b = ASIDES[number % len(ASIDES)], ASIDES[number // len(ASIDES) + 3]
    text = f"{content} {a} {b} {a * 3} {b * 2} {number * 7919}"
    sent = parts.screening.screen(site, Comment(content=text)).id
    parts.review.label(site, sent, label, source=source)  # type: ignore[arg-type]
    return sent


def taught(parts: Parts, site: Site) -> Taught:
    return lessons_of(every(parts.database, site.id))


def burst(parts: Parts, site: Site, number: int) -> list[str]:
    return [say(parts, site, n, SPAM, Label.HAM) for n in range(number)]


def test_a_burst_that_turns_rejects_into_good_comments_teaches_nothing(
    parts: Parts, site: Site
) -> None:
    said = burst(parts, site, MOST + 1)
    honest = say(parts, site, 400, GOOD, Label.HAM)

    found = taught(parts, site)

    assert found.quarantined == sorted(said)
    assert [lesson.example.id for lesson in found.lessons] == [honest]


def test_as_many_as_a_person_corrects_in_an_hour_are_believed(
    parts: Parts, site: Site, clock: Clock
) -> None:
    burst(parts, site, MOST)
    clock.advance(minutes=61)
    for number in range(MOST, 2 * MOST):
        say(parts, site, number, SPAM, Label.HAM)

    assert taught(parts, site).quarantined == []


def test_corrections_both_ways_are_an_honest_afternoon(parts: Parts, site: Site) -> None:
    burst(parts, site, MOST + 1)
    for number in range(5):
        say(parts, site, 200 + number, GOOD, Label.SPAM)

    assert taught(parts, site).quarantined == []


def test_a_moderator_who_labels_the_same_comments_ends_the_quarantine(
    parts: Parts, site: Site, clock: Clock
) -> None:
    said = burst(parts, site, MOST + 1)
    clock.advance(minutes=5)
    for one in said:
        parts.review.label(site, one, Label.HAM, source="console", moderator="ada")

    found = taught(parts, site)

    assert found.quarantined == []
    assert len(found.lessons) == len(said)


def test_a_moderator_may_turn_as_many_as_there_are(parts: Parts, site: Site) -> None:
    for number in range(MOST + 5):
        say(parts, site, number, SPAM, Label.HAM, source="console")

    assert taught(parts, site).quarantined == []


def test_a_lesson_tells_whether_a_rule_held_its_comment(parts: Parts, site: Site) -> None:
    linked = parts.screening.screen(site, Comment(content="See https://harbour.example/tides"))
    plain = parts.screening.screen(site, Comment(content=GOOD))
    for sent in (linked, plain):
        parts.review.label(site, sent.id, Label.HAM, source="console", moderator="ada")
    ruled = {one.example.id: one.by_rule for one in taught(parts, site).lessons}
    assert ruled == {linked.id: True, plain.id: False}
