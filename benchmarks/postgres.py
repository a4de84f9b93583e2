"""An empty PostgreSQL database of our own, for as long as it is needed."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

GIVEN = "WEIR_TEST_POSTGRES_URL"
"""Environment variable with the URL of a PostgreSQL role that may create databases."""


class NoPostgres(Exception):
    """There is none here, and why."""


@contextmanager
def a_database() -> Iterator[str]:
    """The URL of a new database, dropped afterwards. Raises NoPostgres.

    It is made by the role in WEIR_TEST_POSTGRES_URL or, running as root, by the machine's own
    superuser over its socket.
    """
    name = f"weir_{secrets.token_hex(6)}"
    if given := os.environ.get(GIVEN):
        make, url = _by_url, make_url(given)
    else:
        make, url = _by_superuser, URL.create("postgresql+psycopg", name, name, "127.0.0.1")
        make(f"create role {name} login password '{name}'")
    try:
        make(f"create database {name} owner {url.username}")
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        make(f"drop database if exists {name} with (force)")
        if not given:
            make(f"drop role if exists {name}")


def _by_url(statement: str) -> None:
    engine = create_engine(os.environ[GIVEN], isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    except SQLAlchemyError as error:
        raise NoPostgres(f"{GIVEN}: {type(error).__name__}") from error
    finally:
        engine.dispose()


def _by_superuser(statement: str) -> None:
    if os.geteuid() != 0 or not shutil.which("psql"):
        raise NoPostgres(f"set {GIVEN}, or run as root beside a PostgreSQL server")
    done = subprocess.run(
        ["su", "postgres", "-s", "/bin/sh", "-c", 'cd / && exec psql -Xqc "$1"', "--", "sh",
         statement], check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise NoPostgres(done.stderr.strip())
