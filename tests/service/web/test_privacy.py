"""What a reader is told about a comment's data, without any login."""

import re
from dataclasses import replace

import pytest

from service.app import create_app
from service.web.privacy import LANGUAGES
from service.wiring import Parts


def told(parts: Parts, days: int) -> str:
    kept = replace(parts, settings=parts.settings.model_copy(update={"retention_days": days}))
    answer = create_app(kept).test_client().get("/privacy")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(("days", "words"), [(90, "90 days"), (1, "1 day<")])
def test_the_time_limit_in_force_is_told(sqlite_parts: Parts, days: int, words: str) -> None:
    assert words in told(sqlite_parts, days)
    assert "no limit" not in told(sqlite_parts, days)


def test_that_there_is_no_limit_is_told(sqlite_parts: Parts) -> None:
    assert "no limit" in told(sqlite_parts, 0)


def test_the_way_to_be_erased_is_told(sqlite_parts: Parts) -> None:
    assert "<code>weir erase</code>" in told(sqlite_parts, 0)


def test_no_site_is_named(sqlite_parts: Parts) -> None:
    sqlite_parts.sites.add("boats", "https://boats.example")

    assert "boats" not in told(sqlite_parts, 0)


def test_the_page_needs_nothing_but_its_style(sqlite_parts: Parts) -> None:
    reader = create_app(sqlite_parts).test_client()

    allowed = reader.get("/privacy").headers["Content-Security-Policy"]

    assert "default-src 'none'; style-src 'self'" in allowed
    assert "unsafe" not in allowed
    assert reader.get("/privacy/style.css").mimetype == "text/css"


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr", "en"), ("", "en"), ("en,de;q=0.1", "en")],
)
def test_it_is_told_in_a_language_the_browser_asks_for(
    sqlite_parts: Parts, wanted: str, language: str
) -> None:
    reader = create_app(sqlite_parts).test_client()
    answer = reader.get("/privacy", headers={"Accept-Language": wanted})

    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


def test_every_language_tells_the_same_table_and_steps(sqlite_parts: Parts) -> None:
    reader = create_app(sqlite_parts).test_client()
    told = [reader.get("/privacy", headers={"Accept-Language": one}).text for one in LANGUAGES]

    shapes = [re.findall(r"<(?!/|b|!|meta|link)\w+", page) for page in told]

    assert shapes[0] == shapes[1]
    assert all("<code>weir erase</code>" in page for page in told)
