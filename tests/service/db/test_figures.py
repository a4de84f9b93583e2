"""What the dashboard asks of a site: found by indexes, however much there is beside it."""

import pytest
from sqlalchemy import select, text

from model.comment import Comment
from service.db import figures
from service.db.schema import comments
from tests.conftest import DOUBTFUL, GOOD


@pytest.fixture
def site(parts):
    return parts.sites.get(parts.sites.add("boats", "https://boats.example").id)


def test_what_waits_is_counted_and_the_oldest_is_known(parts, site, clock):
    began = clock.now
    unaudited = parts.sites.set_policy(site.id, {"audit_share": 0.0})
    for content in (DOUBTFUL, GOOD, DOUBTFUL + "!"):
        parts.screening.screen(unaudited, Comment(content=content))
        clock.advance(hours=1)
    with parts.database.reading() as connection:
        assert figures.queue(connection, site.id) == figures.Queue(2, began)


def test_the_queue_is_found_by_its_own_index(parts, site):
    asked = select(comments.c.id).where(comments.c.site_id == site.id, comments.c.waits)
    told = asked.compile(parts.database.engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if parts.database.is_sqlite else "EXPLAIN"
    with parts.database.reading() as connection:
        if not parts.database.is_sqlite:
            connection.execute(text("SET enable_seqscan = off"))
        plan = str(connection.execute(text(f"{explain} {told}")).all())
        if not parts.database.is_sqlite:
            connection.execute(text("RESET enable_seqscan"))
    assert "comments_waiting" in plan
