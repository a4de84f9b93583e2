"""Every question of the clients' own test suites, put to a running server."""

import random

import pytest

from benchmarks.server import Server
from tests.journeys.akismet_questions import CASES, NEVER, Case

WORDS = [
    "true", "false", "valid", "invalid", "connected", "deactivated",
    "Thanks for making the web a better place.", "Request too large.",
    "Missing required field: blog.", "Missing required field: user_ip.",
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.of}: {case.says}")
def test_the_server_answers_as_the_client_expects(akismet_keys, port, case):
    assert case.complaints(port, akismet_keys[case.site]) == []


def _nonsense(chance: random.Random) -> Case:
    """A question made of pieces of good ones, with junk in between."""
    like = chance.choice([case for case in CASES if case.method == "POST" and not case.json])
    pieces = [
        f"{name}={value}" for case in chance.sample(CASES, 3) for name, value in case.fields.items()
    ]
    pieces += ["api_key={key}", "blog=b", "user_ip=::1", chance.randbytes(9).decode("latin-1")]
    raw = "&".join(chance.sample(pieces, chance.randint(1, len(pieces))))
    return Case(like.of, like.says, like.path, host=like.host, raw=raw, body="*")


def test_no_question_hears_what_is_not_ours_to_say(akismet_keys, port):
    chance = random.Random(7)

    for _ in range(200):
        case = _nonsense(chance)
        status, headers, body = case.ask(port, akismet_keys["spam-queue"])

        assert status == 200
        assert case.path == "/1.1/token" or body.decode() in WORDS
        assert not any(row.get("header", "-").lower() in headers for row in NEVER)


@pytest.mark.parametrize("row", NEVER, ids=lambda row: f"{row['of']}: {row['says']}")
def test_what_is_not_ours_to_say_is_no_word_of_ours(row):
    assert row.get("body") not in WORDS
    assert row.get("status") != 200


def test_over_the_rate_the_answer_is_429_and_when_to_come_back(tmp_path):
    limited = {"WEIR_RATE_LIMIT": "3"}
    with Server(tmp_path, workers=1, environment=limited) as server:
        port, key = int(server.url.rpartition(":")[2]), server.akismet_key
        case = next(case for case in CASES if case.path == "/1.1/verify-key")

        heard = [case.ask(port, key) for _ in range(4)]

    assert [status for status, _headers, _body in heard] == [200, 200, 200, 429]
    assert 1 <= int(heard[-1][1]["retry-after"]) <= 60
