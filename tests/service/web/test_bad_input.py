"""Whatever is sent, the answer is clear, small and JSON, and nothing is recorded."""

import gc
import json
import re
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.db import retention
from service.web.shapes import LessonIn
from tests.growth import grows_linearly

GOOD = b"What a lovely regatta that was, thank you for the report."


def post(owner, body, kind="application/json", path="/v1/comments", **headers):
    return owner.ask("POST", path, data=body, content_type=kind, headers=headers)


def is_a_problem(answer, status):
    told = answer.json
    return (
        answer.status_code == told["status"] == status
        and answer.content_type == "application/problem+json"
        and {"type", "title", "detail"} <= told.keys()
    )


def recorded(owner):
    return len(owner.ask("GET", "/v1/comments").json["comments"])


MALFORMED = {
    "nothing": b"",
    "half a document": b'{"content": "x"',
    "two documents": b'{"content": "x"} {}',
    "a trailing comma": b'{"content": "x",}',
    "NaN": b'{"content": "x", "form": {"elapsed_ms": NaN}}',
    "infinity where nobody looks": b'{"content": "x", "more": -Infinity}',
    "a name twice": b'{"content": "x", "content": "y"}',
    "a name twice, once in disguise": b'{"content": "x", "c\\u006fntent": "y"}',
    "a name twice further in": b'{"content": "x", "author": {"name": "a", "name": "b"}}',
    "invalid UTF-8": b'{"content": "\xff\xfe"}',
    "another encoding": '{"content": "x"}'.encode("utf-16"),
    "two byte order marks": b'\xef\xbb\xbf\xef\xbb\xbf{"content": "x"}',
    "control characters": b'{"content": "a\nb"}',
    "deep nesting": b'{"content": ' + b"[" * 100_000,
    "deep nesting, closed": b'{"content": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "an endless number": b'{"content": ' + b"9" * 100_000 + b"}",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_json_is_a_400(carol, body):
    assert is_a_problem(post(carol, body), 400)
    assert recorded(carol) == 0


def test_a_byte_order_mark_in_front_is_passed_over(carol):
    assert post(carol, b'\xef\xbb\xbf{"content": "x"}').status_code == 200
    assert recorded(carol) == 1


WRONG = {
    "a list": (b"[]", ""),
    "a word": (b'"x"', ""),
    "null": (b"null", ""),
    "no content": (b"{}", "/content"),
    "content that is null": (b'{"content": null}', "/content"),
    "content that is a number": (b'{"content": 5}', "/content"),
    "a lone surrogate": (b'{"content": "\\ud800"}', "/content"),
    "an author that is a name": (b'{"content": "x", "author": "Ada"}', "/author"),
    "an address that is none": (b'{"content": "x", "author": {"ip": "here"}}', "/author/ip"),
    "a time as a number": (b'{"content": "x", "submitted_at": 1700000000}', "/submitted_at"),
    "a time as digits": (b'{"content": "x", "submitted_at": "1700000000"}', "/submitted_at"),
    "a time without a zone": (
        b'{"content": "x", "submitted_at": "2026-01-31T09:30:00"}',
        "/submitted_at",
    ),
    "a day that is none": (
        b'{"content": "x", "submitted_at": "2026-02-31T09:30:00Z"}',
        "/submitted_at",
    ),
    "time that is a word": (b'{"content": "x", "form": {"elapsed_ms": "9"}}', "/form/elapsed_ms"),
    "time with a fraction": (b'{"content": "x", "form": {"elapsed_ms": 1.5}}', "/form/elapsed_ms"),
    "time that runs back": (b'{"content": "x", "form": {"elapsed_ms": -1}}', "/form/elapsed_ms"),
    "a number beyond all storage": (
        b'{"content": "x", "form": {"elapsed_ms": 1' + b"0" * 40 + b"}}",
        "/form/elapsed_ms",
    ),
    "yes instead of true": (b'{"content": "x", "test": "yes"}', "/test"),
    "an edit of nothing": (b'{"content": "x", "edit_of": "7"}', "/edit_of"),
    "too long a text": (b'{"content": "' + b"x" * 65_537 + b'"}', "/content"),
    "too long a name": (
        b'{"content": "x", "author": {"name": "' + b"x" * 1001 + b'"}}',
        "/author/name",
    ),
    "a slash in what is wrong": (b'{"content": "x", "page": []}', "/page"),
}


@pytest.mark.parametrize(("body", "pointer"), WRONG.values(), ids=WRONG)
def test_a_wrong_field_is_a_422_that_points_to_it(carol, body, pointer):
    answer = post(carol, body)

    assert is_a_problem(answer, 422)
    assert answer.json["errors"][0]["pointer"] == pointer
    assert recorded(carol) == 0


@pytest.mark.parametrize("content", ["", " ", "\n\t\u3000", "\x1c\x85"])
def test_nothing_is_learned_of_no_text_as_when_labels_are_imported(carol, content):
    answer = carol.ask("POST", "/v1/labels", json={"content": content, "label": "spam"})

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json["errors"]] == ["/content"]
    assert carol.ask("GET", "/v1/comments").json["comments"] == []
    assert carol.send(content).status_code == 200  # it can be judged all the same
    described = LessonIn.model_json_schema()["properties"]["content"]["pattern"]
    assert not re.search(described, content)


@pytest.mark.parametrize("name", ["a list", "a word", "null", "an author that is a name"])
def test_what_is_no_object_is_told_in_words_of_json(carol, name):
    told = post(carol, WRONG[name][0]).json

    assert told["errors"][0]["detail"] == "Input should be an object"


def test_a_batch_that_is_too_long_or_no_array_is_told_so_too(carol):
    def told(comments):
        answer = carol.ask("POST", "/v1/comments/batch", json={"comments": comments})
        return answer.json["errors"][0]["detail"]

    assert told([{}] * 1001) == "List should have at most 1000 items, not 1001"
    assert told({}) == "Input should be an array"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""]
)
def test_another_media_type_is_a_415(carol, kind):
    assert is_a_problem(post(carol, b'{"content": "x"}', kind), 415)


