"""Whatever is sent, wherever it is sent: a decision or a clear refusal, never a breakdown."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import fault_of, fuzz, is_judged
from benchmarks.server import Client, Reply, Server
from benchmarks.strange import Request

CALM = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_two_thousand_strange_requests_find_no_fault(server: Server) -> None:
    finding = fuzz(server, 2_000, seed=5)
    assert finding.faults == []
    assert finding.judged >= 0.3 * finding.asked


ANYTHING = st.text(st.characters(codec="utf-8"), max_size=200)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANYTHING,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANYTHING, inner, max_size=4),
    max_leaves=8,
)
COMMENT = st.fixed_dictionaries(
    {"content": ANYTHING},
    optional={
        "author": st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("name", "email", "url", "id", "role"), ANYTHING)
        ),
        "permalink": ANYTHING,
        "page": st.fixed_dictionaries({}, optional={"title": ANYTHING, "language": ANYTHING}),
        "form": st.fixed_dictionaries({}, optional={"elapsed_ms": st.integers(0, 10**12)}),
    },
)


@CALM
@given(COMMENT)
def test_every_well_formed_comment_is_judged(client: Client, comment: dict[str, Any]) -> None:
    reply = client.ask("POST", "/v1/comments", comment | {"test": True})
    assert reply.status == 200, reply
    assert reply.json["decision"] in ("accept", "hold", "reject")


@CALM
@given(JSON)
def test_any_json_is_judged_or_refused(client: Client, value: Any) -> None:
    body = json.dumps(value).encode()
    headers = {"Content-Type": "application/json"}
    reply = client.ask("POST", "/v1/comments", body, headers=headers)
    assert not fault_of(Request("POST", "/v1/comments"), reply)


@CALM
@given(st.binary(max_size=300))
def test_any_bytes_are_judged_or_refused_in_either_dialect(client: Client, body: bytes) -> None:
    for path, dialect in (("/v1/comments", "json"), ("/1.1/comment-check", "akismet")):
        reply = client.ask("POST", path, body, headers={"Content-Type": "application/json"})
        assert not fault_of(Request("POST", path, dialect=dialect), reply)


def test_a_fault_is_seen_as_one() -> None:
    def told(status: int, kind: str, body: bytes = b"x", dialect: str = "json") -> str:
        request = Request("POST", "/v1/comments", dialect=dialect)
        return fault_of(request, Reply(status, {"content-type": kind}, body))

    assert told(503, "application/json") == "5xx"
    assert told(400, "text/html") == "HTML"
    assert told(400, "application/json", b" <html>") == "HTML"
    assert told(200, "text/plain") == "not JSON but text/plain"
    assert told(401, "text/plain", b"invalid", "akismet") == "an Akismet answer that is not 200"
    assert told(200, "text/plain", b"invalid", "akismet") == ""
    assert told(422, "application/problem+json") == ""


def test_only_a_decision_counts_as_judged() -> None:
    post, check = Request("POST", "/v1/comments"), Request("POST", "/1.1/", dialect="akismet")
    assert is_judged(post, Reply(200, {}, b'{"decision":"hold"}'))
    assert is_judged(check, Reply(200, {}, b"false"))
    assert not is_judged(post, Reply(422, {}, b'{"decision":"hold"}'))
    assert not is_judged(check, Reply(200, {}, b"invalid"))
