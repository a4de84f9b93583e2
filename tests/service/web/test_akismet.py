"""What Akismet clients hear, to the byte, and what becomes of what they send."""

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.comment import Comment, Label
from service.db import retention
from service.errors import StorageError
from service.web.akismet import RECHECK_AFTER, THANKS, akismet
from service.web.akismet_form import read_comment, read_form
from service.web.shapes import CommentIn

AKISMET_PAGE = Path(__file__).parents[3] / "docs" / "akismet.md"
HOLDS = {
    "spam-queue": (200, b"true", {}),
    "wordpress-pending": (
        200, b"false", {"x-akismet-error": "A moderator has to look at this comment"}
    ),
    "wordpress-recheck": (200, b"false", {"x-akismet-recheck-after": str(RECHECK_AFTER)}),
    "ham": (200, b"false", {}),
}  # fmt: skip
QUESTIONS = ["/1.1/verify-key", "/1.1/comment-check", "/1.1/submit-spam", "/1.1/submit-ham"]


# Verdicts.


def test_a_good_comment_is_false(world):
    assert world.heard(world.check(world.good)) == (200, b"false", {})


def test_a_bad_comment_is_true_and_may_be_discarded(world):
    assert world.heard(world.check(world.bad)) == (200, b"true", {"x-akismet-pro-tip": "discard"})


@pytest.mark.parametrize("way", HOLDS)
def test_a_doubtful_comment_is_held_the_sites_way(world, way):
    world.hold_as(way)

    assert world.heard(world.check(world.doubtful)) == HOLDS[way]


def test_the_bytes_are_bare_plain_text(world):
    answer = world.check()

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Length"] == "5"


def test_the_guid_is_the_comments_id(world):
    answer = world.check(
        world.doubtful, comment_author="Grace", permalink="https://boats.example/7"
    )

    stored = world.stored(answer.headers["X-akismet-guid"])
    assert stored.comment.content == world.doubtful
    assert stored.comment.author_name == "Grace"
    assert stored.dialect == "akismet"


def test_every_check_has_its_own_guid(world):
    guids = {world.check().headers["X-akismet-guid"] for _ in range(3)}

    assert len(guids) == 3


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({"comment_author": "viagra-test-123"}, b"true"),
        ({"comment_author": "akismet-guaranteed-spam"}, b"true"),
        ({"comment_author_email": "akismet-guaranteed-spam@example.com"}, b"true"),
        ({"user_role": "administrator"}, b"false"),
        ({"user_role": "editor,administrator"}, b"false"),
        ({"user_role": "administrator", "comment_author": "viagra-test-123"}, b"false"),
    ],
)
def test_the_test_values_decide(world, fields, body):
    assert world.check(world.doubtful, **fields).data == body


def test_a_test_value_needs_a_good_key_like_any_other(world):
    answer = world.check(comment_author="viagra-test-123", api_key="000000000000")

    assert answer.data == b"invalid"


@pytest.mark.parametrize("yes", ["1", "true", "True"])
def test_a_test_is_judged_but_not_recorded(world, yes):
    answer = world.check(world.bad, is_test=yes)

    assert answer.data == b"true"
    assert world.stored(answer.headers["X-akismet-guid"]) is None
    assert world.count() == 0


@pytest.mark.parametrize("no", ["0", "False", ""])
def test_what_says_that_it_is_no_test_is_recorded(world, no):
    world.check(is_test=no)

    assert world.count() == 1


@pytest.mark.parametrize("reason", ["edit", "recheck", "retry", "recheck_queue"])
def test_a_recheck_is_no_second_comment(world, reason):
    first = world.check(world.doubtful).headers["X-akismet-guid"]

    again = world.check(world.doubtful, recheck_reason=reason)

    assert again.data == b"true"
    assert world.stored(again.headers["X-akismet-guid"]).comment.edit_of == first
    assert world.count() == 1


def test_a_recheck_of_a_comment_never_seen_is_judged_like_a_new_one(world):
    assert world.check(world.good, recheck_reason="recheck").data == b"false"
    assert world.count() == 1


@pytest.mark.parametrize("ip", ["unknown", "2001:db8::1", "192.0.2.7, 10.0.0.1", "\0"])
def test_an_address_may_be_anything(world, ip):
    assert world.check(user_ip=ip).data == b"false"


def test_a_filled_honeypot_is_spam(world):
    answer = world.check(world.good, honeypot_field_name="trap", trap="cheap pills")

    assert answer.data == b"true"


@pytest.mark.parametrize("path", ["/1.1/comment-check", "/1.1/submit-spam", "/1.1/submit-ham"])
@pytest.mark.parametrize("name", ["blog", "user_ip"])
def test_a_missing_field_is_named(world, path, name):
    assert world.heard(world.post(path, without=[name])) == (
        200,
        f"Missing required field: {name}.".encode(),
        {"x-akismet-debug-help": f'Empty "{name}" value'},
    )
    assert world.count() == 0


