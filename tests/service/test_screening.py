"""A comment comes in: judged, recorded once, answered the same again."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import pytest

from benchmarks.server import wait_until
from model.comment import Comment, Label
from model.text import read
from model.verdict import Decision
from service import screening
from service.db import comments
from service.db.listing import Filters, find
from service.errors import Conflict, StorageError
from service.screening import Screened

SPAM = "Buy cheap pills today, pills for everybody who reads this."
GOOD = "What a lovely regatta that was, thank you for the report."
DOUBTFUL = "Has anybody measured how long those boats really are?"


@pytest.fixture
def site(parts):
    made = parts.sites.add("boats", "https://boats.example")
    return parts.sites.get(made.id)


def stored(parts, site, comment_id):
    with parts.database.reading() as connection:
        return comments.get(connection, site.id, comment_id)


def count(parts, site):
    with parts.database.reading() as connection:
        return len(find(connection, parts.keyring, site.id, Filters(), 1000))


@pytest.mark.parametrize(
    ("content", "decision"),
    [(SPAM, Decision.REJECT), (GOOD, Decision.ACCEPT), (DOUBTFUL, Decision.HOLD)],
)
def test_the_decision_follows_the_score(parts, site, content, decision):
    assert parts.screening.screen(site, Comment(content=content)).judgement.decision is decision


def test_the_answer_is_stored_as_it_was_given(parts, site):
    screened = parts.screening.screen(site, Comment(content=DOUBTFUL))

    kept = stored(parts, site, screened.id)

    assert kept.answer.encode() == screened.answer
    assert kept.decision is Decision.HOLD
    assert kept.state is comments.State.HELD


def test_everything_sent_is_kept_but_e_mail_and_address(parts, site, clock):
    sent = Comment(
        content=GOOD, type="reply", author_name="Ada", author_email="ada@boats.example",
        author_url="https://ada.example", author_ip="192.0.2.7", author_id="17",
        author_role="member", user_agent="Browser/1", permalink="https://boats.example/1",
        parent_id="3", page_title="Boats", page_language="en", external_id="c-9",
        submitted_at=clock.now, honeypot="", elapsed_ms=9000,
    )  # fmt: skip

    kept = stored(parts, site, parts.screening.screen(site, sent).id)

    assert kept.comment == replace(sent, author_email="", author_ip="")


def test_text_no_database_can_hold_is_judged_as_sent_and_kept_with_its_length(parts, site):
    sent = Comment(content="a\0b\ud800c regatta", author_name="\0")

    kept = stored(parts, site, parts.screening.screen(site, sent).id)

    assert kept.comment.content == "a\ufffdb\ufffdc regatta"
    assert kept.comment.author_name == "\ufffd"


def test_a_test_comment_is_judged_but_not_recorded(parts, site):
    screened = parts.screening.screen(site, Comment(content=SPAM, test=True))

    assert (screened.judgement.decision, screened.recorded) == (Decision.REJECT, False)
    assert stored(parts, site, screened.id) is None


# Sent twice.


@pytest.mark.parametrize("named", ["key", "external_id"])
def test_the_same_comment_sent_twice_is_recorded_once(parts, site, named):
    key = "k1" if named == "key" else ""
    sent = Comment(content=GOOD, external_id="" if key else "7")

    first = parts.screening.screen(site, sent, idempotency_key=key)
    again = parts.screening.screen(site, sent, idempotency_key=key)

    assert (again.id, again.answer, again.judgement) == (first.id, first.answer, first.judgement)
    assert (first.replayed, again.replayed) == (False, True)
    assert count(parts, site) == 1


def test_what_changes_when_a_form_is_sent_again_makes_no_other_comment(parts, site, clock):
    first = parts.screening.screen(site, Comment(content=GOOD, external_id="7", elapsed_ms=5000))
    changed = Comment(content=GOOD, external_id="7", elapsed_ms=9000, author_ip="192.0.2.9",
                      user_agent="Browser/2", submitted_at=clock.now)  # fmt: skip

    assert parts.screening.screen(site, changed).id == first.id


def test_one_key_for_two_comments_is_a_conflict(parts, site):
    parts.screening.screen(site, Comment(content=GOOD), idempotency_key="k1")

    with pytest.raises(Conflict):
        parts.screening.screen(site, Comment(content=DOUBTFUL), idempotency_key="k1")
    assert count(parts, site) == 1


def test_an_edit_takes_the_external_id_over(parts, site):
    first = parts.screening.screen(site, Comment(content=GOOD, external_id="7"))
    edit = Comment(content=DOUBTFUL, external_id="7", edit_of=first.id)

    edited = parts.screening.screen(site, edit)

    assert edited.id != first.id
    assert parts.screening.screen(site, edit).id == edited.id
    assert stored(parts, site, first.id).state is comments.State.REPLACED


def test_two_sites_may_use_the_same_key(parts, site):
    other = parts.sites.get(parts.sites.add("ships", "https://ships.example").id)
    one = parts.screening.screen(site, Comment(content=GOOD), idempotency_key="k1")
    two = parts.screening.screen(other, Comment(content=DOUBTFUL), idempotency_key="k1")

    assert one.id != two.id


def test_eight_at_once_with_one_key_record_one_comment(parts, site):
    together = threading.Barrier(8)

    def send(_):
        together.wait()
        return parts.screening.screen(site, Comment(content=GOOD), idempotency_key="k1")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    assert len({(one.id, one.answer) for one in answers}) == 1
    assert sum(not one.replayed for one in answers) == 1
    assert count(parts, site) == 1


# Many at once.


def test_a_batch_is_judged_as_its_comments_alone_would_be(parts, site):
    long = f"{GOOD} " * 9 + f"<b>{SPAM}</b> http://a.example"
    sent = [Comment(content=text, test=True) for text in (SPAM, GOOD, long, DOUBTFUL, "")]

    batch = parts.screening.screen_many(site, sent)

    alone = [parts.screening.screen(site, one) for one in sent]
    assert [one.judgement for one in batch] == [one.judgement for one in alone]


def test_one_refused_in_a_batch_harms_no_other(parts, site):
    parts.screening.screen(site, Comment(content=GOOD, external_id="7"))
    sent = [Comment(content=GOOD), Comment(content=SPAM, external_id="7"), Comment(content=SPAM)]

    batch = parts.screening.screen_many(site, sent)

    assert [type(one) for one in batch] == [Screened, Conflict, Screened]
    assert count(parts, site) == 3


def test_a_name_twice_in_one_batch_is_recorded_once(parts, site):
    batch = parts.screening.screen_many(site, [Comment(content=GOOD, external_id="7")] * 2)

    assert batch[0].id == batch[1].id
    assert count(parts, site) == 1


def test_a_name_twice_in_one_batch_has_no_other_written_alone(parts, site, monkeypatch):
    writing, begun = parts.database.direct.writing, []
    monkeypatch.setattr(
        parts.database.direct, "writing", lambda **how: begun.append(how) or writing(**how)
    )
    sent = [Comment(content=GOOD, external_id="7"), Comment(content=SPAM, external_id="7")]

    batch = parts.screening.screen_many(site, [*sent, Comment(content=DOUBTFUL)])

    assert [type(one) for one in batch] == [Screened, Conflict, Screened]
    assert len(begun) == 1


def test_a_batch_is_not_read_where_it_was_answered_before(parts, site, monkeypatch):
    sent = [Comment(content=text, external_id=text[:9]) for text in (SPAM, GOOD, DOUBTFUL)]
    first = parts.screening.screen_many(site, sent[:2])
    texts = []
    monkeypatch.setattr("service.screening.read", lambda text: texts.append(text) or read(text))

    again = parts.screening.screen_many(site, sent)

    assert [one.id for one in again[:2]] == [one.id for one in first]
    assert texts == [DOUBTFUL]


def test_a_deadline_counts_the_reading_and_scoring_of_a_batch(parts, site, live, monkeypatch):
    seconds = [0.0]
    monkeypatch.setattr(screening, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    scoring = live.champion.score_many

    def slowly(*texts, **how):
        seconds[0] += 61.0
        return scoring(*texts, **how)

    monkeypatch.setattr(live.champion, "score_many", slowly)
    (screened,) = parts.screening.screen_many(site, [Comment(content=GOOD)])

    assert [reason.code for reason in screened.judgement.reasons] == ["deadline"]


# Those who ask at the same moment.


@pytest.fixture
def at_once(parts, monkeypatch):
    """Asks several questions that are judged in one group: they gather behind another."""
    begun, go_on = threading.Event(), threading.Event()

    def reading(text):
        if text == "first":
            begun.set()
            go_on.wait(30)
        return read(text)

    monkeypatch.setattr("service.screening.read", reading)

    def ask(*questions):
        with ThreadPoolExecutor(len(questions) + 1) as pool:
            first = pool.submit(parts.screening.screen, questions[0][0], Comment(content="first"))
            begun.wait(30)
            futures = [pool.submit(parts.screening.screen, site, one, idempotency_key=key)
                       for site, one, key in questions]  # fmt: skip
            waiting = parts.screening._jointly._waiting
            wait_until(lambda: len(waiting) == len(questions), "all to wait")
            go_on.set()
            first.result()
        return [one.exception() or one.result() for one in futures]

    return ask


def test_each_is_judged_as_it_would_be_alone_and_for_its_own_site(parts, site, at_once):
    other = parts.sites.get(parts.sites.add("ships", "https://ships.example").id)
    parts.sites.set_policy(other.id, {"blocked_terms": ["regatta"]})
    other = parts.sites.get(other.id)
    sent = [(owner, Comment(content=text, author_id="ada"), "")
            for owner in (site, other) for text in (SPAM, GOOD, DOUBTFUL)]  # fmt: skip

    told = at_once(*sent)

    alone = [parts.screening.screen(owner, replace(one, test=True)) for owner, one, _ in sent]
    assert [one.judgement.score for one in told] == [one.judgement.score for one in alone]
    assert [one.answer for one in told] == [one.answer for one in alone]
    assert [stored(parts, owner, one.id).answer.encode()
            for (owner, _, _), one in zip(sent, told, strict=True)] == [
        one.answer for one in told]  # fmt: skip
    assert all(stored(parts, other, one.id) is None for one in told[:3])


def test_names_are_kept_within_a_group(parts, site, at_once):
    held = parts.screening.screen(site, Comment(content=GOOD), idempotency_key="held")

    told = at_once(
        (site, Comment(content=GOOD), "held"),
        (site, Comment(content=SPAM), "held"),
        (site, Comment(content=GOOD), "twice"),
        (site, Comment(content=GOOD), "twice"),
        (site, Comment(content=GOOD), ""),
    )

    assert told[0].id == held.id
    assert isinstance(told[1], Conflict)
    assert told[2].id == told[3].id != told[4].id
    assert count(parts, site) == 4  # the one before, the one they waited for, two new ones


def test_a_defect_with_one_harms_no_other(parts, site, at_once, monkeypatch):
    judging = screening.judge

    def judge(comment, *how, **more):
        if comment.content == SPAM:
            raise ZeroDivisionError
        return judging(comment, *how, **more)

    monkeypatch.setattr("service.screening.judge", judge)
    told = at_once(*((site, Comment(content=text), "") for text in (GOOD, SPAM, DOUBTFUL)))

    assert [type(one) for one in told] == [Screened, ZeroDivisionError, Screened]
    assert count(parts, site) == 3


def test_waiting_for_others_counts_against_the_deadline(parts, site, at_once, monkeypatch):
    seconds = itertools.count(0.0, 40.0)
    monkeypatch.setattr(screening, "time", SimpleNamespace(monotonic=seconds.__next__))

    told = at_once((site, Comment(content=GOOD), ""))

    assert [reason.code for reason in told[0].judgement.reasons] == ["deadline"]


# When things fail.


def test_without_a_model_everything_is_held_and_recorded(parts, site, live):
    live.champion = None

    screened = parts.screening.screen(site, Comment(content=GOOD))

    assert [reason.code for reason in screened.judgement.reasons] == ["model-unavailable"]
    assert stored(parts, site, screened.id).state is comments.State.HELD


def test_a_late_judgement_is_held(parts, site, live, monkeypatch):
    seconds = iter([0.0, 0.0, 61.0])
    monkeypatch.setattr(screening, "time", SimpleNamespace(monotonic=seconds.__next__))

    screened = parts.screening.screen(site, Comment(content=GOOD))

    assert [reason.code for reason in screened.judgement.reasons] == ["deadline"]
    assert screened.judgement.decision is Decision.HOLD


def test_no_answer_without_a_record(parts, site):
    with parts.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE judgements RENAME TO hidden")
    try:
        with pytest.raises(StorageError):
            parts.screening.screen(site, Comment(content=GOOD), idempotency_key="k1")
    finally:
        with parts.database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE hidden RENAME TO judgements")

    assert count(parts, site) == 0
    assert not parts.screening.screen(site, Comment(content=GOOD), idempotency_key="k1").replayed


def test_no_transaction_is_open_while_judging(parts, site, live):
    tiny = live.champion
    judging = []

    def watching(*texts, **how):
        with parts.database.direct.reading() as cursor:
            judging.append(in_transaction(cursor.connection))
        return type(tiny).score_many(tiny, *texts, **how)

    tiny.score_many = watching
    parts.screening.screen(site, Comment(content=GOOD))
    with parts.database.direct.writing() as cursor:
        assert in_transaction(cursor.connection)

    assert judging == [False]


def in_transaction(connection):
    """As sqlite3 says it, and as psycopg does."""
    if hasattr(connection, "in_transaction"):
        return connection.in_transaction
    return connection.info.transaction_status.name != "IDLE"


# What the site has seen counts.


def test_an_author_approved_before_is_known(parts, site):
    by_ada = Comment(content=DOUBTFUL, author_id="ada")
    first = parts.screening.screen(site, by_ada)
    parts.review.label(site, first.id, Label.HAM, source="api")

    second = parts.screening.screen(site, replace(by_ada, content="And how wide are they?"))

    assert "known-author" in [reason.code for reason in second.judgement.reasons]
