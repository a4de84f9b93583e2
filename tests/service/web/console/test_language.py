"""Every string has its German, with the same placeholders; times are in the reader's zone."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import pofile
from babel.messages.extract import extract_from_dir

from model import policy, signals
from model.comment import Comment, Label
from model.traits import FIRST, said
from service.web.console import language, verdict
from tests.conftest import owner

CONSOLE = Path(language.__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
PROBE = Comment(content="What a lovely regatta that was, thank you.")
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


@pytest.fixture
def alice(sqlite_parts, sign_in):
    return owner(sqlite_parts, sign_in.stranger().http, "alice")


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


def sentences() -> Iterator[str]:
    """Every reason the model gives in words: of its traits, and of its signals' and policy's code,
    where what comes in from elsewhere is a `{}`."""
    yield from (said(name, 3) for name in FIRST)
    for module in (signals, policy):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            match node:
                case ast.Call(func=ast.Name(id="Reason" | "_accept" | "_reject" | "_doubt")):
                    yield from map(_sentence, node.args[1:2])
                case ast.Assign(targets=[ast.Name(id="detail")]):
                    yield _sentence(node.value)


def _sentence(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(part.value if isinstance(part, ast.Constant) else "\0" for part in parts)


@pytest.mark.parametrize("tag", [tag for tag in language.LANGUAGES if tag != language.SOURCE])
def test_every_reason_is_translated_with_all_that_it_cites(tag):
    """\0 stands for a number or quotation, or for words of ours, such as "term" and "terms"."""
    known = catalogue(tag)
    missing = []
    for sentence in sentences():
        wanted = re.compile(
            ".+".join(map(re.escape, verdict._CITED.sub("\0", sentence).split("\0")))
        )
        found = [key for key in known if wanted.fullmatch(key)]
        missing += [] if found else [sentence]
        assert all(known[key][0].count("{}") == key.count("{}") for key in found)

    assert missing == []


def test_a_reason_is_told_in_the_readers_language_with_its_numbers_and_quotations(sign_in, alice):
    person = sign_in("mo")
    sent = alice.send("Boats of 2 kinds {} at https://oars.example/x").json["id"]
    with sign_in.parts.database.writing() as connection:
        connection.exec_driver_sql("UPDATE comments SET blind = 0")
    path = f"/{alice.site.id}/comments/{sent}/card"

    german = person.get(path, headers={"Accept-Language": "de"}).text

    assert "verlinkt “oars.example”; Host und Autor sind hier unbekannt" in german
    assert "links to “oars.example”; host and author are unknown here" in person.get(path).text


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
