"""Sites and their keys: added, found by key, changed, removed."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Row, and_, bindparam, insert, select, update

from model.policy import Policy
from service.clock import Clock, milliseconds, new_id
from service.db.direct import Cursor, Prepared
from service.db.engine import Database, Taken
from service.db.schema import keys, sites
from service.errors import Conflict, FieldError, Invalid, NotFound
from service.keyring import Keyring, new_akismet_key, new_token

KeyKind = Literal["token", "akismet"]
Also = Callable[[Connection], object]


def _nothing(_connection: Connection) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Site:
    """A website that sends comments. `version` grows with every change of this row;
    `champion` is the digest of its own layer in force, empty for the base alone; `lacks_good` if
    its labels are too few good ones for any."""

    id: str
    name: str
    url: str
    policy: Policy
    version: int
    subscribed: bool
    created_at: int
    champion: str = ""
    lacks_good: bool = False


@dataclass(frozen=True, slots=True)
class NewSite:
    """A site just added, with its keys in clear: the only time they are shown."""

    id: str
    name: str
    url: str
    akismet_key: str
    token: str


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it was when this process last looked for it: its keyed hash, and whose it was."""

    hash: bytes
    site: Site

    def is_good(self, cursor: Cursor) -> bool:
        """Whether it is still that site's, and the site as it was."""
        held = _BY_KEY.run(cursor, {"hash": self.hash}).fetchone()
        return held is not None and tuple(held) == (self.site.id, self.site.version)


class Sites:
    """All sites of this instance."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database, self._keyring, self._clock = database, keyring, clock
        self._known: dict[str, Site] = {}
        self._keys: dict[bytes, Key] = {}

    def add(self, name: str, url: str) -> NewSite:
        """Add a site with one key of each kind. Raises Conflict if the name is taken."""
        now = self._clock()
        site = NewSite(new_id("site", now), name, url, new_akismet_key(), new_token())
        row: dict[str, object] = {"id": site.id, "name": name, "url": url, "policy": "{}"}
        row |= {"version": 1, "subscribed": False}
        try:
            with self._database.writing() as connection:
                connection.execute(insert(sites), row | {"created_at": milliseconds(now)})
                self._put_key(connection, site.id, "akismet", site.akismet_key)
                self._put_key(connection, site.id, "token", site.token)
        except Taken:
            raise Conflict(f"there is already a site named {name!r}") from None
        return site

    def by_token(self, token: str) -> Site | None:
        """The site a bearer token belongs to; None for a wrong or revoked one."""
        return self._by_key("token", token)

    def by_akismet_key(self, key: str) -> Site | None:
        """The site an Akismet key belongs to (case-insensitive, as in a host name)."""
        return self._by_key("akismet", key.lower())

    def recalled(self, kind: KeyKind, secret: str) -> Key | None:
        """What this process last found of a key, without asking the database: whoever goes by it
        must ask whether it is still good. None for one that was not found before."""
        return self._keys.get(self._keyring.lookup(kind, secret))

    def is_good(self, key: Key) -> bool:
        """Whether a key recalled is still its site's, and the site as it was."""
        with self._database.direct.reading() as cursor:
            return key.is_good(cursor)

    def _by_key(self, kind: KeyKind, secret: str) -> Site | None:
        # Found by its keyed hash, so that comparing takes the same time whatever was sent.
        hashed = self._keyring.lookup(kind, secret)
        with self._database.direct.reading() as cursor:
            found = _BY_KEY.run(cursor, {"hash": hashed}).fetchone()
        if found is None:
            self._keys.pop(hashed, None)
            return None
        site_id, version = found
        known = self._known.get(site_id)
        site = known if known is not None and known.version == version else self.get(site_id)
        self._keys[hashed] = Key(hashed, site)
        return site

    def _from_row(self, row: Row[Any]) -> Site:
        known = self._known.get(row.id)
        if known is None or known.version != row.version:
            policy = policy_from(orjson.loads(row.policy))
            known = Site(row.id, row.name, row.url, policy, row.version, row.subscribed,
                         row.created_at, row.champion, row.lacks_good)  # fmt: skip
            self._known[row.id] = known
        return known

    def get(self, name_or_id: str) -> Site:
        """The site of this id or else of this name. Raises NotFound."""
        wanted = (sites.c.id == name_or_id) | (sites.c.name == name_or_id)
        id_first = sites.c.id != name_or_id  # a site may be named like another's id
        with self._database.reading() as connection:
            row = connection.execute(_LIVE.where(wanted).order_by(id_first)).first()
        if row is None:
            raise NotFound(f"there is no site {name_or_id!r}")
        return self._from_row(row)

    def list(self) -> list[Site]:
        """All sites, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(_LIVE.order_by(sites.c.created_at, sites.c.id)).all()
        return [self._from_row(row) for row in rows]

    def set_policy(
        self, site_id: str, changes: Mapping[str, object], also: Also = _nothing
    ) -> Site:
        """Change some of a site's wishes, see `change`."""
        return self.change(site_id, changes, also=also)

    def rename(self, site_id: str, *, name: str = "", url: str = "", also: Also = _nothing) -> Site:
        """Change what a site is called or where it is, see `change`."""
        return self.change(site_id, {}, name=name, url=url, also=also)

    def change(
        self, site_id: str, policy: Mapping[str, object], *, name: str = "", url: str = "",
        also: Also = _nothing,
    ) -> Site:  # fmt: skip
        """Change some of a site's wishes, each already checked, its name and its address: all that
        is said, or nothing; the rest stays. `also` is done in the same transaction.

        Raises NotFound, Conflict for a name that is taken, and Invalid if the site would then
        accept above where it rejects.
        """
        values = {key: value for key, value in (("name", name), ("url", url)) if value}
        try:
            with self._database.writing() as connection:
                mine = sites.c.id == site_id
                row = connection.execute(_LIVE.where(mine).with_for_update()).first()
                if row is None:
                    raise NotFound("there is no such site")
                changed = {"policy": _merged(row.policy, policy), "version": row.version + 1}
                connection.execute(update(sites).where(mine).values(values | changed))
                also(connection)
        except Taken:
            raise Conflict(f"there is already a site named {name!r}") from None
        return self.get(site_id)

    def rotate(self, site_id: str, kind: KeyKind, also: Also = _nothing) -> str:
        """Make a new key and revoke the old ones of its kind at once; returns it in clear."""
        secret = new_token() if kind == "token" else new_akismet_key()
        with self._database.writing() as connection:
            self._revoke(connection, (keys.c.site_id == site_id) & (keys.c.kind == kind))
            self._put_key(connection, site_id, kind, secret)
            also(connection)
        return secret

    def remove(self, site_id: str) -> None:
        """Take a site's keys and free its name; what it has sent stays until purged."""
        now = milliseconds(self._clock())
        gone = {"removed_at": now, "name": f"removed {site_id}"}
        with self._database.writing() as connection:
            self._revoke(connection, keys.c.site_id == site_id)
            connection.execute(update(sites).where(sites.c.id == site_id).values(gone))

    def akismet_key(self, site_id: str) -> str:
        """The site's Akismet key in clear, to be said in its own callbacks."""
        wanted = (keys.c.site_id == site_id) & (keys.c.kind == "akismet")
        with self._database.reading() as connection:
            query = select(keys.c.sealed).where(wanted, keys.c.revoked_at.is_(None))
            sealed = connection.execute(query).scalar()
        if sealed is None:
            raise NotFound("the site has no Akismet key")
        return self._keyring.unseal(sealed)

    def _put_key(self, connection: Connection, site_id: str, kind: KeyKind, secret: str) -> None:
        row = {
            "hash": self._keyring.lookup(kind, secret),
            "site_id": site_id,
            "kind": kind,
            "sealed": self._keyring.seal(secret) if kind == "akismet" else None,
            "created_at": milliseconds(self._clock()),
        }
        connection.execute(insert(keys), row)

    def _revoke(self, connection: Connection, which: Any) -> None:
        now = milliseconds(self._clock())
        live = and_(which, keys.c.revoked_at.is_(None))
        connection.execute(update(keys).where(live).values(revoked_at=now))


