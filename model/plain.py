"""Many comments read together, each as `model.text.read` reads it, bit for bit.

Whatever is ASCII without markup and entities, as most is, or becomes ASCII and mere signs when
folded, is laid end to end and brought into normal form in one pass. The rest is read one by one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from model.folding import MAX_CACHED, strange_in
from model.links import BARE_END, BARE_ENDS, FULL_STOP, places_of
from model.text import (
    IN_ADDRESS,
    LEET,
    MAX_CHARS,
    SHAPE,
    SPACES,
    Draft,
    Reading,
    drafted,
    exchanged,
    normal_form,
    read,
    simply_folded,
)
from model.traced import Kept, Traced
from model.visible import ENTITY, Page, may_be_markup

SEVERAL = 16
"""Texts from which on it pays to work on all of them together."""

AT_ONCE = 2**16
"""Code points after which a batch is cut."""

_BEFORE = "\0"
"""Stands before each text and behind the last, and in none."""

_FIRST = 0xA1
"""The first of the bytes that stand for signs: none below it is a blank in Latin-1."""
_NO_SIGNS: Mapping[str, str] = {}
_SHAPE = SHAPE[:128] + b"." * 128

_BARE_END = re.compile(BARE_END.encode())
_SPACED = re.compile(
    rb" a (?:(?<=a a )(?<!aa a )|(?<=a  a )(?<!aa  a )|(?<=a   a )(?<!aa   a )) {0,2}a {1,3}a(?!a)"
)
"""Four letters that stand apart, in a text's shape; each after one to three gaps."""

Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Inside = dict[int, list[int]]
"""Rising places in some texts, counted from their beginnings."""


def read_many(contents: Sequence[str]) -> list[Reading]:
    """Read each, of any length and with any code points."""
    if len(contents) < SEVERAL:
        return [*map(read, contents)]
    found: list[Reading] = []
    first = size = 0
    for i, content in enumerate(contents, 1):
        size += len(content)
        if size > AT_ONCE or i == len(contents):
            found += _read(contents[first:i])
            first, size = i, 0
    return found


def _read(contents: Sequence[str]) -> list[Reading]:
    plain = [*map(_plain, contents)]
    drafts = {i: drafted(contents[i]) for i in _strange(plain)}
    texts = [drafts[i].cased.text if i in drafts else text or "" for i, text in enumerate(plain)]
    stand_ins = _StandIns()
    signs = {i: stand_ins.of(text) for i, text in enumerate(texts) if not text.isascii()}
    for i, found in signs.items():
        if found is None and i not in drafts:
            drafts[i] = _draft(contents[i], texts[i])
        texts[i] = "" if found is None else exchanged(texts[i], found)
    together = _Together(texts, {i: found for i, found in signs.items() if found})
    return [
        drafts[i].reading(content, _normal_form(drafts[i]))
        if signs.get(i, _NO_SIGNS) is None
        else together.reading(i, content, drafts.get(i))
        for i, content in enumerate(contents)
    ]


def _plain(content: str) -> str | None:
    """What it says, if each character stands for one by itself; else None."""
    if len(content) > MAX_CHARS or _BEFORE in content or may_be_markup(content):
        return None
    if content.isascii():
        return content
    return None if "&" in content else simply_folded(content)


def _strange(plain: Sequence[str | None]) -> list[int]:
    """Those in which something may stand for something else."""
    laid = _Laid([text if text and text.isascii() else "" for text in plain])
    strange = laid.having(_strange_places(laid.data))
    return [i for i, text in enumerate(plain) if text is None or i in strange]


def _draft(content: str, cased: str) -> Draft:
    """A text of which nothing but single letters had to be folded."""
    return Draft(Page(Traced(content)), Traced(cased), defaultdict(list), len(content))


