"""The demo, as somebody meets it who wants to know what Weir does: in a real browser."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from benchmarks.browser import SCHEMES, WIDTHS, listen, visitor
from benchmarks.demo import Demo
from benchmarks.screenshots import sign_in
from benchmarks.server import wait_until
from demo.site import read_site

DOUBTFUL = (
    "There is a page that shows where the boat is just now: https://where-is-she.example/plover"
)
GOOD = "We stood at the rail the whole way and saw two porpoises off the north point."
SPAM = (
    "Online casino bonus!!! 200 FREE SPINS, play slots and poker http://lucky-spins.example/bonus"
)
EMAIL = "never.shown@reader.example"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with Demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
def reader(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    page = visitor(browser)
    listen(page, complaints)
    yield page
    page.context.close()


@pytest.fixture
def stranger(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    page = visitor(browser)
    listen(page, complaints)
    yield page
    page.context.close()


def leave_a_reply(
    page: Page, demo: Demo, text: str, *, name: str = "Ada", email: str = "", save: bool = False
) -> None:
    """As somebody nobody knows, unless an address is given: whoever is known is trusted."""
    page.goto(demo.news)
    page.get_by_role("textbox", name="Comment").fill(text)
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Email").fill(
        email or f"{secrets.token_hex(4)}@reader.example"
    )
    page.get_by_role("textbox", name="Website").fill("")
    page.get_by_role("checkbox", name="Save my name").set_checked(save)
    with page.expect_navigation():  # a click does not wait for the answer
        page.get_by_role("button", name="Post Comment").click()


def comment(page: Page, text: str) -> Any:
    return page.locator(".comments li", has_text=text)


class Moderator:
    """Decides about the comments of the demo's site."""

    def __init__(self, demo: Demo) -> None:
        account = read_site(demo.data).account
        bearer = {"Authorization": f"Bearer {account.token}"}
        self._weir = httpx.Client(base_url=demo.weir, headers=bearer, timeout=30)

    def say(self, text: str, label: str) -> dict[str, Any]:
        """Label the newest comment with this text; the comment as Weir had it before."""
        listed = self._weir.get("/v1/comments", params={"text": text}).json()["comments"]
        path = f"/v1/comments/{listed[0]['id']}/labels"
        self._weir.post(path, json={"label": label}).raise_for_status()
        told: dict[str, Any] = listed[0]
        return told

    def close(self) -> None:
        self._weir.close()


@pytest.fixture
def moderator(demo: Demo) -> Iterator[Moderator]:
    with closing(Moderator(demo)) as deciding:
        yield deciding


def see(page: Page, demo: Demo, text: str, times: int) -> None:
    """Reload until the comment is there so many times: the site looks at Weir once a second."""

    def reloaded() -> int:
        page.goto(demo.news)
        return int(comment(page, text).count())

    wait_until(lambda: reloaded() == times, f"{times} × {text!r}")


def test_a_comment_travels_from_the_form_by_way_of_a_moderator_to_the_page(
    demo: Demo, reader: Page, stranger: Page, moderator: Moderator
) -> None:
    leave_a_reply(reader, demo, DOUBTFUL)
    expect(comment(reader, DOUBTFUL)).to_contain_text("awaiting moderation")
    stranger.goto(demo.news)
    expect(comment(stranger, DOUBTFUL)).to_have_count(0)

    held = moderator.say(DOUBTFUL, "ham")

    assert (held["state"], held["dialect"]) == ("held", "akismet")
    assert held["permalink"].endswith(reader.url.partition("#")[2])
    see(stranger, demo, DOUBTFUL, 1)
    expect(comment(stranger, DOUBTFUL)).not_to_contain_text("awaiting moderation")
    reader.goto(demo.news)
    expect(comment(reader, DOUBTFUL)).not_to_contain_text("awaiting moderation")


def test_a_moderator_decides_in_the_console_and_the_page_follows(
    demo: Demo, browser: Browser, reader: Page, stranger: Page, complaints: list[str]
) -> None:
    wanted = "My cousin keeps a list of the crossings: https://crossings-by-hand.example/list"
    leave_a_reply(reader, demo, wanted)
    expect(comment(reader, wanted)).to_contain_text("awaiting moderation")

    console = sign_in(browser, demo)
    listen(console, complaints)
    open_in_console(console, "crossings-by-hand")
    console.get_by_role("button", name="Accept").click()
    see(stranger, demo, wanted, 1)

    open_in_console(console, "crossings-by-hand")
    console.get_by_role("button", name="Spam").click()
    see(stranger, demo, wanted, 0)
    console.context.close()


