"""How a comment is built: what its links, signs, words and its author's name look like.

Looked for once in the whole comment, then measured on any part of it: good words around spam
must not lend it their structure.
"""

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.comment import Comment
from model.concepts import CONCEPTS, Hit, concepts
from model.folding import FOLDED
from model.hosts import is_known_good
from model.links import pieces_with
from model.text import Link, Part, Reading, host_of
from model.verdict import Span

SHORTENERS = frozenset(
    """bit.ly goo.gl tinyurl.com t.co ow.ly is.gd buff.ly adf.ly bit.do cutt.ly rebrand.ly
    shorturl.at tiny.cc t.ly rb.gy v.gd x.co j.mp lnkd.in soo.gd s.id linktr.ee clck.ru vk.cc
    u.to qps.ru""".split()  # noqa: SIM905 - a list to be read
)
FREE_HOSTS = frozenset(
    """blogspot.com wordpress.com weebly.com wixsite.com tumblr.com livejournal.com webs.com
    sites.google.com google.com geocities.com angelfire.com yolasite.com jimdo.com over-blog.com
    typepad.com medium.com facebook.com twitter.com youtube.com youtu.be t.me vk.com ok.ru
    pinterest.com instagram.com tiktok.com soundcloud.com github.io altervista.org""".split()  # noqa: SIM905
)
CHEAP_ENDINGS = frozenset(
    """info biz top xyz online site shop club icu click link vip win bet casino fun space website
    store live tk ml ga cf gq pw cc ws su""".split()  # noqa: SIM905
)

# Every pattern starts where no other attempt can and repeats possessively: linear time.
_MONEY = re.compile(
    r"[$€£¥₽₹\dr](?:(?<=\d) ?(?:[$€£¥₽₹]|usd\b|eur\b|euro|rub\b|руб|元|万|rp\b)"
    r"|(?<=[$€£¥₽₹]) ?\d|(?<=\br)p ?\d)"
)
_MONEY_HINTS = ("$", "rp", "usd", "eur", "rub", "€", "£", "¥", "₽", "₹", "руб", "元", "万")
"""What is nowhere in a text without a sum of money."""
_PHONE = re.compile(
    r"(?<![\w./-])(?!\d*0{6}(?!\d)|\d+\.\d+(?![ ().-]?\d)|\d{4}-\d\d-\d\d(?!\d))"
    r"\+?\d(?=((?:[ ().-]?\d){7,14}))\1(?![\w/-])"
)
"""No round number, decimal fraction or date."""
_MAY_BE_PHONE = re.compile(r"\d[\d ().-]{7}")
"""Found wherever the pattern is, and sooner: it begins with few characters."""
_NUMBERED = re.compile(r"(?<![\w./=?&#@-])[^\W\d_]{3,20}\d\d(?=(\d*))\1(?!\w)")
_MAY_BE_NUMBERED = re.compile(r"\d(?<=[^\W\d_]{3}\d)\d")
"""As for telephones; it begins with a digit, which few characters are."""
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,63}+\.\w")
_HANDLE = re.compile(r"(?<![\w@])@[a-z0-9_]{3,32}", re.IGNORECASE)
_BBCODE = re.compile(r"\[/?(?:url|b|i|img|link|color|size)\b", re.IGNORECASE)
_TRACKBACK = re.compile(r"\[(?:\.\.\.|…)\]")
_SPELLED_DOT = re.compile(
    r"\w ?[(\[]? ?\bdot\b ?[)\]]? ?(?:com|net|org|info|ru)\b|\w ?[(\[]\.[)\]] ?\w"
)
DOT_HINTS = ("dot", "(.)", "[.]")
"""What is nowhere in a text without one."""
_NAME_LINK = re.compile(
    r"https?:|www\.|\w\.(?:com|net|org|info|ru|biz|co|cn|top|xyz)\b", re.IGNORECASE
)


