"""Sites, keys and moderators from the command line."""

from pathlib import Path
from typing import get_args

import pytest

from model.policy import AkismetHold, Mode
from service.cli.sites import AKISMET_HOLDS, MODES
from tests.service.cli.conftest import Weir


def test_adding_a_site_shows_its_keys(site: dict[str, str]) -> None:
    assert set(site) == {"id", "name", "url", "akismet_key", "token"}
    assert len(site["akismet_key"]) == 12


def test_keys_are_shown_only_once(weir: Weir, site: dict[str, str]) -> None:
    told = weir("site", "list", "--json").out + weir("site", "show", "boats", "--json").out

    assert site["name"] in told
    assert site["token"] not in told
    assert site["akismet_key"] not in told


def test_a_name_taken_is_refused_in_one_line(weir: Weir, site: dict[str, str]) -> None:
    done = weir("site", "add", "boats", "--url", "https://other.example")

    assert (done.code, done.out) == (1, "")
    assert done.err == "weir: there is already a site named 'boats'\n"


@pytest.mark.parametrize(
    "what", [("site", "add", " ", "--url", "https://x.example"), ("moderator", "add", "")]
)
def test_nobody_is_added_without_a_name(weir: Weir, what: tuple[str, ...]) -> None:
    before = weir(what[0], "list", "--json").json

    done = weir(*what)

    assert (done.code, done.out) == (2, "")
    assert weir(what[0], "list", "--json").json == before


@pytest.mark.parametrize("wrong", [("--url", "not an address"), ("--url", ""), ("--name", " ")])
def test_a_site_keeps_its_name_and_address_when_the_new_one_is_none(
    weir: Weir, site: dict[str, str], wrong: tuple[str, str]
) -> None:
    before = weir("site", "list", "--json").json

    done = weir("site", "set", "boats", "--mode", "hold-first", *wrong)

    assert (done.code, done.out) == (2, "")
    assert wrong[0] in done.err
    assert weir("site", "list", "--json").json == before
    assert weir("site", "show", "boats", "--json").json["policy"]["mode"] == "normal"


def test_a_site_is_added_by_its_host_but_not_by_what_is_no_address(weir: Weir) -> None:
    added = weir("site", "add", "boats", "--url", "boats.example", "--json")
    refused = weir("site", "add", "ships", "--url", "javascript:alert(1)")

    assert added.json["url"] == "https://boats.example"
    assert (refused.code, refused.out) == (2, "")
    assert "must be an address such as https://blog.example.org" in refused.err
    assert [one["name"] for one in weir("site", "list", "--json").json] == ["boats"]


def test_sites_are_listed_oldest_first(weir: Weir, site: dict[str, str]) -> None:
    weir("site", "add", "anchors", "--url", "https://anchors.example")

    assert [row["name"] for row in weir("site", "list", "--json").json] == ["boats", "anchors"]
    assert weir("site", "list").out.splitlines()[0].split() == ["id", "name", "url"]


def test_a_policy_changes_only_where_told(weir: Weir, site: dict[str, str]) -> None:
    before = weir("site", "show", "boats", "--json").json["policy"]

    weir("site", "set", "boats", "--mode", "hold-first", "--trusted-roles", "editor, author")

    after = weir("site", "show", "boats", "--json").json["policy"]
    assert after == before | {"mode": "hold-first", "trusted_roles": ["editor", "author"]}


def test_a_site_is_told_what_a_certificate_of_its_own_takes(
    weir: Weir, site: dict[str, str]
) -> None:
    told = weir("site", "show", "boats", "--json").json

    assert told["certificate"]["basis"] == "base"
    assert told["good_labels_missing"] == 598 * 4
    assert 0 < told["expected"]["spam_accepted"] < told["expected"]["good_accepted"] < 1
    assert "good_labels_missing  2392" in weir("site", "show", "boats").out


def test_the_emergency_switch_is_thrown_and_put_back(weir: Weir, site: dict[str, str]) -> None:
    def thrown() -> bool:
        return weir("site", "show", "boats", "--json").json["policy"]["hold_rejects"]

    weir("site", "set", "boats", "--hold-rejects")
    assert thrown()
    weir("site", "set", "boats", "--no-hold-rejects")
    assert not thrown()


def test_the_choices_are_those_of_a_policy() -> None:
    assert (get_args(Mode), get_args(AkismetHold)) == (MODES, AKISMET_HOLDS)


def test_a_file_replaces_a_list(weir: Weir, site: dict[str, str], tmp_path: Path) -> None:
    terms = tmp_path / "terms.txt"
    terms.write_text("first term\n\n  second  \n")

    weir("site", "set", "boats", "--blocked-terms", terms)

    policy = weir("site", "show", "boats", "--json").json["policy"]
    assert policy["blocked_terms"] == ["first term", "second"]


