"""What the worker does with comments that have just come: makes them findable, and puts held
ones into the campaign they belong to."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from model import alike
from model.hosts import is_known_good
from model.text import Reading, read
from service.clock import new_id
from service.db import arriving, campaigns, search
from service.db.comments import State, Stored
from service.db.engine import Connection, Database
from service.db.sites import Sites
from service.desk import Desk
from service.errors import NotFound
from service.keyring import Keyring

BATCH = 100
"""Comments per transaction: whoever records a comment meanwhile waits no longer than for these."""
LATE = timedelta(seconds=15)
"""Ids are made before their comment is on disk: so far back is looked again."""


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
            self._index(batch)
            self._group([one for one in batch if one.state is State.HELD])
        return len(batch)

    def _next(self) -> list[Stored]:
        with self._database.reading() as connection:
            return arriving.not_taken_in(connection, LATE, BATCH)

    def _index(self, batch: Sequence[Stored]) -> None:
        entries = [
            search.Entry(one.site_id, one.id, search.words_of(one), self.page(one)) for one in batch
        ]
        with self._database.writing() as connection:
            search.add(connection, entries)
            arriving.mark(connection, batch)

    def page(self, stored: Stored) -> int:
        """The key of the page a comment stands under; 0 if the site did not say."""
        where = stored.comment.permalink.partition("#")[0]
        return self._keyring.trace(stored.site_id, "page", where) if where else 0

    def _group(self, held: Sequence[Stored]) -> None:
        for one in held:
            with self._database.writing() as connection:
                campaign = self._place(connection, one, read(one.comment.content))
                said = campaigns.ruling(connection, one.site_id, campaign, one.at)
            if said is not None:
                self._follow(one, said)

    def _place(self, connection: Connection, one: Stored, reading: Reading) -> str:
        mine = alike.signature(reading.normal)
        keys = [self._key(one, "alike", key) for key in alike.bands(reading.normal, mine)]
        hosts = [self._key(one, "alike-host", domain) for domain in _telling(reading)]
        near = self._alike(connection, one, mine, keys=keys, hosts=hosts)
        campaign = near or new_id("cmp", one.at)
        member = campaigns.Member(one.site_id, one.id, campaign, mine.tobytes())
        campaigns.join(connection, member, [*keys, *hosts], one.at)
        return campaign

    def _alike(
        self, connection: Connection, one: Stored, mine: alike.Signature, *, keys: list[int],
        hosts: list[int],
    ) -> str:  # fmt: skip
        for other in campaigns.near(connection, one.site_id, keys, one.at):
            if alike.likeness(mine, np.frombuffer(other.signature, np.uint32)) >= alike.ALIKE:
                return other.campaign_id
        shared = campaigns.near(connection, one.site_id, hosts, one.at) if hosts else []
        return shared[0].campaign_id if shared else ""

    def _key(self, one: Stored, kind: str, value: object) -> int:
        return self._keyring.trace(one.site_id, kind, str(value))

    def _follow(self, one: Stored, said: campaigns.Ruling) -> None:
        try:
            self._desk.follow(self._sites.get(one.site_id), said, one.id)
        except NotFound:
            return  # the site was removed meanwhile


def _telling(reading: Reading) -> list[str]:
    """Domains in the text that few people link to: sharing one is no coincidence."""
    domains = dict.fromkeys(link.domain for link in reading.links if link.domain)
    return [domain for domain in domains if not is_known_good(domain)][:4]