class Structure:
    """One comment's structure, to be measured on windows of its normal form."""

    def __init__(self, reading: Reading, comment: Comment) -> None:
        self._reading = reading
        self._hits = concepts(reading.normal)
        self._may_be_dotted = any(map(reading.normal.__contains__, DOT_HINTS))
        self._links = [*map(weighed, reading.links)]
        self._kinds = _kinds(reading.cased)
        self._classes = _classes(self._kinds, reading.cased)
        self._written = written(reading.cased, self._classes[_DIGIT])
        self._has_link = bool(comment.author_url)
        self._author: dict[str, float] = {}
        if self._has_link or comment.author_name:
            self._author = author_traits(reading, comment)

    def measure(self, part: Part) -> dict[str, float]:
        """The traits' values by name, on a part of the comment; what is not named is zero."""
        reading = self._reading
        start, end = part.normal
        normal = reading.normal[start:end]
        start, end = part.cased
        cased = reading.cased[start:end]
        words = normal.split()
        measured: dict[str, float] = {"words": len(words)}
        if len(words) > 7:
            measured["repetition"] = 1 - len(set(words)) / len(words)
        if reading.hidden:
            measured["hidden"] = reading.hidden
        links = self._links_in(part) if self._links else ()
        if self._hits and (hits := self._hits_in(part.normal)):
            measured.update(self._topics(hits, len(words), bool(links)))
        self._add_signs(measured, part.cased, cased, links)
        if "\n" in reading.visible:
            measured["lines"] = reading.visible.count("\n", *part.visible) + 1
        if self._may_be_dotted and has_spelled_dot(normal):
            measured["spelled_dot"] = 1
        for name, places in self._written.items():
            measured[name] = between(places, part.cased)
        if reading.undone:
            measured.update(undone_in(reading, part))
        if links:
            measured.update(linked(links, cased))
        if reading.tags:
            measured["tags"] = len(reading.tags_in(part))
        return measured | self._author if self._author else measured

    def places(self, window: Span, trait: str) -> tuple[Span, ...]:
        """Where in `content` what makes a trait stands in the window, if it stands somewhere."""
        if trait == "links":
            part = self._reading.part(*window)
            return tuple([each.link.span for each in self._links_in(part)])
        if trait not in CONCEPTS:
            return ()
        hits = self._hits_in(window)
        return tuple([self._reading.content_span(*at) for concept, *at in hits if concept == trait])

    def _hits_in(self, span: Span) -> Sequence[Hit]:
        start, end = span
        if start == 0 and end == len(self._reading.normal):
            return self._hits
        first = bisect_left(self._ends, start)
        behind = bisect_right(self._ends, end, first)
        return [hit for hit in self._hits[first:behind] if hit[1] >= start]

    @cached_property
    def _ends(self) -> list[int]:
        return [end for _, _, end in self._hits]

    def _topics(self, hits: Sequence[Hit], words: int, linked: bool) -> dict[str, float]:
        found: dict[str, float] = {}
        for concept, _, _ in hits:
            found[concept] = found.get(concept, 0) + 1
        praise = found.get("praise", 0)
        found["topics"] = len(found) - bool(praise)
        if praise:
            found["praise_share"] = share = praise / max(words, 1)
            found["praise_link"] = share >= 0.05 and (linked or self._has_link)
        return found

    def _links_in(self, part: Part) -> Sequence["Weighed"]:
        start, end = part.content
        return [each for each in self._links if start <= each.link.span[0] < end]

    def _add_signs(
        self, measured: dict[str, float], span: Span, text: str, links: Sequence["Weighed"]
    ) -> None:
        whole, plain = text is self._reading.cased, text.isascii()
        counts = self._classes if whole else _classes(self._kinds[span[0] : span[1]], text)
        if links:  # digits and signs of an address say nothing about the words
            counted = counts[:_EMOJI] if plain else counts
            inside = [each.classes for each in links]
            counts = [max(n - sum(m), 0) for n, *m in zip(counted, *inside, strict=False)]
        size = max(len(text), 1)
        small, capitals, digits, signs, *_ = counts
        letters = small + capitals
        measured["digits"] = digits / size
        measured["capitals"] = capitals / max(letters, 8)
        measured["signs"] = signs / size
        measured["exclamation"] = text.count("!")
        measured["question"] = text.count("?")
        if not plain:
            measured["emoji"] = counts[_EMOJI]
            measured["scripts"] = sum(n > 1 for n in (letters, *counts[_SCRIPTS:]))