class _StandIns:
    """For each sign beyond ASCII a byte that stands for it while texts are read together."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}

    def of(self, text: str) -> Mapping[str, str] | None:
        """Those of a text; None if it has letters beyond ASCII, or there are too many signs."""
        others = strange_in(text)
        if not all(map(_is_sign, others)) or len(self._of.keys() | others) > 256 - _FIRST:
            return None
        for char in others - self._of.keys():
            self._of[char] = chr(_FIRST + len(self._of))
        return {char: self._of[char] for char in others}


@lru_cache(maxsize=MAX_CACHED)
def _is_sign(char: str) -> bool:
    """Neither letter, digit, blank nor dot: nothing that is undone asks for more. None has case."""
    return not (char.isalnum() or char.isspace() or char == FULL_STOP)


class _Together:
    """Texts in ASCII, folded, and their normal forms; in some of them bytes stand for signs."""

    def __init__(self, texts: Sequence[str], stand_ins: Mapping[int, Mapping[str, str]]) -> None:
        laid = _Laid(texts)
        lower = laid.data.lower()
        self._cased = _apart(laid.data)
        self._linked = laid.having(_addresses(lower))
        self._spaced = laid.having(_spaced(lower))
        leet, posing = _leet(laid, lower)
        spelled = np.frombuffer(lower, np.uint8).copy()
        spelled[leet] = _SPELLED.take(spelled.take(leet))
        dropped, repeated = _repeated(spelled)
        kept = np.ones(len(spelled), np.bool_)
        kept[dropped] = False
        self._normal = _apart(spelled.compress(kept).tobytes())
        for i, found in stand_ins.items():
            signs = {stand_in: sign for sign, stand_in in found.items()}
            self._cased[i] = exchanged(self._cased[i], signs)
            self._normal[i] = exchanged(self._normal[i], signs)
        self._leet, self._dropped, self._repeats = map(laid.inside, (posing, dropped, repeated))

    def reading(self, i: int, content: str, draft: Draft | None) -> Reading:
        """How one of them reads."""
        if draft or i in self._linked or i in self._spaced:
            return self._drafted(i, content, draft)
        undone: dict[str, list[int]] = {}
        visible, text = Traced(content), self._cased[i]
        cased = visible if text == content else Traced(text)
        changed = i in self._leet or i in self._dropped
        normal = self._normal_form(i, cased, undone) if changed else Traced(self._normal[i])
        return Reading(content, content, text, normal.text, (), 0, (), undone, 0,
                       visible, cased, normal)  # fmt: skip

    def _drafted(self, i: int, content: str, draft: Draft | None) -> Reading:
        """How one reads that has been drafted, has spaced letters or may have links."""
        linked, spaced = i in self._linked, i in self._spaced
        draft = draft or _draft(content, self._cased[i])
        normal = _normal_form(draft) if spaced else self._normal_form(i, draft.cased, draft.found)
        return draft.reading(content, normal, may_link=linked)

    def _normal_form(self, i: int, cased: Traced, found: dict[str, list[int]]) -> Traced:
        """The normal form of one whose letters are not spaced; `found` is told what was undone."""
        if i in self._leet:
            found["leet"] = [*map(cased.place, self._leet[i])]
        if i in self._repeats:
            found["repeats"] = [*map(cased.place, self._repeats[i])]
        if i in self._dropped:
            return Traced(self._normal[i], Kept(cased, self._dropped[i]))
        return Traced(self._normal[i], cased.places)


def _normal_form(draft: Draft) -> Traced:
    return normal_form(draft.cased, draft.found)


class _Laid:
    """Texts in ASCII and stand-ins laid end to end, with all blanks alike."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.data = _BEFORE.join(("", *texts, "")).encode("latin-1").translate(SPACES)
        self._firsts = firsts(texts)

    def texts_of(self, places: Numbers) -> Numbers:
        """The texts in which these places are."""
        found: Numbers = self._firsts.searchsorted(places, side="right") - 1
        return found

    def alike(self, places: Numbers, told: Bools) -> Bools:
        """Which of the places are in a text with any that is told."""
        texts = self.texts_of(places)
        some = np.zeros(len(self._firsts), np.bool_)
        some[texts[told]] = True
        return some.take(texts)

    def having(self, places: Numbers) -> set[int]:
        """The texts in which some of these places are."""
        return {*self.texts_of(places).tolist()}

    def inside(self, places: Numbers) -> dict[int, list[int]]:
        """The rising places in each text that has some, counted from its beginning."""
        texts = self.texts_of(places)
        inside = (places - self._firsts.take(texts)).tolist()
        cuts = (texts[1:] != texts[:-1]).nonzero()[0] + 1
        parts = pairwise([0, *cuts.tolist(), len(inside)] if inside else [])
        return {int(texts[first]): inside[first:last] for first, last in parts}


def firsts(texts: Sequence[str]) -> Numbers:
    """Where each text begins that is laid behind the others, each with one character in front, and
    where one more would begin."""
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    return np.append(0, (sizes + 1).cumsum()) + 1


def _apart(laid: bytes) -> list[str]:
    """The texts that lie end to end."""
    return laid.decode("latin-1").split(_BEFORE)[1:-1]


def _strange_places(laid: bytes) -> Numbers:
    """Where something may stand for something else: markup, entities, control characters."""
    entities = [found.start() for found in ENTITY.finditer(laid.decode())]
    return joined(_told(laid, _STRANGE).nonzero()[0], entities)


