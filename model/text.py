"""What a comment says: the text a reader sees, and its normal form with disguises undone.

Content as sent -> visible text -> normal form, each linear in its length and each
remembering where its characters came from. Nothing here can fail: every string is accepted.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from model.folding import FOLDED, SIMPLE, forwards, posing, strange_in, undone, unmixed
from model.links import Link, host_of, links, pieces_with, places_of
from model.traced import Edit, Offsets, Traced
from model.verdict import Span
from model.visible import Page, Tag, visible

__all__ = ["MAX_CHARS", "Link", "Reading", "host_of", "read"]

MAX_CHARS = 32_000
"""Code points of content, and of normal form, that are looked at; the rest is only counted."""

SPACES = bytes(32 if chr(code).isspace() else code for code in range(256))
_CONTROLS = bytes(code for code in (*range(32), 127) if not chr(code).isspace())

# Single letters, each behind a separator: every attempt stops after three groups at most or
# goes on to the end of the run, so time is linear.
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ ._*\-+~|/\\,]{1,3}+){3,}(?:[^\W\d_](?![^\W_]))?")
_LETTER = re.compile(r"[^\W\d_]")
_LEET_HINT = re.compile(r"[a-z][013457@$!|89]|[013457@$!|89][a-z]")
_LEET_WORD = re.compile(r"(?<![\w@$!|.])(?=[a-z]*+[0-9@$!|])[a-z0-9@$!|]{3,40}+(?![\w@$!|])")
SHAPE = bytes(
    ord(
        "a" if chr(code).isalpha() or code > 127 else
        "1" if chr(code) in "0123456789$" else
        "!" if chr(code) in "@!" else
        " " if chr(code) in " ._*-+~/\\," else "."
    )
    for code in range(256)
)  # fmt: skip
_CONTINUED = bytes(range(128, 192))
"""What a text in UTF-8 looks like from afar, without the bytes that only continue a character:
letters (and all beyond ASCII), digits, signs that pose as letters, gaps."""
_SPACED_HINTS = (b" a a ", b" a  a ", b" a   a ")
_LEET_HINTS = (b"a1", b"1a", b"a!a", b"!1", b"1!")
"""What is nowhere in a shape if there are no spaced letters; if there is no leet."""
_BLANKS = re.compile("  +")
_RUN = re.compile(r"(.)\1*+", re.DOTALL)
_NO_REPEATS = frozenset(" 0123456789w")
_FEW = 8
_GROWN = 1.125
IN_ADDRESS = ("/", "=", "?", "&", "#")  # numbers behind them are no letters: /watch?v=a1b2
LEET = dict(zip("01345789@$!|", "oieastbgasil", strict=True))


class Part(NamedTuple):
    """One stretch of a comment in each of its texts, in code points of that text."""

    normal: Span
    cased: Span
    visible: Span
    content: Span


Undone = Mapping[str, Sequence[int]]


@dataclass(slots=True, eq=False)
class Reading:
    """One comment's text as read.

    `visible` is what a reader sees, `cased` the same with each letter as what it stands for,
    `normal` the normal form: all disguises undone, lower case, no blanks in a row.
    `tags` are the tags in short. `hidden` counts code points nobody sees, `undone` says where
    in `content` something was done to letters, by kind; `unread` counts the code points at the
    end that were not read.
    """

    content: str
    visible: str
    cased: str
    normal: str
    links: tuple[Link, ...]
    hidden: int
    tags: tuple[Tag, ...]
    undone: Undone
    unread: int
    _visible: Traced
    _cased: Traced
    _normal: Traced

    @property
    def markup(self) -> str:
        """All tags in short."""
        return "".join(tag.said for tag in self.tags)

    def content_span(self, start: int, end: int) -> Span:
        """Where `normal[start:end]` stands in `content`, in code points; (0, 0) for nothing."""
        return self._normal.span(start, end)

    def offsets(self) -> tuple[Offsets, Offsets]:
        """Where in `content` each code point of `normal` begins, and where it ends."""
        return self._normal.offsets()

    def part(self, start: int, end: int) -> Part:
        """What stands in `normal[start:end]`; at its ends also what is nowhere in `normal`."""
        if start == 0 and end == len(self.normal):
            cased, visible = (0, len(self.cased)), (0, len(self.visible))
            return Part((0, end), cased, visible, (0, len(self.content) + 1))
        first = self._normal.place(start) if start else 0
        last = self._normal.place(end) if end < len(self.normal) else len(self.content) + 1
        cased = visible = self._cased.within(first, last)
        if self._visible.places is not self._cased.places:
            visible = self._visible.within(first, last)
        return Part((start, end), cased, visible, (first, last))

    def outer_lines(self, size: int) -> list[Span]:
        """The first and the last line of `normal`, `size` code points of each at most; nothing if
        there is one line only."""
        first = self.visible.find("\n", len(self.visible) - len(self.visible.lstrip()))
        last = self.visible.rstrip().rfind("\n")
        if not 0 <= first <= last:
            return []
        end, start = (self._normal.within(0, self._visible.place(at))[1] for at in (first, last))
        start += self.normal.startswith(" ", start)
        length = len(self.normal)
        start = min(max(start, length - size), length - 1)  # nobody may see any of the last line
        return [(0, min(end, size)), (start, length)]

    def tags_in(self, part: Part) -> Sequence[Tag]:
        """The tags that begin in one part of the comment."""
        start, end = part.content
        return [tag for tag in self.tags if start <= tag.place < end]

    @property
    def template(self) -> bytes:
        """16 bytes that are the same for the same normal form (BLAKE2b)."""
        data = self.normal.encode("utf-8", "replace")
        return hashlib.blake2b(data, digest_size=16, person=b"weir template").digest()


def read(content: str) -> Reading:
    """Read one comment's content, text or HTML, of any length and with any code points."""
    draft = drafted(content)
    return draft.reading(content, normal_form(draft.cased, draft.found))


