"""Moderators and their passwords."""

import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, insert, select, update

from service.clock import Clock, milliseconds
from service.db.engine import Database, Taken
from service.db.schema import moderators
from service.errors import Conflict, NotFound

_HASHER = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Moderator:
    """A person who may decide about comments."""

    name: str
    created_at: int


class Accounts:
    """All moderators of this instance. Passwords are kept as argon2id hashes (RFC 9106)."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def add(self, name: str) -> str:
        """Add a moderator; returns the password, shown once. Raises Conflict for a name taken."""
        password = _new_password()
        row = {"name": name, "password": _HASHER.hash(password)}
        try:
            with self._database.writing() as connection:
                connection.execute(
                    insert(moderators), row | {"created_at": milliseconds(self._clock())}
                )
        except Taken:
            raise Conflict(f"there is already a moderator named {name!r}") from None
        return password

    def list(self) -> list[Moderator]:
        """All moderators, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(moderators).order_by(moderators.c.name)).all()
        return [Moderator(row.name, row.created_at) for row in rows]

    def remove(self, name: str) -> None:
        """Remove a moderator; what they labelled stays. Raises NotFound."""
        with self._database.writing() as connection:
            gone = connection.execute(delete(moderators).where(moderators.c.name == name))
            _must_exist(gone.rowcount, name)

    def reset(self, name: str) -> str:
        """Give a moderator a new password, shown once. Raises NotFound."""
        password = _new_password()
        chosen = update(moderators).where(moderators.c.name == name)
        with self._database.writing() as connection:
            changed = connection.execute(chosen.values(password=_HASHER.hash(password)))
            _must_exist(changed.rowcount, name)
        return password

    def verify(self, name: str, password: str) -> bool:
        """True if this is the moderator's password; as slow for a name that does not exist."""
        query = select(moderators.c.password).where(moderators.c.name == name)
        with self._database.reading() as connection:
            stored = connection.execute(query).scalar()
        try:
            return _HASHER.verify(stored or _nobody(), password) and stored is not None
        except VerifyMismatchError:
            return False


def _new_password() -> str:
    return secrets.token_urlsafe(15)


def _nobody() -> str:
    return _HASHER.hash(secrets.token_hex(8))


def _must_exist(rows: int, name: str) -> None:
    if not rows:
        raise NotFound(f"there is no moderator named {name!r}")
