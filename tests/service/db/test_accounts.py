"""Moderators and their passwords."""

import pytest
from argon2 import PasswordHasher

from service.errors import Conflict, NotFound


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("service.db.accounts._HASHER", cheap)


def test_a_moderator_is_known_by_name_and_password(parts):
    password = parts.accounts.add("mo")

    assert parts.accounts.verify("mo", password)
    assert not parts.accounts.verify("mo", password + "x")
    assert not parts.accounts.verify("nobody", password)


def test_a_name_is_given_once(parts):
    parts.accounts.add("mo")

    with pytest.raises(Conflict):
        parts.accounts.add("mo")


def test_a_reset_makes_the_old_password_worthless(parts):
    old = parts.accounts.add("mo")

    new = parts.accounts.reset("mo")

    assert not parts.accounts.verify("mo", old)
    assert parts.accounts.verify("mo", new)


def test_a_removed_moderator_is_gone(parts):
    password = parts.accounts.add("mo")
    parts.accounts.add("al")

    parts.accounts.remove("mo")

    assert [one.name for one in parts.accounts.list()] == ["al"]
    assert not parts.accounts.verify("mo", password)
    with pytest.raises(NotFound):
        parts.accounts.remove("mo")
    with pytest.raises(NotFound):
        parts.accounts.reset("mo")


def test_no_password_is_kept(parts):
    password = parts.accounts.add("mo")

    with parts.database.reading() as connection:
        assert password not in repr(connection.exec_driver_sql("SELECT * FROM moderators").all())
