"""A site subscribes to its events over the API."""

from dataclasses import replace
from typing import Any

import pytest

from service.app import create_app
from service.wiring import Parts
from tests.conftest import Owner, owner

URL = "https://hooks.example/weir?key=1"


def subscribe(site: Owner, **more: Any) -> Any:
    return site.ask(
        "POST", "/v1/webhooks", json={"url": URL, "events": ["comment.decided"], **more}
    )


def listed(site: Owner) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = site.ask("GET", "/v1/webhooks").json["webhooks"]
    return told


def test_a_secret_is_shown_once(alice: Owner) -> None:
    made = subscribe(alice)

    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    (shown,) = listed(alice)
    assert shown == {key: value for key, value in made.json.items() if key != "secret"}
    assert (shown["url"], shown["events"], shown["state"]) == (URL, ["comment.decided"], "active")


def test_a_secret_is_kept_sealed(carol: Owner, sqlite_parts: Parts) -> None:
    secret = subscribe(carol).json["secret"]

    kept = (sqlite_parts.settings.data_dir / "weir.sqlite").read_bytes()
    wal = (sqlite_parts.settings.data_dir / "weir.sqlite-wal").read_bytes()
    assert b"hooks.example" in kept + wal
    assert secret.removeprefix("whsec_").encode() not in kept + wal


def test_what_waits_is_counted(carol: Owner) -> None:
    subscribe(carol)
    carol.send()

    assert listed(carol)[0]["waiting"] == 0  # the worker has not looked yet
    assert listed(carol)[0]["delivered_at"] is None


def test_a_webhook_is_removed_once(alice: Owner) -> None:
    made = subscribe(alice).json["id"]

    assert alice.ask("DELETE", f"/v1/webhooks/{made}").status_code == 204
    assert alice.ask("DELETE", f"/v1/webhooks/{made}").status_code == 404
    assert listed(alice) == []


def test_nobody_sees_or_removes_anothers_webhooks(alice: Owner, bob: Owner) -> None:
    made = subscribe(alice).json["id"]

    assert listed(bob) == []
    assert bob.ask("DELETE", f"/v1/webhooks/{made}").status_code == 404
    assert len(listed(alice)) == 1


def test_a_site_has_at_most_ten(carol: Owner) -> None:
    assert {subscribe(carol).status_code for _ in range(10)} == {201}

    assert subscribe(carol).status_code == 409
    assert len(listed(carol)) == 10


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("url", "http://hooks.example/", "/url"),
        ("url", "https://127.0.0.1/", "/url"),
        ("url", "https://" + "a" * 2000, "/url"),
        ("url", 7, "/url"),
        ("events", [], "/events"),
        ("events", ["comment.read"], "/events/0"),
        ("events", "comment.decided", "/events"),
    ],
)
def test_what_is_wrong_is_pointed_at_and_nothing_is_kept(
    carol: Owner, field: str, value: Any, pointer: str
) -> None:
    refused = subscribe(carol, **{field: value})

    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == pointer
    assert listed(carol) == []


def test_an_operator_may_allow_private_addresses(sqlite_parts: Parts) -> None:
    allowed = sqlite_parts.settings.model_copy(update={"webhooks_to_private": True})
    parts = replace(sqlite_parts, settings=allowed)
    site = owner(parts, create_app(parts).test_client(), "intranet")

    assert subscribe(site, url="http://10.0.0.5/hook").status_code == 201