def set_lacks_good(connection: Connection, site_id: str, *, lacks: bool) -> None:
    """Note whether a site's labels are too few good ones for a model of its own."""
    changed = {"lacks_good": lacks, "version": sites.c.version + 1}
    connection.execute(update(sites).where(sites.c.id == site_id).values(changed))


_LIVE = select(sites).where(sites.c.removed_at.is_(None))
_BY_KEY = Prepared(
    select(sites.c.id, sites.c.version)
    .join(keys, keys.c.site_id == sites.c.id)
    .where(keys.c.hash == bindparam("hash"))
    .where(keys.c.revoked_at.is_(None), sites.c.removed_at.is_(None))
)


def _merged(stored: str, changes: Mapping[str, object]) -> str:
    return orjson.dumps(in_order(orjson.loads(stored), changes)).decode()


def in_order(policy: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    """A policy in its JSON form, changed. Raises Invalid if the site would then accept above
    where it rejects, and names what was changed of the two."""
    changed = {**policy, **changes}
    below, above = (changed.get(name) for name in _THRESHOLDS)
    if below is not None and above is not None and below > above:
        wrong = f"accept_below ({below}) must not be above reject_above ({above})"
        named = [name for name in _THRESHOLDS if name in changes]
        raise Invalid(wrong, tuple(FieldError(f"/policy/{name}", wrong) for name in named))
    return changed


_THRESHOLDS = ("accept_below", "reject_above")


def policy_from(stored: Mapping[str, Any]) -> Policy:
    """A policy from its JSON form; what is not in it has its default."""
    lists = {name: tuple(value) for name, value in stored.items() if isinstance(value, list)}
    return Policy(**{**stored, **lists})


def policy_to(policy: Policy) -> dict[str, Any]:
    """A policy's JSON form."""
    told = asdict(policy).items()
    return {name: list(value) if isinstance(value, tuple) else value for name, value in told}