# Reports.


@pytest.mark.parametrize(("path", "label"), [("spam", Label.SPAM), ("ham", Label.HAM)])
def test_a_report_labels_the_comment_its_guid_names(world, path, label):
    guid = world.check(world.doubtful).headers["X-akismet-guid"]

    answer = world.post(f"/1.1/submit-{path}", guid=guid, comment_content="x", reporter="grace")

    assert world.heard(answer) == (200, THANKS.encode(), {})
    assert world.said_of(guid) == [(label, "akismet", "grace")]


def test_without_guid_a_report_labels_the_same_text_by_the_same_author(world):
    guid = world.check(world.doubtful).headers["X-akismet-guid"]
    other = world.check(world.doubtful, comment_author="Grace").headers["X-akismet-guid"]

    world.post("/1.1/submit-spam", comment_content=world.doubtful)

    assert world.said_of(guid) == [(Label.SPAM, "akismet", "")]
    assert world.said_of(other) == []


def test_a_guid_of_another_site_labels_nothing_there(world):
    guid = world.check(world.doubtful).headers["X-akismet-guid"]
    other = world.parts.sites.add("cars", "https://cars.example")

    answer = world.post("/1.1/submit-spam", api_key=other.akismet_key, guid=guid)

    assert answer.data == THANKS.encode()
    assert world.said_of(guid) == []


def test_a_report_of_a_comment_never_seen_teaches_it(world):
    answer = world.post("/1.1/submit-spam", comment_content=world.bad)

    known = world.parts.review.match(
        world.parts.sites.get("boats"), read_comment(_form(world, world.bad))
    )
    assert answer.data == THANKS.encode()
    assert world.said_of(known) == [(Label.SPAM, "akismet", "")]
    assert world.count() == 0


def _form(world, content):
    return read_form(urlencode({**world.required, "comment_content": content}).encode())


def test_a_test_report_teaches_nothing(world):
    guid = world.check(world.doubtful).headers["X-akismet-guid"]

    answer = world.post("/1.1/submit-spam", guid=guid, comment_content=world.doubtful, is_test="1")

    assert answer.data == THANKS.encode()
    assert world.said_of(guid) == []


def test_nonsense_is_reported_like_anything_else(anywhere):
    nonsense = {
        "guid": "cmt_\0",
        "reporter": "\0" * 300,
        "comment_content": "a\0b",
        "user_ID": "\0",
    }

    assert anywhere.post("/1.1/comment-check", **nonsense).data == b"true"
    assert anywhere.post("/1.1/submit-spam", **nonsense).data == THANKS.encode()


def test_a_report_of_what_was_erased_is_thanked_for_and_keeps_nothing(world):
    guid = world.check(world.doubtful).headers["X-akismet-guid"]
    with world.parts.database.writing() as connection:
        retention.erase(connection, world.site.id, guid)

    answer = world.post("/1.1/submit-spam", comment_content=world.doubtful, guid=guid)

    assert answer.data == THANKS.encode()
    assert world.said_of(guid) == []
    words = Comment(content=world.doubtful, author_name="Ada")
    assert world.parts.review.match(world.site, words) is None


def test_a_report_may_be_repeated(world):
    for _ in range(3):
        assert world.post("/1.1/submit-ham", comment_content=world.good).data == THANKS.encode()


# Trouble.


