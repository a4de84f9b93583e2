"""The news site asks through the Akismet client, and follows what becomes of its comments."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from demo import moderation as following
from demo.comments import Comment, Comments, Draft, Status
from demo.moderation import Account, Moderation
from service.app import create_app
from service.db import retention
from service.wiring import Parts
from tests.conftest import DOUBTFUL, GOOD, SPAM


class Switchable(httpx.BaseTransport):
    """Leads to a Weir in this process, until it is unplugged; keeps what was asked for."""

    def __init__(self, parts: Parts) -> None:
        self.plugged = True
        self.asked: list[httpx.Request] = []
        self._weir = httpx.WSGITransport(create_app(parts))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if not self.plugged:
            raise httpx.ConnectError("unplugged")
        return self._weir.handle_request(request)


class World:
    """A news site, its account, and the line to Weir."""

    def __init__(self, parts: Parts, folder: Path) -> None:
        made = parts.sites.add("ledger", "http://ledger.example")
        account = Account("http://weir.example", made.akismet_key, made.token, made.url)
        self.parts, self.site_id = parts, made.id
        self.line = Switchable(parts)
        self.comments = Comments(folder / "news.sqlite")
        self.moderation = Moderation(account, self.comments, self.line)

    def leave(self, content: str, at: datetime | None = None) -> Comment:
        draft = Draft(content=content, name="Ada", email="ada@reader.example", ip="192.0.2.1")
        kept = self.comments.add(draft, at or datetime.now(UTC))
        self.moderation.ask(kept)
        return kept

    def status(self, of: Comment) -> Status | None:
        return next((one.status for one in self.comments.all() if one.number == of.number), None)

    def visible(self, *mine: int) -> list[str]:
        return [one.content for one in self.comments.visible(mine)]


@pytest.fixture
def world(sqlite_parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(following, "_PAUSE", 0.0)
    return World(sqlite_parts, tmp_path)


@pytest.mark.parametrize(
    ("content", "status"),
    [(GOOD, Status.PUBLISHED), (DOUBTFUL, Status.HELD), (SPAM, Status.REJECTED)],
)
def test_the_answer_says_where_a_comment_stands(world: World, content: str, status: Status) -> None:
    assert world.status(world.leave(content)) is status


def test_weir_is_asked_by_the_akismet_client_alone(world: World) -> None:
    kept = world.leave(GOOD)

    (asked,) = world.line.asked
    assert asked.url.path == "/1.1/comment-check"
    assert asked.headers["Host"] == "rest.akismet.com"
    sent = dict(httpx.QueryParams(asked.read().decode()))
    assert sent["permalink"].endswith(f"#comment-{kept.number}")


def test_what_waits_is_seen_by_its_writer_only(world: World) -> None:
    kept = world.leave(DOUBTFUL)
    world.leave(SPAM)

    assert world.visible() == []
    assert world.visible(kept.number, kept.number + 1) == [DOUBTFUL]


@pytest.mark.parametrize(
    ("content", "label", "status"),
    [(DOUBTFUL, "ham", Status.PUBLISHED), (GOOD, "spam", Status.REJECTED),
     (GOOD, "other", Status.REJECTED), (SPAM, "ham", Status.PUBLISHED)],
)  # fmt: skip
def test_a_moderators_word_is_followed(
    world: World, content: str, label: str, status: Status
) -> None:
    kept = world.leave(content)

    world.moderation.label(kept.number, label, "ann")
    world.moderation.follow()

    assert world.status(kept) is status


def test_what_was_erased_goes_here_too(world: World) -> None:
    kept = world.leave(GOOD)
    world.moderation.follow()
    parts = world.parts
    with parts.database.writing() as connection:
        (mine,) = retention.by_email(connection, parts.keyring, world.site_id, "ada@reader.example")
        retention.erase(connection, world.site_id, mine)

    world.moderation.follow()

    assert world.status(kept) is None


def test_while_weir_cannot_be_reached_comments_wait_and_nothing_breaks(world: World) -> None:
    world.line.plugged = False

    kept = world.leave(GOOD, at=datetime.now(UTC) - timedelta(minutes=5))
    world.moderation.follow()

    assert world.status(kept) is Status.UNASKED
    assert world.visible() == []
    assert world.visible(kept.number) == [GOOD]


def test_what_waited_for_weir_is_asked_about_as_soon_as_it_is_back(world: World) -> None:
    world.line.plugged = False
    old = world.leave(GOOD, at=datetime.now(UTC) - timedelta(minutes=5))
    new = world.leave(DOUBTFUL)
    world.line.plugged = True

    world.moderation.follow()

    assert world.status(old) is Status.PUBLISHED
    assert world.status(new) is Status.UNASKED  # somebody is asking about it just now


def test_more_comments_than_a_page_are_all_followed(world: World) -> None:
    kept = world.leave(DOUBTFUL)
    world.moderation.label(kept.number, "ham", "ann")
    for number in range(205):
        other = world.comments.add(
            Draft(content=f"{GOOD} {number}", name="Bo", email="bo@reader.example"),
            datetime.now(UTC),
        )
        world.moderation.ask(other)

    world.moderation.follow()

    assert world.status(kept) is Status.PUBLISHED