def test_a_compressed_body_is_a_415(carol):
    answer = post(carol, b"\x1f\x8b", **{"Content-Encoding": "gzip"})

    assert is_a_problem(answer, 415)


def test_a_charset_beside_the_media_type_is_fine(carol):
    assert post(carol, b'{"content": "x"}', "application/json; charset=utf-8").status_code == 200


@pytest.mark.parametrize("path", ["/v1/comments", "/v1/labels"])
def test_a_body_over_the_limit_is_a_413(carol, path):
    answer = post(carol, b" " * (1 << 20) + b"{}", path=path)

    assert is_a_problem(answer, 413)
    assert answer.json["title"] == "Content too large"


def test_ten_megabytes_are_a_413_in_every_place(carol):
    for path in ("/v1/comments", "/v1/comments/batch", "/v1/labels"):
        assert is_a_problem(post(carol, b"x" * 10_000_000, path=path), 413)


@pytest.mark.parametrize("path", ["/v1/comments", "/v1/comments/batch"])
def test_a_million_names_are_refused_without_memory_growing(carol, path):
    body = json.dumps({str(number): 0 for number in range(1_000_000)}).encode()
    post(carol, b'{"content": "x", "test": true}')
    tracemalloc.start()

    answer = post(carol, body, path=path)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert is_a_problem(answer, 413)
    assert peak < 8_000_000


def test_a_hundred_wrong_items_are_told_briefly(carol):
    answer = post(carol, b'{"comments": 5, "explain": []}', path="/v1/comments/batch")

    assert [one["pointer"] for one in answer.json["errors"]] == ["/comments", "/explain"]


@pytest.mark.parametrize("text", ["\\u0000", "a\\u0000b", "\\ud83d\\ude00", "\\ufffe"])
def test_odd_but_lawful_text_is_judged(carol, text):
    assert post(carol, f'{{"content": "{text}"}}'.encode()).status_code == 200


