"""Connections that are lent: kept warm, never shared, and thrown away when they fail."""

import os

import pytest
from sqlalchemy import bindparam, select

from service.db.direct import Prepared, Taken, cursor_of
from service.db.engine import Database
from service.db.schema import traces
from service.errors import StorageError

_OF_KEY = Prepared(select(traces.c.sender).where(traces.c.key == bindparam("of_key")))


def test_the_connection_that_came_back_last_is_lent_again(database):
    with database.direct.reading() as first, database.direct.reading() as second:
        later, earlier = first.connection, second.connection

    with database.direct.reading() as once, database.direct.reading() as beside:
        assert (once.connection, beside.connection) == (later, earlier)


def test_nobody_shares_a_connection(database):
    with database.direct.reading() as one, database.direct.writing() as other:
        assert one.connection is not other.connection


def test_a_name_that_is_taken_costs_no_connection(database):
    insert = "INSERT INTO meta (name, value) VALUES ('one', 'x')"
    with database.direct.writing() as cursor:
        used = cursor.connection
        cursor.execute(insert)

    with pytest.raises(Taken), database.direct.writing() as cursor:
        cursor.execute(insert)

    with database.direct.reading() as cursor:
        assert cursor.connection is used


def test_a_connection_that_failed_is_lent_no_more(database):
    with database.direct.reading() as cursor:
        failed = cursor.connection
    with pytest.raises(StorageError), database.direct.reading() as cursor:
        cursor.execute("SELECT * FROM nothing")

    with database.direct.reading() as cursor:
        assert cursor.connection is not failed
        assert cursor.execute("SELECT 1").fetchone() == (1,)


def test_a_drivers_error_is_told_like_sqlalchemys(database):
    with pytest.raises(StorageError), database.writing() as connection:
        cursor_of(connection).execute("SELECT * FROM nothing")
    with database.writing() as connection:
        cursor_of(connection).execute("INSERT INTO meta (name, value) VALUES ('one', 'x')")
    with pytest.raises(Taken), database.writing() as connection:
        cursor_of(connection).execute("INSERT INTO meta (name, value) VALUES ('one', 'x')")


def test_a_fork_uses_none_of_its_parents_connections(database):
    with database.direct.reading() as cursor:
        parents = cursor.connection
    child = os.fork()
    if not child:
        with database.direct.reading() as cursor:
            os._exit(int(cursor.connection is parents))

    assert os.waitpid(child, 0)[1] == 0


def test_postgresql_plans_a_statement_once_whatever_the_size_of_its_numbers(migrated_postgres):
    database = Database(migrated_postgres)
    with database.direct.reading() as cursor:
        for number in (0, 2**20, 2**40, -(2**62)) * 10:
            _OF_KEY.run(cursor, {"of_key": number})
        planned = cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%traces%'"
        ).fetchone()
    database.close()

    assert planned == (1,)
