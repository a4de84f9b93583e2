"""What a reader of the page sees of a comment: tags gone, entities spoken, hidden parts out."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Literal, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from model.quick import quick
from model.traced import Edit, Offsets, Places, Traced, numbers

MAX_TAGS = 1_000
"""Tags beyond this many are read as text: the cost of deep nesting is quadratic in any parser."""

_MARKUP = re.compile("<[A-Za-z/!?]|[&\0\r\ud800-\udfff\U000f0000-\U000ffffd]")
"""Without any of this a "<" is a sign like others, and the parser leaves a text as it is."""

ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};)")

_UNSEEN = frozenset(
    {"script", "style", "template", "head", "title", "noscript", "iframe", "object", "noembed"}
)
_BLOCKS = frozenset(
    """address article aside blockquote br dd div dl dt fieldset figure footer form h1 h2 h3 h4
    h5 h6 header hr li main nav ol p pre section table td th tr ul option select""".split()  # noqa: SIM905 - a list to be read
)
_PICTURES = frozenset({"img", "picture", "video", "audio", "embed", "svg", "canvas"})
_ROOTS = frozenset({"html", "head", "body"})
_HIDING = (
    "display:none", "visibility:hidden", "visibility:collapse", "font-size:0", "opacity:0;",
    "text-indent:-9", "left:-9", "top:-9", "max-height:0", "clip:rect(0", "clip-path:inset(100%",
    "color:transparent", ";height:0;", ";height:0px;", ";width:0;", ";width:0px;",
)  # fmt: skip
_MARK = 0xF0000
_MARKS = re.compile("[\U000f0000-\U000ffffd]")
_AT_MARKS = re.compile("([\U000f0000-\U000ffffd])")
_ATTRIBUTE_CHARS = 200
_TOLD = frozenset({"href", "src", "rel", "target"})
"""Attributes whose values tell; in the others anybody can hide good words from the readers."""


@quick
@dataclass(frozen=True, slots=True)
class Anchor:
    """A link made with a tag: where it leads, and what of `visible` stands on it."""

    url: str
    start: int
    end: int


class Tag(NamedTuple):
    """A tag in short, and where in the content that begins which it stands around."""

    said: str
    place: int


@dataclass(slots=True)
class Page:
    """`traced`: the visible text; `tags`: those that neither hide nor split; `hidden`: code points
    unseen; `split`: where tags stand that are inside words or around nothing."""

    traced: Traced
    tags: tuple[Tag, ...] = ()
    hidden: int = 0
    split: tuple[int, ...] = ()
    anchors: Sequence[Anchor] = ()


def visible(content: str) -> Page:
    """Read `content` as HTML if it could be. Time is linear in its length."""
    if not may_be_markup(content):
        return Page(spoken(Traced(content)) if "&" in content else Traced(content))
    head, tail = _divide(content)
    if not head:
        return Page(spoken(Traced(content)) if "&" in content else Traced(content))
    page = _Walk(head).page()
    if tail:
        starts, ends = page.traced.offsets()
        first, last = len(head), len(content)
        behind = [*starts, *range(first, last)], [*ends, *range(first + 1, last + 1)]
        page.traced = Traced(page.traced.text + tail, Places(lambda: behind))
    if "&" in page.traced.text:
        _speak(page)
    return page


def may_be_markup(content: str) -> bool:
    """Whether the parser may make something else of it."""
    return "<" in content and bool(_MARKUP.search(content))


def _speak(page: Page) -> None:
    """Entities that stand in the visible text as what they stand for; anchors keep their words."""
    said = spoken(Traced(page.traced.text))
    if said.places is None:
        return
    starts, ends = page.traced.offsets()
    firsts, lasts = said.offsets()
    page.anchors = [
        Anchor(anchor.url, *(bisect_left(firsts, at) for at in (anchor.start, anchor.end)))
        for anchor in page.anchors
    ]
    behind = [starts[at] for at in firsts], [ends[at - 1] for at in lasts]
    page.traced = Traced(said.text, Places(lambda: behind))


def spoken(traced: Traced) -> Traced:
    """Entities as the characters they stand for, also where they were escaped twice."""
    for _ in range(2):
        edits: list[Edit] = [
            (*found.span(), said)
            for found in ENTITY.finditer(traced.text)
            if (said := unescape(found.group())) != found.group()
        ]
        if not edits:
            break
        traced = traced.edited(edits)
    return traced


def _divide(content: str) -> tuple[str, str]:
    """What may hold tags, and a rest that cannot: a "<" that is never closed hides nothing."""
    end = content.rfind(">") + 1
    pieces = content.split("<", MAX_TAGS + 1)
    if len(pieces) > MAX_TAGS + 1:
        end = min(end, len(content) - len(pieces[-1]) - 1)
    opened = content.find("<", end)
    end = len(content) if opened < 0 else opened
    return content[:end], content[end:]


Kind = Literal["block", "picture", "inline"]


class _Element(NamedTuple):
    """An element that is being read: its tag in short, its link, where its text begins."""

    said: str
    url: str
    start: int
    kind: Kind


def _begin(closed: tuple[_Element, int]) -> int:
    return closed[0].start


class _Walk:
    """One pass over the parsed tree of one comment.

    The parser tells no offsets. So a mark, a private-use character that stands for an
    offset, is put behind every ">" before parsing: each piece of text says where it began.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.offsets = [0]
        self.texts: list[str] = []
        self.begins: list[int] = []
        self.places: list[tuple[Offsets, Offsets]] = []
        self.elements: list[tuple[_Element, int]] = []
        self.hidden = 0
        self.length = 0
        self.at = 0

    def page(self) -> Page:
        stack: list[LexborNode | _Element] = []
        marked = self._marked()
        root = LexborHTMLParser(marked).root
        if root is not None:
            stack.append(root)
        while stack:
            item = stack.pop()
            if isinstance(item, _Element):
                self._close(item)
            else:
                self._visit(item, stack)
        text = "".join(self.texts)
        self.elements.sort(key=_begin)
        kept: list[tuple[_Element, int]] = []
        split: list[_Element] = []
        for element, end in self.elements:
            if _splits(text, element, end):
                split.append(element)
            else:
                kept.append((element, end))
        return Page(
            Traced(text, Places(self._spelled_out)),
            tags=tuple([Tag(element.said, self._place(element.start)) for element, _ in kept]),
            hidden=self.hidden + self.source.count("<!--"),
            split=tuple([self._place(element.start) for element in split]),
            anchors=[Anchor(e.url, e.start, end) for e, end in kept if e.url],
        )

    def _marked(self) -> str:
        source = _unmarked(self.source, "\ufffd")
        self.own_marks = source != self.source
        pieces = source.split(">")
        marked, offset = [chr(_MARK), pieces[0]], len(pieces[0])
        for piece in pieces[1:]:
            offset += 1
            marked += ">", chr(_MARK + len(self.offsets)), piece
            self.offsets.append(offset)
            offset += len(piece)
        return "".join(marked)

    def _visit(self, node: LexborNode, stack: list[LexborNode | _Element]) -> None:
        if (behind := node.next) is not None:
            stack.append(behind)
        if node.is_text_node:
            self._text(node.text_content or "")
        elif node.is_element_node:
            self._element(node, node.tag or "", stack)
        elif node.is_comment_node:
            self.hidden += len(_unmarked(node.comment_content or ""))
        elif (child := node.child) is not None:
            stack.append(child)

    def _element(self, node: LexborNode, tag: str, stack: list[LexborNode | _Element]) -> None:
        child, attributes = node.child, node.attributes
        if tag in _UNSEEN or _is_hidden(tag, attributes):
            self.hidden += len(_unmarked(node.text() or ""))
            return
        kind = _kind(tag, attributes)
        if kind == "block":
            self._gap("\n")
        if tag not in _ROOTS:
            url = _unmarked(attributes.get("href") or "")[:2_000] if tag == "a" else ""
            stack.append(_Element(_in_short(tag, attributes), url, self.length, kind))
        if child is not None:
            stack.append(child)

    def _close(self, element: _Element) -> None:
        self.elements.append((element, self.length))
        if element.kind == "block":
            self._gap("\n")

    def _gap(self, gap: str) -> None:
        """A break between blocks: it belongs to no character of the source."""
        self._add(gap, [self.at], [self.at])

    def _text(self, text: str) -> None:
        """Nearly all begin with their mark, go on as the source does and have no other."""
        at = self.at
        if _MARKS.match(text):
            at, text = self._marked_place(text[0]), text[1:]
        if text and not self.own_marks and self.source.startswith(text, at):
            self.at = self._align(text, at)
            return
        for piece in _AT_MARKS.split(text):
            if len(piece) == 1 and _MARKS.match(piece):
                at = self._marked_place(piece)
            elif piece:
                at = self._align(piece, at)
        self.at = at

    def _marked_place(self, mark: str) -> int:
        return self.offsets[min(ord(mark) - _MARK, len(self.offsets) - 1)]

    def _align(self, piece: str, at: int) -> int:
        """Add `piece`, which the parser read from `at` on; returns where it ended."""
        if self.source.startswith(piece, at):
            end = at + len(piece)
            self._add(piece, range(at, end), range(at + 1, end + 1))
            return end
        starts, stops = [], []
        limit = len(self.source)
        place = 0
        while place < len(piece):
            entity = (
                ENTITY_IN_TEXT.match(self.source, at) if self.source[at : at + 1] == "&" else None
            )
            said = unescape(entity.group()) if entity else ""
            if entity and said != entity.group() and piece.startswith(said, place):
                step, width = len(said), entity.end() - at
            else:
                step = width = 1
                if self.source[at : at + 2] == "\r\n":
                    width = 2
            starts += [min(at, limit - 1)] * step
            stops += [min(at + width, limit)] * step
            at, place = at + width, place + step
        self._add(piece, starts[: len(piece)], stops[: len(piece)])
        return min(at, limit)

    def _add(self, text: str, starts: Offsets, stops: Offsets) -> None:
        self.texts.append(text)
        self.begins.append(self.length)
        self.places.append((starts, stops))
        self.length += len(text)

    def _place(self, at: int) -> int:
        """Where in the source that begins which stands at this place of the text."""
        if at >= self.length:
            return len(self.source)
        piece = bisect_right(self.begins, at) - 1
        return self.places[piece][0][at - self.begins[piece]]

    def _spelled_out(self) -> tuple[Offsets, Offsets]:
        """The start and end of every code point of the text."""
        starts: list[int] = []
        stops: list[int] = []
        for first, last in self.places:
            starts += numbers(first)
            stops += numbers(last)
        return starts, stops


