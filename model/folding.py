"""One character at a time: compatibility forms, invisible code points, marks, lookalikes."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from model.confusables import CYRILLIC, LATIN
from model.traced import Edit

MAX_EXPANSION = 4
"""U+FDFA stands for 18 letters: one code point may not weigh as much as a sentence."""

MAX_CACHED = 20_000

_FILLERS = frozenset("\u034f\u2065\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_IGNORABLE = (range(0xFE00, 0xFE10), range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000))
_GENERIC_MARKS = (
    range(0x300, 0x370), range(0x483, 0x48A), range(0x1AB0, 0x1B00), range(0x1DC0, 0x1E00),
    range(0x20D0, 0x2100), range(0xFE20, 0xFE30), range(0x591, 0x5C8), range(0x610, 0x61B),
    range(0x64B, 0x660), range(0x6D6, 0x6EE),
)  # fmt: skip
_PLAIN = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "⁄": "/", "•": ".",
    "·": ".", "⠀": " ", "…": "...", "ϲ": "c", "Ϲ": "C", "℮": "e", "×": "x", "₳": "A", "฿": "B",
    "₵": "C", "₣": "F", "₲": "G", "₭": "K", "₥": "m", "₦": "N", "₱": "P", "₮": "T", "₩": "W",
    "₴": "S", "℘": "p",
}  # fmt: skip


class _Folding(dict[str, str]):
    """A character -> what it stands for, worked out when first met. Never grows past a bound."""

    def __missing__(self, char: str) -> str:
        folded = _fold(char)
        if len(self) < MAX_CACHED:
            self[char] = folded
        return folded


def _fold(char: str) -> str:
    if char in _PLAIN:
        return _PLAIN[char]
    if is_invisible(char) or _is_generic_mark(char):
        return ""
    if char.isspace():
        return " "
    if unicodedata.name(char, "").startswith("PARENTHESIZED LATIN"):
        return _named(char)
    apart = unicodedata.normalize("NFKD", char)
    if not apart.isascii():
        bare = "".join(part for part in apart if not _is_generic_mark(part))
        apart = bare if bare.isascii() else unicodedata.normalize("NFKC", char)
    folded = apart if apart.isascii() else "".join(_named(part) for part in apart)
    return folded[:MAX_EXPANSION]


def is_invisible(char: str) -> bool:
    """Default-ignorable code points, controls and lone surrogates: they draw nothing."""
    category = unicodedata.category(char)
    if category in ("Cf", "Cs") or (category == "Cc" and not char.isspace()):
        return True
    return char in _FILLERS or any(ord(char) in block for block in _IGNORABLE)


def _is_generic_mark(char: str) -> bool:
    return any(ord(char) in block for block in _GENERIC_MARKS)


def _named(char: str) -> str:
    """A Latin letter in fancy dress (small capital, circled, struck through) by its own name."""
    name = unicodedata.name(char, "")
    if "LATIN" not in name and "REGIONAL INDICATOR" not in name:
        return char
    last = name.split(" WITH ")[0].split()[-1]
    if len(last) > 1 or char in LATIN:
        return char
    return last if "REGIONAL" in name else last.lower()


_BACKWARDS = re.compile("\u202e([^\u202c-\u202e]*+)\u202c?")


def forwards(text: str) -> list[Edit]:
    """Edits that turn text written backwards, and shown forwards, as a reader sees it."""
    if "\u202e" not in text:
        return []
    return [(*run.span(), run.group(1)[::-1]) for run in _BACKWARDS.finditer(text)]


_UNFOLDED = bytes(range(32, 127))
FOLDED = _Folding({char: char for char in _UNFOLDED.decode()})


def strange_in(text: str) -> set[str]:
    """The characters that may stand for something else."""
    data = text.encode("utf-8", "surrogatepass").translate(None, _UNFOLDED)
    return set(data.decode("utf-8", "surrogatepass"))


_STACKED = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]")


def undone(text: str, strange: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Which of its strange characters are `invisible`, `marks` or `fancy` disguises, and where
    they stand.

    An emoji joiner, a soft hyphen or one accent is no disguise: an invisible character
    counts between letters only, a mark only on top of another.
    """
    if not any(map(_UNDONE.__getitem__, strange)):
        return
    before, unseen = "", -1
    for place, char in enumerate(text):
        folded = FOLDED[char]
        if folded == "":
            if _STACKED.match(char):
                if before and _STACKED.match(before):
                    yield "marks", place
            elif char != "\xad" and before.isalpha() and before.isascii():
                unseen = place
        else:
            if unseen >= 0 and char.isalpha():
                yield "invisible", unseen
            unseen = -1
            if char > "\xff" and _is_sign_for_one(folded) and _is_fancy(char):
                yield "fancy", place
        before = char


