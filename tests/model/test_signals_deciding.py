"""Signals that decide: roles, test values, lists, a moderator's word, traps and campaigns."""

from datetime import timedelta

import pytest

from model.case import History, Tally
from model.signals import FLOOD_SENDERS
from model.verdict import Decision
from tests.model.cases import NOW, WORDS, decided, noticed, weight

ACCEPT, HOLD, REJECT = Decision.ACCEPT, Decision.HOLD, Decision.REJECT


# What the site says of the author, and what clients test with.


@pytest.mark.parametrize("role", ["administrator", "Administrator", "editor, administrator"])
def test_a_trusted_role_is_accepted(role: str) -> None:
    assert decided("trusted-role", author_role=role) is ACCEPT


@pytest.mark.parametrize("role", ["subscriber", "not-administrator", ",", " "])
def test_another_role_says_nothing(role: str) -> None:
    assert "trusted-role" not in noticed(author_role=role)


def test_trust_in_roles_can_be_switched_off_and_given_to_others() -> None:
    assert "trusted-role" not in noticed(author_role="administrator", policy={"trusted_roles": ()})
    assert decided("trusted-role", author_role="editor", policy={"trusted_roles": (" Editor",)})


@pytest.mark.parametrize(
    "fields",
    [
        {"author_name": "viagra-test-123"},
        {"author_name": "akismet-guaranteed-spam"},
        {"author_email": "akismet-guaranteed-spam@example.com"},
    ],
)
def test_the_agreed_test_values_are_rejected(fields: dict[str, str]) -> None:
    assert decided("test-spam", **fields) is REJECT


def test_a_trusted_role_comes_before_a_test_value() -> None:
    codes = list(noticed(author_name="viagra-test-123", author_role="administrator"))
    assert codes == ["trusted-role", "test-spam"]


# Lists of terms.

TERMS = ("casino", "203.0.113.")


@pytest.mark.parametrize(
    "fields",
    [
        {"content": "Best CASINO in town"},
        {"content": "Best ca\u200bsino in town"},
        {"content": "Best саsinо in town"},
        {"content": "<!-- casino -->hello there"},
        {"content": "look <a href='http://win.example/casino'>here</a>"},
        {"author_name": "Casino King"},
        {"author_url": "http://example.org/CASINO"},
        {"author_email": "casino@example.org"},
        {"user_agent": "casinobot/1.0"},
        {"author_ip": "203.0.113.9"},
    ],
)
def test_a_blocked_term_rejects_wherever_it_stands(fields: dict[str, str]) -> None:
    assert decided("blocked-term", policy={"blocked_terms": TERMS}, **fields) is REJECT


def test_a_blocked_term_shows_where_it_stands_in_the_text_as_sent() -> None:
    content = "Hi! <b>Best</b> c&#97;sino, best casino."
    reason = noticed(content, policy={"blocked_terms": ("casino", "best")})["blocked-term"]
    shown = {content[start:end] for start, end in reason.spans}
    assert shown == {"Best", "c&#97;sino"}
    assert reason.detail == "the text contains the blocked terms “best”, “casino”"


def test_one_term_is_told_as_one() -> None:
    reason = noticed("best casino", policy={"blocked_terms": TERMS})["blocked-term"]
    assert reason.detail == "the text contains the blocked term “casino”"


def test_an_allowed_term_accepts() -> None:
    policy = {"allowed_terms": ("sourdough",), "blocked_terms": ("bread",)}
    codes = list(noticed("A SourDough bread", policy=policy))
    assert codes == ["allowed-term", "blocked-term"], "allow lists come first"


def test_an_allowed_term_nobody_sees_accepts_nothing() -> None:
    policy = {"allowed_terms": ("sourdough",)}
    hidden = "<!-- sourdough --> <span style='display:none'>sourdough</span> buy now"
    assert "allowed-term" not in noticed(hidden, policy=policy)


# Lists of hosts and addresses.


def test_a_blocked_host_rejects_in_the_text_and_as_the_authors_link() -> None:
    policy = {"blocked_hosts": ("spam.example",)}
    text = "see http://www.spam.example/a"
    reason = noticed(text, policy=policy)["blocked-host"]
    assert reason.decides is REJECT
    assert [text[start:end] for start, end in reason.spans] == ["http://www.spam.example/a"]
    assert decided("blocked-host", policy=policy, author_url="http://spam.example") is REJECT
    assert "blocked-host" not in noticed("see http://notspam.example/", policy=policy)


