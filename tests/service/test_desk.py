"""A moderator's acts: one or many, taken back as one, and never over a colleague's head."""

import pytest

from model.comment import Label
from service.db import acts, audit_log, campaigns, comments
from service.db.direct import cursor_of
from service.desk import DECIDED, MOST
from service.errors import Conflict, NotFound
from service.review import Overtaken
from tests.conftest import DOUBTFUL


def state(owner, comment_id):
    return owner.ask("GET", f"/v1/comments/{comment_id}").json["state"]


def hold(owner, n):
    """Send n doubtful comments; their ids."""
    return [owner.send(f"{DOUBTFUL} Number {i} asks.").json["id"] for i in range(n)]


def test_a_decision_settles_a_comment_and_undo_lets_it_wait_again(parts, alice):
    (held,) = hold(alice, 1)

    done = parts.desk.decide(alice.site, held, Label.HAM, "mo", seen=0)
    assert state(alice, held) == "accepted"
    parts.desk.undo(alice.site, done.act_id, "mo")

    assert state(alice, held) == "held"
    with pytest.raises(NotFound):
        parts.desk.undo(alice.site, done.act_id, "mo")


def test_whoever_comes_second_is_told_and_changes_nothing(parts, alice):
    (held,) = hold(alice, 1)
    parts.desk.decide(alice.site, held, Label.HAM, "mo", seen=0)

    with pytest.raises(Overtaken) as late:
        parts.desk.decide(alice.site, held, Label.SPAM, "al", seen=0)

    assert (late.value.moderator, late.value.label) == ("mo", Label.HAM)
    assert state(alice, held) == "accepted"
    with parts.database.reading() as connection:
        assert len(audit_log.find(connection, alice.site.id, limit=9, actions=DECIDED)) == 1


def test_knowingly_another_decision_may_follow(parts, alice):
    (held,) = hold(alice, 1)
    parts.desk.decide(alice.site, held, Label.HAM, "mo", seen=0)

    parts.desk.decide(alice.site, held, Label.SPAM, "al", seen=1)

    assert state(alice, held) == "rejected"


def test_many_are_decided_as_one_act_and_taken_back_as_one(parts, alice):
    held = hold(alice, 4)
    parts.desk.decide(alice.site, held[0], Label.HAM, "al", seen=0)

    done = parts.desk.decide_many(alice.site, held, Label.SPAM, "mo")
    assert (done.settled, done.late) == (3, (held[0],))
    assert [state(alice, one) for one in held] == ["accepted", *["rejected"] * 3]
    parts.desk.undo(alice.site, done.act_id, "mo")

    assert [state(alice, one) for one in held] == ["accepted", *["held"] * 3]


def test_one_act_settles_no_more_than_a_thousand(parts, alice):
    with pytest.raises(Conflict):
        parts.desk.decide_many(alice.site, ["cmt_x"] * (MOST + 1), Label.SPAM, "mo")


def test_undo_leaves_what_was_said_afterwards(parts, alice):
    (held,) = hold(alice, 1)
    first = parts.desk.decide(alice.site, held, Label.HAM, "mo", seen=0)
    parts.desk.decide(alice.site, held, Label.SPAM, "al", seen=1)

    parts.desk.undo(alice.site, first.act_id, "mo")

    assert state(alice, held) == "rejected"


def test_another_sites_comments_and_acts_are_out_of_reach(parts, alice, bob):
    (held,) = hold(alice, 1)

    with pytest.raises(NotFound):
        parts.desk.decide(bob.site, held, Label.SPAM, "mo", seen=0)
    assert parts.desk.decide_many(bob.site, [held], Label.SPAM, "mo").settled == 0
    done = parts.desk.decide(alice.site, held, Label.HAM, "mo", seen=0)
    with pytest.raises(NotFound):
        parts.desk.undo(bob.site, done.act_id, "mo")
    with pytest.raises(NotFound):
        parts.desk.note(bob.site, held, "mo", "psst")

    assert state(alice, held) == "accepted"


def test_what_is_kept_stays_held_and_is_remembered_for_a_day(parts, alice, clock):
    (held,) = hold(alice, 1)

    parts.desk.keep(alice.site, held, "mo")

    def kept():
        with parts.database.reading() as connection:
            return acts.kept(connection, alice.site.id, "mo", clock())

    assert state(alice, held) == "held"
    assert kept() == {held}
    clock.advance(days=1, seconds=1)
    assert kept() == set()


def test_a_comment_says_who_is_looking_at_it_for_two_minutes(parts, alice, clock):
    (held,) = hold(alice, 1)

    def look(who):
        with parts.database.writing() as connection:
            return acts.claim(connection, alice.site.id, held, who, clock())

    assert look("mo") == ""
    assert look("mo") == ""
    assert look("al") == "mo"
    clock.advance(minutes=2, seconds=1)
    assert look("al") == ""


def test_recent_decisions_say_which_of_them_stand(parts, alice, clock):
    one, two = hold(alice, 2)
    first = parts.desk.decide(alice.site, one, Label.HAM, "mo", seen=0)
    clock.advance(seconds=1)
    parts.desk.decide(alice.site, two, Label.SPAM, "mo", seen=0)
    parts.desk.undo(alice.site, first.act_id, "mo")

    with parts.database.reading() as connection:
        told = acts.recent(connection, alice.site.id, DECIDED, 10, moderator="mo")

    assert [(act.action, stands) for act, stands in told] == [("spam", True), ("ham", False)]


def test_a_ruling_holds_for_a_campaign_and_undo_ends_it(parts, alice, clock):
    held = hold(alice, 3)
    with parts.database.writing() as connection:
        for one in held:
            member = campaigns.Member(alice.site.id, one, "cmp_1", b"")
            campaigns.join(cursor_of(connection), member, [1], clock())

    done = parts.desk.rule(alice.site, "cmp_1", Label.SPAM, "mo")
    with parts.database.reading() as connection:
        said = campaigns.ruling(cursor_of(connection), alice.site.id, "cmp_1", clock())
        stored = comments.get(connection, alice.site.id, held[0])
    assert (said.label, said.moderator) == (Label.SPAM, "mo")
    assert stored.state == "rejected"
    parts.desk.undo(alice.site, done.act_id, "mo")

    with parts.database.reading() as connection:
        assert campaigns.ruling(cursor_of(connection), alice.site.id, "cmp_1", clock()) is None
    assert [state(alice, one) for one in held] == ["held"] * 3
