"""Inputs no honest client would send, and honest ones with something strange inside.

Everything follows from a seed. About half are well formed, so that fuzzing reaches the judge
and not only the door.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes

from benchmarks.load import WORDS


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; `dialect` says in whose words the answer must be."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    dialect: str = "json"


PIECES = (
    "<!--", "-->", "<a href='", "</a>", "<b>", "&#", "&#x110000;", "&amp;", "]]>", "<![CDATA[",
    "http://", "https://xn--", ".example/", "//[::1]", "javascript:", "\0", "\ud800", "\udfff",
    "\u202e", "\u200b", "\u0301" * 40, "\ufdfa", "\U0001f600", "\U000e0041", "ﬃ", "İ", "ß", "%00",
    "%s", "{{7*7}}", "' OR 1=1 --", "\r\n\r\n", "\x1b[31m", "a" * 500, "🇩🇪", "𝐟𝐫𝐞𝐞", "с а s і n o",
    "0/1", "1e999", "NaN", "[url=", "viagra-test-123", "мама", "你好", "مرحبا", "\u2028", " " * 99,
)  # fmt: skip
CHARSETS = (
    "UTF-8", "utf8", "ISO-8859-1", "windows-1251", "Shift_JIS", "GB18030", "KOI8-R", "UTF-7",
    "UTF-16", "utf-32-be", "idna", "punycode", "rot13", "base64", "zlib", "hex", "unicode_escape",
    "nonsense", "", "a" * 300, "utf-8\0", "../etc/passwd",
)  # fmt: skip
SCALARS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e300, 2**63, 10**400, "", "x", [], {}, [[]], {"": None}, "\ud800",
)  # fmt: skip


def requests(seed: int, akismet_key: str) -> Iterator[Request]:
    """Endless requests of every kind."""
    chance = random.Random(seed)
    kinds: list[Callable[[], Request]] = [
        lambda: _post("/v1/comments", _comment(chance)),
        lambda: _akismet(chance, akismet_key, _form(chance, akismet_key)),
        lambda: _damaged(chance, _post("/v1/comments", _comment(chance))),
        lambda: _damaged(chance, _akismet(chance, akismet_key, _form(chance, akismet_key))),
        lambda: _post("/v1/comments", _distorted(chance, _comment(chance))),
        lambda: Request("POST", "/v1/comments", _hostile_json(chance), JSON),
        lambda: _other(chance),
    ]
    while True:
        yield chance.choices(kinds, weights=(30, 25, 10, 10, 10, 5, 10))[0]()


JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _post(path: str, body: Any) -> Request:
    return Request("POST", path, json.dumps(body, allow_nan=True).encode(), JSON)


def text(chance: random.Random) -> str:
    """Words with strange pieces between them."""
    count = int(chance.expovariate(0.1)) + 1
    pieces = (chance.choice(PIECES if chance.random() < 0.2 else WORDS) for _ in range(count))
    return " ".join(pieces)[: chance.choice((20, 200, 2_000, 20_000))]


def _comment(chance: random.Random) -> dict[str, Any]:
    comment: dict[str, Any] = {"content": text(chance)}
    for name in ("permalink", "parent_id", "external_id", "type"):
        if chance.random() < 0.2:
            comment[name] = text(chance)[:255]
    if chance.random() < 0.5:
        names = ("name", "email", "url", "user_agent", "id", "role")
        comment["author"] = {n: text(chance)[:255] for n in names if chance.random() < 0.5}
        comment["author"]["ip"] = chance.choice(
            ("203.0.113.9", "2001:db8::7", "::ffff:1.2.3.4", "")
        )
    if chance.random() < 0.2:
        comment["form"] = {
            "elapsed_ms": chance.randrange(10_000),
            "honeypot": chance.choice(("", "x")),
        }
    return comment


def _distorted(chance: random.Random, value: Any) -> Any:
    """One value of the tree replaced by one of a wrong type."""
    if not isinstance(value, dict) or not value or chance.random() < 0.1:
        return chance.choice(SCALARS)
    name = chance.choice([*value, "unknown"])
    return value | {name: _distorted(chance, value.get(name))}


def _damaged(chance: random.Random, request: Request) -> Request:
    """The same with some bytes of its body changed, left out or put in."""
    body = bytearray(request.body)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(body) + 1)
        body[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    return Request(request.method, request.path, bytes(body), request.headers, request.dialect)


def _hostile_json(chance: random.Random) -> bytes:
    depth = chance.choice((10, 500, 100_000))
    many = chance.choice((10, 20_000))
    return chance.choice(
        (
            b"[" * depth, b'{"a":' * depth, b'{"content":' + b"[" * depth + b"]" * depth + b"}",
            b'{"content":NaN}', b'{"content":"x","form":{"elapsed_ms":1e999}}',
            b'{"content":"\\ud800"}', b'{"content":"\\u0000"}', b'{"content":"a","content":"b"}',
            b"{" + b",".join(b'"%d":1' % n for n in range(many)) + b',"content":"x"}',
            b'{"content":"' + b"9" * many + b'"}', b'{"content":' + b"9" * many + b"}",
            b'\xef\xbb\xbf{"content":"x"}', b'{"content":"x"}'.decode().encode("utf-16"),
            b"", b"null", b'"', b"\xff\xfe", b'{"content":"\xed\xa0\x80"}', b'{"content":"x"} x',
        )
    )  # fmt: skip


def _form(chance: random.Random, key: str) -> bytes:
    fields: list[tuple[str, bytes]] = [
        ("api_key", key.encode()), ("blog", b"http://blog.example/"), ("user_ip", b"203.0.113.9"),
        ("comment_content", _encoded(chance, text(chance))),
    ]  # fmt: skip
    for name in ("comment_author", "comment_author_email", "comment_author_url", "user_agent",
                 "user_role", "comment_type", "permalink", "is_test", "recheck_reason", "odd[a][]",
                 "comment_date_gmt", "honeypot_field_name"):  # fmt: skip
        if chance.random() < 0.2:
            fields.append((name, _encoded(chance, text(chance)[:100])))
    if chance.random() < 0.3:
        fields.append(("blog_charset", chance.choice(CHARSETS).encode()))
    chance.shuffle(fields)
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in fields).encode()


def _encoded(chance: random.Random, value: str) -> bytes:
    charset = chance.choice(("utf-8", "utf-8", "utf-16", "cp1251", "gb18030"))
    return value.encode(charset, "surrogatepass" if charset == "utf-8" else "replace")


def _akismet(chance: random.Random, key: str, body: bytes) -> Request:
    paths = ("comment-check",) * 12 + ("submit-spam", "submit-ham", "verify-key", "get-stats")
    headers = FORM if chance.random() < 0.9 else {"Content-Type": quote_from_bytes(body[:40])}
    return Request("POST", f"/1.1/{chance.choice(paths)}", body, headers, "akismet")


def _other(chance: random.Random) -> Request:
    junk = quote_from_bytes(chance.randbytes(chance.randrange(12)))
    id_ = chance.choice(("cmt_01JD8QZ0000000000000000000", "cmt_", junk, "x" * 300))
    return chance.choice((_look, _teach, _knock))(chance, junk, id_)


def _look(chance: random.Random, junk: str, id_: str) -> Request:
    """Read something."""
    path = chance.choice(
        (
            f"/v1/comments/{id_}", f"/v1/comments/{id_}/history", f"/v1/stats?days={junk}",
            f"/{junk}", "/v1/models", "/openapi.json",
            f"/v1/comments?state={junk}&limit={chance.randrange(-5, 999)}&{junk}={junk}",
            f"/v1/comments?text={junk}&host={junk}&author={junk}&since={junk}", "/v1/sites/self",
        )
    )  # fmt: skip
    return Request("GET", path)


def _teach(chance: random.Random, junk: str, id_: str) -> Request:
    """Label, teach, change the policy, ask for many at once."""
    label = {"label": chance.choice(("spam", "ham", "other", "no", "", None, 3))}
    many = [_comment(chance) if chance.random() < 0.8 else chance.choice(SCALARS) for _ in range(4)]
    policy = _distorted(chance, {"mode": "normal", "min_elapsed_ms": 1500})
    return chance.choice(
        (
            _post(f"/v1/comments/{id_}/labels", label),
            _post("/v1/comments/batch", {"comments": many}),
            _post("/v1/labels", _comment(chance) | label),
            Request("DELETE", f"/v1/comments/{id_}/labels/{junk}"),
            Request("PATCH", "/v1/sites/self", json.dumps({"policy": policy}).encode(), JSON),
        )
    )


def _knock(chance: random.Random, junk: str, id_: str) -> Request:
    """Come with a wrong key, method or type."""
    token = chance.choice(("Bearer x", "Bearer", "Basic eDp5", f"Bearer {junk}", "Bearer " + id_))
    verb = chance.choice(("PUT", "PATCH", "OPTIONS", "TRACE", "LOCK"))
    body = b'{"content":"x"}'
    return chance.choice(
        (
            Request(verb, "/v1/comments", body, JSON),
            Request("POST", "/v1/comments", body, JSON | {"Authorization": token}),
            Request("POST", "/v1/comments", body, {"Content-Type": "text/html"}),
            Request("GET", f"/1.2/usage-limit?api_key={junk}", dialect="akismet"),
            Request("POST", "/1.1/comment-check", b"api_key=wrong&blog=x", FORM, "akismet"),
        )
    )
