"""Who speaks Akismet to us: the key, wherever it was put."""

import pytest

ENDPOINTS = [
    "/1.1/verify-key", "/1.1/comment-check", "/1.1/submit-spam", "/1.1/submit-ham", "/1.1/token",
    "/1.1/get-stats", "/1.1/get-key-stats", "/1.1/get-subscription", "/1.1/deactivate",
    "/1.2/usage-limit", "/1.2/key-sites",
]  # fmt: skip


WRONG = ["000000000000", "", "short", "A" * 500, "\0" * 12, "é" * 12]


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_wrong_key_is_invalid_everywhere(world, path):
    for key in WRONG:
        status, body, headers = world.heard(world.post(path, api_key=key))

        assert (status, body) == (200, b"invalid")
        assert set(headers) == {"x-akismet-debug-help"}


@pytest.mark.parametrize("path", ENDPOINTS)
def test_without_a_key_it_is_said_where_one_goes(world, path):
    field = "key" if path == "/1.1/verify-key" else "api_key"
    missing = f'No key was sent: it goes into the field "{field}"'
    wrong = "No site here has this key"

    for host, key, why in (
        ("127.0.0.1:8080", "", missing),
        ("blog.example", "", missing),
        ("blog.example", "short", wrong),
        ("000000000000.rest.example", "", wrong),
    ):
        answer = world.post(path, host=host, api_key=key)
        assert answer.data == b"invalid"
        assert answer.headers["X-akismet-debug-help"] == why


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_key_may_be_sent_in_four_places(world, path):
    key = world.site.akismet_key

    for answer in (
        world.post(path, api_key=key),
        world.post(path, without=["api_key"], key=key),
        world.post(path, without=["api_key"], query=f"api_key={key}"),
        world.post(path, without=["api_key"], host=f"{key}.rest.example"),
        world.post(path, without=["api_key"], host=f"{key.upper()}.LOCALHOST:8080"),
    ):
        assert answer.status_code == 200
        assert answer.data != b"invalid"


def test_a_field_goes_before_the_host(world):
    answer = world.post("/1.1/verify-key", host=f"{world.site.akismet_key}.x", api_key="0" * 12)

    assert answer.data == b"invalid"


def test_verifying_asks_about_the_new_key_not_about_the_stored_one(world):
    good, bad = world.site.akismet_key, "000000000000"

    assert world.post("/1.1/verify-key", key=good, api_key=bad).data == b"valid"
    assert world.post("/1.1/verify-key", key=bad, api_key=good).data == b"invalid"


def test_elsewhere_api_key_goes_first(world):
    assert world.check(key="000000000000").data == b"false"


def test_a_revoked_key_is_invalid(world):
    world.parts.sites.rotate(world.site.id, "akismet")

    assert world.post("/1.1/verify-key").data == b"invalid"


def test_deactivating_revokes_nothing(world):
    assert world.heard(world.post("/1.1/deactivate")) == (200, b"deactivated", {})
    assert world.post("/1.1/verify-key").data == b"valid"


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_wrong_method_is_told_in_plain_text(world, path):
    answer = world.http.put(path)

    assert (answer.status_code, answer.mimetype) == (405, "text/plain")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/1.1/nothing", "/1.2/nothing", "/1.1/a/b"])
def test_a_wrong_path_is_told_in_plain_text(world, path):
    answer = world.http.get(path)

    assert (answer.status_code, answer.mimetype) == (404, "text/plain")


def test_of_1_1_only_the_test_is_got(world):
    assert world.http.get("/1.1/comment-check").status_code == 405
    assert world.http.post("/1.1/test").status_code == 405
