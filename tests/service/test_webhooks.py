"""Events reach those who subscribed: signed, tried again, and only where they may go."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from model.comment import Comment, Label
from service import webhooks as delivering
from service.db import champions, retention, webhooks
from service.db.sites import Site
from service.db.webhooks import Webhook
from service.subscriptions import subscribe
from service.webhooks import Deliveries
from service.wiring import Parts
from tests.conftest import DOUBTFUL, GOOD, SPAM, Clock
from tests.receiver import Receiver, WebhookVerificationError, listening


@pytest.fixture
def clock() -> Clock:
    """Starts now: a receiver refuses what was signed long ago."""
    started = Clock()
    started.now = datetime.now(UTC)
    return started


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as running:
        yield running


@dataclass
class World:
    """A site, what it subscribed to, and whoever delivers."""

    parts: Parts
    site_id: str
    deliveries: Deliveries
    secret: str = ""

    @property
    def site(self) -> Site:
        return self.parts.sites.get(self.site_id)

    def subscribe(self, url: str, *events: str) -> str:
        made, self.secret = subscribe(
            self.parts.database, self.parts.keyring, self.site, url, events or webhooks.EVENTS,
            now=self.parts.clock(), to_private=True,
        )  # fmt: skip
        return made.id

    def send(self, content: str = GOOD, **fields: Any) -> str:
        return self.parts.screening.screen(self.site, Comment(content=content, **fields)).id

    def shown(self) -> Webhook:
        with self.parts.database.reading() as connection:
            return webhooks.of_site(connection, self.site_id)[0]


@pytest.fixture
def anywhere(parts: Parts) -> World:
    """On each kind of database."""
    return _world(parts)


@pytest.fixture
def world(sqlite_parts: Parts) -> World:
    return _world(sqlite_parts)


def _world(parts: Parts) -> World:
    made = parts.sites.add("boats", "https://boats.example")
    deliveries = Deliveries(parts.database, parts.keyring, parts.clock, to_private=True)
    return World(parts, made.id, deliveries)


def test_what_happened_is_told_in_full(anywhere: World, receiver: Receiver) -> None:
    anywhere.subscribe(receiver.url)
    sent = anywhere.send(DOUBTFUL, external_id="7", permalink="https://boats.example/a#7")
    anywhere.parts.review.label(anywhere.site, sent, Label.HAM, source="api")
    with anywhere.parts.database.writing() as connection:
        champions.promote(
            connection, anywhere.site_id, champions.BASE, "ann", anywhere.parts.clock()
        )

    assert anywhere.deliveries.run_due() == 3
    told = {event["type"]: event["data"] for event in receiver.verified(anywhere.secret)}

    place = {"id": sent, "external_id": "7", "permalink": "https://boats.example/a#7"}
    assert told["comment.decided"] == {"decision": "hold", **place}
    assert told["comment.labelled"] == {
        "label": "ham", "state": "accepted", "source": "api", **place,
    }  # fmt: skip
    assert told["model.promoted"] == {"model": "base", "by": "ann", "because": "promoted"}
    assert anywhere.deliveries.run_due() == 0
    assert anywhere.shown().state == "active"


def test_only_what_was_asked_for_is_told_and_only_to_its_own_site(
    world: World, receiver: Receiver
) -> None:
    world.subscribe(receiver.url, "comment.labelled")
    other = replace(world, site_id=world.parts.sites.add("cars", "https://cars.example").id)
    other.send()
    sent = world.send()
    world.parts.review.label(world.site, sent, Label.SPAM, source="api")

    world.deliveries.run_due()

    (event,) = receiver.verified(world.secret)
    assert (event["type"], event["data"]["id"]) == ("comment.labelled", sent)


def test_a_comment_writes_nothing_more_when_nobody_subscribed(world: World) -> None:
    world.send()

    with world.parts.database.reading() as connection:
        assert webhooks.is_idle(connection, world.parts.clock())
        assert not world.site.subscribed


def test_a_message_that_was_changed_on_its_way_is_noticed(world: World, receiver: Receiver) -> None:
    world.subscribe(receiver.url)
    world.send(SPAM)
    world.deliveries.run_due()
    headers, body = receiver.messages[0]

    for bad in (
        (headers, body.replace(b"reject", b"accept")),
        ({**headers, "webhook-id": "x"}, body),
    ):
        receiver.messages[0] = bad
        with pytest.raises(WebhookVerificationError):
            receiver.verified(world.secret)


def test_a_receiver_that_fails_hears_the_same_again_later(
    anywhere: World, receiver: Receiver, clock: Clock
) -> None:
    anywhere.subscribe(receiver.url)
    anywhere.send()
    receiver.status = 500

    anywhere.deliveries.run_due()
    assert (anywhere.shown().state, anywhere.shown().error) == ("failing", "HTTP 500")
    assert anywhere.deliveries.run_due() == 0
    assert not anywhere.deliveries.waits

    receiver.status = 200
    clock.advance(seconds=6)
    assert anywhere.deliveries.waits
    anywhere.deliveries.run_due()

    first, second = receiver.messages
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert first[1] == second[1]
    assert anywhere.deliveries.run_due() == 0
    assert not anywhere.deliveries.waits
    assert (anywhere.shown().state, anywhere.shown().error) == ("active", "")
    assert anywhere.shown().waiting == 0


def test_pauses_grow_to_an_hour() -> None:
    assert [delivering.pause(n).total_seconds() for n in (1, 2, 3, 4, 5, 6, 50)] == [
        5, 20, 80, 320, 1280, 3600, 3600,
    ]  # fmt: skip


def test_one_that_fails_is_tried_with_one_event_at_a_time(
    world: World, receiver: Receiver, clock: Clock
) -> None:
    world.subscribe(receiver.url)
    receiver.status = 503
    for _ in range(5):
        world.send()
    assert world.deliveries.run_due() == 5

    clock.advance(seconds=60)

    assert world.deliveries.run_due() == 1


def test_a_receiver_that_hangs_is_not_waited_for(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "DEADLINE", 0.2)
    released = threading.Event()
    receiver.before = lambda: released.wait(30)
    world.subscribe(receiver.url)
    world.send()

    world.deliveries.run_due()
    released.set()

    assert "no answer within" in world.shown().error


def test_after_three_days_of_failure_a_webhook_is_dead_and_says_why(
    anywhere: World, receiver: Receiver, clock: Clock
) -> None:
    anywhere.subscribe(receiver.url)
    receiver.status = 500
    anywhere.send()
    anywhere.deliveries.run_due()
    clock.advance(days=2)
    anywhere.send()
    anywhere.deliveries.run_due()
    assert anywhere.shown().state == "failing"

    clock.advance(days=1, seconds=1)
    anywhere.deliveries.run_due()

    shown = anywhere.shown()
    assert (shown.state, shown.error, shown.waiting, shown.dropped) == ("dead", "HTTP 500", 0, 2)
    assert not anywhere.site.subscribed


def test_one_event_that_is_never_taken_is_dropped_and_counted(
    world: World, receiver: Receiver, clock: Clock
) -> None:
    world.subscribe(receiver.url)
    receiver.disliked = world.send().encode()
    for _ in range(5):
        world.send()  # others arrive meanwhile
        world.deliveries.run_due()
        clock.advance(days=1)

    shown = world.shown()
    assert (shown.dropped, shown.waiting) == (1, 0)
    assert len(set(receiver.ids())) == 6


def test_a_receiver_that_says_gone_is_never_asked_again(world: World, receiver: Receiver) -> None:
    world.subscribe(receiver.url)
    world.send()
    receiver.status = 410

    world.deliveries.run_due()

    assert (world.shown().state, world.shown().error) == ("dead", "HTTP 410")


def test_a_redirect_is_not_followed(world: World, receiver: Receiver) -> None:
    with listening() as elsewhere:
        receiver.status, receiver.headers = 307, {"Location": elsewhere.url}
        world.subscribe(receiver.url)
        world.send()

        world.deliveries.run_due()

        assert elsewhere.messages == []
    assert "redirects are not followed" in world.shown().error


# Where a message may go.


@pytest.fixture
def careful(world: World) -> World:
    """Delivers to public addresses only, as it comes."""
    parts = world.parts
    world.deliveries = Deliveries(parts.database, parts.keyring, parts.clock, to_private=False)
    return world


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let every name lead to these addresses in turn; the names that were asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def lookup(host: Any, port: Any, *arguments: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if not name.endswith(".example"):
            return real(host, port, *arguments, **more)
        asked.append(name)
        address = answers[min(len(asked), len(answers)) - 1]
        return real(address, port, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"])
def test_a_name_that_leads_inside_is_refused_and_the_address_not_told(
    careful: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolving(monkeypatch, address)
    careful.subscribe(f"https://hooks.example:{receiver.url.split(':')[2].split('/')[0]}/hook")
    careful.send()

    careful.deliveries.run_due()

    assert receiver.messages == []
    assert careful.shown().error == "the host's address is not a public one"


def test_a_plain_or_private_address_from_before_is_refused(
    careful: World, receiver: Receiver
) -> None:
    """Subscribed while the operator allowed it, delivered after he has changed his mind."""
    careful.subscribe(receiver.url)
    careful.send()

    careful.deliveries.run_due()

    assert receiver.messages == []
    assert "https" in careful.shown().error


def test_a_name_is_resolved_once_and_connected_to_where_it_was_checked(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the second answer of such a name server would lead elsewhere."""
    port = receiver.url.split(":")[2].split("/")[0]
    asked = resolving(monkeypatch, "127.0.0.1", "192.0.2.1")
    world.subscribe(f"http://hooks.example:{port}/hook?a=b")
    world.send()

    world.deliveries.run_due()

    assert asked == ["hooks.example"]
    ((headers, _),) = receiver.messages
    assert headers["host"] == f"hooks.example:{port}"