def undone_in(reading: Reading, part: Part) -> dict[str, float]:
    """How much was done to the letters of a part."""
    found: dict[str, float] = {
        kind: between(places, part.content) for kind, places in reading.undone.items()
    }
    if replaced := found.get("fancy", 0) + found.get("confusable", 0):
        found["strange_share"] = replaced / max(part.visible[1] - part.visible[0], 1)
    return found


def between(places: Sequence[int], span: Span) -> int:
    """How many of the rising `places` lie in the span."""
    return bisect_left(places, span[1]) - bisect_left(places, span[0])


def has_spelled_dot(normal: str) -> bool:
    """Whether somebody wrote a word for the dot of an address."""
    return any(map(normal.__contains__, DOT_HINTS)) and bool(_SPELLED_DOT.search(normal))


def written(text: str, digits: int) -> dict[str, list[int]]:
    """Where in the cased text what a pattern tells stands, by trait."""
    found: dict[str, list[int]] = {}
    if digits:
        lower = text.lower()
        if any(map(lower.__contains__, _MONEY_HINTS)):
            found["sums"] = _starts(_MONEY, lower)
        if digits > 1 and _MAY_BE_NUMBERED.search(text):
            found["numbered"] = _starts(_NUMBERED, text)
        if digits > 7 and (first := _MAY_BE_PHONE.search(text)):
            found["phone"] = _starts(_PHONE, text, [(max(first.start() - 1, 0), len(text))])
    if "@" in text:
        pieces = pieces_with(text, "@")
        found["mail"] = _starts(_MAIL, text, pieces)
        found["handle"] = _starts(_HANDLE, text, pieces)
    if "[" in text:
        found["bbcode"] = _starts(_BBCODE, text)
        found["trackback"] = _starts(_TRACKBACK, text)
    return found


def _starts(
    pattern: re.Pattern[str], text: str, pieces: Iterable[Span] = ((0, sys.maxsize),)
) -> list[int]:
    return [match.start() for piece in pieces for match in pattern.finditer(text, *piece)]


_OF_LINKS = ("unknown", "shortened", "strange", "mismatch", "free_host", "odd_ending", "deep")


class Weighed(NamedTuple):
    """A link, its text as read and what characters that has, which of _OF_LINKS are true."""

    link: Link
    text: str
    classes: list[int]
    traits: tuple[bool, ...]


def weighed(link: Link) -> Weighed:
    """What one link tells, wherever it stands."""
    text = _plain(link.text)
    traits = (
        not is_known_good(link.domain),
        link.domain in SHORTENERS,
        _is_strange(link),
        _is_mismatch(link),
        _is_free(link.host, link.domain),
        link.host.rpartition(".")[2] in CHEAP_ENDINGS,
        _is_deep(link.url),
    )
    return Weighed(link, text, _classes(_kinds(text), text), traits)


def linked(links: Sequence[Weighed], cased: str) -> dict[str, float]:
    """What the links of a part tell, and how much of it they are."""
    sums = map(sum, zip(*[each.traits for each in links], strict=True))
    return {
        "links": len(links),
        **dict(zip(_OF_LINKS, sums, strict=True)),
        "link_share": sum([len(each.text) for each in links]) / max(len(cased), 1),
        "link_last": cased.rstrip(" \n.!)>").endswith(links[-1].text.strip() or "\0"),
    }


def _plain(text: str) -> str:
    """A link's text without what nobody sees: a disguise must not change how much is link."""
    return text if text.isascii() else "".join(FOLDED[char] for char in text)


