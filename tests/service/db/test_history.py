"""What a site knows: counted from what it has seen, and nothing else."""

from dataclasses import replace

import pytest

from model.case import Tally
from model.comment import Comment, Label
from model.text import read
from model.verdict import Decision
from service.db.history import (
    MOST_AT_ONCE,
    MOST_LABELS,
    MOST_SENDERS,
    Asked,
    histories,
    traces_of,
)

TEXT = "Has anybody measured those boats? See http://ships.example/length"
SENT = Comment(content=TEXT, author_name="Ada", author_email="ada@boats.example",
               author_ip="192.0.2.7", author_url="https://ada.example.org/about")  # fmt: skip


@pytest.fixture
def site(parts):
    return parts.sites.get(parts.sites.add("boats", "https://boats.example").id)


def asked_for(parts, site, comment, edit_of=""):
    seen = traces_of(parts.keyring, site.id, comment, read(comment.content))
    return Asked(site.id, seen, edit_of)


def known(parts, site, comment, edit_of=""):
    with parts.database.direct.reading() as cursor:
        return histories(cursor, [asked_for(parts, site, comment, edit_of)], parts.clock())[0]


def send(parts, site, comment, label=None):
    comment_id = parts.screening.screen(site, comment).id
    if label:
        parts.review.label(site, comment_id, label, source="api")
    return comment_id


def test_a_new_site_knows_nothing(parts, site):
    found = known(parts, site, SENT)

    assert found.author == found.text == Tally()
    assert found.hosts == {"example.org": Tally(), "ships.example": Tally()}
    assert (found.author_accepted, found.text_senders, found.address_recent) == (0, 0, 0)


def test_labels_count_for_author_hosts_and_text(parts, site):
    send(parts, site, SENT, Label.HAM)
    send(parts, site, SENT, Label.SPAM)

    found = known(parts, site, SENT)

    assert found.author == found.text == Tally(ham=1, spam=1)
    assert set(found.hosts.values()) == {Tally(ham=1, spam=1)}


def test_other_says_neither_spam_nor_ham(parts, site):
    send(parts, site, SENT, Label.OTHER)

    assert known(parts, site, SENT).text == Tally()


def test_one_site_never_learns_from_another(parts, site):
    other = parts.sites.get(parts.sites.add("ships", "https://ships.example").id)
    send(parts, other, SENT, Label.SPAM)

    assert known(parts, site, SENT).text == Tally()
    assert known(parts, site, SENT).address_recent == 0


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"content": "Another text"}, True),
        ({"author_ip": "192.0.2.99"}, True),
        ({"author_ip": "198.51.100.7"}, False),
        ({"author_email": "ADA@boats.example"}, True),
        ({"author_email": "eve@boats.example"}, False),
        ({"author_ip": ""}, False),
        ({"author_email": ""}, False),
    ],
)
def test_an_author_is_an_e_mail_together_with_an_address_prefix(parts, site, change, same):
    send(parts, site, SENT, Label.HAM)

    assert known(parts, site, replace(SENT, **change)).author == (Tally(ham=1) if same else Tally())


def test_the_sites_own_id_of_an_author_goes_before_e_mail_and_address(parts, site):
    send(parts, site, replace(SENT, author_id="17"), Label.HAM)

    assert known(parts, site, Comment(content="x", author_id="17")).author == Tally(ham=1)
    assert known(parts, site, SENT).author == Tally()


def test_accepted_comments_count_until_somebody_labels_them(parts, site):
    accepted = replace(SENT, content="What a lovely regatta!")
    comment_id = send(parts, site, accepted)
    assert known(parts, site, accepted).author_accepted == 1

    parts.review.label(site, comment_id, Label.SPAM, source="api")

    assert known(parts, site, accepted).author_accepted == 0


def test_senders_of_one_text_are_counted_once_without_oneself_for_seven_days(parts, site, clock):
    for last in (1, 2, 2, 3):
        send(parts, site, replace(SENT, author_ip=f"203.0.113.{last}"))
    assert known(parts, site, SENT).text_senders == 3
    assert known(parts, site, replace(SENT, author_ip="203.0.113.2")).text_senders == 2

    clock.advance(days=7, minutes=1)

    assert known(parts, site, SENT).text_senders == 0


def test_senders_count_whatever_became_of_their_comments(parts, site):
    for last, label in enumerate((None, Label.SPAM, Label.HAM, Label.OTHER)):
        send(parts, site, replace(SENT, author_ip=f"203.0.113.{last}"), label)

    assert known(parts, site, SENT).text_senders == 4


def test_an_address_is_counted_for_ten_minutes(parts, site, clock):
    send(parts, site, SENT, Label.SPAM)
    send(parts, site, replace(SENT, content="Another text"))
    assert known(parts, site, SENT).address_recent == 2

    clock.advance(minutes=10, seconds=1)

    assert known(parts, site, SENT).address_recent == 0


@pytest.mark.parametrize("label", [None, Label.HAM, Label.SPAM])
def test_an_edit_knows_the_decision_in_force_and_the_links(parts, site, label):
    before = send(parts, site, replace(SENT, content=TEXT + " and http://sails.example"), label)

    found = known(parts, site, SENT, edit_of=before)

    expected = {None: Decision.HOLD, Label.HAM: Decision.ACCEPT, Label.SPAM: Decision.REJECT}
    assert (found.edited, found.edited_links) == (expected[label], 2)


def test_an_edit_of_nothing_we_know_says_nothing(parts, site):
    assert known(parts, site, SENT, edit_of="cmt_00000000000000000000000000").edited is None


def test_many_histories_are_what_each_is_alone(parts, site):
    edited = send(parts, site, SENT, Label.HAM)
    linked = replace(SENT, content="No link", author_ip="")
    several = [SENT, linked, replace(SENT, author_email="", author_url="")] * MOST_AT_ONCE
    asked = [asked_for(parts, site, one, edit) for one in several for edit in ("", edited)]

    with parts.database.direct.reading() as cursor:
        together = histories(cursor, asked, parts.clock())
        alone = [histories(cursor, [one], parts.clock())[0] for one in asked]

    assert together == alone
    assert len({str(one) for one in together}) == 6


def test_histories_that_are_wanted_together_are_one_query(sqlite_parts):
    site = sqlite_parts.sites.get(sqlite_parts.sites.add("boats", "https://boats.example").id)
    send(sqlite_parts, site, SENT)
    asked = [asked_for(sqlite_parts, site, SENT)] * MOST_AT_ONCE
    statements = []

    with sqlite_parts.database.direct.reading() as cursor:
        cursor.connection.set_trace_callback(statements.append)
        histories(cursor, asked, sqlite_parts.clock())

    assert len(statements) == 1


def test_counting_stops_at_a_limit_however_much_was_seen(parts, site):
    for number in range(MOST_LABELS + 3):
        parts.review.teach(site, SENT, Label.SPAM, source="api")
        assert number < MOST_SENDERS

    assert known(parts, site, SENT).text == Tally(spam=MOST_LABELS)


def test_no_row_holds_an_e_mail_or_an_address(parts, site):
    send(parts, site, SENT)

    with parts.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM comments").all()
        rows += connection.exec_driver_sql("SELECT * FROM traces").all()
    kept = repr(rows)

    assert "ada@boats.example" not in kept
    assert "192.0.2" not in kept
    assert "Ada" in kept