def test_nobody_there_is_said(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    world.subscribe(f"http://127.0.0.1:{port}/")
    world.send()

    world.deliveries.run_due()

    assert world.shown().error.startswith("no connection")


# What goes with it.


def test_unsubscribing_drops_what_waits(world: World, receiver: Receiver) -> None:
    webhook = world.subscribe(receiver.url)
    world.send()
    with world.parts.database.writing() as connection:
        webhooks.remove(connection, world.site_id, webhook)

    assert world.deliveries.run_due() == 0
    assert receiver.messages == []
    assert not world.site.subscribed


def test_two_workers_never_take_the_same_delivery(anywhere: World, receiver: Receiver) -> None:
    anywhere.subscribe(receiver.url)
    anywhere.send()
    now, lease = anywhere.parts.clock(), timedelta(seconds=20)
    with anywhere.parts.database.writing() as connection:
        webhooks.fan_out(connection)
        first = webhooks.take_due(connection, now, lease)
    with anywhere.parts.database.writing() as connection:
        second = webhooks.take_due(connection, now, lease)

    with anywhere.parts.database.writing() as connection:  # the first has died
        third = webhooks.take_due(connection, now + lease, lease)

    assert (len(first), len(second), len(third)) == (1, 0, 1)


def test_an_erased_comment_is_no_longer_told_of(world: World, receiver: Receiver) -> None:
    world.subscribe(receiver.url)
    sent = world.send(permalink="https://boats.example/a#7")
    with world.parts.database.writing() as connection:
        webhooks.fan_out(connection)
        retention.erase(connection, world.site_id, sent)

    assert world.deliveries.run_due() == 0
