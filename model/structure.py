"""What is the same on every site: how a comment is built, in traits with a few bins each.

Each trait takes one slot per bin, and all bins it reaches are set: three links also count as
one. Slots are a stored format: new traits go to the end, none is moved or removed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.comment import Comment
from model.hosts import is_known_good
from model.text import Reading, host_of

SLOTS = 2_048
"""Indices kept for structure; those in use are a small part."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One measure: the reason `code` it is told under, its `bins`, and how to say it."""

    name: str
    code: str
    says: str
    bins: tuple[float, ...] = (1,)


TRAITS = (
    Trait("links", "links", "links: {n:.0f}", (1, 2, 3, 5, 10)),
    Trait(
        "unknown_links", "links", "links to hosts not on the known-good list: {n:.0f}", (1, 2, 4)
    ),
    Trait("shorteners", "links", "shortened links: {n:.0f}"),
    Trait("strange_hosts", "links", "links to numbers or disguised hosts: {n:.0f}"),
    Trait("mismatch", "links", "link texts that name another host: {n:.0f}"),
    Trait("link_share", "links", "share of the text that is links: {n:.0%}", (0.2, 0.5, 0.9)),
    Trait("bbcode", "markup", "BBCode tags: {n:.0f}", (1, 4)),
    Trait("trackback", "markup", "looks like a trackback"),
    Trait("tags", "markup", "HTML tags: {n:.0f}", (1, 3, 10)),
    Trait("hidden", "hidden-text", "characters hidden from readers: {n:.0f}", (1, 20, 200)),
    Trait("invisible", "disguise", "invisible characters inside words: {n:.0f}", (1, 3, 10)),
    Trait("marks", "disguise", "piled-up accents: {n:.0f}", (1, 3, 10)),
    Trait("compatibility", "disguise", "letters drawn in fancy forms: {n:.0f}", (1, 4, 15)),
    Trait(
        "confusable", "disguise", "letters of another script posing as these: {n:.0f}", (1, 3, 10)
    ),
    Trait("spaced", "disguise", "spaced-out letters: {n:.0f}", (3, 8)),
    Trait("leet", "disguise", "digits and signs inside words: {n:.0f}", (1, 3, 6)),
    Trait("repeats", "repetition", "characters repeated for effect: {n:.0f}", (1, 5, 20)),
    Trait("money", "money", "sums of money: {n:.0f}", (1, 3)),
    Trait("phone", "contact", "telephone numbers: {n:.0f}"),
    Trait("mail", "contact", "e-mail addresses: {n:.0f}"),
    Trait("handle", "contact", "@handles: {n:.0f}"),
    Trait("digits", "numbers", "share of digits: {n:.0%}", (0.02, 0.1, 0.3)),
    Trait("capitals", "shouting", "share of capitals: {n:.0%}", (0.1, 0.3, 0.7)),
    Trait("exclamation", "shouting", "exclamation marks: {n:.0f}", (1, 3, 8)),
    Trait("punctuation", "signs", "share of signs: {n:.0%}", (0.05, 0.15, 0.4)),
    Trait("emoji", "emoji", "emoji: {n:.0f}", (1, 3, 8)),
    Trait("scripts", "scripts", "scripts in one text: {n:.0f}", (2, 3)),
    Trait("words", "length", "words: {n:.0f}", (2, 5, 10, 20, 40, 80, 160, 400)),
    Trait("repetition", "repetition", "share of repeated words: {n:.0%}", (0.2, 0.4, 0.6, 0.8)),
    Trait("lines", "length", "lines: {n:.0f}", (2, 5, 12)),
)

_FIRST: dict[str, int] = {}
_TRAIT_OF: dict[int, Trait] = {}
for _trait in TRAITS:
    _FIRST[_trait.name] = len(_TRAIT_OF)
    for _ in _trait.bins:
        _TRAIT_OF[len(_TRAIT_OF)] = _trait

SHORTENERS = frozenset(
    """bit.ly goo.gl tinyurl.com t.co ow.ly is.gd buff.ly adf.ly bit.do cutt.ly rebrand.ly
    shorturl.at tiny.cc t.ly rb.gy v.gd x.co j.mp lnkd.in soo.gd s.id linktr.ee clck.ru vk.cc
    u.to qps.ru""".split()
)

_MONEY = re.compile(r"[$€£¥₽₹][ ]?\d|\d[ ]?(?:[$€£¥₽₹%]|usd|eur|rub|руб|元|rp\b)")
_PHONE = re.compile(r"(?<![\w./-])\+?\d(?:[ ().-]?\d){7,14}+(?![\w/-])")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,63}+\.\w")
_HANDLE = re.compile(r"(?<![\w@])@[a-z0-9_]{3,32}", re.IGNORECASE)
_BBCODE = re.compile(r"\[/?(?:url|b|i|img|link|color|size)\b", re.IGNORECASE)
_TRACKBACK = re.compile(r"\[(?:…|\.\.\.)\]|\[&#8230;\]")


