"""A real Chromium, as Debian ships it, for journeys and pictures."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect, sync_playwright

WIDTHS, SCHEMES = (1280, 390), ("light", "dark")
HEIGHT = 860
PATIENCE = 30_000
"""Milliseconds for what must come to pass: as long as a click waits, however busy the machine."""
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking",
              "--disable-component-update", "--no-first-run")  # fmt: skip


class NoBrowser(Exception):
    """There is no Chromium on this machine."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser. Raises NoBrowser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise NoBrowser("chromium is not installed")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=found, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def visitor(browser: Browser, *, width: int = 1280, scheme: str = "light") -> Page:
    """A page in a browser profile of its own, with no cookies and nothing that moves."""
    profile = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )  # fmt: skip
    return profile.new_page()


def listen(page: Page, complaints: list[str]) -> None:
    """Note whatever the browser complains of: broken rules of the CSP, errors in scripts, and
    files that are not there. A page that answers with an error is no complaint."""

    def said(message: ConsoleMessage) -> None:
        told = message.type in ("error", "warning")
        if told and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def answered(response: Response) -> None:
        if response.status >= 400 and response.request.resource_type not in ("document", "fetch"):
            complaints.append(f"{response.status} {response.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", answered)
