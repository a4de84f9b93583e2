"""People say what comments are, and take it back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from model.comment import Comment, Label
from model.text import read
from service.db import comments, labels
from service.db.comments import State
from service.db.history import Asked, histories, traces_of
from service.errors import NotFound

SPAM = "Buy cheap pills today, pills for everybody who reads this."
GOOD = "What a lovely regatta that was, thank you for the report."
LINKED = "Has anybody measured those boats? See http://ships.example/length"


@pytest.fixture
def site(parts):
    return parts.sites.get(parts.sites.add("boats", "https://boats.example").id)


@pytest.fixture
def other(parts):
    return parts.sites.get(parts.sites.add("ships", "https://ships.example").id)


def state(parts, site, comment_id):
    with parts.database.reading() as connection:
        return comments.get(connection, site.id, comment_id).state


def known(parts, site, comment):
    seen = traces_of(parts.keyring, site.id, comment, read(comment.content))
    with parts.database.direct.reading() as cursor:
        return histories(cursor, [Asked(site.id, seen)], parts.clock())[0]


@pytest.mark.parametrize(
    ("label", "becomes"),
    [(Label.SPAM, State.REJECTED), (Label.HAM, State.ACCEPTED), (Label.OTHER, State.REJECTED)],
)
def test_a_label_settles_where_the_comment_stands(parts, site, label, becomes):
    held = parts.screening.screen(site, Comment(content=LINKED)).id

    parts.review.label(site, held, label, source="api")

    assert state(parts, site, held) is becomes


def test_taking_a_label_back_restores_everything(parts, site):
    sent = Comment(content=LINKED, author_id="ada")
    held = parts.screening.screen(site, sent).id
    before = known(parts, site, sent)
    label = parts.review.label(site, held, Label.SPAM, source="api")
    assert known(parts, site, sent) != before

    parts.review.undo(site, held, label)

    assert state(parts, site, held) is State.HELD
    assert known(parts, site, sent) == before


def test_the_newest_label_that_stands_counts(parts, site):
    held = parts.screening.screen(site, Comment(content=LINKED)).id
    parts.review.label(site, held, Label.SPAM, source="api")
    second = parts.review.label(site, held, Label.HAM, source="api")
    assert state(parts, site, held) is State.ACCEPTED

    parts.review.undo(site, held, second)

    assert state(parts, site, held) is State.REJECTED


def entries(parts, site, comment_id):
    with parts.database.reading() as connection:
        return labels.of_comment(connection, site.id, comment_id)


def test_a_report_that_is_repeated_is_one_label(parts, site):
    """Clients send again what got lost on the way back."""
    held = parts.screening.screen(site, Comment(content=LINKED)).id
    said = {"source": "api", "moderator": "mo", "note": "a \0 in it"}

    first, again = (parts.review.label(site, held, Label.SPAM, **said) for _ in range(2))

    assert first == again
    assert [row.id for row in entries(parts, site, held)] == [first]


def test_a_report_repeated_by_eight_at_once_is_one_label(parts, site):
    held = parts.screening.screen(site, Comment(content=LINKED)).id
    at_once = threading.Barrier(8)

    def report(_):
        at_once.wait()
        return parts.review.label(site, held, Label.SPAM, source="akismet")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(report, range(8)))) == 1
    assert len(entries(parts, site, held)) == 1


def test_what_differs_from_the_last_word_is_said_anew(parts, site, clock):
    held = parts.screening.screen(site, Comment(content=LINKED)).id
    words = [
        {"source": "api"}, {"source": "akismet"}, {"source": "api"},
        {"source": "api", "moderator": "mo"}, {"source": "api", "moderator": "mo", "note": "sure"},
    ]  # fmt: skip

    for word in words:
        last = parts.review.label(site, held, Label.SPAM, **word)
    parts.review.undo(site, held, last)
    parts.review.label(site, held, Label.SPAM, **words[-1])
    parts.review.label(site, held, Label.HAM, **words[-1])
    clock.advance(days=1)
    parts.review.label(site, held, Label.HAM, **words[-1])

    assert len(entries(parts, site, held)) == len(words) + 4


def test_what_was_said_is_never_removed(parts, site):
    held = parts.screening.screen(site, Comment(content=LINKED)).id
    label = parts.review.label(
        site, held, Label.SPAM, source="console", moderator="mo", note="seen before"
    )
    undone = parts.review.undo(site, held, label)

    with parts.database.reading() as connection:
        said = labels.of_comment(connection, site.id, held)

    assert [(row.id, row.label, row.undoes) for row in said] == [
        (label, Label.SPAM, None),
        (undone, None, label),
    ]
    assert (said[0].source, said[0].moderator, said[0].note) == ("console", "mo", "seen before")


def test_a_label_is_taken_back_only_once(parts, site):
    held = parts.screening.screen(site, Comment(content=LINKED)).id
    label = parts.review.label(site, held, Label.SPAM, source="api")
    parts.review.undo(site, held, label)

    with pytest.raises(NotFound):
        parts.review.undo(site, held, label)


def test_nobody_labels_another_sites_comment(parts, site, other):
    theirs = parts.screening.screen(other, Comment(content=LINKED)).id

    with pytest.raises(NotFound):
        parts.review.label(site, theirs, Label.SPAM, source="api")
    assert state(parts, other, theirs) is State.HELD


def test_nobody_takes_back_a_label_of_another_comment(parts, site):
    one = parts.screening.screen(site, Comment(content=LINKED)).id
    two = parts.screening.screen(site, Comment(content=GOOD)).id
    label = parts.review.label(site, one, Label.SPAM, source="api")

    with pytest.raises(NotFound):
        parts.review.undo(site, two, label)


@pytest.mark.parametrize("label", [Label.SPAM, Label.HAM])
def test_unseen_content_teaches_without_a_judgement(parts, site, label):
    taught = parts.review.teach(site, Comment(content=LINKED), label, source="api")

    with parts.database.reading() as connection:
        kept = comments.get(connection, site.id, taught.comment_id)
    tally = known(parts, site, Comment(content=LINKED)).hosts["ships.example"]

    assert (kept.decision, kept.answer) == (None, "")
    assert (tally.spam, tally.ham) == ((1, 0) if label is Label.SPAM else (0, 1))


def test_a_lesson_taken_back_leaves_an_unjudged_comment(parts, site):
    taught = parts.review.teach(site, Comment(content=LINKED), Label.SPAM, source="api")

    parts.review.undo(site, taught.comment_id, taught.label_id)

    assert state(parts, site, taught.comment_id) is State.UNJUDGED


def test_a_comment_is_found_again_by_its_content_and_author(parts, site, clock):
    sent = Comment(content=GOOD, author_name="Ada")
    parts.screening.screen(site, sent)
    clock.advance(minutes=1)
    newest = parts.screening.screen(site, sent).id
    clock.advance(minutes=1)
    parts.screening.screen(site, Comment(content=GOOD, author_name="Bob"))

    assert parts.review.match(site, sent) == newest


def test_no_match_on_another_site_or_for_another_author(parts, site, other):
    sent = Comment(content=GOOD, author_name="Ada")
    parts.screening.screen(site, sent)

    assert parts.review.match(other, sent) is None
    assert parts.review.match(site, Comment(content=GOOD, author_name="Eve")) is None
    assert parts.review.match(site, Comment(content=SPAM, author_name="Ada")) is None


def praised(parts, site, times, source="akismet"):
    sent = Comment(content=LINKED)
    for _ in range(times):
        parts.review.teach(site, sent, Label.HAM, source=source)
    return known(parts, site, sent).text.ham


def test_a_key_lifts_a_text_three_times_a_day_and_each_comment_always(parts, site, clock):
    assert praised(parts, site, 5) == 3
    reported = parts.screening.screen(site, Comment(content=LINKED)).id
    parts.review.label(site, reported, Label.HAM, source="akismet")
    assert state(parts, site, reported) is State.ACCEPTED
    assert known(parts, site, Comment(content=LINKED)).text.ham == 3

    clock.advance(days=2)
    assert praised(parts, site, 1) == 4


def test_once_a_moderator_agrees_a_key_is_believed(parts, site):
    praised(parts, site, 1, source="console")
    assert praised(parts, site, 4) == 5


def test_a_lesson_sent_by_eight_at_once_under_one_name_is_taught_once(parts, site):
    together = threading.Barrier(8)

    def teach(_):
        together.wait()
        return parts.review.teach(
            site, Comment(content=SPAM), Label.SPAM, source="api", idempotency_key="k1"
        )

    with ThreadPoolExecutor(8) as pool:
        taught = set(pool.map(teach, range(8)))

    assert len(taught) == 1
