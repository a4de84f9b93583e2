"""Each signal as a moderator would describe it: what it notices, says, and leaves be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.case import Case, History, Tally
from model.comment import Comment
from model.policy import Policy
from model.signals import FLOOD_SENDERS, SIGNALS, notice
from model.text import read
from model.verdict import REASONS, Decision, Reason

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WORDS = "I have baked this bread twice and the crust came out better with more steam."
ACCEPT, HOLD, REJECT = Decision.ACCEPT, Decision.HOLD, Decision.REJECT


@dataclass(frozen=True)
class FakeScored:
    logit: float = 0.0
    coverage: float | None = None


def a_case(
    content: str = WORDS,
    history: History | None = None,
    policy: Mapping[str, Any] | None = None,
    coverage: float | None = None,
    **fields: Any,
) -> Case:
    return Case(
        comment=Comment(content=content, **fields),
        reading=read(content),
        scored=FakeScored(coverage=coverage),  # type: ignore[arg-type]
        history=history or History(),
        policy=Policy(**(policy or {})),
        now=NOW,
    )


def noticed(content: str = WORDS, **known: Any) -> dict[str, Reason]:
    return {reason.code: reason for reason in notice(a_case(content, **known))}


def decided(code: str, content: str = WORDS, **known: Any) -> Decision | None:
    reason = noticed(content, **known).get(code)
    return reason.decides if reason else None


def weight(code: str, content: str = WORDS, **known: Any) -> float:
    reason = noticed(content, **known).get(code)
    return reason.weight if reason else 0.0


APPROVED = History(author=Tally(ham=2))


def test_an_ordinary_comment_of_which_nothing_is_known_is_not_remarkable() -> None:
    assert noticed() == {}


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
    assert not codes & set(noticed(link, history=crowd, submitted_at=old))
    assert not codes & set(noticed(link, history=crowd, submitted_at=old.replace(tzinfo=None)))


# Authors.


def test_an_approved_author_weighs_more_than_an_accepted_one() -> None:
    approved = weight("known-author", history=History(author=Tally(ham=1)))
    accepted = weight("known-author", history=History(author_accepted=3))
    assert approved < accepted < 0
    assert "known-author" not in noticed(history=History(author_accepted=2))


def test_an_author_with_spam_on_record_is_not_known_as_good() -> None:
    mixed = History(author=Tally(ham=5, spam=1), author_accepted=9)
    said = noticed(history=mixed)
    assert "known-author" not in said
    assert "spam-author" not in said
    assert weight("spam-author", history=History(author=Tally(ham=1, spam=3))) > 0


def test_a_throw_away_mail_address_weighs() -> None:
    assert weight("throwaway-mail", author_email="somebody@mailinator.com") > 0
    assert weight("throwaway-mail", author_email="somebody@eu.Mailinator.com") > 0


@pytest.mark.parametrize("email", ["", "@", "nobody", "a@b", "a@example.org", "a@mailinator.com.x"])
def test_other_mail_addresses_say_nothing(email: str) -> None:
    assert "throwaway-mail" not in noticed(author_email=email)


# Hosts.

UNKNOWN = WORDS + ' <a href="http://unheard.example/x">my page</a>'


def test_an_unknown_host_from_an_unknown_author_is_a_doubt() -> None:
    reason = noticed(UNKNOWN)["unknown-host"]
    assert reason.decides is HOLD
    assert "unheard.example" in reason.detail
    ((start, end),) = reason.spans
    assert "my page" in UNKNOWN[start:end]


@pytest.mark.parametrize(
    "known",
    [
        {"history": APPROVED},
        {"history": History(hosts={"unheard.example": Tally(ham=1)})},
        {"policy": {"allowed_hosts": ("unheard.example",)}},
        {"permalink": "https://unheard.example/an-article"},
    ],
    ids=["the author is known", "approved before", "allowed", "the site's own"],
)
def test_a_known_host_or_author_is_no_doubt(known: dict[str, Any]) -> None:
    assert "unknown-host" not in noticed(UNKNOWN, **known)


def test_a_host_on_the_shipped_list_is_no_doubt_and_no_praise() -> None:
    assert noticed(WORDS + " https://en.wikipedia.org/wiki/Bread") == {}


def test_a_host_that_pretends_to_be_a_known_one_is_a_doubt() -> None:
    assert "unknown-host" in noticed("see http://en.wikipedia.org.win.example/")
    assert "unknown-host" in noticed("see http://wikipedia.org@win.example/")


def test_the_authors_own_link_only_weighs_a_little() -> None:
    said = noticed(author_url="http://unheard.example")
    assert set(said) == {"author-link"}
    assert 0 < said["author-link"].weight <= 0.3


def test_what_moderators_said_of_a_host_weighs_and_the_worst_host_speaks() -> None:
    records = {"bad.example": Tally(spam=4), "good.example": Tally(ham=9)}
    both = "http://good.example/ and http://bad.example/"
    assert weight("spam-host", both, history=History(hosts=records)) > 2
    assert weight("known-host", "http://good.example/", history=History(hosts=records)) == -0.5


def test_a_host_without_labels_has_no_record() -> None:
    blank = History(hosts={"unheard.example": Tally()})
    assert set(noticed(UNKNOWN, history=blank)) == {"unknown-host"}


# Texts that can't be judged.


@pytest.mark.parametrize("content", ["", "!!!", "https://bbc.co.uk/1", "😀"])
def test_a_comment_without_words_from_an_unknown_author_is_held(content: str) -> None:
    assert decided("no-words", content) is HOLD
    assert "no-words" not in noticed(content, history=APPROVED)


def test_a_text_the_model_has_not_learned_is_held_and_its_script_named() -> None:
    russian = "Спасибо за статью, очень интересно было читать про хлеб"
    reason = noticed(russian, coverage=0.12)["unlearned-language"]
    assert reason.decides is HOLD
    assert reason.detail == (
        "the model knows 12% of this text (Cyrillic letters), too little to judge it"
    )


@pytest.mark.parametrize("coverage", [None, 0.4, 1.0])
def test_a_learned_text_or_one_too_short_to_say_is_not_held_for_its_language(
    coverage: float | None,
) -> None:
    assert "unlearned-language" not in noticed(coverage=coverage)


# Edits.


def test_an_accepted_comment_edited_to_add_links_is_a_doubt() -> None:
    before = History(edited=ACCEPT, edited_links=0)
    link = WORDS + " https://en.wikipedia.org/wiki/Bread"
    assert decided("edit-added-links", link, history=before) is HOLD
    assert "edit-added-links" not in noticed(history=before)
    assert "edit-added-links" not in noticed(link, history=History(edited=ACCEPT, edited_links=1))
    assert "edit-added-links" not in noticed(link, history=History(edited=HOLD, edited_links=0))


# All of them.

ANYTHING = st.text(st.characters(), max_size=80)
TALLIES = st.builds(Tally, st.integers(0, 30), st.integers(0, 30))


@given(
    st.fixed_dictionaries(
        dict.fromkeys(
            ("content", "author_name", "author_email", "author_url", "author_ip",
             "author_role", "user_agent", "permalink", "honeypot"),
            ANYTHING,
        )
    ),
    st.builds(
        History, author=TALLIES, author_accepted=st.integers(0, 50), text=TALLIES,
        hosts=st.dictionaries(ANYTHING, TALLIES, max_size=3), text_senders=st.integers(0, 99),
        address_recent=st.integers(0, 99), edited=st.sampled_from([None, *Decision]),
    ),
    st.lists(ANYTHING, max_size=3),
    st.one_of(st.none(), st.floats(0, 1)),
)  # fmt: skip
def test_whatever_is_sent_each_signal_says_at_most_one_sensible_thing(
    fields: dict[str, str], history: History, listed: list[str], coverage: float | None
) -> None:
    names = ("terms", "hosts", "addresses")
    policy = {f"{side}_{name}": tuple(listed) for side in ("blocked", "allowed") for name in names}
    case = a_case(history=history, policy=policy, coverage=coverage, **fields)
    reasons = notice(case)
    assert len(reasons) <= len(SIGNALS)
    for reason in reasons:
        assert reason.code in REASONS
        assert reason.detail.isprintable()
        assert len(reason.detail) < 400
        assert abs(reason.weight) <= 4.0
        assert (reason.decides is not None) != (reason.weight != 0)
        for start, end in reason.spans:
            assert 0 <= start <= end <= len(fields["content"])
