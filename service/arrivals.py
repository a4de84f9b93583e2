"""What the worker does with comments that have just come: makes them findable, and puts held
ones into the campaign they belong to."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from model import alike
from model.hosts import is_known_good
from model.text import Reading, read
from service.clock import new_id
from service.db import arriving, campaigns, search
from service.db.comments import State, Stored
from service.db.direct import Cursor, cursor_of
from service.db.engine import Database
from service.db.sites import Sites
from service.desk import Desk
from service.errors import NotFound
from service.keyring import Keyring

BATCH = 50
"""Comments per transaction: whoever records a comment meanwhile waits no longer than for these."""
LATE = timedelta(seconds=15)
"""Ids are made before their comment is on disk: so far back is looked again."""


@dataclass(frozen=True, slots=True)
class _Newcomer:
    """A held comment, and the keys that those alike share with it."""

    stored: Stored
    signature: alike.Signature
    keys: list[int]
    hosts: list[int]


class Arrivals:
    """Follows the comments of all sites in the order they came."""

    def __init__(self, database: Database, keyring: Keyring, sites: Sites, desk: Desk) -> None:
        self._database, self._keyring = database, keyring
        self._sites, self._desk = sites, desk

    def take_in(self) -> int:
        """Take in the next of what has come; returns how many comments these were, 0 at the end.

        Of many that wait only some: between two calls a stop is heard.
        """
        if batch := self._next():
            entries = [
                search.Entry(one.site_id, one.id, search.words_of(one), self.page(one))
                for one in batch
            ]
            held = [self._newcomer(one) for one in batch if one.state is State.HELD]
            with self._database.writing() as connection:
                search.add(connection, entries)
                said = [self._placed(cursor_of(connection), one) for one in held]
                arriving.mark(connection, batch)
            for newcomer, ruling in zip(held, said, strict=True):
                if ruling is not None:
                    self._follow(newcomer.stored, ruling)
        return len(batch)

    def _next(self) -> list[Stored]:
        with self._database.reading() as connection:
            return arriving.not_taken_in(connection, LATE, BATCH)

    def page(self, stored: Stored) -> int:
        """The key of the page a comment stands under; 0 if the site did not say."""
        where = stored.comment.permalink.partition("#")[0]
        return self._keyring.trace(stored.site_id, "page", where) if where else 0

    def _newcomer(self, one: Stored) -> _Newcomer:
        reading = read(one.comment.content)
        mine = alike.signature(reading.normal)
        keys = [self._key(one, "alike", key) for key in alike.bands(reading.normal, mine)]
        hosts = [self._key(one, "alike-host", domain) for domain in _telling(reading)]
        return _Newcomer(one, mine, keys, hosts)

    def _placed(self, cursor: Cursor, new: _Newcomer) -> campaigns.Ruling | None:
        """Put it into its campaign, or begin one; what was said of that one's late-comers."""
        one = new.stored
        campaign = _alike(cursor, new) or new_id("cmp", one.at)
        member = campaigns.Member(one.site_id, one.id, campaign, new.signature.tobytes())
        campaigns.join(cursor, member, [*new.keys, *new.hosts], one.at)
        return campaigns.ruling(cursor, one.site_id, campaign, one.at)

    def _key(self, one: Stored, kind: str, value: object) -> int:
        return self._keyring.trace(one.site_id, kind, str(value))

    def _follow(self, one: Stored, said: campaigns.Ruling) -> None:
        try:
            self._desk.follow(self._sites.get(one.site_id), said, one.id)
        except NotFound:
            return  # the site was removed meanwhile


def _alike(cursor: Cursor, new: _Newcomer) -> str:
    one = new.stored
    for other in campaigns.near(cursor, one.site_id, new.keys, one.at):
        likeness = alike.likeness(new.signature, np.frombuffer(other.signature, np.uint32))
        if likeness >= alike.ALIKE:
            return other.campaign_id
    shared = campaigns.near(cursor, one.site_id, new.hosts, one.at) if new.hosts else []
    return shared[0].campaign_id if shared else ""


def _telling(reading: Reading) -> list[str]:
    """Domains in the text that few people link to: sharing one is no coincidence."""
    domains = dict.fromkeys(link.domain for link in reading.links if link.domain)
    return [domain for domain in domains if not is_known_good(domain)][:4]
