"""The console's speed: keystroke to next card, pages and search on full tables."""

import argparse
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import insert, select

from benchmarks.browser import NoBrowser, chromium, visitor
from benchmarks.postgres import NoPostgres, a_database
from benchmarks.server import Server
from service.clock import milliseconds, new_id
from service.db import search
from service.db.accounts import EVERYWHERE, Role
from service.db.engine import Connection
from service.db.schema import comments, indexed, judgements
from service.settings import load
from service.wiring import Parts, wire

CHUNK = 5_000
PASSWORD = "a password for measuring"  # noqa: S105 - of an instance that lives a minute
_PLOT = re.compile(r"<figure.*?</figure>", re.DOTALL)
WORDS = [f"{a}{b}{c}" for a in ("ba", "ke", "lo", "mi") for b in "nrstv" for c in range(100, 350)]


class Texts:
    """Made-up texts whose words are as unevenly common as those of a language (Zipf)."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._weights = [1 / (n + 1) for n in range(len(WORDS))]

    def some(self, n: int) -> list[str]:
        """`n` texts of 25 words."""
        words = self._random.choices(WORDS, self._weights, k=25 * n)
        return [" ".join(words[i : i + 25]) for i in range(0, 25 * n, 25)]


def fill(parts: Parts, site_id: str, waiting: int, findable: int) -> None:
    """Let so many comments wait, all copies of one that was judged, and so many be found."""
    texts, began = Texts(), datetime.now(UTC) - timedelta(days=2)
    with parts.database.reading() as connection:
        one = dict(connection.execute(select(comments)).mappings().one())
        told = dict(connection.execute(select(judgements)).mappings().one())
    one |= {"created_at": milliseconds(began), "waits": True, "state": "held", "blind": False,
            "decision": "hold"}  # fmt: skip
    for first in range(0, max(waiting, findable), CHUNK):
        ids = [new_id("cmt", began + timedelta(seconds=(first + n) / 10)) for n in range(CHUNK)]
        said = dict(zip(ids, texts.some(CHUNK), strict=True))
        with parts.database.writing() as connection:
            if first < waiting:
                rows = [one | {"id": i, "content": text} for i, text in said.items()]
                scores = [told | {"comment_id": i, "score": (n % 97) / 20 - 2}
                          for n, i in enumerate(ids)]  # fmt: skip
                connection.execute(insert(comments), rows)
                connection.execute(insert(judgements), scores)
            _index(connection, site_id, first, said)


def _index(connection: Connection, site_id: str, first: int, said: dict[str, str]) -> None:
    numbered = [{"number": 10 + first + n, "site_id": site_id, "comment_id": i, "page": n % 50}
                for n, i in enumerate(said)]  # fmt: skip
    connection.execute(insert(indexed), numbered)
    words = [{"number": row["number"], "site": search._site(site_id), "words": text}
             for row, text in zip(numbered, said.values(), strict=True)]  # fmt: skip
    connection.execute(search._ADD[connection.dialect.name], words)


def timed(act: Callable[[], Any], times: int) -> tuple[float, float]:
    """Median and slowest of `times` runs, in milliseconds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), max(took)


def searches(parts: Parts, site_id: str, times: int) -> Iterator[tuple[str, float, float]]:
    """How long it takes to find a rare, a middling and the commonest word, and two together."""
    wishes = {"commonest word": WORDS[0], "rare word": WORDS[-1], "middling word": WORDS[300],
              "two words": f"{WORDS[0]} {WORDS[40]}", "beginning": WORDS[0][:4],
              "nothing": "unheardof"}  # fmt: skip
    for name, wish in wishes.items():

        def find(wish: str = wish) -> None:
            with parts.database.reading() as connection:
                search.find(connection, site_id, wish, 30)

        yield f"search, {name}", *timed(find, times)


@contextmanager
def moderator(server: Server) -> Iterator[Page]:
    """The queue in a real browser."""
    with chromium() as browser:
        page = visitor(browser)
        page.goto(f"{server.url}/console/sign-in")
        page.get_by_label("Name").fill("measure")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_selector(".desk[data-ready]")
        yield page


def keystrokes(page: Page, presses: int) -> Iterator[tuple[str, float, float]]:
    """How long it takes from a key to the next card drawn."""
    page.evaluate(_WATCH)
    for name, key in (("j, next card", "j"), ("a, decided and next card", "a")):
        took = []
        for _ in range(presses):
            took.append(page.evaluate("key => window.pressed(key)", key))
            page.wait_for_timeout(150)  # a quick moderator
        yield name, statistics.median(took), max(took)


def sizes(page: Page) -> Iterator[tuple[str, float, float]]:
    """How large each page in the top bar is without its plots, and one comment's; in kB."""
    links = page.locator(".top > nav a, [data-explain]")
    for address in links.evaluate_all("all => all.map(a => a.href)"):
        answer = page.request.get(address)
        assert answer.ok, address
        name = address.split("/")[5]
        size = len(_PLOT.sub("", answer.text()).encode()) / 1000
        yield f"page {name}, kB", size, size


_WATCH = """() => { window.pressed = key => new Promise(done => {
  const began = performance.now(), detail = document.querySelector('#detail');
  const seen = new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {
    seen.disconnect(); done(performance.now() - began); })));
  seen.observe(detail, { childList: true });
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
}); }"""


@contextmanager
def databases(names: list[str]) -> Iterator[Iterator[tuple[str, str]]]:
    """Each kind of database there is, by name and URL."""

    def each() -> Iterator[tuple[str, str]]:
        for name in names:
            if name == "sqlite":
                yield name, ""
                continue
            try:
                with a_database() as url:
                    yield name, url
            except NoPostgres as absent:
                print(f"{name}: {absent}")

    yield each()


def measure(url: str, waiting: int, findable: int, presses: int) -> list[tuple[str, float, float]]:
    """All figures on one database."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder), database_url=url) as server:
        with closing(server.client()) as client:
            sent = {
                "content": "What a lovely regatta https://oars.example",
                "permalink": "https://a/1",
            }
            client.ask("POST", "/v1/comments", sent)
        server.stop()
        settings = load(data_dir=server.data_dir, database_url=url)
        parts = wire(settings)
        site = parts.sites.list()[0]
        fill(parts, site.id, waiting, findable)
        parts.accounts.add("measure", Role.ADMIN, EVERYWHERE)
        parts.accounts.change_password("measure", PASSWORD)
        rows = list(searches(parts, site.id, max(3, presses // 4)))
        parts.database.close()
        server.start()
        try:
            with moderator(server) as page:
                rows += [*keystrokes(page, presses), *sizes(page)]
        except NoBrowser as absent:
            print(absent)
    return rows


def main() -> None:
    """Print the table; targets: keystroke < 100 ms (median), search < 300 ms, page < 100 kB."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--waiting", type=int, default=100_000)
    asked.add_argument("--findable", type=int, default=1_000_000)
    asked.add_argument("--presses", type=int, default=40)
    asked.add_argument("--databases", default="sqlite,postgresql")
    given = asked.parse_args()
    with databases(given.databases.split(",")) as every:
        for name, url in every:
            print(f"{name}: {given.waiting} waiting, {given.findable} findable")
            for what, median, most in measure(url, given.waiting, given.findable, given.presses):
                print(f"  {what:<28} median {median:8.1f}   most {most:8.1f}")
