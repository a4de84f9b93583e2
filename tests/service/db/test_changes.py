"""What is written is noticed, by whoever and however, and nothing else is."""

from collections.abc import Iterator

import pytest

from service.db.engine import Connection, Database
from service.db.schema import meta


@pytest.fixture
def elsewhere(database_url: str) -> Iterator[Database]:
    """Another process's view of the same database."""
    opened = Database(database_url)
    yield opened
    opened.close()


def write(connection: Connection, name: str) -> None:
    connection.execute(meta.insert(), {"name": name, "value": ""})


def test_what_another_process_has_committed_changes_the_mark(
    database: Database, elsewhere: Database
) -> None:
    changes = database.changes()
    before = changes.mark()
    with elsewhere.writing() as connection:
        write(connection, "one")

    assert changes.mark() != before


def test_what_this_process_has_committed_changes_the_mark(database: Database) -> None:
    changes = database.changes()
    before = changes.mark()
    with database.direct.writing() as cursor:
        cursor.execute("INSERT INTO meta (name, value) VALUES ('one', '')")

    assert changes.mark() != before


def test_what_is_not_committed_yet_changes_it_when_it_is(
    database: Database, elsewhere: Database
) -> None:
    changes = database.changes()
    with elsewhere.writing() as connection:
        write(connection, "one")
        before = changes.mark()

    assert changes.mark() != before


def test_reading_and_nothing_leave_the_mark_as_it_is(
    database: Database, elsewhere: Database
) -> None:
    changes = database.changes()
    before = changes.mark()
    assert elsewhere.answers()
    with elsewhere.writing():
        pass

    assert changes.mark() == before


def test_no_mark_is_equal_while_the_database_cannot_be_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = database.changes()
    monkeypatch.setattr(changes, "_question", "SELECT nothing FROM nowhere")
    first, second = changes.mark(), changes.mark()
    monkeypatch.undo()

    assert len({first, second, changes.mark()}) == 3