_Undone = dict[str, list[int]]


class Draft(NamedTuple):
    """A comment before it is brought into normal form: its page, each letter as what it stands
    for, what was done to letters so far, where reading ended."""

    page: Page
    cased: Traced
    found: _Undone
    end: int

    def reading(self, content: str, normal: Traced, *, may_link: bool = True) -> Reading:
        """How it reads with this normal form; `may_link` if a link may be written in it."""
        page, cased = self.page, self.cased
        return Reading(
            content=content,
            visible=page.traced.text,
            cased=cased.text,
            normal=normal.text,
            links=links(page, cased) if may_link or page.anchors else (),
            hidden=page.hidden,
            tags=page.tags,
            undone=_told(self.found),
            unread=len(content) - self.end,
            _visible=page.traced,
            _cased=cased,
            _normal=normal,
        )


def drafted(content: str) -> Draft:
    """The visible text, and each letter as what it stands for."""
    page, end = visible(content[:MAX_CHARS]), min(len(content), MAX_CHARS)
    found: _Undone = defaultdict(list)
    if page.split:
        found["split"] += page.split
    cased = _folded(page.traced, found)
    if len(cased.text) > MAX_CHARS:
        cased = cased.first(MAX_CHARS)
        end = cased.span(0, MAX_CHARS)[1]  # one sign may stand for a whole phrase
    return Draft(page, cased, found, end)


def _told(found: _Undone) -> _Undone:
    return {kind: sorted(places) for kind, places in found.items() if places} if found else found


def _note(found: _Undone, kind: str, traced: Traced, places: Iterable[int]) -> None:
    found[kind] += map(traced.place, places)