def structure(reading: Reading, comment: Comment) -> list[int]:
    """The slots that are set, in rising order."""
    return [
        _FIRST[trait.name] + step
        for trait, n in traits(reading, comment)
        for step, floor in enumerate(trait.bins)
        if n >= floor
    ]


def trait_of(slot: int) -> Trait:
    """The trait a slot belongs to."""
    return _TRAIT_OF[slot]


def traits(reading: Reading, comment: Comment) -> Iterator[tuple[Trait, float]]:
    """Every trait with its measure, in the order of TRAITS."""
    measured = _measured(reading)
    for trait in TRAITS:
        yield trait, measured[trait.name]


def _measured(reading: Reading) -> dict[str, float]:
    text, undone = reading.visible, reading.undone
    size = max(len(text), 1)
    counts = _classes(text)
    words = reading.normal.split()
    return {
        **_links(reading, size),
        "bbcode": len(_BBCODE.findall(text)) if "[" in text else 0,
        "trackback": bool(_TRACKBACK.search(text)) if "[" in text else 0,
        "tags": reading.markup.count("<"),
        "hidden": reading.hidden,
        "invisible": undone["invisible"],
        "marks": undone["marks"],
        "compatibility": undone["compatibility"],
        "confusable": undone["confusable"],
        "spaced": undone["spaced"],
        "leet": undone["leet"],
        "repeats": undone["repeats"],
        "money": len(_MONEY.findall(text.lower())),
        "phone": len(_PHONE.findall(text)) if counts[_DIGIT] > 7 else 0,
        "mail": len(_MAIL.findall(text)) if "@" in text else 0,
        "handle": len(_HANDLE.findall(text)) if "@" in text else 0,
        "digits": counts[_DIGIT] / size,
        "capitals": counts[_UPPER] / max(counts[_UPPER] + counts[_LOWER], 8),
        "exclamation": text.count("!"),
        "punctuation": counts[_SIGN] / size,
        "emoji": counts[_EMOJI],
        "scripts": sum(
            count > 1 for count in (counts[_LOWER] + counts[_UPPER], *counts[_SCRIPTS:])
        ),
        "words": len(words),
        "repetition": 1 - len(set(words)) / len(words) if len(words) > 7 else 0,
        "lines": text.count("\n") + 1,
    }


def _links(reading: Reading, size: int) -> dict[str, float]:
    names = dict.fromkeys(
        ("links", "unknown_links", "shorteners", "strange_hosts", "mismatch", "link_share"), 0.0
    )
    for link in reading.links:
        names["links"] += 1
        names["unknown_links"] += not is_known_good(link.domain)
        names["shorteners"] += link.domain in SHORTENERS
        names["strange_hosts"] += (
            not link.host.isascii() or link.host[-1].isdigit() or "@" in link.url
        )
        shown = host_of(link.text) if "." in link.text and " " not in link.text.strip() else ""
        names["mismatch"] += bool(shown) and not shown.endswith(link.domain)
        names["link_share"] += len(link.text) / size
    return names


_LOWER, _UPPER, _DIGIT, _SIGN, _SPACE, _EMOJI, _SCRIPTS = range(7)
_RANGES = (
    (range(0x370, 0x400), 6), (range(0x400, 0x530), 7), (range(0x590, 0x780), 8),
    (range(0x900, 0x1000), 9), (range(0x3040, 0x3100), 10), (range(0x3400, 0xA000), 10),
    (range(0xAC00, 0xD7B0), 11),
)  # fmt: skip


def _table() -> NDArray[np.uint8]:
    table = np.full(0x20000, 12, dtype=np.uint8)
    for code in range(0x2100):
        char = chr(code)
        table[code] = (
            _UPPER if char.isupper()
            else _LOWER if char.isalpha()
            else _DIGIT if char.isdigit()
            else _SPACE if char.isspace()
            else _SIGN
        )  # fmt: skip
    table[0x2100:0x3400] = _SIGN
    table[0x2600:0x27C0] = _EMOJI
    table[0x1F000:0x1FB00] = _EMOJI
    for block, number in _RANGES:
        table[block.start : block.stop] = number
    return table


_TABLE = _table()


def _classes(text: str) -> list[int]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    found: list[int] = np.bincount(_TABLE[np.minimum(codes, 0x1FFFF)], minlength=13).tolist()
    return found


@lru_cache(maxsize=1)
def table_of_traits() -> list[tuple[str, str, str]]:
    """Name, reason code and wording of every trait, for the docs."""
    return [(trait.name, trait.code, trait.says) for trait in TRAITS]
