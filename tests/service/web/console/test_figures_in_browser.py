"""Figures, limits, lists, models, site and log in a real browser: legible for all, no complaint."""

import re
import threading
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from benchmarks.browser import SCHEMES, WIDTHS, listen, visitor
from service.app import create_app
from service.db.accounts import EVERYWHERE, Role
from service.web.console.app import create_console
from service.web.console.verdict import Bar
from service.wiring import Parts
from tests.service.web.console.conftest import PASSWORD
from tests.service.web.console.months import month

FULL = ("dashboard", "limits", "limits/confirm?low=-3&high=2", "lists", "models",
        "models/rollback", "models/promote/base", "site", "site/keys/token", "log")  # fmt: skip
EMPTY = ("dashboard", "limits", "lists", "models", "log")
WRONG = ("dashboard/nonsense", "models/promote/nonsense", "site/keys/nonsense")


@pytest.fixture
def served(sqlite_parts: Parts) -> Iterator[str]:
    """The console on a port of its own."""
    server = make_server("127.0.0.1", 0, create_app(sqlite_parts), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/console"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def opened(browser: Browser, served: str, sqlite_parts: Parts, complaints: list[str]) -> Any:
    """Opens a browser of somebody who rules everywhere, signed in."""
    sqlite_parts.accounts.add("Root", Role.ADMIN, EVERYWHERE)
    sqlite_parts.accounts.change_password("Root", PASSWORD)

    def sign_in(**seen: Any) -> Page:
        page = visitor(browser, **seen)
        listen(page, complaints)
        page.goto(f"{served}/sign-in")
        page.get_by_label("Name").fill("Root")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("main")).to_be_visible()
        return page

    return sign_in


@pytest.fixture
def site(served: str, sqlite_parts: Parts, clock: Any, live: Any, harbour: Any) -> str:
    """The address of a site with a month behind it."""
    month(sqlite_parts, clock, live, harbour.id, a_day=4)
    return f"{served}/{harbour.id}"


def problems(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than its window."""
    found = Axe().run(page).response["violations"]
    told = [f"{page.url} {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*told, f"{page.url} is wider than its window"] if wide else told


@pytest.mark.parametrize(("width", "scheme"), list(product(WIDTHS, SCHEMES)))
def test_every_page_is_legible_for_all_full_empty_and_in_error(
    opened: Any, site: str, meadow: Any, width: int, scheme: str
) -> None:
    page = opened(width=width, scheme=scheme)
    empty = f"{site.rpartition('/')[0]}/{meadow.id}"
    pages = [(f"{site}/{path}", 200) for path in FULL]
    pages += [(f"{empty}/{path}", 200) for path in EMPTY]
    pages += [(f"{site}/{path}", 404) for path in WRONG]
    found = []
    for path, status in pages:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == status
        for table in page.locator("figure summary").all():
            table.click()
        found += problems(page)
    found += _refused(page, site)
    assert found == []


def _refused(page: Page, site: str) -> list[str]:
    """The pages that say what is wrong with a form, and the lists with what they would change."""
    page.goto(f"{site}/site")
    page.get_by_label("Good comments rejected at most").fill("nonsense")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    found = problems(page)
    page.goto(f"{site}/lists")
    page.locator("#blocked_hosts").fill("x" * 300)
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += problems(page)
    page.goto(f"{site}/lists")
    page.locator("#blocked_terms").fill("regatta")
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_role("button", name="Save these lists")).to_be_visible()
    return found + problems(page)


def test_moving_a_slider_shows_what_would_have_happened_and_pushes_the_other(
    opened: Any, site: str
) -> None:
    page = opened()
    page.goto(f"{site}/limits")
    expect(page.locator("#tried")).to_contain_text("No past decision would change.")
    low, high = page.get_by_label("Accept below"), page.get_by_label("Reject above")
    today = high.input_value()

    low.fill("6.5")
    expect(page.locator("#tried")).to_contain_text(re.compile(r"\d+ past decisions would change"))
    assert high.input_value() == "6.5"
    assert low.get_attribute("aria-valuetext") == "99.85 in 100"
    expect(page.locator(".bands tr.ham td").first).not_to_have_text("0")

    page.get_by_role("link", name="Back to today's").click()
    expect(page.locator("#tried")).to_contain_text("No past decision would change.")
    assert high.input_value() == today


def test_limits_are_used_after_a_confirmation(
    opened: Any, site: str, sqlite_parts: Parts, harbour: Any
) -> None:
    page = opened()
    page.goto(f"{site}/limits")
    page.get_by_label("Accept below").fill("-2")
    page.get_by_label("Reject above").fill("5")
    page.get_by_role("button", name="Use these limits").click()
    expect(page.get_by_role("heading", name="Use these limits?")).to_be_visible()
    page.get_by_role("button", name="Use them").click()
    expect(page.get_by_role("status").first).to_contain_text("These limits are in force now.")
    policy = sqlite_parts.sites.get(harbour.id).policy
    assert round(policy.accept_below or 0, 3) == 0.119


def test_a_moderator_without_scripts_reads_the_same_figures(
    browser: Browser, served: str, site: str, sqlite_parts: Parts
) -> None:
    sqlite_parts.accounts.add("Tina", Role.TRAINER)
    sqlite_parts.accounts.change_password("Tina", PASSWORD)
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{served}/sign-in")
    page.get_by_label("Name").fill("Tina")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{site}/limits?low=-1&high=5")
    expect(page.locator("#tried")).to_contain_text("would change")
    page.goto(f"{site}/dashboard")
    expect(page.locator(".plot svg:visible")).to_have_count(6)


@pytest.mark.parametrize("width", [256, 390])
@pytest.mark.parametrize(
    ("low", "high"), [(64.1, 73.8), (50, 51), (1, 2), (0, 8), (98, 99), (92, 100), (5, 95)]
)
def test_what_stands_below_a_bar_stays_apart_and_inside(
    browser: Browser, sqlite_parts: Parts, width: int, low: float, high: float
) -> None:
    app = create_console(sqlite_parts)
    macro = "{% from 'parts.html' import bar_with_words %}{{ bar_with_words(bar, '', low, high) }}"
    shown = {"bar": Bar(low, high, 50.0), "low": "88.3 in 100", "high": "98.3 in 100"}
    with app.test_request_context():
        drawn = app.jinja_env.from_string(macro).render(shown)
    page = browser.new_page()
    page.set_content(f'<div style="width: {width}px; font: 11px sans-serif">{drawn}</div>')

    whole, *ends = (one.bounding_box() for one in page.locator("svg.bar, .end").all())
    assert whole["x"] - 2 <= ends[0]["x"]
    assert ends[0]["x"] + ends[0]["width"] < ends[1]["x"]
    assert ends[1]["x"] + ends[1]["width"] <= whole["x"] + width + 2
    page.close()