def _folded(traced: Traced, found: _Undone) -> Traced:
    """Each character as what it stands for, lookalikes as what they pose as."""
    text = traced.text
    if text.isascii() and len(data := text.encode()) == len(data.translate(None, _CONTROLS)):
        return Traced(data.translate(SPACES).decode(), traced.places)
    if (simple := simply_folded(text)) is not None:
        return Traced(simple, traced.places)
    if turned := forwards(text):
        _note(found, "invisible", traced, (start for start, _, _ in turned))
        traced = traced.edited(turned)
        text = traced.text
    strange = strange_in(text)
    folded = _replaced(traced, strange)
    if folded is not traced:
        for kind, place in undone(text, strange):
            found[kind].append(traced.place(place))
    if posing(map(FOLDED.__getitem__, strange)) and (edits := unmixed(folded.text)):
        _note(found, "confusable", folded, (start for start, _, _ in edits))
        folded = folded.edited(edits)
    return folded


def simply_folded(text: str) -> str | None:
    """Each character as the one it stands for; None if it may be a disguise or stand for several,
    or none."""
    others = {char: SIMPLE[char] for char in strange_in(text)}
    if not all(others.values()):
        return None
    return exchanged(text, {char: simple for char, simple in others.items() if simple != char})


def _replaced(traced: Traced, strange: Iterable[str]) -> Traced:
    """Each character, if it is a strange one, as what it alone stands for."""
    others = {char: folded for char in strange if (folded := FOLDED[char]) != char}
    if not others:
        return traced
    before, text = traced.text, exchanged(traced.text, others)
    if all(len(folded) == 1 for folded in others.values()):
        return Traced(text, traced.places)
    if len(text) > len(before) * _GROWN:  # likely to be cut, which asks for places at once
        return traced.mapped([FOLDED[char] for char in before])
    return traced.later(text, lambda: _exchanges(before, others))


def _exchanges(text: str, others: Mapping[str, str]) -> list[Edit]:
    if len(others) > _FEW:
        return [(i, i + 1, others[char]) for i, char in enumerate(text) if char in others]
    return sorted([(at, at + 1, others[char]) for char in others for at in places_of(text, char)])


def exchanged(text: str, others: Mapping[str, str]) -> str:
    """The text with each of these characters as another; a few are exchanged one after the other,
    if none turns into another of them."""
    if len(others) > _FEW or not others.keys().isdisjoint("".join(others.values())):
        return text.translate({ord(char): folded for char, folded in others.items()})
    for char, folded in others.items():
        text = text.replace(char, folded)
    return text


def normal_form(cased: Traced, found: _Undone) -> Traced:
    """In lower case, spaced letters joined, words spelled with letters, runs squeezed."""
    traced = before = Traced(cased.text.lower(), cased.places)
    may_be_spaced, may_be_leet = _hints(traced.text)
    if may_be_spaced:
        traced = _joined(traced, found)
    if may_be_leet or traced is not before:
        traced = _spelled(traced, found)
    return _squeezed(traced, found)


def _hints(text: str) -> tuple[bool, bool]:
    """Whether there may be spaced letters, and leet: what most texts are spared looking for."""
    if "|" in text:
        return True, True
    shape = _shape(text)
    signs = b"1" in shape or b"!" in shape
    may_be_leet = signs and any(map(shape.__contains__, _LEET_HINTS))
    return b" a " in shape and any(map(shape.__contains__, _SPACED_HINTS)), may_be_leet


def _shape(text: str) -> bytes:
    if text.isascii():
        return text.encode().translate(SHAPE)
    return text.encode("utf-8", "surrogatepass").translate(SHAPE, _CONTINUED)


def _joined(traced: Traced, found: _Undone) -> Traced:
    """Spaced-out letters as words: "c a s i n o", "v.i.a.g.r.a"."""
    edits: list[Edit] = []
    for run in _SPACED.finditer(traced.text):
        places = [run.start() + found.start() for found in _LETTER.finditer(run.group())]
        gaps = [(a + 1, b) for a, b in pairwise(places)]
        if len(gaps) < 3:
            continue
        left = _between(traced.text, gaps)
        edits += [(start, end, said) for (start, end), said in zip(gaps, left, strict=True)]
        _note(found, "spaced", traced, (start for start, _ in gaps))
    return traced.edited(edits) if edits else traced


