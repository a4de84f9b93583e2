"""Old comments go with all that hangs on them; who asks to be forgotten is."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from model.comment import Comment, Label
from model.text import read
from service.db import comments, retention
from service.db.history import Asked, histories, traces_of
from service.db.schema import metadata
from service.db.sites import Site
from service.errors import Conflict
from service.wiring import Parts
from tests.conftest import DOUBTFUL, GOOD, SPAM, Clock

ADA = {"author_name": "Ada", "author_email": "Ada@boats.example", "author_ip": "192.0.2.7"}
OF_COMMENTS = ("comments", "judgements", "labels", "traces", "idempotency", "outbox")


@pytest.fixture
def site(parts: Parts) -> Site:
    return parts.sites.get(parts.sites.add("boats", "https://boats.example").id)


def send(parts: Parts, site: Site, content: str = DOUBTFUL, **fields: Any) -> str:
    comment = Comment(content=content, **fields)
    return parts.screening.screen(site, comment, idempotency_key=content).id


def rows(parts: Parts) -> dict[str, int]:
    """How many rows each table about comments has."""
    counts = {name: select(func.count()).select_from(metadata.tables[name]) for name in OF_COMMENTS}
    with parts.database.reading() as connection:
        return {name: connection.execute(count).scalar_one() for name, count in counts.items()}


def everything(parts: Parts) -> str:
    """All that is stored of comments, as one text."""
    with parts.database.reading() as connection:
        return str([connection.execute(select(metadata.tables[t])).all() for t in OF_COMMENTS])


def erase(parts: Parts, site: Site, comment_id: str) -> bool:
    with parts.database.writing() as connection:
        return retention.erase(connection, site.id, comment_id)


def test_what_is_older_goes_with_all_that_hangs_on_it(
    parts: Parts, site: Site, clock: Clock
) -> None:
    old = send(parts, site, SPAM, external_id="1", **ADA)
    parts.review.label(site, old, Label.SPAM, source="api")
    clock.advance(days=31)

    assert retention.purge(parts.database, clock() - timedelta(days=30)) == 1

    assert set(rows(parts).values()) == {0}


def test_what_is_younger_stays_whole(parts: Parts, site: Site, clock: Clock) -> None:
    send(parts, site, SPAM, **ADA)
    clock.advance(days=31)
    send(parts, site, GOOD, external_id="2", **ADA)
    before = rows(parts)

    retention.purge(parts.database, clock() - timedelta(days=30))

    after = rows(parts)
    assert after["comments"] == after["judgements"] == 1
    assert after["idempotency"] == 2
    assert 0 < after["traces"] < before["traces"]


def test_purging_goes_on_over_many_batches(
    parts: Parts, site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for n in range(5):
        send(parts, site, f"{DOUBTFUL} {n}")
    clock.advance(days=1)

    assert retention.purge(parts.database, clock()) == 5


def test_a_removed_sites_comments_are_purged_too(parts: Parts, site: Site, clock: Clock) -> None:
    send(parts, site)
    parts.sites.remove(site.id)
    clock.advance(days=1)

    assert retention.purge(parts.database, clock()) == 1


def test_what_was_purged_counts_for_nothing(parts: Parts, site: Site, clock: Clock) -> None:
    old = send(parts, site, SPAM, **ADA)
    parts.review.label(site, old, Label.SPAM, source="api")
    clock.advance(days=1)

    retention.purge(parts.database, clock())

    assert known(parts, site, SPAM).text == (0, 0)


def known(parts: Parts, site: Site, content: str) -> Any:
    comment = Comment(content=content, **ADA)
    seen = traces_of(parts.keyring, site.id, comment, read(content))
    with parts.database.direct.reading() as cursor:
        return histories(cursor, [Asked(site.id, seen)], parts.clock())[0]


def test_an_erased_comment_leaves_no_word_of_it(parts: Parts, site: Site) -> None:
    one = send(parts, site, "Unmistakable words by Ada", page_title="Unmistakable page", **ADA)
    parts.review.label(site, one, Label.SPAM, source="api", note="Ada again")

    assert erase(parts, site, one)

    kept = everything(parts)
    assert one in kept
    assert not [word for word in ("Unmistakable", "Ada", "192.0.2.7") if word in kept]


def test_an_erased_comment_is_labelled_no_more_but_labels_are_taken_back(
    parts: Parts, site: Site
) -> None:
    one = send(parts, site)
    label = parts.review.label(site, one, Label.SPAM, source="api")
    erase(parts, site, one)
    before = rows(parts)

    assert parts.review.label(site, one, Label.SPAM, source="api") == label  # sent once more
    with pytest.raises(Conflict, match="erased"):
        parts.review.label(site, one, Label.HAM, source="api")
    assert rows(parts) == before
    parts.review.undo(site, one, label)


def test_an_erased_comments_score_still_adds_up(parts: Parts, site: Site) -> None:
    one = send(parts, site, SPAM, **ADA)
    with parts.database.reading() as connection:
        before = json.loads(comments.get(connection, site.id, one).answer)

    erase(parts, site, one)

    with parts.database.reading() as connection:
        stored = comments.get(connection, site.id, one)
    told = json.loads(stored.answer)
    assert stored.state == "erased"
    assert [r["weight"] for r in told["reasons"]] == [r["weight"] for r in before["reasons"]]
    assert (told["score"], told["decision"]) == (before["score"], before["decision"])


def test_an_erased_comment_is_no_history_of_anybody(parts: Parts, site: Site) -> None:
    one = send(parts, site, SPAM, **ADA)
    parts.review.label(site, one, Label.SPAM, source="api")
    assert known(parts, site, SPAM).text == (0, 1)

    erase(parts, site, one)

    assert known(parts, site, SPAM).text == (0, 0)
    assert known(parts, site, SPAM).address_recent == 0


def test_a_person_is_found_by_e_mail_on_their_own_site_only(parts: Parts, site: Site) -> None:
    mine = send(parts, site, GOOD, **ADA)
    send(parts, site, SPAM, author_email="bob@boats.example")
    other = parts.sites.add("ships", "https://ships.example").id

    with parts.database.reading() as connection:
        found = retention.by_email(connection, parts.keyring, site.id, " ADA@boats.example ")
        elsewhere = retention.by_email(connection, parts.keyring, other, "ada@boats.example")

    assert (found, elsewhere) == ([mine], [])


def test_another_sites_comment_is_not_erased(parts: Parts, site: Site) -> None:
    one = send(parts, site)
    other = parts.sites.get(parts.sites.add("ships", "https://ships.example").id)

    assert not erase(parts, other, one)
    assert DOUBTFUL in everything(parts)