def _addresses(lower: bytes) -> Numbers:
    """Where a link may be written."""
    bare = [end.start() for end in _BARE_END.finditer(lower) if end[1].decode() in BARE_ENDS]
    return np.array([*bare, *places_of(lower, b"://"), *places_of(lower, b"www.")], np.int64)


def _spaced(lower: bytes) -> Numbers:
    """Where letters may stand apart."""
    gaps = [found.start() for found in _SPACED.finditer(lower.translate(_SHAPE))]
    return np.array([*gaps, *places_of(lower, b"|")], np.int64)


def _leet(laid: _Laid, lower: bytes) -> tuple[Numbers, Numbers]:
    """Where signs stand for letters, and which of them inside a word: as `text` finds them."""
    data = np.frombuffer(lower, np.uint8)
    at = _told(lower, _POSING).nonzero()[0]
    before, after = _LETTER.take(data.take(at - 1)), _LETTER.take(data.take(at + 1))
    posing = before & after | ~_SIGN.take(data.take(at))
    posing &= laid.alike(at, before | after)
    at = at[posing]
    first, last = _words(lower, at)
    signs = _told(lower, _NO_LETTER).nonzero()[0]
    fits = _spell_words(lower, signs, first, last)
    at, first, last = at[fits], first[fits], last[fits]
    before = at - first > _count(signs, first, at)
    behind = last - at > _count(signs, at, last)
    return at, at[before & behind]


def _words(lower: bytes, at: Numbers) -> tuple[Numbers, Numbers]:
    """Where the words around these places begin and end."""
    edges = _told(lower, _EDGE).nonzero()[0]
    behind = edges.searchsorted(at)
    return edges.take(behind - 1) + 1, edges.take(behind)


def _spell_words(lower: bytes, signs: Numbers, first: Numbers, last: Numbers) -> Bools:
    """Which words may be spelled with other signs: short ones, mostly of letters, in no address."""
    data, size = np.frombuffer(lower, np.uint8), last - first
    lines, ats = ((data == ord(sign)).nonzero()[0] for sign in "_@")
    no_letters, lines, ats = (_count(places, first, last) for places in (signs, lines, ats))
    mail = (ats > 0) & (data.take(last) == ord("."))
    sound = ~_ADDRESS.take(data.take(first - 1)) & (lines == 0) & ~mail
    letters = size - no_letters
    found: Bools = sound & (size >= 3) & (size <= 40) & (letters >= 2) & (letters >= no_letters)
    return found


def _count(places: Numbers, first: Numbers, last: Numbers) -> Numbers:
    """How many of the rising places lie from each first one to the last."""
    found: Numbers = places.searchsorted(last) - places.searchsorted(first)
    return found


def _repeated(data: Bytes) -> tuple[Numbers, Numbers]:
    """Where blanks stand behind another, other characters behind two of their kind; and what of
    that is said for effect: the third of its kind."""
    same = (data[1:] == data[:-1]).nonzero()[0] + 1
    signs = data.take(same)
    third = data.take(same - 2) == signs
    blank = signs == ord(" ")
    several = third & _SQUEEZED.take(signs)
    return same[blank | several], same[several | (third & blank)]


def _told(text: bytes, table: Bools) -> Bools:
    """What a table tells of each byte of a text."""
    return np.frombuffer(text.translate(table.tobytes()), np.bool_)


def joined(places: Numbers, others: Sequence[int]) -> Numbers:
    """The places and others behind them, of which there may be none."""
    return np.append(places, np.array(others, np.int64))


def _table(chars: Iterable[str]) -> Bools:
    """True at the bytes of these characters."""
    table = np.zeros(256, np.bool_)
    table[[*map(ord, chars)]] = True
    return table


_ASCII = [*map(chr, range(1, 128))]
_LETTERS = [*filter(str.isalpha, _ASCII)]
_DIGITS = "0123456789"
_STRANGE = _table(c for c in _ASCII if not (c.isprintable() or c.isspace()))
_LETTER = _table(_LETTERS)
_SQUEEZED = ~_table([_BEFORE, " ", "w", *_DIGITS])
_POSING = _table(c for c in LEET if c != "|")
_SIGN = _table("@!")
_NO_LETTER = _table(f"@!${_DIGITS}")
_EDGE = ~_table([*_LETTERS, *_DIGITS, *"_@$!|"])
_ADDRESS = _table([".", *IN_ADDRESS])
_SPELLED = np.array([ord(LEET.get(chr(code), chr(code))) for code in range(256)], np.uint8)
