"""Moderators in browsers of their own, and comments that will wait for them."""

import sqlite3
from contextlib import closing, suppress
from typing import Any

from playwright.sync_api import Browser, Error, Page, expect

from benchmarks.browser import listen, visitor
from benchmarks.server import Server, wait_until
from benchmarks.swaps import lessons

PASSWORD = "a password of my own"


class Desk:
    """Somebody at the console in a browser of their own."""

    def __init__(self, browser: Browser, server: Server, complaints: list[str], **seen: Any):
        self.page, self.server = visitor(browser, **seen), server
        listen(self.page, complaints)

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        self.page.goto(f"{self.server.url}/console/sign-in")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def queue(self, query: str = "") -> None:
        self.page.goto(f"{self.server.url}/console/")
        if query:
            self.page.goto(f"{self.page.url}{query}")
        expect(self.page.locator(".desk[data-ready]")).to_be_visible()

    def undecided(self) -> int:
        return self.page.locator(".line:not(.done)").count()

    def settle(self) -> None:
        """Wait until the server has answered everything."""
        self.page.wait_for_load_state("networkidle")

    def leave(self) -> None:
        """Go away, but leave the profile to the end of the browser: the closing of one whose page
        is on its way elsewhere is now and then never answered (seen in half of all runs)."""
        with suppress(Error):  # it may still be on that way
            self.page.goto("about:blank")


def send(server: Server, *texts: str, **fields: Any) -> list[str]:
    """Send comments that will be held; their ids."""
    with closing(server.client()) as client:
        comments = [{"content": text, **fields} for text in texts]
        told = client.ask("POST", "/v1/comments/batch", {"comments": comments}).json["results"]
    assert {one["decision"] for one in told} == {"hold"}, told
    return [one["id"] for one in told]


def doubtful(number: int, first: int = 0) -> list[str]:
    """Texts of two kinds, each with a link to a host nobody knows."""
    return [f"{text} https://host{first + n}.example/{first + n}"
            for n, (_, text) in enumerate(lessons(number, first))]  # fmt: skip


def states(server: Server, ids: list[str]) -> list[str]:
    with closing(server.client()) as client:
        return [client.ask("GET", f"/v1/comments/{one}").json["state"] for one in ids]


def all_are(server: Server, ids: list[str], state: str) -> bool:
    return set(states(server, ids)) == {state}


def clear(desk: Desk, ids: list[str]) -> None:
    """Accept what waits, so that the next story starts with nothing."""
    desk.queue()
    for _ in ids:
        desk.page.keyboard.press("a")
    wait_until(lambda: all_are(desk.server, ids, "accepted"), "everything decided")


def look_for_the_lesson(page: Page, server: Server) -> None:
    """See what was just decided in force as a lesson, and take it back."""
    page.goto(f"{server.url}/console/")
    page.get_by_role("link", name="Decided").click()
    page.locator(".line .l1 a").first.click()
    page.get_by_role("link", name="Link to this comment").click()

    def is_live() -> bool:
        page.reload()
        return page.get_by_text("The lesson has been live since").count() == 1

    wait_until(is_live, "the lesson in force")
    page.get_by_role("button", name="Take the decision back").click()
    expect(page.get_by_text("Taken back: 1 comment.")).to_be_visible()
    expect(page.locator(".line")).to_have_count(1)
    page.keyboard.press("a")
    expect(page.get_by_text("Nothing is waiting")).to_be_visible()


def no_round_is_due(server: Server) -> bool:
    """True if every label has had its round of training: no other model comes by itself."""
    with closing(sqlite3.connect(server.data_dir / "weir.sqlite")) as database:
        return bool(database.execute(
            "select max(until) >= (select max(at) from labels) and count(*) = count(finished_at)"
            " from rounds").fetchone()[0])  # fmt: skip


def judge(server: Server) -> str:
    """The model that judges a comment now; the base's name if it judges alone."""
    with closing(server.client()) as client:
        model = client.ask("POST", "/v1/comments", {"content": "Hello", "test": True}).json["model"]
    return str(model["site"] or model["base"])


def promote_and_roll_back(page: Page, server: Server) -> None:
    """Put the base alone in force, the taught model again, and withdraw that."""
    wait_until(lambda: no_round_is_due(server), "the end of training")
    taught = judge(server)
    page.get_by_role("link", name="Models").click()
    expect(page.locator("tr.now")).to_contain_text(taught)
    alone = page.locator("tr", has_text="the shipped base alone")
    base = alone.locator("th").inner_text()
    for row, model in ((alone, base), (page.locator("tr", has_text=taught), taught)):
        row.get_by_role("link", name="Promote").click()
        page.get_by_role("button", name="Promote").click()
        expect(page.get_by_role("status").first).to_contain_text("judges from now on")
        wait_until(lambda wanted=model: judge(server) == wanted, f"{model} in force")
    page.get_by_role("link", name="Roll back").click()
    expect(page.locator("main")).to_contain_text(f"{taught} is withdrawn for good")
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_role("status").first).to_contain_text("judges again")
    wait_until(lambda: judge(server) == base, "the base alone again")
    expect(page.locator("tr", has_text=taught)).to_contain_text("withdrawn")
