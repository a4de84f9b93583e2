"""Fixtures every room may use: both databases, a clock that is set by hand, a scorer that
knows three words, and the cast: Alice owns one site, Bob another."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, make_url, text

from model.comment import Comment
from model.scorer import Explanation, Scored
from model.text import Reading
from model.verdict import Reason
from service.app import create_app
from service.db.engine import Database
from service.db.schema import metadata
from service.db.search import WORDS
from service.db.sites import Site
from service.settings import Settings
from service.wiring import Parts, wire

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A busy machine is no failure: what may not be slow is measured in CPU time, in tests of its own.
hypothesis_settings.register_profile("weir", deadline=None)
hypothesis_settings.load_profile("weir")

SPAM = "Buy cheap pills today, pills for everybody who reads this."
GOOD = "What a lovely regatta that was, thank you for the report."
DOUBTFUL = "Has anybody measured how long those boats really are?"


class Clock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        """Move on by `days=`, `minutes=` and so on."""
        self.now += timedelta(**by)


class TinyScorer:
    """Scores by one word: `pills` is spam, `regatta` is ham, anything else is doubtful."""

    model = SimpleNamespace(
        id="tiny",
        coverage_floor=0.0,
        card={"thresholds": {"accept_below": 0.2,
                             "reject": [{"budget": 0.005, "reject_above": 0.95}]}},
    )  # fmt: skip

    def score(self, reading: Reading, _comment: Comment) -> Scored:
        """±6 log-odds, or none."""
        weight = 6.0 if "pills" in reading.normal else -6.0 if "regatta" in reading.normal else 0.0
        return Scored(weight + 0.25, None, (0, len(reading.normal)))

    def score_many(
        self, readings: Sequence[Reading], comments: Sequence[Comment], *, keep: bool = False
    ) -> list[Scored]:
        """Each alone."""
        return [*map(self.score, readings, comments)]

    def explain(self, _reading: Reading, _comment: Comment, scored: Scored) -> Explanation:
        """The word's weight, and a base of 0.25."""
        return Explanation((Reason("text", "words", scored.logit - 0.25),), 0.25, 0.0)

    def explain_many(
        self, readings: Sequence[Reading], comments: Sequence[Comment], several: Sequence[Scored]
    ) -> list[Explanation]:
        """Each alone."""
        return [*map(self.explain, readings, comments, several)]


class TinyLive:
    """A champion that a test can take away."""

    def __init__(self) -> None:
        self.champion: Any = TinyScorer()

    def scorer(self) -> Any:
        """The tiny scorer, or None."""
        return self.champion


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live() -> TinyLive:
    return TinyLive()


def _postgres(statement: str) -> bool:
    """Run one statement as PostgreSQL's own user, if this machine has it and we may."""
    if os.geteuid() != 0 or not shutil.which("psql") or not shutil.which("su"):
        return False
    command = ["su", "postgres", "-c", f'psql -qc "{statement}"']
    return subprocess.run(command, capture_output=True, check=False, cwd="/").returncode == 0


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of our own: WEIR_TEST_POSTGRES_URL, else made on the local server."""
    if given := os.environ.get("WEIR_TEST_POSTGRES_URL"):
        yield given
        return
    name, password = f"weir_test_{secrets.token_hex(4)}", secrets.token_hex(8)
    if not _postgres(f"create role {name} login password '{password}'"):
        pytest.skip("no PostgreSQL: set WEIR_TEST_POSTGRES_URL, or run as root beside a server")
    _postgres(f"create database {name} owner {name}")
    yield f"postgresql+psycopg://{name}:{password}@127.0.0.1/{name}"
    _postgres(f"drop database {name} with (force)")
    _postgres(f"drop role {name}")


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    database = Database(postgres_url)
    database.migrate()
    database.close()
    return postgres_url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables, to be copied: making tables takes longest."""
    path = tmp_path_factory.mktemp("migrated") / "weir.sqlite"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


def _emptied(url: str) -> str:
    engine = create_engine(make_url(url))
    with engine.begin() as connection:
        connection.execute(text(f"truncate {', '.join([*metadata.tables, WORDS])}"))
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind; ask for `sqlite_url` where the kind does not matter."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    return _emptied(request.getfixturevalue("migrated_postgres"))


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'weir.sqlite')}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def loaded_dice(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids fall alike in every run of a test, and with them the lots of the blind audit."""
    monkeypatch.setattr("service.clock._newest", 0)
    monkeypatch.setattr("service.clock._chance", Random(request.node.nodeid).randbytes)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return _settings(tmp_path, database_url)


def _settings(folder: Path, url: str) -> Settings:
    return Settings(
        data_dir=folder, database_url=url, secret_key="k" * 32, deadline_ms=60_000, rate_limit=0
    )


@pytest.fixture
def parts(settings: Settings, clock: Clock, live: TinyLive) -> Iterator[Parts]:
    """A wired process on each kind of database."""
    wired = wire(settings, clock=clock, live=live)
    yield wired
    wired.database.close()


@pytest.fixture
def sqlite_parts(tmp_path: Path, sqlite_url: str, clock: Clock, live: TinyLive) -> Iterator[Parts]:
    """A wired process on SQLite, for what storage has no say in."""
    wired = wire(_settings(tmp_path, sqlite_url), clock=clock, live=live)
    yield wired
    wired.database.close()


@dataclass
class Owner:
    """Somebody with a site: asks with its token."""

    http: FlaskClient
    site: Site
    token: str

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """One request; `json=` and `headers=` as Flask's test client takes them."""
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        return self.http.open(path, method=method, headers=headers, **more)

    def send(self, content: str = GOOD, **fields: Any) -> Any:
        """Send one comment; the whole answer."""
        return self.ask("POST", "/v1/comments", json={"content": content, **fields})


def owner(parts: Parts, http: FlaskClient, name: str) -> Owner:
    """A new site and its owner."""
    made = parts.sites.add(name, f"https://{name}.example")
    return Owner(http, parts.sites.get(made.id), made.token)


@pytest.fixture
def app(parts: Parts) -> Flask:
    return create_app(parts)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def alice(parts: Parts, client: FlaskClient) -> Owner:
    return owner(parts, client, "alice")


@pytest.fixture
def bob(parts: Parts, client: FlaskClient) -> Owner:
    return owner(parts, client, "bob")


@pytest.fixture
def carol(sqlite_parts: Parts) -> Owner:
    """An owner on SQLite only, for what storage has no say in."""
    return owner(sqlite_parts, create_app(sqlite_parts).test_client(), "carol")


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A real Chromium, where there is one. Not for the whole session: while Playwright runs,
    asyncio cannot."""
    from benchmarks.browser import NoBrowser, chromium

    try:
        with chromium() as running:
            yield running
    except NoBrowser as absent:
        pytest.skip(str(absent))


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What browsers complain of, see `benchmarks.browser.listen`: by the end of a test, nothing."""
    heard: list[str] = []
    yield heard
    assert heard == []
