"""Other lists on a site's own past: which decisions would change, and why."""

import pytest

from model.comment import Comment, Label
from model.policy import Policy
from model.verdict import Decision
from service import replay
from service.db.sites import policy_from, policy_to
from tests.conftest import DOUBTFUL, GOOD, SPAM

ACCEPT, HOLD, REJECT = Decision.ACCEPT, Decision.HOLD, Decision.REJECT


@pytest.fixture
def site(parts):
    return parts.sites.get(parts.sites.add("boats", "https://boats.example").id)


@pytest.fixture
def send(parts, site):
    return lambda content, **more: (
        parts.screening.screen(parts.sites.get(site.id), Comment(content=content, **more)).id
    )


def tried(parts, site, **lists):
    site = parts.sites.get(site.id)
    wished: Policy = policy_from(policy_to(site.policy) | lists)
    return replay.replay(parts.database, parts.keyring, site, wished, parts.clock())


def changes(found):
    return [(one.comment.id, one.was, one.now) for one in found.changes]


def test_the_same_lists_change_nothing(parts, site, send):
    for content in (GOOD, SPAM, DOUBTFUL):
        send(content)
    found = tried(parts, site)
    assert (found.tried, found.changes) == (3, ())


def test_a_blocked_term_would_reject_and_says_why(parts, site, send):
    good = send(GOOD)
    send(DOUBTFUL)
    found = tried(parts, site, blocked_terms=["regatta"])
    assert changes(found) == [(good, ACCEPT, REJECT)]
    assert "regatta" in found.changes[0].because


def test_hosts_are_tried_in_the_text_and_as_the_authors_link(parts, site, send):
    linked = send(f"{GOOD} https://shop.example/a")
    owned = send(GOOD + "!", author_url="https://www.shop.example/")
    found = tried(parts, site, blocked_hosts=["shop.example"])
    assert {one.comment.id for one in found.changes} == {linked, owned}


def test_taking_a_term_off_a_list_gives_back_what_the_score_would_say(parts, site, send):
    parts.sites.set_policy(site.id, {"blocked_terms": ["regatta"]})
    good = send(GOOD)
    assert changes(tried(parts, site, blocked_terms=[])) == [(good, REJECT, ACCEPT)]


def test_allowed_wins_over_blocked_as_it_does_when_judging(parts, site, send):
    send(GOOD)
    found = tried(parts, site, blocked_terms=["regatta"], allowed_terms=["lovely"])
    assert found.changes == ()


@pytest.mark.parametrize("entry", ["192.0.2.7", " 192.0.2.7 ", "192.0.2.0/24", "192.0.2.99/24"])
def test_addresses_are_tried_by_their_hashes(parts, site, send, entry):
    good = send(GOOD, author_ip="192.0.2.7")
    send(GOOD + "!", author_ip="198.51.100.7")
    assert changes(tried(parts, site, blocked_addresses=[entry])) == [(good, ACCEPT, REJECT)]


def test_networks_of_which_no_hash_is_kept_are_named(parts, site, send):
    send(GOOD, author_ip="192.0.2.7")
    found = tried(parts, site, blocked_addresses=["192.0.0.0/16", "2001:db8::/64", "nonsense"])
    assert found.changes == ()
    assert found.untold == ("192.0.0.0/16", "nonsense")


def test_what_a_person_said_is_shown_beside_the_change(parts, site, send):
    parts.review.label(site, send(GOOD), Label.HAM, source="console")
    assert tried(parts, site, blocked_terms=["regatta"]).changes[0].label is Label.HAM


def test_trying_changes_nothing_and_sees_no_other_site(parts, site, send):
    other = parts.sites.get(parts.sites.add("cars", "https://cars.example").id)
    send(GOOD)
    assert tried(parts, other, blocked_terms=["regatta"]).tried == 0
    assert parts.sites.get(site.id).policy == site.policy


def test_what_is_older_than_a_month_is_left_alone(parts, site, send, clock):
    send(GOOD)
    clock.advance(days=31)
    assert tried(parts, site, blocked_terms=["regatta"]).tried == 0
