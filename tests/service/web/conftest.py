"""One server in this process, with a model that knows two texts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from shutil import copytree
from types import MappingProxyType, SimpleNamespace
from urllib.parse import urlencode

import pytest

from model.scorer import Explanation, Scored
from service.app import create_app
from service.db import comments, labels
from service.settings import Settings
from service.wiring import wire

CARD = {"thresholds": {"accept_below": 0.2, "reject": [{"budget": 0.005, "reject_above": 0.95}]}}
GOOD = "What a lovely regatta, the wind was kind to everybody."
BAD = "Buy the cheapest pills of the whole harbour, buy them now."
DOUBTFUL = "I wonder whether those boats were ever measured at all."
LOGITS = {GOOD: -6.0, BAD: 6.0}
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


class WordOfMouth:
    """A scorer that knows two texts and doubts every other."""

    model = SimpleNamespace(id="base-fake", card=CARD, coverage_floor=0.4)

    def score(self, reading, _comment):
        return Scored(LOGITS.get(reading.content, 0.0), None, (0, len(reading.normal)))

    def explain(self, _reading, _comment, scored):
        return Explanation((), 0.0, scored.logit)


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


def _wired(folder, **chosen):
    settings = Settings(data_dir=folder, secret_key="k" * 32, deadline_ms=60_000, **chosen)
    return wire(settings, clock=lambda: NOW, live=SimpleNamespace(scorer=WordOfMouth))


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A data folder whose tables are made, to be copied: making them takes longest."""
    folder = tmp_path_factory.mktemp("migrated")
    _wired(folder).database.close()
    return folder


@pytest.fixture
def chosen():
    """Settings other than the usual; a test may ask for its own by overriding this."""
    return {}


@pytest.fixture
def world(tmp_path, migrated, chosen):
    """A fresh instance with the site "boats"."""
    parts = _wired(copytree(migrated, tmp_path / "data"), **chosen)
    site = parts.sites.add("boats", "https://boats.example")
    yield AkismetWorld(parts, create_app(parts).test_client(), site)
    parts.database.close()
