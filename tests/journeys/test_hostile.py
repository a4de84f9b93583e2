"""Bytes no honest client sends get a clear answer in the dialect spoken, and change nothing."""

from contextlib import closing
from encodings.aliases import aliases
from urllib.parse import quote_from_bytes

import pytest

from benchmarks.server import Client, Reply, Server

GOOD = b'{"content":"What a lovely loaf, thank you."}'
CHUNKED = b"Transfer-Encoding: chunked"
LINE = b"POST /v1/comments HTTP/1.1"


def a_request(
    server: Server, body: bytes = b"", *headers: bytes, line: bytes = LINE, sized: bool = True
) -> bytes:
    """A POST as bytes, with the site's token; `sized` adds a Content-Length."""
    given = [b"Host: weir", b"Connection: close", b"Content-Type: application/json"]
    given += [b"Authorization: Bearer " + server.token.encode(), *headers]
    given += [b"Content-Length: %d" % len(body)] if sized else []
    return b"\r\n".join([line, *given, b"", body])


def in_chunks(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


def recorded(client: Client) -> int:
    return int(client.ask("GET", "/v1/stats").json["comments"])


def is_a_problem(reply: Reply) -> bool:
    kind = reply.headers["content-type"]
    return kind == "application/problem+json" and reply.json["status"] == reply.status


# HTTP itself.


@pytest.mark.parametrize(
    "chunks", [(GOOD,), (GOOD[:7], GOOD[7:9], GOOD[9:])], ids=["one chunk", "three chunks"]
)
def test_a_body_in_chunks_is_judged(server: Server, chunks: tuple[bytes, ...]) -> None:
    reply = server.send(a_request(server, in_chunks(*chunks), CHUNKED, sized=False))
    assert reply.status == 200
    assert reply.json["recorded"] is True


def test_http_1_0_is_answered_and_closed(server: Server) -> None:
    reply = server.send(a_request(server, GOOD, line=b"POST /v1/comments HTTP/1.0"))
    assert reply.status == 200


HEADERS = [b"X-%d: y" % number for number in range(500)]


@pytest.mark.parametrize(
    ("line", "headers", "status"),
    [
        (b"\x00\xff\xfe garbage", [], 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 99, [], 400),
        (b"GET /v1/stats HTTP/9.9", [], 400),
        (b"GET /v1/\xff\xfe HTTP/1.1", [], 400),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1", [], 414),
        (LINE, [b"Content-Length: -5"], 400),
        (LINE, [b"Content-Length: 5", b"Content-Length: 6"], 400),
        (LINE, [b"Content-Length: 5", CHUNKED], 400),
        (LINE, [b"Transfer-Encoding: nonsense"], 400),
        (LINE, [b"Expect: nonsense"], 417),
        (LINE, [b"not a header"], 400),
        (LINE, HEADERS, 431),
        (LINE, [b"X: " + b"y" * 20_000], 431),
    ],
    ids=["bytes", "TLS", "version", "path", "long line", "negative length", "two lengths",
         "length and chunks", "coding", "expectation", "no header", "500 headers", "long header"],
)  # fmt: skip
def test_what_is_no_http_gets_a_problem_and_no_html(
    server: Server, line: bytes, headers: list[bytes], status: int
) -> None:
    reply = server.send(a_request(server, b"", *headers, line=line, sized=False))
    assert reply.status == status
    assert is_a_problem(reply)


def test_a_broken_chunk_is_the_clients_fault(server: Server, client: Client) -> None:
    before = recorded(client)
    broken = b"zz\r\n" + GOOD + b"\r\n"
    reply = server.send(a_request(server, broken, CHUNKED, sized=False))
    assert reply.status == 400
    assert is_a_problem(reply)
    assert recorded(client) == before


# JSON bodies.


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"null", 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"content":5}', 422),
        (b'{"content":null}', 422),
        (b'{"content":["x"]}', 422),
        (b'{"content":"x","author":"me"}', 422),
        (b'{"content":"x","test":"yes"}', 422),
        (b'{"content":"x","submitted_at":"yesterday"}', 422),
        (b'{"content":NaN}', 400),
        (b'{"content":"x","form":{"elapsed_ms":Infinity}}', 400),
        (b'{"content":"x","form":{"elapsed_ms":1e999}}', 422),
        (b'{"content":"x","form":{"elapsed_ms":' + b"9" * 5_000 + b"}}", 400),
        (b'{"content":"a","content":"b"}', 400),
        (b"[" * 500_000, 400),
        (b'{"a":' * 100_000, 400),
        (rb'{"content":"\ud800"}', 422),
        (b'{"content":"\xff\xfe"}', 400),
        (b'{"content":"\xed\xa0\x80"}', 400),
        ('{"content":"x"}'.encode("utf-16"), 400),
        (b'{"content":"x"} and more', 400),
        (b'{"content":"' + b"a" * 70_000 + b'"}', 422),
    ],
)
def test_bad_json_is_refused_with_a_problem_and_records_nothing(
    client: Client, body: bytes, status: int
) -> None:
    before = recorded(client)
    reply = client.ask("POST", "/v1/comments", body, headers={"Content-Type": "application/json"})
    assert reply.status == status, reply
    assert is_a_problem(reply)
    assert recorded(client) == before


