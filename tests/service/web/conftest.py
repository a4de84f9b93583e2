"""A site whose clients speak Akismet."""

from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import urlencode

import pytest

from service.app import create_app
from service.db import comments, labels
from service.limiter import Limiter

GOOD = "What a lovely regatta, the wind was kind to everybody."
BAD = "Buy the cheapest pills of the whole harbour, buy them now."
DOUBTFUL = "I wonder whether those boats were ever measured at all."


@dataclass
class AkismetWorld:
    """A site, a client that speaks Akismet for it, and what the site finds afterwards."""

    parts: object
    http: object
    site: object
    good, bad, doubtful = GOOD, BAD, DOUBTFUL
    required = MappingProxyType(
        {"blog": "https://boats.example", "user_ip": "192.0.2.7", "comment_author": "Ada"}
    )

    def post(self, path, *, host="weir.example", without=(), query="", **fields):
        """Post the required fields, these, and the key, except for those to be left out."""
        sent = {"api_key": self.site.akismet_key, **self.required, **fields}
        body = urlencode({name: text for name, text in sent.items() if name not in without})
        kind = "application/x-www-form-urlencoded"
        return self.http.post(
            path, data=body, content_type=kind, headers={"Host": host}, query_string=query
        )

    def check(self, content=GOOD, **fields):
        """Ask about a comment."""
        return self.post("/1.1/comment-check", comment_content=content, **fields)

    def heard(self, answer):
        """Status, body and the protocol's own headers, without the guid."""
        ours = {k.lower(): v for k, v in answer.headers if k.startswith("X-akismet")}
        ours.pop("x-akismet-guid", None)
        return answer.status_code, answer.data, ours

    def hold_as(self, way):
        """Set how the site wants to hear of what is held."""
        self.parts.sites.set_policy(self.site.id, {"akismet_hold": way})

    def stored(self, comment_id):
        """The comment as it is kept; None if it is not."""
        with self.parts.database.reading() as connection:
            return comments.get(connection, self.site.id, comment_id)

    def said_of(self, comment_id):
        """The labels of a comment: what, by which way, by whom."""
        with self.parts.database.reading() as connection:
            rows = labels.of_comment(connection, self.site.id, comment_id)
        return [(row.label, row.source, row.moderator) for row in rows]

    def count(self):
        """How many comments were asked about this month."""
        return int(self.post("/1.2/usage-limit").json["usage"])


@pytest.fixture
def world(sqlite_parts):
    """The site "boats" on a fresh instance."""
    return _world(sqlite_parts)


@pytest.fixture
def anywhere(parts):
    """The same as `world` on each kind of database."""
    return _world(parts)


@pytest.fixture
def hurried_world(sqlite_parts):
    """The same as `world` where only two questions a minute are allowed."""
    return _world(replace(sqlite_parts, limiter=Limiter("", 2)))


def _world(parts):
    site = parts.sites.add("boats", "https://boats.example")
    return AkismetWorld(parts, create_app(parts).test_client(), site)
