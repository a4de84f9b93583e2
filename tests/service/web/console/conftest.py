"""People who sign in to the console, and the cast: Alice and Bob each rule a site of their own,
Charlie moderates on Alice's; a stranger has no account."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from service.app import create_app
from service.db.accounts import EVERYWHERE, Role
from service.wiring import Parts

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("service.db.accounts._HASHER", cheap)


@dataclass
class Person:
    """Somebody with a browser: follows no redirect, keeps cookies, sends the form's token."""

    http: FlaskClient
    name: str = ""

    def get(self, path: str, **more: Any) -> Any:
        """Open a page below /console."""
        return self.http.get(f"/console{path}", **more)

    def post(self, path: str, **fields: Any) -> Any:
        """Send a form with the token of the last page."""
        sent = {"csrf_token": self.token(), **fields}
        return self.http.post(f"/console{path}", data=sent)

    def token(self) -> str:
        """What every form of this session must carry."""
        page = self.http.get("/console/account", follow_redirects=True).text
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found
        return found[1]


class People:
    """Adds accounts and signs them in."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self._app = parts, create_app(parts)

    def stranger(self) -> Person:
        """Somebody without an account."""
        return Person(self._app.test_client())

    def __call__(
        self, name: str, role: Role | None = Role.MODERATOR, site_id: str = EVERYWHERE
    ) -> Person:
        """Somebody with an account and a password of their own, signed in."""
        self.parts.accounts.add(name, role or Role.MODERATOR, site_id)
        if role is None:
            self.parts.accounts.set_role(name, None, site_id)
        self.parts.accounts.change_password(name, PASSWORD)
        person = Person(self._app.test_client(), name)
        answer = person.post("/sign-in", name=name, password=PASSWORD)
        assert answer.status_code == 302, answer.text
        return person


@pytest.fixture
def sign_in(sqlite_parts: Parts) -> People:
    """`sign_in("mo", Role.TRAINER, site.id)` is a Person whose pages open."""
    return People(sqlite_parts)


@pytest.fixture
def harbour(sqlite_parts: Parts) -> Any:
    """Alice's site."""
    return sqlite_parts.sites.get(sqlite_parts.sites.add("harbour", "https://harbour.example").id)


@pytest.fixture
def meadow(sqlite_parts: Parts) -> Any:
    """Bob's site."""
    return sqlite_parts.sites.get(sqlite_parts.sites.add("meadow", "https://meadow.example").id)
