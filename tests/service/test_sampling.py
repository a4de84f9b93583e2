"""A random share of automatic decisions is looked at, unmarked, and nothing else changes."""

from collections import Counter

import pytest

from model.comment import Comment, Label
from model.verdict import Decision
from service.db import comments, listing, retention
from service.db.comments import State, Stored
from service.db.sites import Site, set_lacks_good
from service.keyring import Keyring
from service.sampling import BLIND, FEW, MANY, Sample, audit_share, lacks_good, sample
from service.wiring import Parts
from tests.conftest import DOUBTFUL, GOOD, SPAM

KEYRING = Keyring(b"k" * 32)


@pytest.fixture
def site(parts: Parts) -> Site:
    """A site whose whole tenth, the most that can be, is audited."""
    added = parts.sites.add("boats", "https://boats.example")
    return parts.sites.set_policy(added.id, {"audit_share": BLIND})


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Keyring, "lot", lambda self, comment_id: 0.0)


def send(parts: Parts, site: Site, content: str) -> Stored:
    return stored(parts, site, parts.screening.screen(site, Comment(content=content)).id)


def stored(parts: Parts, site: Site, comment_id: str) -> Stored:
    with parts.database.reading() as connection:
        found = comments.get(connection, site.id, comment_id)
    assert found
    return found


def queue(parts: Parts, site: Site) -> list[str]:
    with parts.database.reading() as connection:
        filters = listing.Filters(waiting=True)
        found = listing.find(connection, parts.keyring, site.id, filters, 50)
    return [one.id for one in found]


def test_lots_are_even_and_only_the_instance_key_tells_them() -> None:
    ids = [f"cmt_{n:026}" for n in range(20_000)]
    lots = [KEYRING.lot(one) for one in ids]

    tenths = Counter(int(10 * lot) for lot in lots)

    assert set(tenths) == set(range(10))
    assert all(abs(n - 2_000) < 200 for n in tenths.values())
    assert lots == [Keyring(b"k" * 32).lot(one) for one in ids]
    assert lots != [Keyring(b"another key of 32 bytes or more.").lot(one) for one in ids]


def test_whatever_is_audited_is_blind_too_and_what_is_held_needs_no_audit() -> None:
    assert sample(0.019, Decision.ACCEPT, 0.02) == Sample(blind=True, audited=0.02)
    assert sample(0.019, Decision.REJECT, 0.02) == Sample(blind=True, audited=0.02)
    assert sample(0.019, Decision.HOLD, 0.02) == Sample(blind=True)
    assert sample(0.02, Decision.ACCEPT, 0.02) == Sample(blind=True)
    assert sample(BLIND, Decision.ACCEPT, 0.02) == Sample()
    assert sample(0.0, Decision.ACCEPT, 0.0) == Sample(blind=True)


def test_the_queue_has_what_is_held_and_what_is_audited(
    parts: Parts, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keyring, "lot", lambda self, comment_id: 0.5)
    held, accepted = send(parts, site, DOUBTFUL), send(parts, site, GOOD)
    assert queue(parts, site) == [held.id]

    monkeypatch.setattr(Keyring, "lot", lambda self, comment_id: 0.0)
    audited = send(parts, site, GOOD)

    assert queue(parts, site) == [audited.id, held.id]
    assert (accepted.sample, audited.sample) == (Sample(), Sample(blind=True, audited=BLIND))


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize(
    ("content", "state"), [(GOOD, State.ACCEPTED), (SPAM, State.REJECTED)], ids=["good", "spam"]
)
def test_an_audited_comment_stays_towards_the_site_what_it_was(
    parts: Parts, site: Site, content: str, state: State
) -> None:
    audited = send(parts, site, content)
    assert audited.state is state

    agreed = Label.HAM if state is State.ACCEPTED else Label.SPAM
    label = parts.review.label(site, audited.id, agreed, source="console")
    assert stored(parts, site, audited.id).state is state
    assert queue(parts, site) == []

    parts.review.undo(site, audited.id, label)
    assert queue(parts, site) == [audited.id]


@pytest.mark.usefixtures("drawn")
def test_what_an_audit_finds_wrong_is_put_right(parts: Parts, site: Site) -> None:
    audited = send(parts, site, GOOD)

    parts.review.label(site, audited.id, Label.SPAM, source="console")

    assert stored(parts, site, audited.id).state is State.REJECTED
    assert queue(parts, site) == []


@pytest.mark.usefixtures("drawn")
def test_what_is_replaced_or_erased_waits_no_more(parts: Parts, site: Site) -> None:
    first, second = send(parts, site, GOOD), send(parts, site, f"{GOOD} indeed")

    edit = Comment(content="Oars are better than sails.", edit_of=first.id)
    again = parts.screening.screen(site, edit).id
    with parts.database.writing() as connection:
        retention.erase(connection, site.id, second.id)

    assert queue(parts, site) == [again]
    assert stored(parts, site, second.id).sample == Sample(blind=True, audited=BLIND)


def test_a_site_that_audits_nothing_finds_nothing_in_its_queue(
    parts: Parts, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keyring, "lot", lambda self, comment_id: 0.0)
    off = parts.sites.set_policy(site.id, {"audit_share": 0.0})

    send(parts, off, GOOD)

    assert queue(parts, site) == []


def test_a_site_audits_the_most_there_may_be_until_its_own_model_knows_enough_good_comments() -> (
    None
):
    shares = [audit_share(0.02, good) for good in (None, 0, FEW - 1, FEW)]
    assert shares == [0.02, BLIND, BLIND, 0.02]
    assert audit_share(0.0, 0) == 0


def test_a_model_that_has_learned_from_few_good_comments_audits_a_tenth(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = parts.sites.get(parts.sites.add("plain", "https://plain.example").id)
    monkeypatch.setattr(Keyring, "lot", lambda self, comment_id: 0.099)
    before = send(parts, plain, GOOD)
    own = parts.serving.scorer(plain)
    assert own is not None
    monkeypatch.setitem(own.model.card, "good_labels", FEW - 1)  # type: ignore[arg-type]
    audited = send(parts, plain, f"{GOOD} indeed")

    assert queue(parts, plain) == [audited.id]
    assert (before.sample.audited, audited.sample.audited) == (None, BLIND)


def test_a_site_whose_labels_are_nearly_all_spam_audits_a_tenth_before_it_has_a_model(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = parts.sites.get(parts.sites.add("plain", "https://plain.example").id)
    monkeypatch.setattr(Keyring, "lot", lambda self, comment_id: 0.099)
    with parts.database.writing() as connection:
        set_lacks_good(connection, plain.id, lacks=True)
    audited = send(parts, parts.sites.get(plain.id), GOOD)
    assert audited.sample.audited == BLIND


def test_only_a_queue_of_mostly_spam_is_taken_for_one_that_lacks_good_comments() -> None:
    spam, good = [Label.SPAM] * MANY, [Label.HAM] * 4
    assert lacks_good([*spam, *good])
    assert not lacks_good(spam[1:])
    assert not lacks_good([Label.HAM] * MANY)
