"""Who is asking, and how often."""

import pytest

from service.app import create_app
from service.settings import Settings
from service.wiring import wire


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic {}", "{}", "Bearer {}x", "Bearer x{}",
     "Bearer " + "x" * 100_000, "Bearer \xff"],
)  # fmt: skip
def test_without_the_sites_token_nothing_is_told(carol, header):
    headers = {} if header is None else {"Authorization": header.format(carol.token)}

    answer = carol.http.get("/v1/sites/self", headers=headers)

    assert (answer.status_code, answer.json["title"]) == (401, "Unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_without_case(carol, scheme):
    answer = carol.http.get("/v1/sites/self", headers={"Authorization": f"{scheme} {carol.token}"})

    assert answer.json["id"] == carol.site.id


def test_an_akismet_key_is_no_token(carol, sqlite_parts):
    key = sqlite_parts.sites.akismet_key(carol.site.id)

    assert (
        carol.http.get("/v1/sites/self", headers={"Authorization": f"Bearer {key}"}).status_code
        == 401
    )


def test_a_rotated_token_is_refused_at_once(carol, sqlite_parts):
    assert carol.send().status_code == 200

    sqlite_parts.sites.rotate(carol.site.id, "token")

    assert carol.send().status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/version", "/openapi.json",
                                  "/docs"])  # fmt: skip
def test_operators_pages_need_no_token(carol, path):
    assert carol.http.get(path).status_code == 200


@pytest.fixture
def limited(tmp_path, sqlite_url, live, clock):
    settings = Settings(data_dir=tmp_path, database_url=sqlite_url, rate_limit=3)
    wired = wire(settings, clock=clock, live=live)
    yield wired
    wired.database.close()


def test_a_key_over_its_rate_is_told_when_to_come_back(limited):
    http = create_app(limited).test_client()
    one, other = (
        {"Authorization": f"Bearer {limited.sites.add(name, '').token}"} for name in ("a", "b")
    )
    answers = [http.post("/v1/comments", json={"content": "x"}, headers=one) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit-Policy"] == '"key";q=3;w=60'
    assert refused.headers["RateLimit"].startswith('"key";r=0;t=')
    assert http.get("/v1/sites/self", headers=other).status_code == 200


def test_every_comment_of_a_batch_counts(limited):
    http = create_app(limited).test_client()
    token = {"Authorization": f"Bearer {limited.sites.add('a', '').token}"}
    batch = {"comments": [{"content": "x"}] * 2}

    answers = [http.post("/v1/comments/batch", json=batch, headers=token) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]


def test_a_batch_that_is_refused_leaves_the_minute_as_it_was(limited):
    http = create_app(limited).test_client()
    token = {"Authorization": f"Bearer {limited.sites.add('a', '').token}"}

    def send(size):
        batch = {"comments": [{"content": "x"}] * size}
        return http.post("/v1/comments/batch", json=batch, headers=token).status_code

    assert [send(size) for size in (2, 3, 2, 1, 1)] == [200, 429, 429, 200, 429]


def test_a_batch_that_fits_into_no_minute_is_not_told_to_come_back(limited):
    http = create_app(limited).test_client()
    token = {"Authorization": f"Bearer {limited.sites.add('a', '').token}"}

    def send(size):
        batch = {"comments": [{"content": "x"}] * size}
        return http.post("/v1/comments/batch", json=batch, headers=token)

    refused = send(4)

    assert (refused.status_code, "Retry-After" in refused.headers) == (422, False)
    assert [one["pointer"] for one in refused.json["errors"]] == ["/comments"]
    assert "no minute takes more than 3; send smaller batches" in refused.json["detail"]
    assert send(2).status_code == 200  # only the request itself was counted
