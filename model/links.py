"""The links of a comment: made with tags, with BBCode, or just written down."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import AnyStr
from urllib.parse import unquote

from model.hosts import domain_of
from model.quick import quick
from model.traced import Traced
from model.verdict import Span
from model.visible import Page

MAX_LINKS = 100
"""More links than this are counted, not listed."""

# Every repetition below is atomic and starts where no other attempt can: linear time. Groups are
# made atomic by a lookahead: `(?:...)++` goes wrong before Python 3.11.5 (gh-106052).
_WRITTEN = re.compile(
    r"""(?:https?|ftp)://[^\s<>"'()\[\]{}|\\^`]++|(?<![\w.@/-])www\.[^\s<>"'()\[\]{}|\\^`]++""",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?<![\w.@/-])(?=((?:[a-z0-9-]++\.)+))\1[a-z]{2,24}+(?![\w@])(?:/[^\s<>\"'\[\]]*+)?", re.I
)
BARE_END = r"\.(?<=[a-z0-9-]\.)([a-z]{2,24}+)(?![\w@])"
"""How the host of a link ends that is just written down; its last label is one of BARE_ENDS."""
_BARE_END = re.compile(BARE_END, re.IGNORECASE)
_INNER_DOT = re.compile(r"\.\S")  # every host has one, few sentences have
FULL_STOP = "。"
"""Browsers read it as a dot."""
BARE_ENDS = frozenset(
    """com net org info biz ru cn top xyz online site shop club io co id me tv cc pw us uk de fr
    br pl in eu vip live store website space fun win bet casino icu click link ly gl pro app dev
    ws tk ml ga cf gq su ua kz by nl it es ca au jp kr tw hk vn my ph th""".split()  # noqa: SIM905 - a list to be read
)
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]{0,30}):")
_PATH = re.compile(r"[/?#]")
_DEFAULT_PORTS = (":80", ":443")


@quick
@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads. `host` is lower-cased and readable (punycode decoded), `domain`
    what somebody registered, `text` what the reader sees of it, `span` its place in content."""

    url: str
    host: str
    domain: str
    text: str
    span: Span


def links(page: Page, cased: Traced) -> tuple[Link, ...]:
    """The first MAX_LINKS links that lead to a host: made with tags, then as written in `cased`,
    where the letters of an address have lost their disguise."""
    dotted = cased.text.replace(FULL_STOP, ".")
    written = _written(page, dotted) if _may_have_links(dotted) else ()
    if not page.anchors and not written:
        return ()
    found: list[Link] = []
    for text, places in ((page.traced, _anchored(page)), (cased, written)):
        for url, start, end in places:
            if len(found) < MAX_LINKS and (host := host_of(url)):
                said, span = text.text[start:end], text.span(start, end)
                found.append(Link(url, host, domain_of(host), said, span))
    return tuple(found)


def _may_have_links(text: str) -> bool:
    """Whether it is worth looking for links that are just written down."""
    if "://" in text or "www." in text.lower():
        return True
    return any(label.lower() in BARE_ENDS for label in _BARE_END.findall(text))


Place = tuple[str, int, int]


def _anchored(page: Page) -> Iterator[Place]:
    return ((anchor.url, anchor.start, anchor.end) for anchor in page.anchors)


def _written(page: Page, text: str) -> Iterator[Place]:
    anchored = {page.traced.text[a.start : a.end].strip() for a in page.anchors}
    dots = [dot.start() for dot in _INNER_DOT.finditer(text)]
    places = pieces_around(text, sorted([*dots, *places_of(text, "://")]))
    for match in chain.from_iterable(_WRITTEN.finditer(text, *place) for place in places):
        url = match.group().rstrip(".,;:!?*_~")
        if url not in anchored:
            yield url, match.start(), match.start() + len(url)
    for match in chain.from_iterable(_BARE.finditer(text, *place) for place in places):
        name = match.group().split("/")[0].lower()
        known = name.rpartition(".")[2] in BARE_ENDS and not name.startswith("www.")
        if known and match.group() not in anchored:
            yield match.group(), *match.span()


def pieces_with(text: str, marks: Iterable[str]) -> list[Span]:
    """The pieces between blanks that have one of these marks: what has no blank inside is looked
    for there, and not from every character on."""
    found: set[Span] = set()
    for mark in marks:
        at = text.find(mark)
        while at >= 0:
            piece = _piece(text, at)
            found.add(piece)
            at = text.find(mark, piece[1])
    return sorted(found)


def pieces_around(text: str, places: Iterable[int]) -> list[Span]:
    """The pieces between blanks in which these rising places are."""
    found: list[Span] = []
    for at in places:
        if not found or at >= found[-1][1]:
            found.append(_piece(text, at))
    return found


def _piece(text: str, at: int) -> Span:
    end = text.find(" ", at)
    return text.rfind(" ", 0, at) + 1, len(text) if end < 0 else end


def places_of(text: AnyStr, mark: AnyStr) -> Iterator[int]:
    """Where the mark stands in a text."""
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def host_of(url: str) -> str:
    """The host a URL leads to: lower case, punycode decoded, without port, user or dot.

    Understands what browsers do: no scheme, backslashes, percent escapes, tabs inside. Empty
    for what leads to no host (mailto:, javascript:, a path).
    """
    url = "".join(url.split()).replace("\\", "/")[:2_000]
    scheme = _SCHEME.match(url)
    if scheme and scheme.group(1).lower() in ("http", "https", "ftp"):
        rest = url[scheme.end() :].lstrip("/")
    elif url.startswith("//"):
        rest = url[2:]
    elif scheme and not url[scheme.end() :][:1].isdigit() and "." not in scheme.group(1):
        return ""
    else:
        rest = url
    authority = _PATH.split(rest, maxsplit=1)[0]
    host = _plain(unquote(authority.rpartition("@")[2])).strip(".").lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    host = host.partition(":")[0].strip(".")
    if rest is not url:
        host = _dotted(host)
    return _readable(host) if "." in host and len(host) <= 253 else ""


def _plain(host: str) -> str:
    """Compatibility forms as browsers read them (UTS 46): full width letters, other full stops."""
    if host.isascii():
        return host
    return unicodedata.normalize("NFKC", host).replace(FULL_STOP, ".")


def _dotted(host: str) -> str:
    """A number as the address that browsers take it for."""
    digits, base = (host[2:], 16) if host.startswith("0x") else (host, 10)
    try:
        number = int(digits, base) if digits.isalnum() and len(digits) <= 10 else 2**32
    except ValueError:
        return host
    if number >= 2**32:
        return host
    return ".".join(str(byte) for byte in number.to_bytes(4, "big"))


def _readable(host: str) -> str:
    if "xn--" not in host:
        return host
    labels = host.split(".")
    return ".".join(_decoded(label) for label in labels)


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode").lower() or label
    except (UnicodeError, ValueError, OverflowError):
        return label
