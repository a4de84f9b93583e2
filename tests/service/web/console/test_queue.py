"""The queue and what is done in it, page by page, without scripts."""

import html
import re

import pytest

from service.arrivals import Arrivals
from service.db import acts, audit_log
from service.desk import DECIDED
from service.web.console.decide import SURE
from tests.conftest import DOUBTFUL, GOOD, SPAM, owner

LARGEST = 100_000
"""Bytes of any page."""


@pytest.fixture
def alice(sqlite_parts, sign_in):
    return owner(sqlite_parts, sign_in.stranger().http, "alice")


@pytest.fixture
def mo(sign_in, alice):
    return sign_in("mo")


def hold(alice, n, **fields):
    """Send n doubtful comments that no chance makes blind; their ids."""
    ids = [alice.send(f"{DOUBTFUL} Number {i}.", **fields).json["id"] for i in range(n)]
    with alice.parts.database.writing() as connection:
        connection.exec_driver_sql("UPDATE comments SET blind = 0")
    return ids


@pytest.fixture(autouse=True)
def _parts(alice, sqlite_parts):
    alice.parts = sqlite_parts


def state(alice, comment_id):
    return alice.ask("GET", f"/v1/comments/{comment_id}").json["state"]


def text_of(page):
    """What a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def queue_of(alice, **query):
    given = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/{alice.site.id}/queue?{given}"


def ids_in(page):
    return re.findall(r'<li class="line[^"]*" data-id="(\w+)"', page.text)


def latest(alice):
    with alice.parts.database.reading() as connection:
        return acts.recent(connection, alice.site.id, DECIDED, 1)[0][0]


def test_what_is_held_waits_and_what_was_decided_does_not(alice, mo):
    held = hold(alice, 2)
    alice.send(GOOD)
    alice.send(SPAM)

    page = mo.get(queue_of(alice))

    assert sorted(ids_in(page)) == sorted(held)
    assert "2 wait." in text_of(page)


def test_the_page_of_an_empty_queue_thanks(alice, mo):
    assert "Nothing is waiting" in text_of(mo.get(queue_of(alice)))


def test_an_empty_queue_beside_one_with_comments_points_to_what_waits(alice, mo):
    hold(alice, 2)
    for queue in ("campaigns", "edited", "decided"):
        said = text_of(mo.get(queue_of(alice, queue=queue)))
        assert "2 wait. Show what waits" in said
        assert "Nobody is waiting" not in said
        assert "Nothing is waiting" not in said


def test_every_card_says_why_it_is_where_it_is(alice, mo, clock):
    hold(alice, 1)
    clock.advance(hours=30)
    hold(alice, 1)

    page = mo.get(queue_of(alice))

    assert "On top because: a reader has waited 30 hours." in text_of(page)
    assert "in doubt" in page.text


@pytest.mark.parametrize(
    ("label", "becomes"),
    [("ham", "accepted"), ("spam", "rejected"), ("other", "rejected"), ("keep", "held")],
)
def test_a_form_decides_and_its_undo_takes_it_back(alice, mo, label, becomes):
    (held,) = hold(alice, 1)
    card = f"/{alice.site.id}/comments/{held}"

    answer = mo.post(f"{card}/decide", label=label, seen=0)
    assert answer.status_code == 302
    assert state(alice, held) == becomes
    page = mo.http.get(answer.headers["Location"]).text
    undo = re.search(r'action="/console(/[^"]+/undo)"', page)[1]
    mo.post(undo)

    assert state(alice, held) == "held"


def test_a_decision_over_a_colleagues_head_is_refused_and_says_who(alice, mo, sign_in):
    (held,) = hold(alice, 1)
    card = f"/{alice.site.id}/comments/{held}/decide"
    sign_in("al").post(card, label="ham", seen=0)

    page = mo.http.get(mo.post(card, label="spam", seen=0).headers["Location"])

    assert "al was quicker: Accepted. Nothing has changed." in text_of(page)
    assert state(alice, held) == "accepted"


def test_scripts_are_told_the_same_in_json(alice, mo, sign_in):
    (held,) = hold(alice, 1)
    sent = {"csrf_token": mo.token(), "label": "spam", "seen": 0}
    ask = {"headers": {"X-Requested-With": "fetch"}, "data": sent}
    card = f"/console/{alice.site.id}/comments/{held}/decide"

    first, second = mo.http.post(card, **ask), mo.http.post(card, **ask)

    assert first.json["settled"] == 1
    assert (second.status_code, second.json["who"], second.json["label"]) == (409, "mo", "spam")


def test_many_are_decided_at_once_and_taken_back_at_once(alice, mo):
    held = hold(alice, 5)

    mo.post(f"/{alice.site.id}/decide", label="spam", id=held[:4])
    assert [state(alice, one) for one in held] == ["rejected"] * 4 + ["held"]
    mo.post(f"/{alice.site.id}/acts/{latest(alice).id}/undo")

    assert [state(alice, one) for one in held] == ["held"] * 5


def test_all_that_match_are_decided_only_after_a_sample_and_a_typed_number(alice, mo):
    held = hold(alice, 7)
    path, sent = f"/{alice.site.id}/decide", {"label": "spam", "all": "1"}

    asked = mo.post(path, **sent)
    assert asked.status_code == 409
    assert "Call 7 comments spam?" in text_of(asked)
    assert "how long those boats" in text_of(asked)
    assert mo.post(path, **sent, typed="8").status_code == 409
    assert {state(alice, one) for one in held} == {"held"}
    mo.post(path, **sent, typed="7")

    assert {state(alice, one) for one in held} == {"rejected"}


def test_more_than_fifty_selected_need_the_number_typed_too(alice, mo):
    chosen = [f"cmt_{n}" for n in range(SURE + 1)]

    assert mo.post(f"/{alice.site.id}/decide", label="spam", id=chosen).status_code == 409


def test_a_campaign_is_one_card_and_one_decision(alice, mo, sqlite_parts):
    held = [alice.send(f"Loved it, I won {n} at the spinning wheel of fortune tonight, so can you")
            .json["id"] for n in range(4)]  # fmt: skip
    hold(alice, 1)
    Arrivals(sqlite_parts.database, sqlite_parts.keyring, sqlite_parts.sites,
             sqlite_parts.desk).take_in()  # fmt: skip

    page = mo.get(queue_of(alice))
    assert len(ids_in(page)) == 2
    assert "4 alike, 0 senders, under a minute" in text_of(page)
    campaign = re.search(r'data-campaign="(\w+)"', page.text)[1]
    mo.post(f"/{alice.site.id}/comments/{held[0]}/decide", label="spam", campaign=campaign)

    assert {state(alice, one) for one in held} == {"rejected"}


def test_a_blind_comment_keeps_weirs_opinion_until_the_moderator_has_given_theirs(alice, mo):
    (held,) = hold(alice, 1)
    with alice.parts.database.writing() as connection:
        connection.exec_driver_sql("UPDATE comments SET blind = 1")
    opinions = ("speaks for spam", "Could be either", 'class="mini"', 'class="bar"')

    for path in (queue_of(alice), f"/{alice.site.id}/comments/{held}/card",
                 f"/{alice.site.id}/comments/{held}"):  # fmt: skip
        page = mo.get(path).text.partition("<main")[2] or mo.get(path).text
        assert not [word for word in opinions if word in page], path
    assert ids_in(mo.get(queue_of(alice, reason="text"))) == []
    mo.post(f"/{alice.site.id}/comments/{held}/decide", label="ham", seen=0)

    assert "Could be either" in mo.get(f"/{alice.site.id}/comments/{held}").text


def test_a_comment_drawn_for_the_audit_looks_like_any_blind_one(alice, mo):
    (held,) = hold(alice, 1)
    drawn = alice.send(GOOD).json["id"]
    with alice.parts.database.writing() as connection:
        connection.exec_driver_sql("UPDATE comments SET blind = 1, waits = 1")
        connection.exec_driver_sql("UPDATE comments SET audited = 0.02 WHERE state = 'accepted'")

    def card(comment_id):
        told = mo.get(f"/{alice.site.id}/comments/{comment_id}/card").text
        told = re.sub(r"cmt_\w+|<div class=\"said\".*?</div>|<time.*?</time>", "", told, flags=re.S)
        return re.sub(r'value="[\w.-]{60,}"', "", told)

    assert card(held) == card(drawn)


def test_what_is_kept_comes_last_and_stays_held(alice, mo):
    one, two = hold(alice, 2)
    first = ids_in(mo.get(queue_of(alice)))[0]

    mo.post(f"/{alice.site.id}/comments/{first}/decide", label="keep")

    assert ids_in(mo.get(queue_of(alice)))[-1] == first
    assert {state(alice, one), state(alice, two)} == {"held"}


def test_search_finds_whatever_its_state_and_says_when_there_is_nothing(alice, mo, sqlite_parts):
    (held,) = hold(alice, 1)
    good = alice.send(GOOD).json["id"]
    Arrivals(sqlite_parts.database, sqlite_parts.keyring, sqlite_parts.sites,
             sqlite_parts.desk).take_in()  # fmt: skip

    assert ids_in(mo.get(queue_of(alice, q="regatta"))) == [good]
    assert ids_in(mo.get(queue_of(alice, q="measured"))) == [held]
    assert "No comment matches." in text_of(mo.get(queue_of(alice, q="unheard")))


def test_news_cost_nothing_while_there_are_none(alice, mo):
    (held,) = hold(alice, 1)
    path = f"/{alice.site.id}/queue/news?newest={held}"

    first = mo.get(path)
    again = mo.get(path, headers={"If-None-Match": first.headers["ETag"]})
    hold(alice, 1)
    fresh = mo.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert first.json == {"waiting": 1, "fresh": 0}
    assert (again.status_code, again.data) == (304, b"")
    assert fresh.json == {"waiting": 2, "fresh": 1}


def test_somebody_elses_look_is_shown_for_a_while(alice, mo, sign_in, clock):
    (held,) = hold(alice, 1)
    claim = f"/{alice.site.id}/comments/{held}/claim"

    sign_in("Tam").post(claim)
    assert mo.post(claim).json == {"other": "Tam"}
    assert "Tam is here" in text_of(mo.get(queue_of(alice)))
    clock.advance(minutes=3)

    assert "Tam is here" not in text_of(mo.get(queue_of(alice)))


def test_a_note_reaches_colleagues_and_teaches_nothing(alice, mo, sign_in):
    (held,) = hold(alice, 1)
    page = f"/{alice.site.id}/comments/{held}"

    mo.post(f"{page}/note", text="seen on the other story too")

    assert "seen on the other story too" in text_of(sign_in("al").get(page))
    assert state(alice, held) == "held"


def test_every_act_is_in_the_audit_log(alice, mo, clock):
    one, two = hold(alice, 2)
    mo.post(f"/{alice.site.id}/comments/{one}/decide", label="ham", seen=0)
    clock.advance(seconds=1)
    mo.post(f"/{alice.site.id}/acts/{latest(alice).id}/undo")
    clock.advance(seconds=1)
    mo.post(f"/{alice.site.id}/decide", label="spam", id=[one, two])
    clock.advance(seconds=1)
    mo.post(f"/{alice.site.id}/comments/{one}/note", text="hm")

    with alice.parts.database.reading() as connection:
        told = audit_log.find(connection, alice.site.id, limit=9)

    assert [(act.action, act.moderator) for act in told] == [
        ("note", "mo"), ("spam", "mo"), ("undo", "mo"), ("ham", "mo"),
    ]  # fmt: skip


def test_fifty_decisions_in_a_row_lose_none(alice, mo):
    held = hold(alice, 50)
    token = mo.token()
    for n, one in enumerate(held):
        sent = {"csrf_token": token, "label": ("ham", "spam")[n % 2], "seen": 0}
        mo.http.post(f"/console/{alice.site.id}/comments/{one}/decide", data=sent)

    states = [state(alice, one) for one in held]
    assert states == ["accepted", "rejected"] * 25
    assert f"{50} comments" not in text_of(mo.get(f"/{alice.site.id}/decisions"))
    assert text_of(mo.get(f"/{alice.site.id}/decisions")).count("Undo") >= 50


def test_no_page_is_over_a_hundred_kilobytes(alice, mo):
    long = "boats and oars " * 2500
    held = [alice.send(f"{DOUBTFUL} {n} {long}", author={"name": "N" * 200},
                       page={"title": "T" * 300}).json["id"] for n in range(40)]  # fmt: skip

    for path in (queue_of(alice), queue_of(alice, queue="all"), f"/{alice.site.id}/decisions",
                 f"/{alice.site.id}/comments/{held[0]}", "/account"):  # fmt: skip
        assert len(mo.get(path).data) < LARGEST, path


def test_a_decision_is_remembered_by_who_wrote_the_comment(mo, alice):
    (sent,) = hold(alice, 1, author={"name": "Ada"})
    mo.post(f"/{alice.site.id}/comments/{sent}/decide", label="ham", seen="0")

    rail = mo.get(queue_of(alice)).text.partition('id="recent"')[2].partition("</ol>")[0]
    page = text_of(mo.get(f"/{alice.site.id}/decisions"))

    assert "<bdi>Ada</bdi>" in rail
    assert f"Ada {DOUBTFUL}" in page


@pytest.mark.parametrize(
    ("sent", "shown"),
    [({"permalink": "https://alice.example/boats/#comment-3"}, "/boats/"),
     ({"permalink": "https://elsewhere.example/a"}, "https://elsewhere.example/a"),
     ({"permalink": "https://alice.example/boats/", "page": {"title": "Boats"}}, "Boats")],
)  # fmt: skip
def test_the_page_of_a_comment_is_named_as_its_readers_know_it(mo, alice, sent, shown):
    (comment,) = hold(alice, 1, **sent)

    assert f"on “ {shown} ”" in text_of(mo.get(f"/{alice.site.id}/comments/{comment}/card"))
