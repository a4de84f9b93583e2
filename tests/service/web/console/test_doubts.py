"""Lessons in doubt, and when a lesson went live."""

from model.comment import Label
from service.db import rounds
from tests.conftest import DOUBTFUL, owner


def finish(parts, site_id, clock, *, promoted=False, **report):
    with parts.database.writing() as connection:
        asked = rounds.ask(connection, site_id, clock())
        rounds.start(connection, asked, clock())
    with parts.database.writing() as connection:
        rounds.finish(connection, asked, clock(), promoted=promoted, reason="", report=report,
                      model_id="")  # fmt: skip


def test_labels_that_contradict_are_listed_and_nothing_is_dropped(sqlite_parts, sign_in, clock):
    alice = owner(sqlite_parts, sign_in.stranger().http, "alice")
    mo = sign_in("mo")
    page = f"/{alice.site.id}/doubts"
    assert "No lesson is in doubt" in mo.get(page).text
    both = [alice.send(DOUBTFUL).json["id"] for _ in range(2)]
    for one, label in zip(both, (Label.HAM, Label.SPAM), strict=True):
        sqlite_parts.review.label(alice.site, one, label, source="console", moderator="mo")
    finish(sqlite_parts, alice.site.id, clock, contradicted=both)

    told = mo.get(page).text

    assert "Contradictions" in told
    assert all(one in told for one in both)


def test_a_card_says_when_its_lesson_went_live(sqlite_parts, sign_in, clock):
    alice = owner(sqlite_parts, sign_in.stranger().http, "alice")
    mo = sign_in("mo")
    sent = alice.send(DOUBTFUL).json["id"]
    sqlite_parts.review.label(alice.site, sent, Label.SPAM, source="console", moderator="mo")
    page = f"/{alice.site.id}/comments/{sent}"
    assert "The lesson is not live yet." in mo.get(page).text
    clock.advance(seconds=5)

    finish(sqlite_parts, alice.site.id, clock, promoted=True)

    assert "The lesson has been live since" in mo.get(page).text
