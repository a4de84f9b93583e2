"""The lists: shown on the site's own past before they are saved."""

import re

import pytest

from model.comment import Comment, Label
from service.db.accounts import Role
from service.web.console.lists import FIELDS
from tests.conftest import GOOD, SPAM


@pytest.fixture
def tina(sign_in, harbour):
    """Tina trains."""
    return sign_in("Tina", Role.TRAINER, harbour.id)


@pytest.fixture
def send(sqlite_parts, harbour):
    return lambda content: sqlite_parts.screening.screen(harbour, Comment(content=content)).id


def tried(page):
    """The mark that the page's lists have been tried."""
    return re.search(r'name="tried" value="([^"]+)"', page)[1]


def test_trying_shows_the_decisions_that_would_change_and_saves_nothing(
    sqlite_parts, tina, harbour, send
):
    send(GOOD)
    send(SPAM)
    page = tina.post(f"/{harbour.id}/lists/tried", blocked_terms="regatta").text
    assert "1 past decision would change" in page
    assert "What a lovely regatta" in page
    assert "+1 −0" in page
    assert sqlite_parts.sites.get(harbour.id) == harbour


def test_lists_that_were_tried_are_saved(sqlite_parts, tina, harbour, send):
    send(GOOD)
    lists = {
        "blocked_terms": "regatta\r\n\r\n  casino \r\nregatta",
        "allowed_hosts": "ours.example",
    }
    page = tina.post(f"/{harbour.id}/lists/tried", **lists).text
    answer = tina.post(f"/{harbour.id}/lists", tried=tried(page), **lists)
    assert answer.status_code == 302
    policy = sqlite_parts.sites.get(harbour.id).policy
    assert policy.blocked_terms == ("regatta", "casino")
    assert policy.allowed_hosts == ("ours.example",)


def test_lists_changed_after_they_were_tried_are_tried_first(sqlite_parts, tina, harbour, send):
    send(GOOD)
    mark = tried(tina.post(f"/{harbour.id}/lists/tried", blocked_terms="casino").text)
    answer = tina.post(f"/{harbour.id}/lists", tried=mark, blocked_terms="regatta")
    assert answer.status_code == 200
    assert "1 past decision would change" in answer.text
    assert sqlite_parts.sites.get(harbour.id) == harbour


def test_good_comments_that_would_be_rejected_are_warned_of(sqlite_parts, tina, harbour, send):
    sqlite_parts.review.label(harbour, send(GOOD), Label.HAM, source="console")
    page = tina.post(f"/{harbour.id}/lists/tried", blocked_terms="regatta").text
    assert "1 of them was labelled good and would be rejected." in page


def test_an_entry_that_is_too_long_is_refused_where_it_stands(sqlite_parts, tina, harbour):
    answer = tina.post(f"/{harbour.id}/lists/tried", blocked_hosts="x" * 300)
    assert answer.status_code == 422
    assert re.search(r'id="blocked_hosts"[^>]*aria-invalid="true"', answer.text)
    assert tina.post(f"/{harbour.id}/lists", blocked_hosts="x" * 300).status_code == 422
    assert sqlite_parts.sites.get(harbour.id) == harbour


def test_an_empty_first_line_is_not_lost_between_page_and_form(sqlite_parts, tina, harbour):
    sqlite_parts.sites.set_policy(harbour.id, {"blocked_terms": ["one", "two"]})
    page = tina.get(f"/{harbour.id}/lists").text
    shown = re.search(r'<textarea id="blocked_terms"[^>]*>\n(.*?)</textarea>', page, re.S)[1]
    assert shown == "one\ntwo"


def test_what_commenters_wrote_is_shown_as_text(tina, harbour, send):
    send("<script>alert('regatta')</script> what a regatta</textarea><b>")
    page = tina.post(f"/{harbour.id}/lists/tried", blocked_terms="</textarea><b>regatta").text
    assert "<script>alert" not in page
    assert "</textarea><b>" not in page


def test_every_list_of_a_policy_is_on_the_page(tina, harbour):
    page = tina.get(f"/{harbour.id}/lists").text
    assert all(f'name="{name}"' in page for name in FIELDS)
