"""What is the same on every site: how a comment is built, in traits with a few bins each.

A trait takes one slot per bin, and every bin it reaches is set: three links also count as
one. Slots are a stored format: a new trait goes to the end, none is moved or removed.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.comment import Comment
from model.concepts import concepts
from model.folding import FOLDED
from model.hosts import is_known_good
from model.text import Link, Reading, host_of
from model.verdict import Span

SLOTS = 2_048
"""Indices kept for structure; those in use are a small part."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One measure: its `name`, the reason `code` it is told under, its `bins`, how to say it."""

    name: str
    code: str
    says: str
    bins: tuple[float, ...] = (1,)


ABOUT: dict[str, str] = {
    "action": "clicking, visiting or subscribing",
    "self": "the author's own site or channel",
    "money": "earning money",
    "gambling": "gambling",
    "pharma": "pills and diets",
    "adult": "sex and dating",
    "finance": "loans and investments",
    "goods": "goods for sale",
    "seo": "traffic and rankings",
    "praise": "how good the page is",
    "prize": "prizes and gifts",
    "contact": "getting in touch elsewhere",
    "hurry": "being quick",
}
"""What each concept of `model/concepts.py` is about, in its order, as a moderator reads it."""

TRAITS = (
    Trait("links", "links", "links: {n:.0f}", (1, 2, 3, 5, 10)),
    Trait("unknown", "links", "links to hosts not on the known-good list: {n:.0f}", (1, 2, 4)),
    Trait("shortened", "links", "shortened links: {n:.0f}"),
    Trait("strange", "links", "links to bare numbers or disguised hosts: {n:.0f}"),
    Trait("mismatch", "links", "link texts that name another host: {n:.0f}"),
    Trait("free_host", "links", "links to hosts where anybody gets a page: {n:.0f}"),
    Trait("odd_ending", "links", "links under cheap top-level domains: {n:.0f}"),
    Trait("deep", "links", "links to a page below a site's front: {n:.0f}", (1, 3)),
    Trait("link_share", "links", "{n:.0%} of the text is links", (0.2, 0.5, 0.9)),
    Trait("link_last", "links", "a link stands at the very end"),
    Trait("spelled_dot", "links", "a link with its dot spelled out"),
    Trait("bbcode", "markup", "BBCode tags: {n:.0f}", (1, 4)),
    Trait("trackback", "markup", "made like a trackback"),
    Trait("tags", "markup", "HTML tags: {n:.0f}", (1, 3, 10)),
    Trait("hidden", "hidden-text", "characters hidden from readers: {n:.0f}", (1, 20, 200)),
    Trait("invisible", "disguise", "invisible characters inside words: {n:.0f}", (1, 3, 10)),
    Trait("marks", "disguise", "piled-up accents: {n:.0f}", (1, 3, 10)),
    Trait("fancy", "disguise", "letters or digits drawn in fancy forms: {n:.0f}", (1, 4, 10, 20)),
    Trait(
        "confusable", "disguise", "letters posing as those of another script: {n:.0f}", (1, 3, 10)
    ),
    Trait("strange_share", "disguise", "{n:.0%} of the characters are disguised", (0.03, 0.1, 0.3)),
    Trait("split", "disguise", "tags inside words or around nothing: {n:.0f}", (1, 3, 10)),
    Trait("spaced", "disguise", "gaps inside words: {n:.0f}", (3, 8)),
    Trait("leet", "disguise", "digits or signs in place of letters: {n:.0f}", (1, 3, 6)),
    Trait("repeats", "repetition", "characters repeated for effect: {n:.0f}", (1, 5, 20)),
    Trait("repetition", "repetition", "{n:.0%} of the words are repetitions", (0.2, 0.4, 0.6, 0.8)),
    Trait("sums", "money", "sums of money: {n:.0f}", (1, 3)),
    Trait("phone", "contact", "telephone numbers: {n:.0f}"),
    Trait("mail", "contact", "e-mail addresses: {n:.0f}"),
    Trait("handle", "contact", "@handles: {n:.0f}"),
    Trait("digits", "numbers", "{n:.0%} digits", (0.02, 0.1, 0.3)),
    Trait("capitals", "shouting", "{n:.0%} capitals", (0.1, 0.3, 0.7)),
    Trait("exclamation", "shouting", "exclamation marks: {n:.0f}", (1, 3, 8)),
    Trait("question", "conversation", "question marks: {n:.0f}", (1, 3)),
    Trait("signs", "signs", "{n:.0%} signs", (0.05, 0.15, 0.4)),
    Trait("emoji", "emoji", "emoji: {n:.0f}", (1, 3, 8)),
    Trait("scripts", "scripts", "scripts in one text: {n:.0f}", (2, 3)),
    Trait("words", "length", "words: {n:.0f}", (2, 5, 10, 20, 40, 80, 160, 400)),
    Trait("lines", "length", "lines: {n:.0f}", (2, 5, 12)),
    *(
        Trait(name, "topic", f"words about {about}: {{n:.0f}}", (1, 2, 4))
        for name, about in ABOUT.items()
    ),
    Trait("topics", "topic", "usual topics of spam at once: {n:.0f}", (2, 3, 4, 6)),
    Trait("praise_share", "praise", "{n:.0%} of the words are stock praise", (0.05, 0.15, 0.3)),
    Trait("praise_link", "praise", "stock praise together with a link"),
    Trait("selling_name", "author", "the author's name advertises"),
    Trait("name_is_link", "author", "the author's name is a link"),
    Trait("name_in_host", "author", "the author's name repeats words of the author's host"),
    Trait("long_name", "author", "the author's name has {n:.0f} words", (3, 4)),
    Trait("author_deep", "author", "the author's link leads below a site's front"),
    Trait("author_host", "author", "hyphens or digits in the author's host: {n:.0f}", (1, 3)),
    Trait("author_free", "author", "the author's link leads where anybody gets a page"),
    Trait("signed", "author", "the text begins with the author's name"),
)

