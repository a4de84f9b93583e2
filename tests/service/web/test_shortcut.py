"""The shortcut around Flask: nobody can tell which of the two has answered."""

import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from service.app import create_app
from service.errors import StorageError
from service.limiter import Limiter
from service.web.shortcut import LONGEST

GOOD = "What a lovely regatta that was, thank you for the report."
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def two(sqlite_parts):
    """The whole application, and Flask alone."""
    return _two(sqlite_parts)


def _two(parts):
    whole, flask = create_app(parts), create_app(parts)
    flask.wsgi_app = flask.wsgi_app._application._flask
    return [app.test_client() for app in (whole, flask)]


@pytest.fixture
def site(sqlite_parts):
    """A site with both keys, which this process has seen before."""
    made = sqlite_parts.sites.add("boats", "https://boats.example")
    assert sqlite_parts.sites.by_token(made.token)
    assert sqlite_parts.sites.by_akismet_key(made.akismet_key)
    return made


def native(site, sent, **headers):
    """A question in the native API's words."""
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    kind = headers.pop("content_type", JSON)
    authorized = {"Authorization": f"Bearer {site.token}", "X-Request-Id": "one"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"path": "/v1/comments", "data": body, "content_type": kind,
            "headers": authorized | named}  # fmt: skip


def akismet(site, query="", **fields):
    """A question in Akismet's words."""
    sent = {"api_key": site.akismet_key, "blog": "https://b.example", "user_ip": "192.0.2.1"}
    return {"path": "/1.1/comment-check", "data": urlencode(sent | fields), "content_type": FORM,
            "headers": {"X-Request-Id": "one"}, "query_string": query}  # fmt: skip