def test_nul_in_every_field_is_recorded(alice):
    nul = {"name": "\0", "email": "\0", "url": "\0", "user_agent": "\0", "id": "\0", "role": "\0"}
    answer = alice.send("\0", type="\0", author=nul, permalink="\0", parent_id="\0",
                        page={"title": "\0", "language": "\0"}, external_id="\0")  # fmt: skip

    assert answer.status_code == 200
    assert alice.ask("GET", f"/v1/comments/{answer.json['id']}").status_code == 200


@pytest.mark.parametrize("name", ["state=lost", "limit=0", "limit=many", "sate=held",
                                  "cursor=x", "since=yesterday", "limit=1&limit=2"])  # fmt: skip
def test_a_wrong_filter_is_a_422_and_not_another_list(carol, name):
    answer = carol.ask("GET", f"/v1/comments?{name}")

    assert is_a_problem(answer, 422)
    assert answer.json["errors"]


@pytest.mark.parametrize("asked", ["text=%00", "author=%00", "permalink=%00", "host=%00",
                                   "text=%ED%A0%80", "text=%FF", "text=%25_%5C"])  # fmt: skip
def test_a_filter_may_hold_anything(alice, asked):
    assert alice.ask("GET", f"/v1/comments?{asked}").status_code == 200


@pytest.mark.parametrize("path", ["/v1/comments/%00", "/v1/comments/x", "/v1/comments/%FF",
                                  "/v1/comments/%00/history"])  # fmt: skip
def test_an_id_that_is_none_is_not_found(alice, path):
    assert is_a_problem(alice.ask("GET", path), 404)


def test_a_label_id_that_is_none_is_not_found(alice):
    comment = alice.send().json["id"]

    assert is_a_problem(alice.ask("DELETE", f"/v1/comments/{comment}/labels/%00"), 404)


@pytest.mark.parametrize("key", ["x" * 256, "k" * 5000])
def test_too_long_an_idempotency_key_is_a_422(carol, key):
    assert is_a_problem(post(carol, b'{"content": "x"}', **{"Idempotency-Key": key}), 422)


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(["content", "author", "type", "form", "page", "test", "external_id",
                          "submitted_at", "edit_of", "permalink", "comments"])  # fmt: skip


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(FIELDS, SHAPES))
def test_any_json_is_judged_or_refused(carol, fields):
    """Two in three have content that can be judged, so that it is not only refusals."""
    fields = {"content": GOOD.decode(), **fields} if len(fields) % 3 else fields
    body = json.dumps(fields).encode()

    for path in ("/v1/comments", "/v1/comments/batch", "/v1/labels"):
        answer = post(carol, body, path=path)
        assert answer.status_code in {200, 201, 400, 409, 422}
        assert "json" in answer.content_type


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300))
def test_any_bytes_are_answered(carol, body):
    assert post(carol, body).status_code in {200, 400, 422}


@pytest.fixture
def without_collector():
    """The tests' own objects are not the server's: it has put its away (gunicorn.conf.py)."""
    gc.disable()
    yield
    gc.enable()


def test_refusing_takes_time_in_proportion_to_size(carol, without_collector):
    def refuse(names):
        body = json.dumps({str(number): 0 for number in range(names)}).encode()
        return lambda: post(carol, body).status_code == 422 or pytest.fail("not refused")

    assert grows_linearly(refuse(5_000), refuse(20_000))


def test_a_label_for_what_was_erased_is_a_conflict(alice, parts):
    one = alice.send().json["id"]
    with parts.database.writing() as connection:
        retention.erase(connection, alice.site.id, one)

    refused = alice.ask("POST", f"/v1/comments/{one}/labels", json={"label": "spam"})

    assert (refused.status_code, refused.mimetype) == (409, "application/problem+json")
    assert "erased" in refused.json["detail"]
    assert alice.ask("GET", f"/v1/comments/{one}").json["label"] is None