NEVER_GOOD = frozenset({"disguise", "hidden-text"})
"""Codes whose slots may not speak for a comment: training clips their weights at zero, so that
no disguise lowers a spam's score."""

FIRST: dict[str, int] = {}
TRAIT_OF: list[Trait] = []
for _trait in TRAITS:
    FIRST[_trait.name] = len(TRAIT_OF)
    TRAIT_OF += [_trait] * len(_trait.bins)

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
_MONEY = re.compile(r"[$€£¥₽₹] ?\d|\d ?(?:[$€£¥₽₹]|usd\b|eur\b|euro|rub\b|руб|元|万|rp\b)|\brp ?\d")
_PHONE = re.compile(r"(?<![\w./-])\+?\d(?=((?:[ ().-]?\d){7,14}))\1(?![\w/-])")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,63}+\.\w")
_HANDLE = re.compile(r"(?<![\w@])@[a-z0-9_]{3,32}", re.IGNORECASE)
_BBCODE = re.compile(r"\[/?(?:url|b|i|img|link|color|size)\b", re.IGNORECASE)
_SPELLED_DOT = re.compile(
    r"\w ?[(\[]? ?\bdot\b ?[)\]]? ?(?:com|net|org|info|ru)\b|\w ?[(\[]\.[)\]] ?\w"
)
_NAME_LINK = re.compile(
    r"https?:|www\.|\w\.(?:com|net|org|info|ru|biz|co|cn|top|xyz)\b", re.IGNORECASE
)


def structure(measured: Mapping[str, float]) -> list[int]:
    """The slots that are set, in rising order, by what `measure` found."""
    slots = []
    for name, n in measured.items():
        if n:
            first = FIRST[name]
            slots += [first + i for i, floor in enumerate(TRAIT_OF[first].bins) if n >= floor]
    slots.sort()
    return slots


def measure(reading: Reading, comment: Comment) -> dict[str, float]:
    """Every trait's value by name; a trait that is absent here is zero."""
    words = reading.normal.split()
    found = Counter(concept for concept, _, _ in concepts(reading.normal))
    measured: dict[str, float] = dict(found)
    measured |= reading.undone
    replaced = reading.undone["fancy"] + reading.undone["confusable"]
    measured["strange_share"] = replaced / max(len(reading.visible), 1)
    measured["hidden"] = reading.hidden
    measured["words"] = len(words)
    if len(words) > 7:
        measured["repetition"] = 1 - len(set(words)) / len(words)
    measured["topics"] = len(found) - ("praise" in found)
    praise = measured["praise_share"] = found["praise"] / max(len(words), 1)
    measured["praise_link"] = praise >= 0.05 and bool(reading.links or comment.author_url)
    measured |= _signs(reading)
    if reading.links:
        measured |= _linked(reading)
    if reading.markup:
        measured["tags"] = reading.markup.count("<")
    if comment.author_name or comment.author_url:
        measured |= _author(reading, comment)
    return measured


