"""What commenters write is shown as text, whatever they write, wherever it comes out."""

import csv
import io
import json
import logging
import re
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select

from model.comment import Label
from service import logs
from service.app import create_app
from service.arrivals import Arrivals
from service.cli.history import as_sent
from service.counting import count_days
from service.db import webhooks
from service.db.accounts import Role
from service.db.archive import every
from service.db.schema import deliveries
from service.storable import one_line, storable_text
from service.subscriptions import subscribe
from service.web.console.app import ROUTES
from service.web.console.dashboard import _csv
from service.web.console.language import LANGUAGES
from service.web.console.pictures import Picture
from service.web.console.plots import Words
from service.web.console.queue import QUEUES
from tests.conftest import DOUBTFUL, owner
from tests.service.web.console.payloads import MARK, payloads

FIELDS = ("content", "name", "url", "id", "permalink", "title", "language", "role")


@pytest.fixture
def alice(sqlite_parts, sign_in):
    return owner(sqlite_parts, sign_in.stranger().http, "alice")


def comment(text, field="every"):
    """A comment with this text in one field, or in every one."""

    def put(name, otherwise):
        return text if field in (name, "every") else otherwise

    return {
        "content": put("content", DOUBTFUL), "permalink": put("permalink", "https://a.example/1"),
        "author": {"name": put("name", "Ada"), "url": put("url", "https://ada.example"),
                   "id": put("id", "ada"), "role": put("role", "reader"), "ip": "192.0.2.1"},
        "page": {"title": put("title", "Boats"), "language": put("language", "en")},
    }  # fmt: skip


FOREIGN = {"iframe", "style", "object", "embed", "base", "video", "audio", "math", "marquee"}
OURS = re.compile(r"(/console/|otpauth:|[?#]|$)")
ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Characters that control, hide or turn what stands around them."""


def harm(page):
    """What a page has that only somebody else's markup could have put there."""
    every = LexborHTMLParser(page.text).css("*")
    told = [(node.tag, name, value or "") for node in every
            for name, value in node.attributes.items()]  # fmt: skip
    yield from (node.tag for node in every if node.tag in FOREIGN)
    yield from (name for _, name, _ in told if name.startswith("on") or name == "style")
    yield from (
        value
        for _, name, value in told
        if name in ("href", "src", "action", "formaction") and not OURS.match(value)
    )
    yield from (node.html for node in every if node.tag == "script" and node.text())
    yield from ODD.findall(page.text)


@pytest.fixture
def attacked(sqlite_parts, alice):
    """A site with 200 attacks in every field: held, decided, noted, found, counted."""
    texts = payloads()
    told = [alice.ask("POST", "/v1/comments", json=comment(text)) for text in texts]
    ids = [one.json["id"] for one in told if one.status_code == 200]  # few are refused at the door
    for n, text in enumerate(texts[:20]):
        sqlite_parts.desk.decide(
            alice.site, ids[n], Label("spam" if n % 2 else "ham"), "mo", seen=0
        )
        sqlite_parts.desk.note(alice.site, ids[n], "mo", text)
    arrivals = Arrivals(sqlite_parts.database, sqlite_parts.keyring, sqlite_parts.sites,
                        sqlite_parts.desk)  # fmt: skip
    while arrivals.take_in():
        pass
    count_days(sqlite_parts.database, sqlite_parts.clock())
    assert len(ids) > 190
    return ids


PLACES = {"comment_id": ["cmt"], "name": ["hosts", "reasons"], "model_id": ["base"],
          "kind": ["token"]}  # fmt: skip


