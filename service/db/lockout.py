"""A pause after too many wrong passwords, the same for names that do not exist."""

from datetime import timedelta

from sqlalchemy import delete, insert, select

from service.clock import Clock, milliseconds
from service.db.engine import Connection, Database
from service.db.schema import sign_in_failures
from service.keyring import Keyring, address_prefix

TRIES = 5
"""Wrong passwords for one name from one network before the pause."""
TRIES_FROM_ANYWHERE = 50
"""For one name from all networks together: guessing from many places is slow as well, while
somebody who knows a name cannot easily lock its owner out."""
PAUSE = timedelta(minutes=15)


class Lockout:
    """Counts wrong passwords in the database, so that all web processes count together."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database, self._keyring, self._clock = database, keyring, clock

    def left(self, name: str, address: str) -> int:
        """How many tries are left for this name from this address; 0: wait for the pause."""
        keys = self._keys(name, address)
        with self._database.reading() as connection:
            return min(most - self._count(connection, key) for key, most in keys.items())

    def failed(self, name: str, address: str) -> None:
        """Count one wrong password, and throw away counts that are over."""
        now = self._clock()
        ends = milliseconds(now + PAUSE)
        with self._database.writing() as connection:
            over = sign_in_failures.c.until <= milliseconds(now)
            connection.execute(delete(sign_in_failures).where(over))
            for key in self._keys(name, address):
                count = self._count(connection, key) + 1
                connection.execute(delete(sign_in_failures).where(sign_in_failures.c.key == key))
                row = {"key": key, "count": count, "until": ends}
                connection.execute(insert(sign_in_failures), row)

    def succeeded(self, name: str, address: str) -> None:
        """Forget this name's wrong passwords from this network."""
        mine = self._keyring.lookup("sign-in", f"{name}\n{_network(address)}")
        with self._database.writing() as connection:
            connection.execute(delete(sign_in_failures).where(sign_in_failures.c.key == mine))

    def _keys(self, name: str, address: str) -> dict[bytes, int]:
        here = self._keyring.lookup("sign-in", f"{name}\n{_network(address)}")
        return {here: TRIES, self._keyring.lookup("sign-in", name): TRIES_FROM_ANYWHERE}

    def _count(self, connection: Connection, key: bytes) -> int:
        f = sign_in_failures.c
        query = select(f.count).where(f.key == key, f.until > milliseconds(self._clock()))
        return connection.execute(query).scalar() or 0


def _network(address: str) -> str:
    return address_prefix(address) or address
