"""What commenters write is shown as text, whatever they write, wherever it comes out."""

from collections import Counter

import pytest
from selectolax.lexbor import LexborHTMLParser

from service.arrivals import Arrivals
from service.db.accounts import Role
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


def elements(page):
    """How many elements of each kind a page has, and the names of all their attributes."""
    tree = LexborHTMLParser(page.text)
    found = tree.css("*")
    return Counter(node.tag for node in found), {name for node in found for name in node.attributes}


def pages_of(mo, site, comment_id):
    for path in ("queue", f"queue?queue=all&c={comment_id}", f"comments/{comment_id}",
                 f"comments/{comment_id}/card", f"queue?q={MARK}"):  # fmt: skip
        yield path, mo.get(f"/{site.id}/{path}")


def test_two_hundred_attacks_in_every_field_make_no_element_and_no_attribute(
    sqlite_parts, sign_in, alice
):
    mo = sign_in("mo", Role.ADMIN)
    plain = alice.send(**comment("boats")).json["id"]
    usual, names = elements(mo.get(f"/{alice.site.id}/comments/{plain}"))
    asked = 0
    for text in payloads():
        sent = alice.ask("POST", "/v1/comments", json=comment(text))
        if sent.status_code != 200:
            continue  # refused at the door
        asked += 1
        shown, attributes = elements(mo.get(f"/{alice.site.id}/comments/{sent.json['id']}"))
        extra = {tag for tag in shown if shown[tag] > usual[tag]}

        assert not {name for name in attributes - names if name.startswith("on")}, text
        assert not extra & {"script", "img", "iframe", "style", "object", "base", "form", "meta",
                            "input", "button", "video", "math", "link"}, text  # fmt: skip
    assert asked > 190


@pytest.mark.parametrize("field", FIELDS)
def test_what_was_written_stands_there_as_it_was_written(sqlite_parts, sign_in, alice, field):
    mo = sign_in("mo")
    text = f"<b>{MARK}</b><script>x</script>"
    sent = alice.ask("POST", "/v1/comments", json=comment(text, field)).json["id"]
    Arrivals(sqlite_parts.database, sqlite_parts.keyring, sqlite_parts.sites,
             sqlite_parts.desk).take_in()  # fmt: skip

    for path, page in pages_of(mo, alice.site, sent):
        assert page.status_code == 200, path
        assert f"<b>{MARK}" not in page.text, path
        assert "<script>x" not in page.text, path


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
