"""What Akismet clients are told of their account: counts, in Akismet's shapes."""

import pytest

from model.comment import Label


def test_usage_counts_the_months_comments_and_has_no_limit(world):
    world.check(world.good)
    world.check(world.bad)

    told = world.post("/1.2/usage-limit").json

    assert told == {"limit": "none", "usage": 2, "percentage": "0.00", "throttled": False}


def test_extended_usage_says_that_nothing_need_be_bought(world):
    told = world.post("/1.2/usage-limit", extended="true").json

    assert (told["notice_level"], told["upgrade"]) == (0, False)


def test_what_people_said_is_counted_beside_what_was_answered(world):
    for _ in range(3):
        world.check(world.good, comment_author="x")
    missed = world.check(world.good).headers["X-akismet-guid"]
    wrong = world.check(world.bad).headers["X-akismet-guid"]
    world.post("/1.1/submit-spam", guid=missed)
    world.post("/1.1/submit-ham", guid=wrong)

    row = world.post("/1.2/key-sites").json["2026-05"][0]

    assert row == {
        "site": "https://boats.example", "api_calls": "5", "spam": "1", "ham": "4",
        "missed_spam": "1", "false_positives": "1", "is_revoked": False,
    }  # fmt: skip


@pytest.mark.parametrize(("way", "spam", "ham"), [("spam-queue", "1", "0"), ("ham", "0", "1")])
def test_what_is_held_counts_as_it_was_answered(world, way, spam, ham):
    world.hold_as(way)
    world.check(world.doubtful)

    row = world.post("/1.2/key-sites").json["2026-05"][0]

    assert (row["spam"], row["ham"]) == (spam, ham)


def test_a_label_taken_back_counts_no_more(world):
    guid = world.check(world.good).headers["X-akismet-guid"]
    site = world.parts.sites.get("boats")
    label = world.parts.review.label(site, guid, Label.SPAM, source="console")
    world.parts.review.undo(site, guid, label)

    assert world.post("/1.2/key-sites").json["2026-05"][0]["missed_spam"] == "0"


def test_key_sites_has_one_month_and_says_where_in_the_list_it_is(world):
    world.check()

    told = world.post("/1.2/key-sites", limit="10", offset="0").json

    assert set(told) == {"2026-05", "limit", "offset", "total"}
    assert (told["limit"], told["offset"], told["total"]) == (10, 0, 1)


@pytest.mark.parametrize(
    "fields",
    [{"month": "2026-04"}, {"filter": "cars"}, {"offset": "1"}, {"limit": "0"}],
)
def test_key_sites_shows_what_was_asked_for(world, fields):
    world.check()

    told = world.post("/1.2/key-sites", **fields).json

    assert told[fields.get("month", "2026-05")] == []


@pytest.mark.parametrize(
    "fields", [{"month": "2026-13"}, {"month": "9999-12"}, {"limit": "-1"}, {"offset": "x"}]
)
def test_a_wrong_question_about_key_sites_is_told(world, fields):
    name = next(iter(fields))

    assert world.heard(world.post("/1.2/key-sites", **fields)) == (
        200, f"Invalid field: {name}.".encode(), {"x-akismet-debug-help": f'Invalid "{name}" value'}
    )  # fmt: skip


def test_key_sites_as_csv_begins_with_two_lines_of_heading(world):
    world.check()

    answer = world.post("/1.2/key-sites", format="csv")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.text.split("\n") == [
        f"Active sites for {world.site.akismet_key} during 2026-05"
        " (limit:500, offset: 0, total: 1)",
        "Site,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked",
        "https://boats.example,1,0,1,0,0,False",
    ]


@pytest.mark.parametrize(
    ("span", "period"), [("60-days", "2026-05-20"), ("6-months", "2026-05"), ("all", "2026")]
)
def test_statistics_come_with_a_breakdown(world, span, period):
    world.check(world.good)
    world.check(world.bad)
    world.check(world.doubtful)

    told = world.post("/1.1/get-stats", **{"from": span}).json

    counts = {"spam": 2, "ham": 1, "missed_spam": 0, "false_positives": 0}
    assert told == counts | {
        "accuracy": "100.00", "time_saved": 10,
        "breakdown": {period: counts | {"blogs": 1, "da": "2026-05-20"}},
    }  # fmt: skip


def test_statistics_of_nothing_are_numbers_too(world):
    assert world.post("/1.1/get-stats").json == {
        "spam": 0, "ham": 0, "missed_spam": 0, "false_positives": 0, "accuracy": "0.00",
        "time_saved": 0, "breakdown": {},
    }  # fmt: skip


def test_the_subscription_is_active_and_never_billed(world):
    told = world.post("/1.1/get-subscription").json

    assert told["status"] == "active"
    assert told["next_billing_date"] is False
    assert isinstance(told["account_id"], int)


def test_a_token_is_new_each_time_and_gives_no_key_away(world):
    first, second = (world.post("/1.1/token").text for _ in range(2))

    assert first != second
    assert world.site.akismet_key not in first


def test_counts_come_by_get_as_well(world):
    for path in ("/1.2/usage-limit", "/1.2/key-sites"):
        assert world.http.get(path, query_string=f"api_key={world.site.akismet_key}").json


def test_the_server_says_that_it_is_there(world):
    assert world.heard(world.http.get("/1.1/test")) == (200, b"connected", {})