def _unmarked(text: str, instead: str = "") -> str:
    return text if text.isascii() else _MARKS.sub(instead, text)


def _kind(tag: str, attributes: dict[str, str | None]) -> Kind:
    if tag in _BLOCKS:
        return "block"
    drawn = tag in _PICTURES and (tag != "img" or bool(attributes.get("src")))
    return "picture" if drawn else "inline"


ENTITY_IN_TEXT = re.compile(
    r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)"
)


def _in_short(tag: str, attributes: dict[str, str | None]) -> str:
    if not attributes:
        return f"<{_unmarked(tag)}>"
    said = "".join(
        [
            f" {name}={(value or '')[:_ATTRIBUTE_CHARS]}" if name in _TOLD else f" {name}"
            for name, value in attributes.items()
        ]
    )
    return _unmarked(f"<{tag}{said}>")


def _splits(text: str, element: _Element, end: int) -> bool:
    """True for a tag with no link that stands around nothing, or inside a word."""
    if element.url or element.kind != "inline":
        return False
    start = element.start
    return start == end or _is_inside_word(text, start) or _is_inside_word(text, end)


def _is_inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _is_hidden(tag: str, attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes or (tag == "dialog" and "open" not in attributes):
        return True
    style = attributes.get("style")
    if not style:
        return False
    plain = f";{''.join(style.lower().split())};"
    return any(hint in plain for hint in _HIDING)
