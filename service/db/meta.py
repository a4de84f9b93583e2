"""What this database says of itself."""

from datetime import datetime

from sqlalchemy import insert, select

from service.db.engine import Database, Taken
from service.db.schema import meta
from service.errors import SettingsError
from service.keyring import Keyring


def check_instance_key(database: Database, keyring: Keyring) -> None:
    """Refuse to run a database under a key it was not made with: no site could log in."""
    stored = _read(database)
    if stored is None:
        try:
            with database.writing() as connection:
                connection.execute(insert(meta), {"name": "key check", "value": keyring.check})
        except Taken:
            stored = _read(database)
    if stored not in (None, keyring.check):
        raise SettingsError("WEIR_SECRET_KEY: is not the key that this database was made with")


def _read(database: Database) -> str | None:
    with database.reading() as connection:
        return connection.execute(select(meta.c.value).where(meta.c.name == "key check")).scalar()


def is_first_start(database: Database, now: datetime) -> bool:
    """True once in the life of a database, for whoever asks first."""
    try:
        with database.writing() as connection:
            connection.execute(
                insert(meta), {"name": "first start", "value": now.isoformat(timespec="seconds")}
            )
    except Taken:
        return False
    return True