def open_in_console(console: Page, words: str) -> None:
    """Search for a comment, and open the only one that is found."""
    console.get_by_role("searchbox").fill(words)
    console.keyboard.press("Enter")
    console.wait_for_url("**q=*")
    expect(console.locator("#list li.line")).to_have_count(1)
    expect(console.locator("#detail")).to_contain_text(words)


def test_a_good_comment_is_there_at_once_until_a_moderator_takes_it_away(
    demo: Demo, reader: Page, stranger: Page, moderator: Moderator
) -> None:
    leave_a_reply(reader, demo, GOOD)
    stranger.goto(demo.news)
    expect(comment(stranger, GOOD)).to_have_count(1)

    moderator.say(GOOD, "other")

    see(stranger, demo, GOOD, 0)


def test_spam_is_refused_and_its_writer_told(demo: Demo, reader: Page) -> None:
    leave_a_reply(reader, demo, SPAM, name="viagra-test-123")  # agreed to be spam

    expect(reader.get_by_role("status")).to_contain_text("looks like spam")
    expect(comment(reader, SPAM)).to_have_count(0)


def test_an_email_address_is_never_shown(demo: Demo, reader: Page, stranger: Page) -> None:
    leave_a_reply(reader, demo, "Does the kiosk open for the late boat?", email=EMAIL)

    stranger.goto(demo.news)

    assert EMAIL not in stranger.content()
    assert "@quill.example" not in stranger.content()


def test_who_asks_for_it_finds_the_form_filled_in_next_time(demo: Demo, reader: Page) -> None:
    leave_a_reply(reader, demo, "Is there a bench on the quay by now?", email=EMAIL, save=True)
    reader.goto(demo.news)
    expect(reader.get_by_role("textbox", name="Email")).to_have_value(EMAIL)

    leave_a_reply(reader, demo, "And a lamp above that bench, please.")
    reader.goto(demo.news)
    expect(reader.get_by_role("textbox", name="Email")).to_have_value("")


def test_a_form_with_mistakes_comes_back_as_it_was_filled_in(demo: Demo, reader: Page) -> None:
    reader.goto(demo.news)
    reader.get_by_role("textbox", name="Comment").fill("Half a form")
    reader.get_by_role("textbox", name="Email").fill("nobody")
    reader.get_by_role("button", name="Post Comment").click()

    expect(reader.get_by_role("alert")).to_contain_text("Please enter your name.")
    expect(reader.get_by_role("textbox", name="Comment")).to_have_value("Half a form")


def test_markup_in_a_comment_is_text(demo: Demo, reader: Page) -> None:
    markup = "I would like <b onclick=alert(1)>bold</b> lamps <img src=x onerror=alert(1)> there."
    leave_a_reply(reader, demo, markup)

    assert reader.locator(".comments b", has_text="bold").count() == 0
    assert reader.locator(".comments img").count() == 0


def test_the_line_under_the_form_leads_to_what_becomes_of_the_data(
    demo: Demo, reader: Page
) -> None:
    reader.goto(demo.news)
    expect(reader.locator("#respond")).to_contain_text("This site uses Weir to reduce spam.")

    reader.get_by_role("link", name="Learn how your comment data is processed").click()

    expect(reader).to_have_url(f"{demo.weir}/privacy")
    expect(reader.locator("main")).to_contain_text("90 days")


@pytest.mark.parametrize(("width", "scheme"), [*product(WIDTHS, SCHEMES)])
def test_every_page_can_be_used_by_everybody(
    demo: Demo, browser: Browser, width: int, scheme: str
) -> None:
    page = visitor(browser, width=width, scheme=scheme)
    leave_a_reply(
        page, demo, f"Here are the tides as a table: https://tides-{width}-{scheme}.example/"
    )
    expect(page.locator(".moderation")).to_be_visible()
    waiting = broken_rules(page)
    page.goto(demo.news)
    with page.expect_navigation():
        page.get_by_role("button", name="Post Comment").click()
    mistakes = broken_rules(page)
    page.goto(f"{demo.weir}/privacy")
    privacy = broken_rules(page)
    page.context.close()

    assert (waiting, mistakes, privacy) == ([], [], [])


def broken_rules(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than its window."""
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found] + ["too wide"] * wide
