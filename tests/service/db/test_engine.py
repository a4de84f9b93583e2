"""Both databases, set up so that what was acknowledged is on disk."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from service.db.engine import HEAD, Database, Taken
from service.db.schema import metadata
from service.db.search import WORDS
from service.errors import StorageError


def _is_no_full_text_index(name, kind, _parents):
    return not (kind == "table" and name.startswith(WORDS))  # each database's own affair


def test_the_migrations_make_the_tables_of_the_schema(database):
    with database.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": _is_no_full_text_index}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_a_migrated_database_is_at_head_and_stays_as_it_is(database):
    database.migrate()

    with database.reading() as connection:
        assert connection.execute(text("select version_num from alembic_version")).scalar() == HEAD


def test_judgements_made_before_0010_stay_as_they_were(sqlite_url):
    database = Database(sqlite_url)
    rows = [("cmt_2", 1, 5, "hold", None, "{}"), ("cmt_1", 2, 4, "accept", -1.5, "b" * 5000),
            ("cmt_1", 1, 3, "reject", 2.5, "a")]  # fmt: skip
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE judgements")
        connection.exec_driver_sql(
            "CREATE TABLE judgements (comment_id VARCHAR(30) NOT NULL, number INTEGER NOT NULL,"
            " at BIGINT NOT NULL, decision VARCHAR(6) NOT NULL, score FLOAT, answer TEXT NOT NULL,"
            " PRIMARY KEY (comment_id, number)) WITHOUT ROWID"
        )
        connection.exec_driver_sql("INSERT INTO judgements VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.exec_driver_sql("ALTER TABLE sites DROP COLUMN lacks_good")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0009'")

    database.migrate()

    with database.reading() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM judgements ORDER BY rowid").all()
    database.close()
    assert kept == sorted(rows)


def test_a_new_database_is_migrated_once_however_many_start_together(tmp_path):
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    several = [Database(url) for _ in range(3)]

    for one in several:
        one.migrate()

    names = inspect(several[0].engine).get_table_names()
    assert {name for name in names if _is_no_full_text_index(name, "table", {})} == {
        *metadata.tables,
        "alembic_version",
    }
    for one in several:
        one.close()


def test_sqlite_syncs_every_commit(sqlite_url):
    database = Database(sqlite_url)

    with database.reading() as connection:
        told = [connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")]  # fmt: skip
    database.close()

    assert told == ["wal", 2, 1]  # 2 is FULL


def test_postgresql_waits_for_its_disk(migrated_postgres):
    database = Database(migrated_postgres)

    with database.reading() as connection:
        told = [connection.exec_driver_sql(f"SHOW {name}").scalar()
                for name in ("synchronous_commit", "fsync")]  # fmt: skip
    database.close()

    assert told == ["on", "on"]


def test_a_failed_transaction_leaves_nothing(database):
    insert = text("insert into meta (name, value) values (:name, 'x')")

    def write_one_and_fail():
        with database.writing() as connection:
            connection.execute(insert, {"name": "one"})
            connection.execute(text("insert into nothing values (1)"))

    with pytest.raises(StorageError):
        write_one_and_fail()
    with database.reading() as connection:
        assert connection.execute(text("select count(*) from meta")).scalar() == 0


def test_a_name_given_twice_is_taken(database):
    insert = text("insert into meta (name, value) values ('one', 'x')")
    with database.writing() as connection:
        connection.execute(insert)

    with pytest.raises(Taken), database.writing() as connection:
        connection.execute(insert)


def test_an_error_never_repeats_what_was_written(database):
    with pytest.raises(StorageError) as failed, database.writing() as connection:
        connection.execute(text("insert into nothing values (:text)"), {"text": "my words"})

    assert "my words" not in f"{failed.value} {failed.value.__cause__}"


def test_a_reader_sees_a_commit_at_once(database):
    with database.reading() as reader:
        count = text("select count(*) from meta")
        assert reader.execute(count).scalar() == 0
        with database.writing() as connection:
            connection.execute(text("insert into meta (name, value) values ('one', 'x')"))
        assert reader.execute(count).scalar() == 1


def test_a_database_that_is_gone_does_not_answer(tmp_path):
    database = Database("postgresql+psycopg://weir@127.0.0.1:1/weir")

    assert database.answers() is False
    database.close()