def test_over_the_rate_a_client_is_told_when_to_come_back(hurried_world):
    answers = [hurried_world.check() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    wait = answers[-1].headers["Retry-After"]
    assert 1 <= int(wait) <= 60
    assert answers[-1].headers["RateLimit-Policy"] == '"key";q=2;w=60'
    assert answers[-1].headers["RateLimit"] == f'"key";r=0;t={wait}'
    assert answers[-1].mimetype == "text/plain"


@pytest.mark.parametrize("way", HOLDS)
def test_what_cannot_be_written_is_held_and_has_no_guid(world, monkeypatch, way):
    world.hold_as(way)
    monkeypatch.setattr(type(world.parts.screening), "screen", _disk_full)

    answer = world.check(world.good)

    assert world.heard(answer) == (HOLDS | {"wordpress-recheck": HOLDS["wordpress-pending"]})[way]
    assert "X-akismet-guid" not in answer.headers


def _disk_full(*_arguments, **_named):
    raise StorageError("the disk is full")


def test_a_report_that_cannot_be_written_is_not_thanked_for(world, monkeypatch):
    monkeypatch.setattr(type(world.parts.review), "teach", _disk_full)

    status, body, _headers = world.heard(world.post("/1.1/submit-spam", comment_content=world.bad))

    assert (status, body) == (503, b"Not available now.")


def test_a_comment_too_long_to_be_judged_whole_is_held_and_not_recorded(world):
    answer = world.check("a" * 65_537)

    assert world.heard(answer) == (200, b"true", {})
    assert world.count() == 0


def test_a_request_too_large_is_told_so(world):
    expected = (
        200, b"Request too large.",
        {"x-akismet-debug-help": "The request has too many bytes or fields"},
    )  # fmt: skip

    assert world.heard(world.check("a" * (1 << 23))) == expected
    assert (
        world.heard(world.post("/1.1/comment-check", **{f"f{n}": "" for n in range(5000)}))
        == expected
    )


def test_fields_are_cut_where_the_native_api_would_refuse_them():
    properties = CommentIn.model_json_schema()["$defs"]["Author"]["properties"]
    limits = {name: rule.get("maxLength") for name, rule in properties.items()}
    names = {"comment_author": "name", "comment_author_url": "url", "user_role": "role"}
    sent = urlencode(dict.fromkeys(names, "a" * 5000)).encode()

    cut = read_comment(read_form(sent))

    assert len(cut.author_name) == limits["name"]
    assert len(cut.author_url) == limits["url"]
    assert len(cut.author_role) == limits["role"]


def test_content_is_judged_as_long_as_the_native_api_takes_it(world):
    longest = CommentIn.model_json_schema()["properties"]["content"]["maxLength"]

    assert "X-akismet-guid" in world.check("a" * longest).headers
    assert "X-akismet-guid" not in world.check("a" * (longest + 1)).headers


def test_a_defect_of_ours_is_no_html_either(world, monkeypatch):
    monkeypatch.setattr(type(world.parts.screening), "screen", lambda *_a, **_k: 1 / 0)

    answer = world.check()

    assert (answer.status_code, answer.mimetype) == (503, "text/plain")
    assert b"division" not in answer.data


# What is written down of it.


def test_every_request_is_described():
    rows = re.findall(r"^\| `([A-Z, ]+) (/1\.[^`]*)`", AKISMET_PAGE.read_text(), re.MULTILINE)
    served = Flask("akismet")
    served.register_blueprint(akismet)
    rules = [rule for rule in served.url_map.iter_rules() if "<" not in rule.rule]

    assert {path: set(methods.split(", ")) for methods, path in rows} == {
        rule.rule: rule.methods - {"HEAD", "OPTIONS"} for rule in rules if rule.rule[:3] == "/1."
    }


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/1.1/comment-check", {"POST"}), ("/1.1/get-stats", {"POST"}), ("/1.1/test", {"GET", "HEAD"}),
     ("/1.2/usage-limit", {"GET", "HEAD", "POST"}), ("/1.1/comment-check/", {"POST"})],
)  # fmt: skip
def test_a_path_says_by_which_methods_it_can_be_asked(world, path, methods):
    told = world.http.options(path)
    wrong = world.http.delete(path)

    assert (told.status_code, told.data) == (200, b"")
    assert (wrong.status_code, wrong.data) == (405, b"Method Not Allowed.")
    assert set(told.allow) == set(wrong.allow) == methods | {"OPTIONS"}


def test_a_path_that_is_not_there_has_no_methods(world):
    assert world.http.options("/1.1/nowhere").status_code == 404


# Whatever is sent.


BODIES = {
    b"true", b"false", b"valid", b"invalid", b"connected", b"deactivated", THANKS.encode(),
    b"Missing required field: blog.", b"Missing required field: user_ip.", b"Request too large.",
}  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    path=st.sampled_from(QUESTIONS),
    fields=st.dictionaries(
        st.sampled_from(
            ["blog", "user_ip", "comment_content", "is_test", "blog_charset", "guid", "user_role",
             "recheck_reason", "comment_date_gmt", "honeypot_field_name", "comment_author_url"]
        ) | st.binary(max_size=12),
        st.binary(max_size=60),
    ),
    with_key=st.booleans(),
    junk=st.binary(max_size=40),
)  # fmt: skip
def test_no_input_ever_hears_a_word_outside_the_protocol(world, path, fields, with_key, junk):
    key = [("api_key", world.site.akismet_key)] if with_key else []
    required = [("blog", "b"), ("user_ip", "::1")] if with_key else []
    body = urlencode([*key, *fields.items(), *required]).encode() + b"&" + junk

    answer = world.http.post(path, data=body)

    assert answer.status_code == 200
    assert answer.data in BODIES
    assert ("X-akismet-debug-help" in answer.headers) == (
        answer.data.startswith((b"invalid", b"Missing", b"Request"))
    )
