"""Each signal as a moderator would describe it: what it notices, says, and leaves be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.case import History, Tally
from model.signals import SIGNALS, notice
from model.text import MAX_CHARS
from model.verdict import REASONS, Decision
from tests.model.cases import APPROVED, WORDS, a_case, decided, noticed, weight

ACCEPT, HOLD, REJECT = Decision.ACCEPT, Decision.HOLD, Decision.REJECT


def test_an_ordinary_comment_of_which_nothing_is_known_is_not_remarkable() -> None:
    assert noticed() == {}


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


def test_what_goes_on_beyond_what_is_read_is_not_published_unseen() -> None:
    padded = "crust " * 6000 + "Buy pills"
    reason = noticed(padded, history=APPROVED)["unread"]
    assert reason.decides is HOLD
    assert reason.spans == ((MAX_CHARS, len(padded)),)
    assert "unread" not in noticed("crust " * 5000)


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


@pytest.mark.parametrize(
    ("code", "known", "weight_told"),
    [
        ("known-author", {"history": History(author_accepted=3)}, -1.0),
        ("known-author", {"history": History(author=Tally(ham=1))}, -2.5),
        ("known-author", {"history": History(author=Tally(ham=99))}, -4.0),
        ("spam-author", {"history": History(author=Tally(spam=99))}, 4.0),
        ("labelled-text", {"content": "Hm.", "history": History(text=Tally(spam=1))}, 1.5),
        ("labelled-text", {"content": "Hm.", "history": History(text=Tally(ham=1))}, -1.5),
        ("author-link", {"author_url": "http://unheard.example"}, 0.2),
        ("same-text", {"history": History(text_senders=999)}, 3.0),
        ("throwaway-mail", {"author_email": "a@mailinator.com"}, 1.0),
        ("burst", {"history": History(address_recent=5)}, 0.5),
        ("burst", {"history": History(address_recent=999)}, 2.0),
        ("too-fast", {"elapsed_ms": 1}, 2.0),
    ],
)
def test_weights_are_those_that_the_documentation_tells(
    code: str, known: dict[str, Any], weight_told: float
) -> None:
    assert weight(code, **known) == weight_told


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