def _between(text: str, gaps: list[Span]) -> Iterator[str]:
    """What is left of each gap of a spaced run: nothing inside words, a blank between them.

    Between words is what is wider than inside them, or blank where dots and the like are usual.
    """
    narrow = min(end - start for start, end in gaps)
    blank = [" " in text[start:end] for start, end in gaps]
    mostly_blank = sum(blank) * 2 > len(gaps)
    for (start, end), is_blank in zip(gaps, blank, strict=True):
        yield " " if end - start > narrow or (is_blank and not mostly_blank) else ""


def _spelled(traced: Traced, found: _Undone) -> Traced:
    """Digits and signs as the letters they stand for, inside words: "fr33", "ca$h"."""
    text = traced.text
    pieces = pieces_with(text, LEET)
    if not any(_LEET_HINT.search(text, *piece) for piece in pieces):
        return traced
    edits: list[Edit] = []
    for match in chain.from_iterable(_LEET_WORD.finditer(text, *piece) for piece in pieces):
        word, start = match.group(), match.start()
        if "@" in word and text[match.end() : match.end() + 1] == ".":
            continue
        if text[start - 1 : start] in IN_ADDRESS:
            continue
        letters = [i for i, char in enumerate(word) if char.isalpha()]
        if len(letters) < 2 or len(letters) * 2 < len(word):
            continue
        signs = [i for i, char in enumerate(word) if _is_leet(word, i, char)]
        inner = (start + i for i in signs if letters[0] < i < letters[-1])  # not "14kt", "mp3"
        _note(found, "leet", traced, inner)
        edits += [(start + i, start + i + 1, LEET[word[i]]) for i in signs]
    return traced.edited(edits) if edits else traced


def _is_leet(word: str, i: int, char: str) -> bool:
    if char not in LEET:
        return False
    if char.isdigit() or char == "$":
        return True
    return word[i - 1 : i].isalpha() and word[i + 1 : i + 2].isalpha()


def _squeezed(traced: Traced, found: _Undone) -> Traced:
    """Runs of blanks as one, of any letter or sign but digits (and "www") as two."""
    text = traced.text
    repeats = _repeats(text)
    if repeats is None:  # then blanks, too, stand side by side in pairs only
        if "  " not in text:
            return traced
        return traced.later(text.replace("  ", " "), lambda: _narrowed(_blanks(text)))
    blanks = _blanks(text)
    for start, end in (*blanks, *repeats):
        if end - start > 2:
            _note(found, "repeats", traced, range(start + 2, end))
    edits = [*_narrowed(blanks), *((start + 2, end, "") for start, end in repeats)]
    return traced.edited(sorted(edits)) if edits else traced


def _blanks(text: str) -> list[Span]:
    return [run.span() for run in _BLANKS.finditer(text)]


def _narrowed(blanks: Iterable[Span]) -> list[Edit]:
    return [(start + 1, end, "") for start, end in blanks]


def _repeats(text: str) -> list[Span] | None:
    """Runs of a letter or sign, three and more of the same; None if nothing at all stands three
    times in a row."""
    unlike = _unlike(text)
    at = unlike.find(b"\0\0")
    if at < 0:
        return None
    found = []
    while at >= 0:
        run = _RUN.match(text, max(at - 1, 0))
        start, end = run.span() if run else (at, at + 1)
        if end - start > 2 and text[start] not in _NO_REPEATS:
            found.append((start, end))
        at = unlike.find(b"\0\0", end)
    return found


def _unlike(text: str) -> bytes:
    """A byte for each character, 0 where it is the one before: as numbers, and a number and itself
    moved on by one byte differ there by nothing."""
    if text.isascii():
        data = text.encode()
        number = int.from_bytes(data)
        return (number ^ number >> 8).to_bytes(len(data))
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    changes: bytes = (codes[1:] != codes[:-1]).tobytes()
    return b"\1" + changes