QUESTIONS = {
    "a good comment": lambda s: native(s, {"content": GOOD}),
    "spam": lambda s: native(s, {"content": "cheap pills"}),
    "a test": lambda s: native(s, {"content": GOOD, "test": True}),
    "a charset": lambda s: native(s, {"content": GOOD}, content_type=f"{JSON}; charset=utf-8"),
    "an odd request id": lambda s: native(s, {"content": GOOD}, X_Request_Id="no id"),
    "no JSON": lambda s: native(s, b"{"),
    "a wrong field": lambda s: native(s, {"content": 5}),
    "another type": lambda s: native(s, b"content=x", content_type=FORM),
    "an encoding": lambda s: native(s, b"\x1f\x8b", Content_Encoding="gzip"),
    "a wrong token": lambda s: native(s, {"content": GOOD}, Authorization="Bearer no"),
    "no token": lambda s: native(s, {"content": GOOD}, Authorization=""),
    "a long key": lambda s: native(s, {"content": GOOD}, Idempotency_Key="k" * 256),
    "a key": lambda s: native(s, {"content": GOOD}, Idempotency_Key="k"),
    "an unknown edit": lambda s: native(s, {"content": GOOD, "edit_of": f"cmt_{'0' * 26}"}),
    "a long comment": lambda s: native(s, {"content": "regatta " * (LONGEST // 8)}),
    "too long a comment": lambda s: native(s, {"content": "x" * 70_000}),
    "too long a body": lambda s: native(s, b" " * (1 << 21)),
    "Akismet: good": lambda s: akismet(s, comment_content=GOOD),
    "Akismet: spam": lambda s: akismet(s, comment_content="cheap pills"),
    "Akismet: doubtful": lambda s: akismet(s, comment_content="how long are they?"),
    "Akismet: a wrong key": lambda s: akismet(s, api_key="0" * 12),
    "Akismet: no blog": lambda s: akismet(s, blog=""),
    "Akismet: in the query": lambda s: akismet(s, query=urlencode({"comment_content": GOOD})),
    "Akismet: too many fields": lambda s: akismet(s, **{f"f{n}": "" for n in range(4200)}),
    "Akismet: a recheck": lambda s: akismet(s, comment_content=GOOD, recheck_reason="edit"),
}


def seen(answer):
    """An answer without what must differ: the id of each comment, and random request ids."""
    headers = {k: v for k, v in answer.headers if k != "X-akismet-guid"}
    if headers["X-Request-Id"] != "one":
        headers["X-Request-Id"] = str(len(headers["X-Request-Id"]))
    body = answer.data
    if answer.content_type == JSON:
        body = {k: v for k, v in answer.json.items() if k != "id"}
        del headers["Content-Length"]
    return answer.status_code, headers, body


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_flask_would_have_given_the_same_answer(two, site, question):
    ours, flasks = (seen(client.post(**question(site))) for client in two)

    assert ours == flasks


def test_a_failure_is_told_in_the_words_of_its_dialect(two, site, sqlite_parts, monkeypatch):
    def broken(*_args, **_more):
        raise StorageError("the disk is full")

    monkeypatch.setattr(type(sqlite_parts.screening), "screen", broken)
    for question in (native(site, {"content": GOOD}), akismet(site, comment_content=GOOD)):
        ours, flasks = (seen(client.post(**question)) for client in two)
        assert ours == flasks


def test_a_defect_shows_nothing(two, site, sqlite_parts, monkeypatch):
    def broken(*_args, **_more):
        raise ZeroDivisionError("with a commenter's words")

    monkeypatch.setattr(type(sqlite_parts.screening), "screen", broken)
    for question in (native(site, {"content": GOOD}), akismet(site, comment_content=GOOD)):
        ours, flasks = (seen(client.post(**question)) for client in two)
        assert ours == flasks
        assert ours[0] == 503


@pytest.mark.parametrize("dialect", [native, akismet])
def test_the_limit_counts_each_question_once(sqlite_parts, site, dialect):
    client, _ = _two(replace(sqlite_parts, limiter=Limiter("", 2)))
    question = dialect(site, {"content": GOOD}) if dialect is native else dialect(site)

    assert [client.post(**question).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    "question",
    [lambda s: native(s, {"content": GOOD}), lambda s: akismet(s, comment_content=GOOD)],
)
def test_a_plain_question_needs_no_flask(sqlite_parts, site, question):
    app = create_app(sqlite_parts)
    app.wsgi_app._application._flask = None

    assert app.test_client().post(**question(site)).status_code == 200


@pytest.mark.parametrize("kind", ["token", "akismet"])
@pytest.mark.parametrize("question", ["good", "wrong"])
def test_a_key_that_was_taken_back_opens_nothing(two, site, sqlite_parts, kind, question):
    wrong = question == "wrong"
    if kind == "token":
        asked = native(site, {"content": 5 if wrong else GOOD})
    else:
        asked = akismet(site, comment_content=GOOD, **({"user_ip": ""} if wrong else {}))
    sqlite_parts.sites.rotate(sqlite_parts.sites.get(site.id).id, kind)

    told = [seen(client.post(**asked)) for client in two]

    assert told[0] == told[1]
    assert told[0][0] == 401 if kind == "token" else told[0][2] == b"invalid"
    with sqlite_parts.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM comments").scalar() == 0


def test_a_key_that_was_taken_back_is_not_told_of_a_limit(sqlite_parts, site):
    client, _ = _two(replace(sqlite_parts, limiter=Limiter("", 1)))
    client.post(**native(site, {"content": GOOD}))
    sqlite_parts.sites.rotate(site.id, "token")

    assert client.post(**native(site, {"content": GOOD})).status_code == 401


@pytest.mark.parametrize("ask", [native, akismet])
def test_a_change_of_the_site_counts_from_the_next_question(two, site, sqlite_parts, ask):
    asked = native(site, {"content": GOOD}) if ask is native else akismet(
        site, comment_content=GOOD)  # fmt: skip
    before = two[0].post(**asked)
    sqlite_parts.sites.set_policy(site.id, {"blocked_terms": ["regatta"]})

    after = two[0].post(**asked)

    said = [one.json["decision"] if ask is native else one.data for one in (before, after)]
    assert said == (["accept", "reject"] if ask is native else [b"false", b"true"])


def test_a_body_cut_short_is_the_clients_fault(two, site):
    for client in two:
        short = native(site, {"content": GOOD})
        more = {"CONTENT_LENGTH": str(len(short["data"]) + 5)}
        assert client.post(**short, environ_overrides=more).status_code == 400
