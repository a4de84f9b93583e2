"""What if the limits moved: tried on the past, confirmed, put in force, taken back."""

import re

import pytest

from model.comment import Comment, Label
from model.verdict import Thresholds
from service.db.accounts import Role
from service.web.console.limits import Limits
from tests.conftest import DOUBTFUL, GOOD, SPAM


@pytest.fixture
def tina(sign_in, harbour):
    """Tina trains."""
    return sign_in("Tina", Role.TRAINER, harbour.id)


@pytest.fixture
def send(sqlite_parts, harbour):
    return lambda content: sqlite_parts.screening.screen(harbour, Comment(content=content)).id


def bands(page):
    """How many a day are accepted, held and rejected."""
    rows = re.findall(r'<th scope="row">(Accept|Hold|Reject)</th>\s*<td>([^<]+)</td>', page)
    return {name: float(n) for name, n in rows}


def test_without_a_past_there_is_nothing_to_move(tina, harbour):
    page = tina.get(f"/{harbour.id}/limits").text
    assert "Nothing to look back on yet" in page
    assert 'type="range"' not in page


def test_the_sliders_stand_where_the_limits_are_and_nothing_would_change(tina, harbour, send):
    for content in (GOOD, DOUBTFUL, SPAM):
        send(content)
    page = tina.get(f"/{harbour.id}/limits").text
    assert bands(page) == {"Accept": 1, "Hold": 1, "Reject": 1}
    assert "No past decision would change." in page
    assert page.count('type="range"') == 2


def test_moved_limits_show_what_would_have_happened(tina, harbour, send):
    held = send(DOUBTFUL)
    page = tina.get(f"/{harbour.id}/limits/tried?low=3&high=6.5").text
    assert bands(page) == {"Accept": 1, "Hold": 0, "Reject": 0}
    assert "1 past decision would change." in page
    assert held[-6:] in page
    assert "<html" not in page


def test_a_limit_that_was_not_moved_stays_exactly_where_it_is(sqlite_parts, tina, harbour, send):
    sqlite_parts.sites.set_policy(harbour.id, {"accept_below": 0.2, "reject_above": 0.9971})
    send(DOUBTFUL)
    place = Limits.of(Thresholds(0.2, 0.9971)).high
    page = tina.get(f"/{harbour.id}/limits/tried?low=-3&high={place}").text
    assert 'data-high="99.71 in 100"' in page
    tina.post(f"/{harbour.id}/limits", low="-3", high=str(place))
    policy = sqlite_parts.sites.get(harbour.id).policy
    assert (round(policy.accept_below, 3), policy.reject_above) == (0.047, 0.9971)


def test_nonsense_from_the_sliders_is_taken_for_todays_limits(tina, harbour, send):
    send(GOOD)
    for asked in ("low=nan", "low=x", "low=inf&high=-inf", "low=1e99"):
        assert tina.get(f"/{harbour.id}/limits/tried?{asked}").status_code == 200


def test_trying_and_confirming_change_nothing(sqlite_parts, tina, harbour, send):
    send(DOUBTFUL)
    for page in ("", "/tried", "/confirm"):
        tina.get(f"/{harbour.id}/limits{page}?low=2&high=5")
    assert sqlite_parts.sites.get(harbour.id) == harbour


def test_the_confirmation_says_what_will_happen(tina, harbour, send):
    send(DOUBTFUL)
    page = tina.get(f"/{harbour.id}/limits/confirm?low=3&high=7").text
    assert "1 past decision would have been different" in page
    assert "The score rejects nothing any more." in page
    assert "no certificate" in page


def test_used_limits_are_in_force_and_go_back_to_the_budgets(sqlite_parts, tina, harbour, send):
    send(DOUBTFUL)
    assert tina.post(f"/{harbour.id}/limits", low="-2", high="4").status_code == 302
    policy = sqlite_parts.sites.get(harbour.id).policy
    assert (round(policy.accept_below, 3), round(policy.reject_above, 3)) == (0.119, 0.982)

    tina.post(f"/{harbour.id}/limits/automatic")
    policy = sqlite_parts.sites.get(harbour.id).policy
    assert (policy.accept_below, policy.reject_above) == (None, None)


def test_limits_that_labels_say_break_the_promise_are_refused(sqlite_parts, tina, harbour, send):
    for n in range(4):
        sqlite_parts.review.label(harbour, send(f"{SPAM} {n}"), Label.HAM, source="console")
    page = tina.get(f"/{harbour.id}/limits").text
    assert "breaks the promise" in page
    assert re.search(r'id="use"[^>]* disabled', page)
    assert tina.post(f"/{harbour.id}/limits", low="-2", high="4").status_code == 409
    assert sqlite_parts.sites.get(harbour.id) == harbour


def test_without_labels_nothing_is_claimed_of_the_promise(tina, harbour, send):
    send(SPAM)
    assert "is not known" in tina.get(f"/{harbour.id}/limits").text


@pytest.mark.parametrize("bounds", [Thresholds(0.12, 0.985), Thresholds(0.5, 0.5)])
def test_a_limit_and_its_place_on_the_slider_are_close(bounds):
    again = Limits.of(bounds).bounds
    assert again.accept_below == pytest.approx(bounds.accept_below, rel=0.05)
    assert 1 - again.reject_above == pytest.approx(1 - bounds.reject_above, rel=0.05)


def test_at_the_sliders_ends_nothing_is_accepted_or_rejected():
    assert Limits(-7.0, 7.0).bounds == Thresholds(0.0, 1.0)
    assert Limits.of(Thresholds(0.0, 1.0)) == Limits(-7.0, 7.0)
