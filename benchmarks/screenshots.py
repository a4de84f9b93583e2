"""The README's pictures: the console and the news site, as `weir demo` shows them."""

import argparse
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from benchmarks.browser import HEIGHT, SCHEMES, chromium, visitor
from benchmarks.demo import Demo
from benchmarks.server import ROOT

COLOURS = 256
"""So many are enough for pages of text, and make a picture a third of its size."""
MOST_BYTES = 150_000
ASKED = "There is a page that shows where the boat is just now: https://where-is-she.example/plover"


def main() -> None:
    """Take all pictures anew, from a demo of their own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks screenshots")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="folder of the pictures")
    out = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder, Demo(Path(folder)) as demo, chromium() as browser:
        for scheme in SCHEMES:
            keep(out / f"console-{scheme}.png", console(browser, demo, scheme))
        keep(out / "news.png", news(browser, demo))


def keep(path: Path, picture: bytes) -> None:
    """Write a picture in as few bytes as it needs, and say how many."""
    reduced = small(picture)
    path.write_bytes(reduced)
    print(f"{path.name:<20} {len(reduced):>7} bytes")


def small(picture: bytes) -> bytes:
    """A PNG with few colours."""
    written = BytesIO()
    few = (
        Image.open(BytesIO(picture))
        .convert("RGB")
        .quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    )
    few.save(written, "PNG", optimize=True)
    return written.getvalue()


def console(browser: Browser, demo: Demo, scheme: str) -> bytes:
    """The queue with a campaign open."""
    page = sign_in(browser, demo, scheme)
    campaign = page.get_by_role("link", name="Tess")
    expect(page.locator("#list li", has=campaign)).to_contain_text("+ 13", timeout=30_000)
    campaign.click()
    expect(page.locator("#detail")).to_contain_text("14 alike", timeout=30_000)
    drawn = "drawn to be judged blind, so there is no score to show: take them again"
    expect(page.locator("#detail svg.bar"), drawn).to_be_visible()
    return shot(page)


def sign_in(browser: Browser, demo: Demo, scheme: str = "light") -> Page:
    """The console's queue, as the demo's moderator sees it."""
    page = visitor(browser, scheme=scheme)
    name, password = demo.login
    page.goto(f"{demo.weir}/console/")
    page.get_by_role("textbox", name="Name").fill(name)
    page.locator("input[type=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    page.wait_for_load_state("networkidle")
    return page


def news(browser: Browser, demo: Demo) -> bytes:
    """The end of the comments, one of which waits, and the form below them."""
    page = visitor(browser, width=760)
    page.goto(demo.news)
    page.get_by_role("textbox", name="Comment").fill(ASKED)
    page.get_by_role("textbox", name="Name").fill("Ada")
    page.get_by_role("textbox", name="Email").fill("ada@reader.example")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.locator(".moderation")).to_be_visible()
    page.locator(".comments li").last.evaluate("one => one.scrollIntoView()")
    below = page.locator("#respond").evaluate("one => one.getBoundingClientRect().bottom")
    return shot(page, height=round(below) + 20)


def shot(page: Page, height: int = HEIGHT) -> bytes:
    """The window's upper part, with nothing under the pointer."""
    page.mouse.move(0, 0)
    width = page.evaluate("window.innerWidth")
    whole = {"x": 0, "y": 0, "width": width, "height": height}
    picture = page.screenshot(animations="disabled", clip=whole)  # type: ignore[arg-type]
    page.context.close()
    return picture