def test_all_hosts_must_be_allowed_to_accept() -> None:
    policy = {"allowed_hosts": ("ours.example",)}
    assert decided("allowed-host", "http://ours.example/a", policy=policy) is ACCEPT
    two = "http://ours.example/a http://theirs.example/b"
    assert "allowed-host" not in noticed(two, policy=policy)
    other = noticed("http://ours.example/", policy=policy, author_url="http://theirs.example")
    assert "allowed-host" not in other
    crowd = "http://ours.example/a " * 200 + "http://theirs.example/"
    assert "allowed-host" not in noticed(crowd, policy=policy), "more than are looked at"
    assert "allowed-host" not in noticed(policy=policy)


def test_an_address_on_a_list_decides() -> None:
    listed = ("garbage", "203.0.113.0/24")
    policy = {"blocked_addresses": listed}
    assert decided("blocked-address", policy=policy, author_ip="203.0.113.7") is REJECT
    policy = {"allowed_addresses": listed}
    assert decided("allowed-address", policy=policy, author_ip="203.0.113.7") is ACCEPT
    assert noticed(policy=policy, author_ip="unknown") == {}


# Traps and campaigns.


def test_a_filled_honeypot_rejects() -> None:
    assert decided("honeypot", honeypot="http://") is REJECT
    assert "honeypot" not in noticed(honeypot="  ")


def test_a_form_sent_back_too_fast_weighs() -> None:
    assert weight("too-fast", elapsed_ms=300) > 0
    assert "too-fast" not in noticed(elapsed_ms=1_500)


@pytest.mark.parametrize("elapsed", [None, 0, -5])
def test_a_time_that_was_not_measured_says_nothing(elapsed: int | None) -> None:
    assert "too-fast" not in noticed(elapsed_ms=elapsed)


def test_a_moderators_word_on_the_same_text_decides() -> None:
    assert decided("labelled-text", history=History(text=Tally(spam=1))) is REJECT
    assert decided("labelled-text", history=History(text=Tally(ham=1))) is ACCEPT


def test_moderators_who_disagree_about_a_text_decide_nothing() -> None:
    assert "labelled-text" not in noticed(history=History(text=Tally(ham=1, spam=3)))


def test_what_was_said_of_a_short_text_only_weighs() -> None:
    reason = noticed("Thanks!", history=History(text=Tally(spam=4)))["labelled-text"]
    assert reason.decides is None
    assert reason.weight > 0


@pytest.mark.parametrize(
    ("content", "decides"),
    [("bread and water and salt", REJECT), ("bread and water and oil", None)],
    ids=["24 characters", "23 characters"],
)
def test_from_24_characters_on_a_text_is_telling(content: str, decides: Decision | None) -> None:
    assert decided("labelled-text", content, history=History(text=Tally(spam=1))) is decides


def test_the_same_text_from_more_senders_weighs_more() -> None:
    weights = [weight("same-text", history=History(text_senders=n)) for n in (0, 1, 3, 9, 1000)]
    assert weights == sorted(weights)
    assert weights[0] == 0 < weights[1]
    assert weights[-1] == 3.0


def test_thanks_from_many_people_is_just_polite() -> None:
    assert "same-text" not in noticed("Thanks!", history=History(text_senders=40))


def test_a_flood_with_a_link_is_rejected_without_one_it_weighs() -> None:
    crowd = History(text_senders=FLOOD_SENDERS)
    assert decided("flood", WORDS + " http://win.example", history=crowd) is REJECT
    assert "flood" not in noticed(history=crowd)
    fewer = History(text_senders=FLOOD_SENDERS - 1)
    assert "flood" not in noticed(WORDS + " http://win.example", history=fewer)


def test_a_burst_from_one_address_weighs_a_little() -> None:
    assert "burst" not in noticed(history=History(address_recent=4))
    assert 0 < weight("burst", history=History(address_recent=5)) <= 2.0
    assert weight("burst", history=History(address_recent=100_000)) <= 2.0


def test_an_old_comment_sent_again_is_part_of_no_flood_and_no_burst() -> None:
    crowd = History(text_senders=50, address_recent=50)
    old = NOW - timedelta(days=30)
    link = WORDS + " http://win.example"
    codes = {"flood", "burst", "same-text"}
    assert codes <= set(noticed(link, history=crowd))
    assert codes <= set(noticed(link, history=crowd, submitted_at=NOW - timedelta(hours=23)))
    assert not codes & set(noticed(link, history=crowd, submitted_at=old))
    assert not codes & set(noticed(link, history=crowd, submitted_at=old.replace(tzinfo=None)))