def test_thresholds_by_hand_go_back_to_the_certificate(weir: Weir, site: dict[str, str]) -> None:
    weir("site", "set", "boats", "--accept-below", "0.1", "--reject-above", "0.9")
    policy = weir("site", "show", "boats", "--json").json["policy"]
    assert (policy["accept_below"], policy["reject_above"]) == (0.1, 0.9)

    weir("site", "set", "boats", "--accept-below", "auto", "--reject-above", "auto")

    policy = weir("site", "show", "boats", "--json").json["policy"]
    assert (policy["accept_below"], policy["reject_above"]) == (None, None)


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        (("--reject-budget", "3"), "reject-budget: "),
        (("--accept-below", "0.9", "--reject-above", "0.2"), "must not be above reject_above"),
        (("--min-elapsed-ms", "-1"), "min-elapsed-ms: "),
    ],
)
def test_an_impossible_wish_is_refused_and_changes_nothing(
    weir: Weir, site: dict[str, str], wish: tuple[str, ...], named: str
) -> None:
    before = weir("site", "show", "boats", "--json").json

    done = weir("site", "set", "boats", *wish)

    assert (done.code, len(done.err.splitlines())) == (1, 1)
    assert named in done.err
    assert weir("site", "show", "boats", "--json").json == before


def test_what_is_no_address_is_refused_by_name(
    weir: Weir, site: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "addresses"
    file.write_text("192.0.2.0/24\n192.0.2.\n")

    done = weir("site", "set", "boats", "--blocked-addresses", file)

    assert (done.code, "'192.0.2.' is neither" in done.err) == (1, True)
    assert weir("site", "show", "boats", "--json").json["policy"]["blocked_addresses"] == []


def test_a_byte_order_mark_is_no_part_of_a_list(
    weir: Weir, site: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "terms.txt"
    file.write_text("pills\ncasino\n", "utf-8-sig")

    weir("site", "set", "boats", "--blocked-terms", file)

    policy = weir("site", "show", "boats", "--json").json["policy"]
    assert policy["blocked_terms"] == ["pills", "casino"]


def test_a_binary_file_is_no_list(weir: Weir, site: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "terms.bin"
    file.write_bytes(b"\xff\xfe\x00")

    done = weir("site", "set", "boats", "--blocked-terms", file)

    assert (done.code, done.err) == (1, f"weir: {file} is not UTF-8 text\n")


def test_saying_nothing_to_change_is_wrong_usage(weir: Weir, site: dict[str, str]) -> None:
    assert weir("site", "set", "boats").code == 2


def test_a_site_can_be_renamed(weir: Weir, site: dict[str, str]) -> None:
    weir("site", "set", "boats", "--name", "ships", "--url", "https://ships.example")

    shown = weir("site", "show", "ships", "--json").json
    assert (shown["id"], shown["url"]) == (site["id"], "https://ships.example")


@pytest.mark.parametrize(
    "wrong",
    [("--name", "ships", "--accept-below", "0.1"),
     ("--name", "docks", "--accept-below", "0.9", "--reject-above", "0.5"),
     ("--name", "docks", "--reject-budget", "2")],
)  # fmt: skip
def test_if_one_wish_is_refused_nothing_is_changed(
    weir: Weir, site: dict[str, str], wrong: tuple[str, ...]
) -> None:
    weir("site", "add", "ships", "--url", "https://ships.example")
    before = weir("site", "list", "--json").json, weir("site", "show", "boats", "--json").json

    done = weir(
        "site", "set", "boats", "--mode", "hold-first", "--url", "https://x.example", *wrong
    )

    after = weir("site", "list", "--json").json, weir("site", "show", "boats", "--json").json
    assert done.code == 1
    assert after == before


def test_a_removed_site_is_gone(weir: Weir, site: dict[str, str]) -> None:
    weir("site", "remove", "boats")

    assert weir("site", "show", "boats").err == "weir: there is no site 'boats'\n"
    assert weir("site", "list", "--json").json == []


@pytest.mark.parametrize(("kind", "name"), [("token", "token"), ("akismet", "akismet_key")])
def test_rotating_replaces_one_key(weir: Weir, site: dict[str, str], kind: str, name: str) -> None:
    new = weir("key", "rotate", "boats", "--kind", kind, "--json").json

    assert set(new) == {"id", "name", name}
    assert new[name] != site[name]


def test_a_moderator_gets_a_new_one_time_password(weir: Weir) -> None:
    first = weir("moderator", "add", "Ada", "--json").json
    second = weir("moderator", "reset", "Ada", "--json").json

    assert weir("moderator", "list", "--json").json == [
        {"name": "Ada", "roles": {"every site": "moderator"}}
    ]
    assert first["one_time_password"] != second["one_time_password"]


def test_a_removed_moderator_is_gone(weir: Weir) -> None:
    weir("moderator", "add", "Ada")

    assert weir("moderator", "remove", "Ada").code == 0
    assert weir("moderator", "list", "--json").json == []
    assert weir("moderator", "remove", "Ada").code == 1


def test_a_moderator_may_have_a_role_on_one_site_and_another_elsewhere(weir: Weir) -> None:
    weir("site", "add", "boats", "--url", "https://boats.example")
    weir("moderator", "add", "Ada", "--role", "trainer", "--site", "boats")
    weir("moderator", "set", "Ada", "--role", "moderator")

    told = weir("moderator", "list", "--json").json
    weir("moderator", "set", "Ada", "--role", "none", "--site", "boats")

    assert told == [{"name": "Ada", "roles": {"every site": "moderator", "boats": "trainer"}}]
    assert weir("moderator", "list", "--json").json[0]["roles"] == {"every site": "moderator"}


def test_drift_of_a_young_site_claims_nothing(weir: Weir, site: dict[str, str]) -> None:
    told = weir("site", "drift", "boats", "--json").json

    assert told["comments"] == {"week": 0, "before": 0}
    assert told["alarms"] == []
    assert told["score_shift"] is None
