"""Webhooks, as an operator adds and removes them."""

from tests.service.cli.conftest import Weir

URL = "https://hooks.example/weir"


def test_a_webhook_is_added_listed_and_removed(weir: Weir, site: dict[str, str]) -> None:
    added = weir("webhook", "add", URL, "--site", "boats", "--event", "model.promoted", "--json")
    assert added.json["events"] == ["model.promoted"]
    assert added.json["secret"].startswith("whsec_")

    (listed,) = weir("webhook", "list", "--site", site["id"], "--json").json
    assert (listed["id"], listed["url"], listed["state"]) == (added.json["id"], URL, "active")

    assert weir("webhook", "remove", added.json["id"], "--site", "boats").code == 0
    assert weir("webhook", "list", "--site", "boats", "--json").json == []


def test_a_url_that_leads_inside_is_refused_in_one_line(weir: Weir, site: dict[str, str]) -> None:
    refused = weir("webhook", "add", "https://10.0.0.5/", "--site", site["name"])

    assert refused.code == 1
    assert refused.err == "weir: /url: must lead to a public address\n"
