"""One comment on the table with all that is known of it: what every signal is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from model.comment import Comment
from model.hosts import domain_of, is_known_good
from model.policy import Policy
from model.text import host_of
from model.verdict import Decision

if TYPE_CHECKING:
    from model.scorer import Scored
    from model.text import Reading

FRESH = timedelta(days=1)
"""A comment submitted longer ago is a replay (import, recheck), not part of a burst now."""


class Tally(NamedTuple):
    """How often moderators said ham, and spam, of comments that share something."""

    ham: int = 0
    spam: int = 0


NOTHING = Tally()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What one site already knows of a comment's author, hosts, text and address.

    Counts only, the comment itself left out; zero means *nothing known*, which is never
    evidence. Test comments and their labels are not counted.

    `author`: labels on comments with the same author id or, where none was sent, with the
    same e-mail *and* the same address prefix (/24, /64): a name and an e-mail alone are
    forgeable. `author_accepted`: that author's comments accepted and not labelled since.
    `hosts`: labels on comments linking to a host, by the `domain` of the link (of the text
    or the author's URL). `text`: labels on comments with the same `Reading.template`.
    `text_senders`: different other senders (by address, else by e-mail) of that template in
    the last 7 days. `address_recent`: comments from the same address in the last 10
    minutes. `edited` and `edited_links`: the decision now in force on the comment that this
    one edits, and how many links it had.
    """

    author: Tally = NOTHING
    author_accepted: int = 0
    hosts: Mapping[str, Tally] = field(default_factory=dict)
    text: Tally = NOTHING
    text_senders: int = 0
    address_recent: int = 0
    edited: Decision | None = None
    edited_links: int = 0

    @property
    def knows_author(self) -> bool:
        """Published here before, and never called a spammer."""
        return self.author.spam == 0 and (self.author.ham > 0 or self.author_accepted >= 3)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A comment, how it reads, its text score, what is known, and whose policy applies.

    Below `coverage_floor` (share of the text the model has seen before) a text counts as
    unlearned. `basis` is that of the certificate in force: whose score decides what is rejected.
    """

    comment: Comment
    reading: "Reading"
    scored: "Scored"
    history: History
    policy: Policy
    now: datetime
    coverage_floor: float = 0.4
    basis: str = "base"

    @cached_property
    def fresh(self) -> bool:
        """False when the site says that it was submitted more than a day before now."""
        sent = self.comment.submitted_at
        if sent is None:
            return True
        return self.now - (sent if sent.tzinfo else sent.replace(tzinfo=UTC)) < FRESH

    @cached_property
    def author_host(self) -> str:
        """The host of the author's own link, empty when there is none."""
        return host_of(self.comment.author_url) if self.comment.author_url else ""

    @cached_property
    def hosts(self) -> Mapping[str, str]:
        """Every host the comment names, in the text or as the author's link, to its domain."""
        named = {link.host: link.domain for link in self.reading.links if link.host}
        if self.author_host:
            named.setdefault(self.author_host, domain_of(self.author_host))
        return named

    def knows_host(self, host: str, domain: str) -> bool:
        """Known and not bad: shipped as good, allowed, the site's own, or approved before."""
        tally = self.history.hosts.get(domain, NOTHING)
        return (
            is_known_good(domain)
            or host in self.policy.allowed.hosts
            or host == self._own_host
            or (tally.ham > 0 and tally.spam == 0)
        )

    @cached_property
    def _own_host(self) -> str:
        return host_of(self.comment.permalink) if self.comment.permalink else ""
