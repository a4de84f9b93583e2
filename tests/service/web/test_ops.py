"""What operators and their machines see."""

import re

import pytest

from service.app import create_app
from service.errors import StorageError


def test_a_living_process_says_so(carol):
    assert carol.http.get("/healthz").json == {"status": "ok"}


def test_ready_means_model_and_database(carol, live, sqlite_parts, monkeypatch):
    assert carol.http.get("/readyz").status_code == 200

    live.champion = None
    assert carol.http.get("/readyz").status_code == 503
    assert carol.http.get("/healthz").status_code == 200


def test_without_its_database_a_process_is_alive_but_not_ready(carol, monkeypatch):
    monkeypatch.setattr("service.db.engine.Database.answers", lambda _: False)

    answer = carol.http.get("/readyz")

    assert (answer.status_code, answer.json["database"]) == (503, False)
    assert carol.http.get("/healthz").status_code == 200


def test_figures_count_decisions_and_requests(carol):
    def figure(name):
        told = carol.http.get("/metrics").get_data(as_text=True)
        found = re.search(rf"^{re.escape(name)} ([\d.]+)", told, re.MULTILINE)
        return float(found[1]) if found else 0.0

    decisions = 'weir_decisions_total{decision="accept",dialect="json"}'
    requests = 'weir_requests_total{route="/v1/comments",status="200"}'
    before = figure(decisions), figure(requests)

    carol.send()

    assert (figure(decisions), figure(requests)) == (before[0] + 1, before[1] + 1)


def test_the_version_and_the_model_are_told(carol):
    assert carol.http.get("/version").json == {"version": "0.1.0", "model": "tiny"}


# Every answer.


def test_a_request_id_is_taken_over_or_made(carol):
    given = carol.http.get("/healthz", headers={"X-Request-Id": "abc-1"})
    made = carol.http.get("/healthz")
    odd = carol.http.get("/healthz", headers={"X-Request-Id": 'x" y'})

    assert given.headers["X-Request-Id"] == "abc-1"
    assert re.fullmatch("[0-9a-f]{16}", made.headers["X-Request-Id"])
    assert re.fullmatch("[0-9a-f]{16}", odd.headers["X-Request-Id"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/v1/nowhere", 404), ("PUT", "/v1/comments", 405),
     ("OPTIONS", "/v1/comments", 405), ("OPTIONS", "/healthz", 405),
     ("OPTIONS", "/docs", 405), ("GET", "/v1/comments/batch/x", 404),
     ("GET", "//v1//comments", 404), ("POST", "/healthz", 405), ("GET", "/docs/../api.py", 404),
     ("GET", "/docs/none.js", 404)],
)  # fmt: skip
def test_a_wrong_address_or_method_is_a_problem_and_never_html(carol, method, path, status):
    answer = carol.ask(method, path)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["status"] == status
    assert status != 405 or answer.headers["Allow"]


@pytest.mark.parametrize("host", ["unknown.example", "a" * 200, "x:99999", "[::1]", "bad host"])
def test_any_host_name_gets_json(carol, host):
    answer = carol.http.get("/v1/sites/self", headers={"Host": host})

    assert answer.status_code in {400, 401}
    assert "json" in answer.content_type


def test_a_failed_write_is_a_503_that_holds(carol, monkeypatch):
    def fails(*_):
        raise StorageError("the database failed: DiskFull")

    monkeypatch.setattr("service.db.comments.insert_records", fails)

    answer = carol.send()

    assert answer.status_code == 503
    assert (answer.json["decision"], answer.json["recorded"]) == ("hold", False)
    assert int(answer.headers["Retry-After"]) > 0


def test_a_defect_of_ours_holds_and_logs_no_text(carol, monkeypatch, caplog):
    def fails(*_, **__):
        raise RuntimeError("my very words")

    monkeypatch.setattr("service.screening.judge", fails)

    answer = carol.send("my very words")

    assert (answer.status_code, answer.json["decision"]) == (503, "hold")
    assert b"very words" not in answer.data
    assert "RuntimeError" in caplog.text
    assert "very words" not in caplog.text


def test_the_log_has_codes_and_weights_but_never_text_or_secrets(sqlite_parts, carol, caplog):
    with caplog.at_level("DEBUG", logger="service"):
        http = create_app(sqlite_parts).test_client()
        headers = {"Authorization": f"Bearer {carol.token}", "X-Request-Id": "r1"}
        sent = {"content": "my pills words", "author": {"name": "Ada"}}
        http.post("/v1/comments", json=sent, headers=headers)

    assert "r1" in caplog.text
    assert "'text'" in caplog.text
    for secret in ("my pills", "Ada", carol.token):
        assert secret not in caplog.text


# The page for people.


def test_the_page_needs_nothing_from_elsewhere(carol):
    page = carol.http.get("/docs")
    html = page.get_data(as_text=True)

    assert "http" not in html.replace("http-equiv", "")
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|style=", html)
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    for source in re.findall(r'(?:src|href)="([^"]+)"', html):
        assert carol.http.get(f"/{source}").status_code == 200


def test_with_a_slash_at_its_end_the_pages_address_leads_to_the_page(carol):
    assert carol.http.get("/docs/", follow_redirects=True).request.path == "/docs"
