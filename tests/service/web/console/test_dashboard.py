"""The dashboard: figures, pictures with their tables, and the emergency switch."""

import csv
import io
import re

import pytest

from service.db import audit_log, drifts
from service.db.accounts import Role
from tests.service.web.console.months import month

PLOTS = ("traffic", "held", "errors", "reliability", "learning", "precision")


@pytest.fixture
def charlie(sign_in, harbour):
    """Charlie moderates, no more."""
    return sign_in("Charlie", Role.MODERATOR, harbour.id)


@pytest.fixture
def tina(sign_in, harbour):
    """Tina trains."""
    return sign_in("Tina", Role.TRAINER, harbour.id)


@pytest.fixture
def filled(sqlite_parts, clock, live, harbour):
    """Alice's site with a month behind it."""
    month(sqlite_parts, clock, live, harbour.id, a_day=8)
    return harbour


def acts(parts, site):
    with parts.database.reading() as connection:
        return [(one.moderator, one.action, one.detail)
                for one in audit_log.find(connection, site.id, limit=9)]  # fmt: skip


def test_a_site_without_comments_says_so_and_claims_nothing(charlie, harbour):
    page = charlie.get(f"/{harbour.id}/dashboard")
    assert page.status_code == 200
    assert "No comment has come in these days" in page.text
    assert "<svg" not in page.text


def test_what_is_to_be_expected_stands_apart_from_the_link_behind_it(tina, harbour, monkeypatch):
    hoped = {"held": 0.2, "spam_accepted": 0.4, "good_accepted": 0.9}
    monkeypatch.setattr("service.promise.expected", lambda *_: hoped)
    page = tina.get(f"/{harbour.id}/dashboard").text
    assert re.search(r"of all held\.\s+<a [^>]+>What if", page)


def test_a_month_is_shown_in_six_plots_with_a_table_behind_each(charlie, filled):
    page = charlie.get(f"/{filled.id}/dashboard").text
    for name in PLOTS:
        assert f'id="{name}-h"' in page
    assert page.count("<summary>Table</summary>") == page.count("<figure") == len(PLOTS)
    assert page.count("<title>Comments a day by decision</title>") == 2  # once for each width


def test_the_page_without_its_plots_is_light_and_has_no_inline_code(charlie, filled):
    page = charlie.get(f"/{filled.id}/dashboard?days=90").text
    assert len(re.sub(r"<svg.*?</svg>", "", page, flags=re.S)) < 100_000
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*src=)|\son\w+=", page)


def test_what_is_looked_at_are_the_days_asked_for(charlie, filled):
    week = charlie.get(f"/{filled.id}/dashboard?days=7").text
    month_ = charlie.get(f"/{filled.id}/dashboard?days=30").text
    assert len(week) < len(month_)
    nonsense = charlie.get(f"/{filled.id}/dashboard?days=1e9").text
    assert nonsense.partition("<main")[2] == month_.partition("<main")[2]


@pytest.mark.parametrize("name", PLOTS)
def test_what_a_table_shows_can_be_downloaded(charlie, filled, name):
    answer = charlie.get(f"/{filled.id}/dashboard/{name}")
    head, *rows = csv.reader(io.StringIO(answer.text))
    assert answer.mimetype == "text/csv"
    assert all(len(row) == len(head) for row in rows)

    told = charlie.get(f"/{filled.id}/dashboard/{name}?as=json").json
    assert [[str(cell) for cell in row.values()] for row in told["rows"]] == rows


def test_a_table_that_does_not_exist_is_not_found(charlie, filled):
    assert charlie.get(f"/{filled.id}/dashboard/nonsense").status_code == 404


def test_a_host_that_looks_like_a_formula_or_markup_is_only_text(sqlite_parts, charlie, harbour):
    from model.comment import Comment
    from service.counting import count_days

    for n in range(3):
        sqlite_parts.screening.screen(
            harbour, Comment(content=f'<a href="https://<b>.example/{n}">see</a> https://x.example')
        )
    count_days(sqlite_parts.database, sqlite_parts.clock())
    page = charlie.get(f"/{harbour.id}/dashboard").text
    assert "x.example" in page
    assert "<b>.example" not in page


def test_the_emergency_switch_holds_rejects_and_is_entered_in_the_log(sqlite_parts, tina, harbour):
    answer = tina.post(f"/{harbour.id}/emergency", hold="on")
    assert answer.status_code == 302
    assert sqlite_parts.sites.get(harbour.id).policy.hold_rejects
    assert acts(sqlite_parts, harbour) == [("Tina", "policy-changed", {"hold_rejects": True})]
    assert "Emergency: everything is held" in tina.get(f"/{harbour.id}/dashboard").text

    tina.post(f"/{harbour.id}/emergency", hold="off")
    assert not sqlite_parts.sites.get(harbour.id).policy.hold_rejects


def test_a_moderator_sees_that_the_switch_is_on_and_cannot_move_it(sqlite_parts, charlie, harbour):
    sqlite_parts.sites.set_policy(harbour.id, {"hold_rejects": True})
    page = charlie.get(f"/{harbour.id}/dashboard").text
    assert "Emergency: everything is held" in page
    assert "Reject again" not in page
    assert charlie.post(f"/{harbour.id}/emergency", hold="off").status_code == 403


def test_what_stands_behind_the_promise_is_said(charlie, filled, harbour, sqlite_parts):
    assert "1 of 812" in charlie.get(f"/{filled.id}/dashboard").text
    sqlite_parts.sites.set_policy(harbour.id, {"reject_above": 0.9})
    assert "set by hand" in charlie.get(f"/{filled.id}/dashboard").text


def test_what_surely_drifted_is_marked_and_named(charlie, filled, sqlite_parts):
    shares = {"share": 0.2, "lower": 0.15, "upper": 0.26, "n": 200}
    report = {
        "score_shift": {"week": 1, "before": -1, "moved": 2.1, "lower": 1.8, "upper": 2.4},
        "unseen_share": None, "disagreement": {"week": shares, "before": shares},
        "changed": {"hosts": [{"name": "<b>new.example", "week": 0.3, "before": 0.0}],
                    "words": [], "scripts": []}, "alarms": ["score_shift"],
    }  # fmt: skip
    with sqlite_parts.database.writing() as connection:
        drifts.store(connection, filled.id, report, sqlite_parts.clock())
    page = charlie.get(f"/{filled.id}/dashboard").text
    assert "Surely changed" in page
    assert page.count('class="bad">!<') == 1
    assert "&lt;b&gt;new.example" in page
