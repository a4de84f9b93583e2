"""Every string has its German, with the same placeholders; times are in the reader's zone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import pofile
from babel.messages.extract import extract_from_dir

from model.comment import Comment, Label
from service.web.console import language

CONSOLE = Path(language.__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
PROBE = Comment(content="What a lovely regatta that was, thank you.")
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def messages() -> Iterator[tuple[str, ...]]:
    """All strings of the console that a person may see."""
    found = extract_from_dir(CONSOLE, METHODS, OPTIONS, KEYWORDS)
    for _file, _line, message, _comments, _context in found:
        yield (message,) if isinstance(message, str) else tuple(m for m in message if m)


def catalogue(tag: str) -> dict[str, tuple[str, ...]]:
    """What a language's files say, by what they translate."""
    said: dict[str, tuple[str, ...]] = {}
    for path in (CONSOLE / "locales" / tag).glob("*.po"):
        with path.open("rb") as file:
            for message in pofile.read_po(file, locale=tag):
                if message.id and not message.fuzzy:
                    one = isinstance(message.id, str)
                    key = message.id if one else message.id[0]
                    said[key] = (message.string,) if one else tuple(message.string)
    return said


@pytest.mark.parametrize("tag", [tag for tag in language.LANGUAGES if tag != language.SOURCE])
def test_every_string_is_translated_with_its_placeholders(tag):
    said = catalogue(tag)
    missing = {m[0] for m in messages() if not all(said.get(m[0], ("",)))}
    wrong = {
        m[0] for m in messages() if m[0] in said
        and {*PLACE.findall(m[-1])} != {*PLACE.findall(said[m[0]][-1])}
    }  # fmt: skip

    assert sorted(missing) == []
    assert sorted(wrong) == []


def test_the_browser_says_which_language_and_the_account_has_the_last_word(sign_in, harbour):
    person = sign_in("mo")
    path = f"/{harbour.id}/queue"

    def title(**headers):
        return re.search("<title>(.*?) ", person.get(path, headers=headers).text)[1]

    assert title() == "Waiting"
    assert title(**{"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}) == "Wartend"
    assert title(**{"Accept-Language": "fr"}) == "Waiting"
    person.post("/account/preferences", language="de", zone="")
    assert title(**{"Accept-Language": "en"}) == "Wartend"


@pytest.mark.parametrize(("zone", "shown"), [("", "12:00"), ("Asia/Kathmandu", "17:45")])
def test_times_are_in_the_chosen_zone(sign_in, harbour, zone, shown):
    person = sign_in("mo")
    person.post("/account/preferences", language="de", zone=zone)
    sent = sign_in.parts.review.teach(harbour, PROBE, Label.HAM, source="console")

    assert shown in person.get(f"/{harbour.id}/comments/{sent.comment_id}").text


def test_a_zone_or_language_that_does_not_exist_changes_nothing(sign_in):
    person = sign_in("mo")

    person.post("/account/preferences", language="de", zone="Mars/Olympus")

    kept = sign_in.parts.accounts.get("mo")
    assert (kept.language, kept.zone) == ("", "")
