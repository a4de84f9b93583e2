"""What a reader of the page sees of a comment: tags gone, entities spoken, hidden parts out."""

import re
from dataclasses import dataclass, field
from html import unescape

import numpy as np
from selectolax.lexbor import LexborHTMLParser, LexborNode

from model.traced import Edit, Traced

MAX_TAGS = 2_000
"""Tags beyond this many are read as text: the cost of deep nesting is quadratic in any parser."""

ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};)")

_UNSEEN = frozenset(
    {"script", "style", "template", "head", "title", "noscript", "iframe", "object", "noembed"}
)
_BLOCKS = frozenset(
    """address article aside blockquote br dd div dl dt fieldset figure footer form h1 h2 h3 h4
    h5 h6 header hr li main nav ol p pre section table td th tr ul option select""".split()  # noqa: SIM905 - a list to be read
)
_HIDING = (
    "display:none", "visibility:hidden", "visibility:collapse", "font-size:0", "opacity:0;",
    "text-indent:-9", "left:-9", "top:-9", "max-height:0", "clip:rect(0", "color:transparent",
)  # fmt: skip
_MARK = 0xF0000
_MARKS = re.compile("[\U000f0000-\U000ffffd]")
_ATTRIBUTE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link made with a tag: where it leads, and what of `visible` stands on it."""

    url: str
    start: int
    end: int


@dataclass(slots=True)
class Page:
    """`traced`: the visible text; `markup`: the tags in short; `hidden`: code points unseen."""

    traced: Traced
    markup: str = ""
    hidden: int = 0
    anchors: list[Anchor] = field(default_factory=list)


def visible(content: str) -> Page:
    """Read `content` as HTML if it could be. Time is linear in its length."""
    if "<" not in content:
        return Page(spoken(Traced(content)) if "&" in content else Traced(content))
    head, tail = _divide(content)
    if not head:
        return Page(spoken(Traced(content)) if "&" in content else Traced(content))
    page = _Walk(head).page()
    if tail:
        starts, ends = page.traced.offsets()
        more = np.arange(len(head), len(content) + 1, dtype=np.int32)
        page.traced = Traced(
            page.traced.text + tail,
            np.concatenate([starts, more[:-1]]),
            np.concatenate([ends, more[1:]]),
        )
    if "&" in page.traced.text:
        page.traced = spoken(page.traced)
    return page


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


class _Walk:
    """One pass over the parsed tree of one comment.

    The parser tells no offsets. So a mark, a private-use character that stands for an
    offset, is put behind every ">" before parsing: each piece of text says where it began.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.offsets = [0]
        self.texts: list[str] = []
        self.spans: list[int] = []
        self.stops: list[int] = []
        self.markup: list[str] = []
        self.anchors: list[Anchor] = []
        self.hidden = 0
        self.length = 0
        self.at = 0

    def page(self) -> Page:
        stack: list[LexborNode | str | tuple[str, int]] = []
        root = LexborHTMLParser(self._marked()).root
        if root is not None:
            stack.append(root)
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                self._gap(item)
            elif isinstance(item, tuple):
                self.anchors.append(Anchor(item[0], item[1], self.length))
            else:
                self._visit(item, stack)
        traced = Traced(
            "".join(self.texts),
            np.array(self.spans, dtype=np.int32),
            np.array(self.stops, dtype=np.int32),
        )
        hidden = self.hidden + self.source.count("<!--")
        return Page(traced, "".join(self.markup), hidden, self.anchors)

    def _marked(self) -> str:
        source = _MARKS.sub("\ufffd", self.source)
        pieces = source.split(">")
        marked, offset = [chr(_MARK), pieces[0]], len(pieces[0])
        for piece in pieces[1:]:
            offset += 1
            marked.append(f">{chr(_MARK + len(self.offsets))}{piece}")
            self.offsets.append(offset)
            offset += len(piece)
        return "".join(marked)

    def _visit(self, node: LexborNode, stack: list[LexborNode | str | tuple[str, int]]) -> None:
        if node.next is not None:
            stack.append(node.next)
        if node.is_text_node:
            self._text(node.text_content or "")
            return
        if not node.is_element_node:
            if node.is_comment_node:
                self.hidden += len(_MARKS.sub("", node.comment_content or ""))
            elif node.child is not None:
                stack.append(node.child)
            return
        self._element(node, stack)

    def _element(self, node: LexborNode, stack: list[LexborNode | str | tuple[str, int]]) -> None:
        tag = node.tag or ""
        attributes = node.attributes
        if tag not in ("html", "head", "body"):
            self._mark_up(tag, attributes)
        if tag in _UNSEEN or _is_hidden(attributes):
            self.hidden += len(_MARKS.sub("", node.text() or ""))
            return
        if tag in _BLOCKS:
            self._gap("\n")
            stack.append("\n")
        if tag == "a" and attributes.get("href"):
            stack.append((_MARKS.sub("", attributes["href"] or "")[:2_000], self.length))
        if node.child is not None:
            stack.append(node.child)

    def _mark_up(self, tag: str, attributes: dict[str, str | None]) -> None:
        said = " ".join(
            f"{name}={(value or '')[:_ATTRIBUTE_CHARS]}" for name, value in attributes.items()
        )
        self.markup.append(_MARKS.sub("", f"<{tag} {said}>" if said else f"<{tag}>"))

    def _gap(self, gap: str) -> None:
        """A break between blocks: it belongs to no character of the source."""
        self._add(gap, [self.at], [self.at])

    def _text(self, text: str) -> None:
        at = self.at
        for piece in re.split("([\U000f0000-\U000ffffd])", text):
            if len(piece) == 1 and _MARKS.match(piece):
                at = self.offsets[min(ord(piece) - _MARK, len(self.offsets) - 1)]
            elif piece:
                at = self._align(piece, at)
        self.at = at

    def _align(self, piece: str, at: int) -> int:
        """Add `piece`, which the parser read from `at` on; returns where it ended."""
        end = at + len(piece)
        if self.source[at:end] == piece:
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

    def _add(self, text: str, starts: "range | list[int]", stops: "range | list[int]") -> None:
        self.texts.append(text)
        self.spans.extend(starts)
        self.stops.extend(stops)
        self.length += len(text)


ENTITY_IN_TEXT = re.compile(
    r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)"
)


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if not style:
        return False
    plain = "".join(style.lower().split()) + ";"
    return any(hint in plain for hint in _HIDING)