class _Undone(dict[str, bool]):
    """Whether a character may be a disguise: what vanishes, and letters drawn otherwise."""

    def __missing__(self, char: str) -> bool:
        folded = FOLDED[char]
        may_be = not folded or (char > "\xff" and _is_sign_for_one(folded) and _is_fancy(char))
        if len(self) < MAX_CACHED:
            self[char] = may_be
        return may_be


_UNDONE = _Undone()


class _Simple(dict[str, str]):
    """A character -> the one it stands for, if it is one and nothing may be a disguise."""

    def __missing__(self, char: str) -> str:
        folded = FOLDED[char]
        simple = folded if len(folded) == 1 and folded not in LATIN and not _UNDONE[char] else ""
        if len(self) < MAX_CACHED:
            self[char] = simple
        return simple


SIMPLE = _Simple()


def _is_sign_for_one(folded: str) -> bool:
    return len(folded) == 1 and folded.isascii() and folded.isalnum()


def _is_fancy(char: str) -> bool:
    """A letter drawn otherwise, rather than one with an accent that a language needs."""
    first = unicodedata.normalize("NFD", char)[0]
    name = unicodedata.name(first, "")
    return not first.isascii() and not name.startswith(("LATIN SMALL", "LATIN CAPITAL", "REGIONAL"))


_WORDS = re.compile(r"[^\W\d_]+")
_LIVING = (range(0x370, 0x700), range(0xB00, 0xB80), range(0x1000, 0x1400), range(0x1E00, 0x2000))
"""Scripts with lookalikes in which comments are written: Greek to Arabic, Oriya, Burmese, ..."""
_POSING_ONLY = re.compile(
    "[" + "".join(c for c in LATIN if not any(ord(c) in block for block in _LIVING)) + "]"
)
_GREEK, _CYRILLIC = re.compile("[\u0370-\u03ff]"), re.compile("[\u0400-\u052f]")


def posing(several: Iterable[str]) -> bool:
    """Whether there are lookalikes among them, which `unmixed` may turn."""
    return not LATIN.keys().isdisjoint("".join(several))


def unmixed(text: str) -> list[Edit]:
    """Edits that turn lookalike letters into the letters they pose as.

    A word that mixes scripts is written in the one whose unmistakable letters it has; a word
    of lookalikes only is Latin where the comment is. Genuine Russian or Greek stays as it is.
    """
    words = [word for word in _WORDS.finditer(text) if not word.group().isascii()]
    letters = {char: text.count(char) for char in set(text) if char.isalpha()}
    latin = sum(count for char, count in letters.items() if char.isascii())
    foreign = sum(
        count for char, count in letters.items() if not char.isascii() and char not in LATIN
    )
    edits: list[Edit] = []
    for word in words:
        edits += _unmixed_word(word.group(), word.start(), mostly_latin=latin > foreign)
    return edits


def _unmixed_word(word: str, start: int, *, mostly_latin: bool) -> list[Edit]:
    has_latin = any(char.isascii() and char.lower() not in CYRILLIC for char in word)
    genuine = [char for char in word if not char.isascii() and char not in LATIN]
    if not has_latin and (any(map(_CYRILLIC.match, genuine)) or _is_cyrillic(word, mostly_latin)):
        posing = {char: letter for char in set(word) if (letter := _as_cyrillic(char))}
    elif genuine and not has_latin and not _POSING_ONLY.search(word):
        return []
    elif has_latin or mostly_latin or _POSING_ONLY.search(word) or _mixes(word):
        posing = LATIN
    else:
        return []
    return [
        (start + i, start + i + 1, posing[char]) for i, char in enumerate(word) if char in posing
    ]


def _mixes(word: str) -> bool:
    """No genuine word has Greek and Cyrillic letters."""
    return bool(_GREEK.search(word) and _CYRILLIC.search(word))


def _is_cyrillic(word: str, mostly_latin: bool) -> bool:
    """A word of lookalikes only, in a comment that is not Latin."""
    return not mostly_latin and bool(_CYRILLIC.search(word)) and not _GREEK.search(word)


def _as_cyrillic(char: str) -> str:
    """What a letter from elsewhere poses as in a Russian word, if anything."""
    return "" if _CYRILLIC.match(char) else CYRILLIC.get(LATIN.get(char, char.lower()), "")