def addresses(site, ids):
    """Every page there is of a site, those of a comment for each of them."""
    pages = [route.path for route in ROUTES
             if route.method == "GET" and isinstance(route.needs, Role)]  # fmt: skip
    for path in pages:
        (name, *_) = [*re.findall(r"{(?!site_id)(\w+)}", path), ""]
        for value in ids if name == "comment_id" else PLACES.get(name, [""]):
            yield path.replace("{site_id}", site.id).replace(f"{{{name}}}", value)
    yield from (f"/{site.id}/queue?queue={name}" for name, _ in QUEUES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_hundred_attacks_in_every_field_are_text_on_every_page(
    sign_in, alice, attacked, language
):
    mo, asked = sign_in("mo", Role.ADMIN), {"Accept-Language": language}

    for address in addresses(alice.site, attacked):
        page = mo.get(address, headers=asked)
        assert page.status_code < 500, address
        assert [*harm(page)] == [], address


def test_what_is_searched_for_and_what_is_asked_again_is_text_too(sign_in, alice, attacked):
    mo, site = sign_in("mo", Role.ADMIN), alice.site
    sure = mo.post(f"/{site.id}/decide", label="spam", all="1")
    tried = mo.post(f"/{site.id}/lists/tried", blocked_terms=MARK)

    assert (sure.status_code, tried.status_code) == (409, 200)
    assert MARK in sure.text
    assert MARK in tried.text
    for page in (sure, tried, *(mo.get(f"/{site.id}/queue", query_string={"q": text})
                                for text in payloads())):  # fmt: skip
        assert [*harm(page)] == []


def test_the_check_would_notice():
    page = SimpleNamespace(text="<p onclick=1 style=2><a href='javascript:3'>\u202e</a><img src=4>"
                                "<iframe></iframe><script>5</script>")  # fmt: skip

    assert [*harm(page)] == [
        "iframe", "onclick", "style", "javascript:3", "4", "<script>5</script>", "\u202e"
    ]  # fmt: skip


def test_exports_have_one_line_for_each_comment_and_nothing_that_moves_a_cursor(
    sqlite_parts, alice, attacked
):
    kept = [stored for stored, _ in every(sqlite_parts.database, alice.site.id)]
    lines = [one_line(as_sent(stored.comment)) for stored in kept]

    assert all(line.isprintable() for line in lines)
    assert [json.loads(line)["text"] for line in lines] == [one.comment.content for one in kept]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_calculates_nothing_of_a_downloaded_table(start):
    table = [(f"{start}cmd|' /C calc'!A0", 3, -0.5)]
    picture = Picture("hosts", Words("", ""), ("Host", "Comments", "Share"), table, str)

    ((_, row),) = [[*csv.reader(io.StringIO(_csv(picture), newline=""))]]

    assert row == [f"'{table[0][0]}", "3", "-0.5"]


def test_attacks_in_any_field_and_header_leave_no_word_in_the_log_and_no_line(
    sqlite_parts, capsys, monkeypatch
):
    monkeypatch.setattr("logging.root.handlers", [])
    monkeypatch.setattr("logging.root.level", logging.root.level)
    logs.set_up("debug")
    http = create_app(sqlite_parts).test_client()
    carol = owner(sqlite_parts, http, "carol")
    for text in payloads():
        head = "".join(c for c in text if c.isascii() and c.isprintable())
        carol.ask("POST", "/v1/comments", json=comment(text), headers={"X-Request-Id": f"{head}<"})
        http.post("/1.1/comment-check", data={"comment_content": text, "api_key": text})
        http.get(f"/{quote(text)}", headers={"User-Agent": head})
    lines = capsys.readouterr().out.splitlines()

    assert len(lines) > 400
    assert all(json.loads(line)["level"] for line in lines)
    assert not [line for line in lines if MARK in line]


def test_attacks_reach_webhooks_as_values_of_one_line_of_json(sqlite_parts, alice):
    subscribe(sqlite_parts.database, sqlite_parts.keyring, alice.site, "https://hooks.example/x",
              webhooks.EVENTS, now=sqlite_parts.clock(), to_private=True)  # fmt: skip
    sent = {text: alice.ask("POST", "/v1/comments", json=comment(text)) for text in payloads()}
    with sqlite_parts.database.writing() as connection:
        while webhooks.fan_out(connection):
            pass
        bodies = connection.execute(select(deliveries.c.body)).scalars().all()

    assert not [body for body in bodies if len(body.splitlines()) > 1]
    assert {json.loads(body)["data"]["permalink"] for body in bodies} == {
        storable_text(text) for text, answer in sent.items() if answer.status_code == 200
    }


def test_hidden_parts_are_revealed_and_invisible_characters_named(sign_in, alice):
    mo = sign_in("mo")
    sent = alice.send("See <b>this</b> <span style='display:none'>casino slots</span> "
                      "and \u202egnp.exe\u202c \u200bhere").json["id"]  # fmt: skip
    with sign_in.parts.database.writing() as connection:
        connection.exec_driver_sql("UPDATE comments SET blind = 0")

    said = LexborHTMLParser(mo.get(f"/{alice.site.id}/comments/{sent}").text).css_first(".said")

    assert [node.text(strip=True) for node in said.css("mark.hid")] == [
        "hidden from readerscasino slots"
    ]
    assert [node.text() for node in said.css("mark.code")] == ["U+202E", "U+202C", "U+200B"]
    assert "\u202e" not in said.text()


def test_where_a_link_really_goes_is_said_beside_its_words(sign_in, alice):
    mo = sign_in("mo")
    sent = alice.send('Read <a href="https://\u0435vil.example/x">www.bbc.co.uk</a> today.')
    card = mo.get(f"/{alice.site.id}/comments/{sent.json['id']}/card").text

    hosts = LexborHTMLParser(card).css_first(".hosts").text()

    assert "xn--" in hosts
    assert "its words name another host" in hosts
    assert 'href="https://\u0435vil' not in card
