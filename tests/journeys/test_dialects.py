"""One comment, one judgement: whichever way it is asked for."""

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from urllib.parse import urlencode

import pytest

from benchmarks.server import Client, Server
from benchmarks.strange import text

SAME = ("decision", "score", "spam_probability", "reasons", "base", "rest", "model")


def comments(count: int) -> Iterator[dict[str, str]]:
    """Comments by different people from different places, so that none is another's history."""
    chance = random.Random(11)
    for number in range(count):
        strange = text(chance).encode("utf-8", "replace").decode().replace("\0", "")
        yield {
            "content": f"{strange} number {number}",
            "name": chance.choice(["", "Ada", "viagra-test-123", "Best Oven Deals"]),
            "email": chance.choice(["", f"a{number}@mailinator.com", f"b{number}@example.org"]),
            "url": chance.choice(["", f"http://shop{number}.example/", "https://bbc.co.uk"]),
            "ip": f"198.51.100.{number}",
            "permalink": "https://blog.example/bread",
        }


def new_site(server: Server, name: str) -> dict[str, str]:
    told = server.run("site", "add", name, "--url", f"https://{name}.example", "--json")
    site: dict[str, str] = json.loads(told)
    return site


def by_json(server: Server, asked: list[dict[str, str]]) -> list[dict[str, Any]]:
    with closing(Client(server.url, new_site(server, "json")["token"])) as client:
        return [client.ask("POST", "/v1/comments", as_json(one)).json for one in asked]


def as_json(one: dict[str, str], **more: Any) -> dict[str, Any]:
    author = {name: one[name] for name in ("name", "email", "url", "ip")}
    return {"content": one["content"], "permalink": one["permalink"], "author": author, **more}


def by_akismet(server: Server, asked: list[dict[str, str]]) -> list[dict[str, Any]]:
    site = new_site(server, "akismet")
    with closing(Client(server.url, site["token"])) as client:
        return [check(client, site["akismet_key"], one) for one in asked]


def check(client: Client, key: str, one: dict[str, str]) -> dict[str, Any]:
    form = {
        "api_key": key, "blog": "https://akismet.example", "user_ip": one["ip"],
        "comment_content": one["content"], "comment_author": one["name"],
        "comment_author_email": one["email"], "comment_author_url": one["url"],
        "permalink": one["permalink"],
    }  # fmt: skip
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = client.ask("POST", "/1.1/comment-check", urlencode(form).encode(), headers=headers)
    id_ = reply.headers["x-akismet-guid"]
    judgement: dict[str, Any] = client.ask("GET", f"/v1/comments/{id_}").json["judgement"]
    expected = {"accept": b"false"}.get(judgement["decision"], b"true")
    assert reply.body == expected
    return judgement


def by_file(server: Server, asked: list[dict[str, str]]) -> list[dict[str, Any]]:
    site = new_site(server, "file")
    path = server.folder / "comments.jsonl"
    path.write_text("".join(json.dumps(as_line(one)) + "\n" for one in asked))
    told = server.run("score", str(path), "--site", site["name"], "--explain")
    return [json.loads(line) for line in told.splitlines()]


def as_line(one: dict[str, str]) -> dict[str, str]:
    names = {"name": "author", "email": "author_email", "url": "author_url", "ip": "author_ip",
             "content": "text", "permalink": "permalink"}  # fmt: skip
    return {names[name]: value for name, value in one.items()}


def judged(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in SAME}


def test_three_dialects_judge_the_same_comments_alike(server: Server) -> None:
    asked = list(comments(60))
    one, other, third = by_json(server, asked), by_akismet(server, asked), by_file(server, asked)
    assert len({answer["decision"] for answer in one}) > 1
    for first, second, last in zip(one, other, third, strict=True):
        assert judged(first) == judged(second) == judged(last)


@pytest.fixture(scope="module")
def site_with_a_history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A site with four labels of each kind: one more, and it would have a model of its own soon."""
    with Server(tmp_path_factory.mktemp("history")) as server, closing(server.client()) as client:
        for number, one in enumerate(comments(40)):
            id_ = client.ask("POST", "/v1/comments", as_json(one)).json["id"]
            if number % 3 == 0 and number < 24:
                label = {"label": "spam" if number % 2 else "ham"}
                assert client.ask("POST", f"/v1/comments/{id_}/labels", label).status == 201
        yield server


def test_a_fixed_history_gives_one_judgement_however_it_is_asked_for(
    site_with_a_history: Server,
) -> None:
    server = site_with_a_history
    asked = [as_json(one, test=True) for one in comments(40)]
    single = singly(server, asked)
    assert {reason["code"] for one in single for reason in one["reasons"]} & {"labelled-text"}
    assert in_a_batch(server, asked) == single
    assert by_sixteen_threads(server, asked) == [single] * 16
    server.terminate()
    server.start()
    assert singly(server, asked) == single


def singly(server: Server, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with closing(server.client()) as client:
        return [judged(client.ask("POST", "/v1/comments", one).json) for one in asked]


def in_a_batch(server: Server, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with closing(server.client()) as client:
        body = {"comments": asked, "explain": True}
        return [
            judged(one) for one in client.ask("POST", "/v1/comments/batch", body).json["results"]
        ]


def by_sixteen_threads(server: Server, asked: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    with ThreadPoolExecutor(16) as threads:
        return list(threads.map(lambda _: singly(server, asked), range(16)))
