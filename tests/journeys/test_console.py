"""A moderator's day in a real browser, on a real server."""

import re
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from benchmarks.browser import SCHEMES, WIDTHS
from benchmarks.server import Server, wait_until
from tests.journeys.moderators import (
    PASSWORD,
    Desk,
    all_are,
    clear,
    doubtful,
    look_for_the_lesson,
    promote_and_roll_back,
    send,
    states,
)
from tests.service.web.console.payloads import payloads

SPIN = "Loved it! I won {} last night at https://lucky-spin.example no deposit needed, greetings"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An instance whose site rejects nothing by itself, so that all doubt waits."""
    with Server(tmp_path_factory.mktemp("console")) as running:
        running.run("site", "set", "default", "--mode", "hold-first")
        yield running


@pytest.fixture(scope="module")
def passwords(server: Server) -> dict[str, str]:
    """Two moderators and an admin with one-time passwords."""
    told = {}
    for name, role in (("Ilse", "admin"), ("Tam", "moderator")):
        out = server.run("moderator", "add", name, "--role", role)
        told[name] = re.search(r"one_time_password\s+(\S+)", out)[1]  # type: ignore[index]
    return told


@pytest.fixture(scope="module")
def signed_in(server: Server, browser: Browser, passwords: dict[str, str]) -> dict[str, Any]:
    """Cookies of people who have chosen their own password."""
    states = {}
    for name, password in passwords.items():
        heard: list[str] = []
        desk = Desk(browser, server, heard)
        desk.sign_in(name, password)
        desk.page.get_by_label("Present password").first.fill(password)
        desk.page.get_by_label("New password").fill(PASSWORD)
        desk.page.get_by_role("button", name="Change the password").click()
        expect(desk.page.get_by_text("The password is changed.")).to_be_visible()
        states[name] = desk.page.context.cookies()
        desk.page.context.close()
        assert heard == []
    return states


@pytest.fixture
def come(
    browser: Browser, server: Server, signed_in: dict[str, Any], complaints: list[str]
) -> Iterator[Any]:
    """`come("Ilse", width=390)` is somebody signed in."""
    opened = []

    def arrive(name: str, **seen: Any) -> Desk:
        desk = Desk(browser, server, complaints, **seen)
        desk.page.context.add_cookies(signed_in[name])
        opened.append(desk)
        return desk

    yield arrive
    for desk in opened:
        desk.leave()


def test_fifty_comments_are_cleared_by_keyboard_and_their_lesson_goes_live(server, come):
    ids = send(server, *doubtful(50))
    page = come("Ilse").page
    page.goto(f"{server.url}/console/")
    expect(page.locator(".desk[data-ready]")).to_be_visible()
    wanted = {}

    began = time.monotonic()
    for _ in ids:
        line = page.locator(".line:has(.l1 a[aria-current=true])")
        here, text = line.get_attribute("data-id"), line.locator(".snip").inner_text()
        key, wanted[here] = ("s", "rejected") if " shop" in text else ("a", "accepted")
        page.keyboard.press(key)
        page.wait_for_function(
            "id => document.querySelector('.line .l1 a[aria-current=true]')"
            "?.closest('.line').dataset.id !== id || document.querySelector('.empty')",
            arg=here,
        )
    took = time.monotonic() - began
    expect(page.get_by_text("Nothing is waiting")).to_be_visible()

    assert took < 60
    assert sorted(wanted) == sorted(ids)
    assert states(server, ids) == [wanted[one] for one in ids]

    assert page.locator("#recent li").count() > 0
    page.keyboard.press("z")
    expect(page.locator(".line:not(.done)")).to_have_count(1)
    assert states(server, ids).count("held") == 1
    page.keyboard.press("a")
    wait_until(lambda: "held" not in states(server, ids), "the last decision")
    expect(page.get_by_text("Nothing is waiting")).to_be_visible()
    look_for_the_lesson(page, server)
    promote_and_roll_back(page, server)


def test_many_are_selected_decided_and_taken_back_by_keys_and_toast(server, come):
    ids = send(server, *doubtful(6, 100))
    desk = come("Ilse")
    desk.queue()
    page = desk.page
    expect(page.locator(".line")).to_have_count(6)

    page.keyboard.press("v")
    page.locator(".line input").nth(3).click(modifiers=["Shift"])
    expect(page.get_by_text("4 selected")).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator(".line.done")).to_have_count(4)
    wait_until(lambda: states(server, ids).count("rejected") == 4, "four decisions")
    page.locator("#toast button").click()
    wait_until(lambda: all_are(server, ids, "held"), "the undo")
    expect(page.locator(".line.done")).to_have_count(0)

    page.locator(".line input").first.check()
    page.get_by_label("all 6 matching").check()
    page.locator("#many").get_by_role("button", name="Spam").click()
    expect(page.get_by_role("heading", name="Call 6 comments spam?")).to_be_visible()
    page.get_by_label("Type 6 to go on").fill("6")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Spam: 6 comments")).to_be_visible()
    assert all_are(server, ids, "rejected")
    page.locator(".told").get_by_role("button", name="Undo").click()
    expect(page.locator(".line")).to_have_count(6)
    assert all_are(server, ids, "held")
    for _ in ids:
        page.keyboard.press("s")
    wait_until(lambda: all_are(server, ids, "rejected"), "the decisions")


def test_a_campaign_is_decided_once_and_for_late_comers_and_taken_back_once(server, come):
    ids = send(server, *(SPIN.format(n) for n in range(5)))
    desk = come("Ilse")
    page = desk.page

    def grouped() -> bool:
        desk.queue("?queue=campaigns")
        return page.locator(".line").count() == 1

    wait_until(grouped, "the campaign")
    expect(page.get_by_role("button", name="Spam ×5")).to_be_visible()
    page.keyboard.press("s")
    wait_until(lambda: all_are(server, ids, "rejected"), "the ruling")
    ids += send(server, SPIN.format(77))
    wait_until(lambda: all_are(server, ids, "rejected"), "the late-comer")
    desk.settle()
    page.goto(page.url.partition("queue")[0] + "decisions")
    page.get_by_role("button", name="Undo").first.click()
    wait_until(lambda: all_are(server, ids, "held"), "the undo")
    desk.queue("?queue=campaigns")
    page.keyboard.press("s")
    wait_until(lambda: all_are(server, ids, "rejected"), "the ruling again")


def test_search_starts_and_ends_with_a_key_and_keys_rest_while_typing(server, come):
    ids = send(server, *(f"{text} quernstone" for text in doubtful(3, 600)))
    desk = come("Ilse")
    page = desk.page

    def found() -> bool:
        desk.queue("?q=quernstone")
        return page.locator(".line").count() == 3

    wait_until(found, "the words in the index")
    desk.queue()
    page.keyboard.press("/")
    page.keyboard.type("asaxz")
    expect(page.locator("#search")).to_have_value("asaxz")
    page.locator("#search").fill("quernst")
    page.keyboard.press("Enter")
    expect(page.locator("#filter")).to_be_visible()
    expect(page.locator(".desk[data-ready]")).to_be_visible()
    expect(page.locator(".line")).to_have_count(3)
    page.keyboard.press("j")
    expect(page.locator(".line .l1 a").nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("Control+a")
    expect(page.locator(".line .stamp.ham")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#filter")).to_have_count(0)
    expect(page.locator(".desk[data-ready]")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    without_keys(desk)
    clear(desk, ids)


def without_keys(desk: Desk) -> None:
    """Switch single keys off (WCAG 2.1.4) and on again; a new page knows."""
    page = desk.page
    for on in (False, True):
        page.get_by_role("button", name="Keys").click()
        page.get_by_label("Single-letter keys are on").set_checked(on)
        page.keyboard.press("Escape")
        desk.queue()
        page.keyboard.press("v")
        expect(page.locator(".line input:checked")).to_have_count(int(on))
    page.keyboard.press("v")


def test_two_moderators_never_decide_the_same_unknowingly(server, come):
    ids = send(server, *doubtful(2, 200))
    ilse, tam = come("Ilse"), come("Tam")
    for desk in (ilse, tam):
        desk.queue()
    first = ilse.page.locator(".line").first.get_attribute("data-id")
    expect(tam.page.locator("[data-claim]")).to_have_text("Ilse is here")

    ilse.page.keyboard.press("a")
    wait_until(lambda: "accepted" in states(server, ids), "the first decision")
    tam.page.locator(f".line[data-id={first}] .l1 a").click()
    tam.page.keyboard.press("s")

    expect(tam.page.locator("#toast")).to_contain_text("Ilse was quicker: Accepted.")
    expect(tam.page.locator(f".line[data-id={first}] .stamp")).to_have_text("Accepted")
    assert states(server, [first]) == ["accepted"]
    clear(ilse, [one for one in ids if one != first])


def test_a_server_that_does_not_answer_loses_no_decision_silently(server, come):
    ids = send(server, *doubtful(2, 300))
    desk = come("Ilse")
    desk.queue()
    page = desk.page
    page.route("**/decide", lambda route: route.abort())
    page.keyboard.press("a")
    expect(page.locator("#toast")).to_contain_text("Not saved")
    expect(page.locator(".line.done")).to_have_count(0)
    page.unroute("**/decide")

    clear(desk, ids)


def test_a_button_never_decides_a_comment_whose_text_is_not_here_yet(server, come):
    ids = send(server, *doubtful(7, 450))
    desk = come("Tam")
    desk.queue()
    page = desk.page
    last = page.locator(".line").last
    (wanted,) = (one for one in ids if one == last.get_attribute("data-id"))
    page.route(f"**/{wanted}/card?*", lambda route: route.abort())
    last.get_by_role("link").first.click()
    expect(page.locator("#toast")).to_contain_text("Not saved")
    expect(page.locator(".detail")).to_have_attribute("inert", "")

    page.unroute(f"**/{wanted}/card?*")
    last.get_by_role("link").first.click()
    page.get_by_role("button", name="Accept").click()
    wait_until(lambda: states(server, [wanted]) == ["accepted"], "the decision")
    ids.remove(wanted)
    assert all_are(server, ids, "held")
    clear(desk, ids)


def test_on_a_phone_list_and_comment_are_two_views_and_buttons_decide(server, come):
    ids = send(server, *doubtful(2, 400))
    desk = come("Ilse", width=390, scheme="dark")
    desk.queue()
    page = desk.page
    expect(page.locator(".detail")).to_be_hidden()

    page.locator(".line .l1 a").first.click()
    expect(page.locator(".detail:not([inert])")).to_be_visible()
    accept = page.get_by_role("button", name="Accept")
    assert accept.bounding_box()["height"] >= 44
    accept.click()
    page.locator(".line.done .stamp").wait_for(state="attached")
    page.get_by_role("button", name="Accept").click()
    wait_until(lambda: all_are(server, ids, "accepted"), "both decisions")
    expect(page.get_by_text("Nothing is waiting")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_attacks_stay_text_in_a_real_browser(server, come):
    texts = payloads(20, seed=2)
    for n, text in enumerate(texts):
        send(server, f"{text} https://odd{n}.example/x", permalink=f"https://a.example/{text}",
             author={"name": text, "url": text}, page={"title": text})  # fmt: skip
    desk = come("Ilse")
    page = desk.page
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    desk.queue()

    for _ in texts:
        page.keyboard.press("j")
    desk.settle()
    page.keyboard.press("e")
    page.wait_for_url("**/comments/*")
    desk.queue()
    foreign = page.locator("main :is(img, script, iframe, object, style, base, meta, video)")
    assert foreign.count() == 0
    assert {url for url in asked if not url.startswith(server.url)} == set()
    page.locator(".line input").first.check()
    page.get_by_label(re.compile(r"all \d+ matching")).check()
    page.locator("#many").get_by_role("button", name="Spam").click()
    page.get_by_label(re.compile("to go on")).fill(str(len(texts)))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is waiting")).to_be_visible()


def pages(desk: Desk, comment: str) -> Iterator[tuple[str, str]]:
    """Every page in its states: full, empty, wrong. Names and addresses."""
    desk.queue()
    site = desk.page.url.partition("/queue")[0]
    yield "queue", f"{site}/queue"
    yield "one of the queue", f"{site}/queue?c={comment}"
    yield "no campaign", f"{site}/queue?queue=campaigns"
    yield "nothing found", f"{site}/queue?q=unheardof"
    yield "decided", f"{site}/queue?queue=decided"
    yield "comment", f"{site}/comments/{comment}"
    yield "decisions", f"{site}/decisions?everybody=1"
    yield "lessons in doubt", f"{site}/doubts"
    yield "accounts", f"{site}/accounts"
    yield "account", f"{desk.server.url}/console/account"
    yield "no such comment", f"{site}/comments/cmt_none"


VIEWS = [*product(WIDTHS, SCHEMES)]


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_every_page_is_open_to_everybody_and_fits(server, come, width, scheme, tmp_path: Path):
    server.run("site", "set", "default", "--accept-below", "0")  # it may have learned otherwise
    (comment,) = send(server, f"{doubtful(1, 500 + width)[0]} {scheme} <i>and</i> \u202eodd")
    desk = come("Ilse", width=width, scheme=scheme)
    page = desk.page
    every = list(pages(desk, comment))
    crossed = (width, scheme) in ((1280, "dark"), (390, "light"))
    for name, address in every[:2] + every[5:7] if crossed else every:
        page.goto(address)
        page.locator(".top .menu summary").last.click()
        report = Axe().run(page)
        assert report.violations_count == 0, f"{name}: {report.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} wide"
        assert len(page.content()) < 100_000, name
    stranger = Desk(page.context.browser, server, [], width=width, scheme=scheme)
    stranger.sign_in("Ilse", "wrong")
    assert Axe().run(stranger.page).violations_count == 0
    stranger.page.context.close()
    desk.queue()
    if width == 390:
        page.locator(".line .l1 a").first.click()
        page.get_by_role("button", name="Accept").click()
    else:
        page.keyboard.press("a")
    expect(page.get_by_text("Nothing is waiting")).to_be_visible()
    assert Axe().run(page).violations_count == 0