def _is_strange(link: Link) -> bool:
    return not link.host.isascii() or link.host[-1].isdigit() or "@" in link.url.partition("?")[0]


def _is_mismatch(link: Link) -> bool:
    if link.text == link.url:
        return False
    text = link.text.strip()
    shown = host_of(text) if "." in text and " " not in text else ""
    return bool(shown) and not shown.endswith(link.domain)


def _is_free(host: str, domain: str) -> bool:
    return domain in FREE_HOSTS or host in FREE_HOSTS


def _is_deep(url: str) -> bool:
    return len(url.partition("//")[2].partition("/")[2].strip("/")) > 0


def author_traits(reading: Reading, comment: Comment) -> dict[str, float]:
    """The author's own name and link, as far as they were sent: how they are made only."""
    name = comment.author_name.lower()[:200]
    host = host_of(comment.author_url) if comment.author_url else ""
    words = name.split()
    stem = host.removeprefix("www.").partition(".")[0]
    return {
        "selling_name": any(concept != "praise" for concept, _, _ in concepts(name)),
        "name_is_link": bool(_NAME_LINK.search(name)),
        "name_in_host": len(words) > 1
        and all(len(word) > 2 and word in stem for word in words[:2]),
        "long_name": len(words),
        "author_deep": bool(host) and _is_deep(comment.author_url),
        "author_host": sum(char in "-0123456789" for char in host),
        "author_free": bool(host) and any(host.endswith(free) for free in FREE_HOSTS),
        "signed": bool(name) and reading.cased[:250].strip().lower().startswith(name),
    }


_LOWER, _UPPER, _DIGIT, _SIGN, _SPACE, _EMOJI, _SCRIPTS = range(7)
_BLOCKS = (
    (0x370, 0x400, 6), (0x400, 0x530, 7), (0x590, 0x780, 8), (0x900, 0x1000, 9),
    (0x3040, 0x3100, 10), (0x3400, 0xA000, 10), (0xAC00, 0xD7B0, 11), (0x2100, 0x3040, 3),
    (0xFF00, 0xFFF0, 3), (0xFE00, 0xFE10, 4), (0x2600, 0x27C0, 5), (0x1F000, 0x1FB00, 5),
)  # fmt: skip


def _table() -> NDArray[np.uint8]:
    """The class of each code point; letters outside the blocks named are a script of their own."""
    table = np.full(0x20000, 12, dtype=np.uint8)
    for code in range(0x2100):
        char = chr(code)
        kinds = (char.isupper(), char.isalpha(), char.isdigit(), char.isspace())
        table[code] = (_UPPER, _LOWER, _DIGIT, _SPACE, _SIGN)[[*kinds, True].index(True)]
    for first, last, number in _BLOCKS:
        table[first:last] = number
    return table


CLASS_OF = _table()
"""By code point; beyond its end the last."""

_ASCII_CLASS = bytes(CLASS_OF[:256])
_WITHIN_ASCII = bytes(range(_EMOJI))
_BEYOND_ASCII = range(_EMOJI, 13)


def _kinds(text: str) -> bytes:
    """The class of each character."""
    if text.isascii():
        return text.encode().translate(_ASCII_CLASS)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return CLASS_OF.take(codes, mode="clip").tobytes()


def _classes(kinds: bytes, text: str) -> list[int]:
    """How many characters of each class there are."""
    count = kinds.count
    capitals, digits, signs, blanks = count(_UPPER), count(_DIGIT), count(_SIGN), count(_SPACE)
    beyond = b"" if text.isascii() else kinds.translate(None, _WITHIN_ASCII)
    others = [*map(beyond.count, _BEYOND_ASCII)] if beyond else _NONE
    small = len(text) - capitals - digits - signs - blanks - len(beyond)
    return [small, capitals, digits, signs, blanks, *others]


_NONE = [0] * len(_BEYOND_ASCII)