@pytest.mark.parametrize(
    "content", [r"\u0000", r"\ud83d\ude00", r"\uffff", r"\u202e", "\U0001f600", r"\u001b"]
)
def test_strange_characters_are_judged_and_kept(client: Client, content: str) -> None:
    body = f'{{"content":"well {content} baked"}}'.encode()
    reply = client.ask("POST", "/v1/comments", body, headers={"Content-Type": "application/json"})
    assert reply.status == 200
    kept = client.ask("GET", f"/v1/comments/{reply.json['id']}").json["content"]
    assert (kept[:5], kept[-6:]) == ("well ", " baked")


@pytest.mark.parametrize(("keys", "status"), [(20_000, 200), (100_000, 400), (1_000_000, 413)])
def test_a_flood_of_keys_is_judged_or_refused(client: Client, keys: int, status: int) -> None:
    body = b"{" + b",".join(b'"%d":1' % n for n in range(keys)) + b',"content":"hello bread"}'
    reply = client.ask("POST", "/v1/comments", body, headers={"Content-Type": "application/json"})
    assert reply.status == status


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "\xfc"])
def test_another_content_type_is_named_as_the_fault(client: Client, kind: str) -> None:
    reply = client.ask("POST", "/v1/comments", GOOD, headers={"Content-Type": kind})
    assert reply.status == 415
    assert is_a_problem(reply)


def test_ten_megabytes_are_refused_to_a_client_that_sends_them_all_first(client: Client) -> None:
    body = b'{"content":"' + b"a" * 10_000_000 + b'"}'
    reply = client.ask("POST", "/v1/comments", body, headers={"Content-Type": "application/json"})
    assert reply.status == 413
    assert is_a_problem(reply)


# Akismet forms.

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def check(server: Server, client: Client, content: bytes, *more: bytes) -> Reply:
    fields = [b"blog=http%3A//blog.example", b"user_ip=203.0.113.9", *more]
    fields += [b"api_key=" + server.akismet_key.encode(), b"comment_content=" + content]
    return client.ask("POST", "/1.1/comment-check", b"&".join(fields), headers=FORM)


def is_bare_text(reply: Reply) -> bool:
    plain = reply.headers["content-type"] == "text/plain; charset=utf-8"
    return reply.status == 200 and plain and not reply.body.endswith(b"\n")


UNKNOWN_CHARSETS = ("nonsense", "", "a" * 300, "%00", "../etc/passwd", "utf-8,utf-16")
CHARSETS = sorted({*aliases.values(), "idna", "punycode", "unicode_escape", "UTF-8", "utf8"})


@pytest.mark.parametrize("content", [b"caf\xe9", "хлеб".encode(), bytes(range(256)), b""])
def test_any_charset_with_any_bytes_is_answered_true_or_false(
    server: Server, client: Client, content: bytes
) -> None:
    for charset in (*CHARSETS, *UNKNOWN_CHARSETS):
        field = b"blog_charset=" + charset.encode()
        reply = check(server, client, quote_from_bytes(content).encode(), field)
        assert is_bare_text(reply), charset
        assert reply.body in (b"true", b"false"), charset


@pytest.mark.parametrize(
    "body",
    [b"", b"&&&&", b"=", b"%", b"%zz=%zz", b"\xff\xfe", b"api_key", b"api_key=wrong",
     b"a=1&" * 100_000, b"comment_content=" + b"a" * 10_000_000],
    ids=["empty", "ampersands", "equals", "percent", "bad escapes", "bytes", "no value",
         "wrong key", "100,000 fields", "10 MB"],
)  # fmt: skip
def test_a_form_without_a_good_key_is_refused_in_plain_text(client: Client, body: bytes) -> None:
    before = recorded(client)
    reply = client.ask("POST", "/1.1/comment-check", body, headers=FORM)
    assert is_bare_text(reply)
    assert reply.body not in (b"true", b"false")
    assert reply.headers["x-akismet-debug-help"]
    assert recorded(client) == before


def test_a_broken_chunk_is_told_in_plain_text(server: Server) -> None:
    line = b"POST /1.1/comment-check HTTP/1.1"
    reply = server.send(a_request(server, b"zz\r\nx", CHUNKED, line=line, sized=False))
    assert is_bare_text(reply)
    assert reply.headers["x-akismet-debug-help"]


# Keys.


@pytest.mark.parametrize("token", ["", "wrong", "weir_" + "a" * 43, "x" * 4_000, "\xff\xfe", "a b"])
def test_a_wrong_token_is_refused_and_told_nothing(server: Server, token: str) -> None:
    with closing(Client(server.url)) as nobody:
        reply = nobody.ask("GET", "/v1/comments", headers={"Authorization": f"Bearer {token}"})
    assert reply.status == 401
    assert is_a_problem(reply)
    assert reply.headers["www-authenticate"].startswith("Bearer")