def _signs(reading: Reading) -> dict[str, float]:
    text = reading.cased
    size = max(len(text), 1)
    counts = _classes(text)
    upper, lower = counts[_UPPER], counts[_LOWER]
    measured: dict[str, float] = {
        "digits": counts[_DIGIT] / size,
        "capitals": upper / max(upper + lower, 8),
        "signs": counts[_SIGN] / size,
        "emoji": counts[_EMOJI],
        "exclamation": text.count("!"),
        "question": text.count("?"),
        "lines": reading.visible.count("\n") + 1,
        "scripts": sum(count > 1 for count in (upper + lower, *counts[_SCRIPTS:])),
        "spelled_dot": _has_spelled_dot(reading.normal),
    }
    if counts[_DIGIT]:
        measured["sums"] = len(_MONEY.findall(text.lower()))
        if counts[_DIGIT] > 7:
            measured["phone"] = len(_PHONE.findall(text))
    if "@" in text:
        measured["mail"] = len(_MAIL.findall(text))
        measured["handle"] = len(_HANDLE.findall(text))
    if "[" in text:
        measured["bbcode"] = len(_BBCODE.findall(text))
        measured["trackback"] = "[...]" in text or "[…]" in text
    return measured


def _has_spelled_dot(normal: str) -> bool:
    likely = "dot" in normal or "(.)" in normal or "[.]" in normal
    return likely and bool(_SPELLED_DOT.search(normal))


def _linked(reading: Reading) -> dict[str, float]:
    links = reading.links
    size = max(len(reading.cased), 1)
    return {
        "links": len(links),
        "unknown": sum(not is_known_good(link.domain) for link in links),
        "shortened": sum(link.domain in SHORTENERS for link in links),
        "strange": sum(_is_strange(link) for link in links),
        "mismatch": sum(_is_mismatch(link) for link in links),
        "free_host": sum(_is_free(link.host, link.domain) for link in links),
        "odd_ending": sum(link.host.rpartition(".")[2] in CHEAP_ENDINGS for link in links),
        "deep": sum(_is_deep(link.url) for link in links),
        "link_share": sum(len(_plain(link.text)) for link in links) / size,
        "link_last": reading.cased.rstrip(" \n.!)>").endswith(
            _plain(links[-1].text).strip() or "\0"
        ),
    }


def _plain(text: str) -> str:
    """A link's text without what nobody sees: a disguise must not change how much is link."""
    return text if text.isascii() else "".join(FOLDED[char] for char in text)


def _is_strange(link: Link) -> bool:
    return not link.host.isascii() or link.host[-1].isdigit() or "@" in link.url.partition("?")[0]


def _is_mismatch(link: Link) -> bool:
    text = link.text.strip()
    shown = host_of(text) if "." in text and " " not in text else ""
    return bool(shown) and not shown.endswith(link.domain)


def _is_free(host: str, domain: str) -> bool:
    return domain in FREE_HOSTS or host in FREE_HOSTS


def _is_deep(url: str) -> bool:
    return len(url.partition("//")[2].partition("/")[2].strip("/")) > 0


def _author(reading: Reading, comment: Comment) -> dict[str, float]:
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


def places(reading: Reading) -> Mapping[str, tuple[Span, ...]]:
    """Where in `content` the traits that stand somewhere stand, by name."""
    found: dict[str, list[Span]] = {}
    for concept, start, end in concepts(reading.normal):
        found.setdefault(concept, []).append(reading.content_span(start, end))
    spans = {name: tuple(each) for name, each in found.items()}
    return spans | {"links": tuple(link.span for link in reading.links)}


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


_TABLE = _table()


def _classes(text: str) -> list[int]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = _TABLE.take(codes.astype(np.intp), mode="clip")
    found: list[int] = np.bincount(kinds, minlength=13).tolist()
    return found


def never_good_slots() -> list[int]:
    """The slots that must not have a negative weight."""
    return [slot for slot, trait in enumerate(TRAIT_OF) if trait.code in NEVER_GOOD]


def said(name: str, n: float) -> str:
    """A trait's value in words."""
    return TRAIT_OF[FIRST[name]].says.format(n=n)


def codes() -> Iterator[str]:
    """The reason codes in use."""
    yield from dict.fromkeys(trait.code for trait in TRAITS)
