"""Moderators in browsers of their own, and comments that will wait for them."""

from contextlib import closing, suppress
from typing import Any

from playwright.sync_api import Browser, Error, expect

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
