"""Moderators, their passwords, and what each may do on which site."""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection, Row, delete, insert, select, update

from service.clock import Clock, milliseconds
from service.db.engine import Database, Taken
from service.db.schema import moderators, roles
from service.errors import Conflict, NotFound

_HASHER = PasswordHasher()
EVERYWHERE = ""
"""In place of a site's id: every site, those to come too."""


class Role(StrEnum):
    """What somebody may do on a site; each may do what the ones before it may."""

    MODERATOR = "moderator"  # decide about comments
    TRAINER = "trainer"  # also change what the filter does: lists, limits, models
    ADMIN = "admin"  # also say who may do what

    def includes(self, other: "Role") -> bool:
        """True if whoever has this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Moderator:
    """A person who may sign in. `roles` are by site id, EVERYWHERE among them."""

    name: str
    created_at: int
    one_time: bool
    epoch: str
    language: str
    zone: str
    has_totp: bool
    roles: dict[str, Role]

    def role_on(self, site_id: str) -> Role | None:
        """The stronger of the roles on this site and everywhere; None: nothing at all."""
        held = [self.roles[one] for one in (site_id, EVERYWHERE) if one in self.roles]
        return max(held, key=list(Role).index, default=None)


class Accounts:
    """All moderators of this instance. Passwords are kept as argon2id hashes (RFC 9106)."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def add(self, name: str, role: Role = Role.MODERATOR, site_id: str = EVERYWHERE) -> str:
        """Add a moderator; returns the password, shown once. Raises Conflict for a name taken."""
        password = _new_password()
        row = {"name": name, "created_at": milliseconds(self._clock()), **_secret(password, True)}
        try:
            with self._database.writing() as connection:
                connection.execute(insert(moderators), row)
                _put_role(connection, name, site_id, role)
        except Taken:
            raise Conflict(f"there is already a moderator named {name!r}") from None
        return password

    def list(self) -> list[Moderator]:
        """All moderators, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(moderators).order_by(moderators.c.name)).all()
            held = connection.execute(select(roles)).all()
        return [_moderator(row, [one for one in held if one.moderator == row.name]) for row in rows]

    def get(self, name: str) -> Moderator | None:
        """One moderator; None if there is none of this name."""
        with self._database.reading() as connection:
            row = connection.execute(select(moderators).where(moderators.c.name == name)).first()
            held = connection.execute(select(roles).where(roles.c.moderator == name)).all()
        return _moderator(row, held) if row else None

    def remove(self, name: str) -> None:
        """Remove a moderator; what they labelled stays. Raises NotFound."""
        with self._database.writing() as connection:
            connection.execute(delete(roles).where(roles.c.moderator == name))
            gone = connection.execute(delete(moderators).where(moderators.c.name == name))
            _must_exist(gone.rowcount, name)

    def set_role(self, name: str, role: Role | None, site_id: str = EVERYWHERE) -> None:
        """Give somebody this role on a site, or (None) none there. Raises NotFound."""
        with self._database.writing() as connection:
            known = select(moderators.c.name).where(moderators.c.name == name)
            _must_exist(len(connection.execute(known).all()), name)
            mine = (roles.c.moderator == name) & (roles.c.site_id == site_id)
            connection.execute(delete(roles).where(mine))
            if role is not None:
                _put_role(connection, name, site_id, role)

    def reset(self, name: str) -> str:
        """Give a moderator a new one-time password, shown once, and take the authenticator off.

        Every session of theirs ends. Raises NotFound.
        """
        password = _new_password()
        self._change(name, **_secret(password, True), totp=None, totp_used=None)
        return password

    def change_password(self, name: str, password: str) -> None:
        """Let a moderator have a password of their own choice; every session of theirs ends."""
        self._change(name, **_secret(password, False))

    def prefer(self, name: str, *, language: str, zone: str) -> None:
        """Keep in which language and time zone a moderator reads; empty: as the browser says."""
        self._change(name, language=language, zone=zone)

    def set_totp(self, name: str, sealed: bytes | None) -> None:
        """Ask for codes of this authenticator from now on, or (None) for none."""
        self._change(name, totp=sealed, totp_used=None)

    def totp(self, name: str) -> tuple[bytes | None, int | None]:
        """The authenticator's sealed secret, and the time step of the last code taken."""
        query = select(moderators.c.totp, moderators.c.totp_used).where(moderators.c.name == name)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return (row.totp, row.totp_used) if row else (None, None)

    def use_code(self, name: str, step: int) -> bool:
        """Take the code of a time step (RFC 6238); False if that one or a later one was."""
        used = moderators.c.totp_used
        unused = (moderators.c.name == name) & (used.is_(None) | (used < step))
        with self._database.writing() as connection:
            changed = connection.execute(update(moderators).where(unused).values(totp_used=step))
            return changed.rowcount == 1

    def verify(self, name: str, password: str) -> bool:
        """True if this is the moderator's password; as slow for a name that does not exist."""
        query = select(moderators.c.password).where(moderators.c.name == name)
        with self._database.reading() as connection:
            stored = connection.execute(query).scalar()
        try:
            return _HASHER.verify(stored or _nobody(), password) and stored is not None
        except VerifyMismatchError:
            return False

    def _change(self, name: str, **values: object) -> None:
        chosen = update(moderators).where(moderators.c.name == name)
        with self._database.writing() as connection:
            _must_exist(connection.execute(chosen.values(**values)).rowcount, name)


def _moderator(row: Row[Any], held: Any) -> Moderator:
    return Moderator(
        name=row.name,
        created_at=row.created_at,
        one_time=row.one_time,
        epoch=row.epoch,
        language=row.language,
        zone=row.zone,
        has_totp=row.totp is not None,
        roles={one.site_id: Role(one.role) for one in held},
    )


def _put_role(connection: Connection, name: str, site_id: str, role: Role) -> None:
    row = {"moderator": name, "site_id": site_id, "role": role.value}
    connection.execute(insert(roles), row)


def _secret(password: str, one_time: bool) -> dict[str, object]:
    return {
        "password": _HASHER.hash(password),
        "one_time": one_time,
        "epoch": secrets.token_hex(16),
    }


def _new_password() -> str:
    return secrets.token_urlsafe(15)


def _nobody() -> str:
    return _HASHER.hash(secrets.token_hex(8))


def _must_exist(rows: int, name: str) -> None:
    if not rows:
        raise NotFound(f"there is no moderator named {name!r}")
