"""Comments expanded from templates: kinds of spam that no data set has, and good comments in
the same words; praise that fits every page."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from model.comment import Comment, Example, Label

Random = np.random.Generator

PRAISE, TEMPLATES = "praise", "templates"
"""The sources of what is made here. Both belong to no data set and are never left out."""

FILE = Path(__file__).with_name("templates.txt")


def praise_spintax(data: Path) -> str:
    """The spintax that `praise` is made from, among the labelled sets in `data`; "" if none is."""
    path = data / "lists" / "praise_spintax.txt"
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def spin(template: str, random: Random) -> str:
    """One expansion of spintax, `{a|b}` nested up to twelve deep, innermost first."""
    for _ in range(12):
        spun = _CHOICE.sub(lambda found: _pick(found[1].split("|"), random), template)
        if spun == template:
            break
        template = spun
    return template


def from_templates(spam: int, good: int, random: Random) -> list[Example]:
    """So many comments of either label from our own templates, every template alike."""
    counts = {Label.SPAM: spam, Label.HAM: good}
    rows = list(templates())
    return [
        Example(comment=Comment(content=text), label=label, source=TEMPLATES, language=language)
        for label, count in counts.items()
        for language, text in _expanded([row[1:] for row in rows if row[0] is label], count, random)
    ]


def templates() -> Iterator[tuple[Label, str, str]]:
    """Label, language and spintax of every template."""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            label, language, text = line.split(" ", 2)
            yield Label(label), language, text


def praise(spintax: str, count: int, random: Random) -> list[Example]:
    """Praise with a link in the text or behind the name: spam. Templates are divided by a bar
    at the end of a line or by an empty line."""
    texts = [part.strip() for part in _PARAGRAPH.split(spintax) if "{" in part]
    return [
        _praise(spin(_pick(texts, random), random), random) for _ in range(count if texts else 0)
    ]


def host(random: Random) -> str:
    """A host nobody knows, made of two words."""
    return name(random) + "." + _pick(_ENDINGS, random)


def name(random: Random) -> str:
    """Two words as one."""
    return _pick(WORDS, random) + _pick(["", "", "-"], random) + _pick(WORDS, random)


def _expanded(
    choices: Sequence[tuple[str, str]], count: int, random: Random
) -> Iterator[tuple[str, str]]:
    for _ in range(count):
        language, text = choices[int(random.integers(len(choices)))]
        filled = _FIELD.sub(lambda found: _FIELDS[found[1]](random), text)
        yield language, spin(filled, random)


def _praise(text: str, random: Random) -> Example:
    url = f"http://{host(random)}/{_pick(_TRADES, random)}.html"
    words = " ".join(text.split()[: int(random.integers(12, 80))])
    in_text = random.random() < 0.5
    comment = Comment(
        content=f"{words} {url}" if in_text else words,
        author_name="" if in_text else _pick(_TRADES, random).replace("-", " "),
        author_url="" if in_text else url,
    )
    return Example(comment=comment, label=Label.SPAM, source=PRAISE)


def _link(random: Random) -> str:
    at_home = f"{_pick(['http://', 'https://', 'www.'], random)}{host(random)}/"
    shared = ["https://bit.ly/", "https://www.youtube.com/watch?v=", "https://www.facebook.com/"]
    place = _pick([at_home, at_home, *shared, "t.me/"], random)
    return place + _pick(WORDS, random) + str(random.integers(10, 9999))


def _person(random: Random) -> str:
    return _pick(_NAMES, random) + _pick(["", "_", " "], random) + _pick(WORDS, random)


def _mail(random: Random) -> str:
    return f"{name(random)}@{_pick(['gmail.com', 'yahoo.com', 'outlook.com'], random)}"


def _phone(random: Random) -> str:
    return f"+{random.integers(1, 99)} {random.integers(100, 999)} {random.integers(10**5, 10**7)}"


def _pick(choices: Sequence[str], random: Random) -> str:
    return choices[int(random.integers(len(choices)))]


WORDS = """
    garden history wiki science notes story library music water teacher paper kitchen map
    travel winter language report index article bridge coffee research review village garage
    2019 archive p123 tutorial guide manual issue question answer docs book page data photo
    """.split()  # noqa: SIM905 - a list to be read

_FIELDS = {"link": _link, "name": _person, "mail": _mail, "phone": _phone}
_FIELD = re.compile(r"\{(link|name|mail|phone)\}")
_CHOICE = re.compile(r"\{([^{}]*)\}")
_PARAGRAPH = re.compile(r"\|\s*\n|\n\s*\n")
_NAMES = ("Anna", "Boris", "Chen", "Diego", "Elena", "Hakim", "Ivan", "Julia", "Nadia", "Omar")
_ENDINGS = ("com", "org", "net", "de", "co.uk", "io", "fr", "info", "ru", "xyz", "site", "blog")
_TRADES = (
    "cheap-flights", "payday-loans", "buy-shoes-online", "weight-loss-pills", "seo-services",
    "best-casino-bonus", "replica-watches", "car-insurance-quotes", "fat-burner-reviews",
    "wedding-dresses-outlet", "locksmith-near-me", "free-download", "essay-writing-service",
)  # fmt: skip
