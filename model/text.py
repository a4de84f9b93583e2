"""What a comment says: the text a reader sees, and its normal form with disguises undone.

Content as sent -> visible text -> normal form, each linear in its length and each
remembering where its characters came from. Nothing here can fail: every string is accepted.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from model.folding import FOLDED, forwards, undone, unmixed
from model.links import Link, host_of, links
from model.traced import Edit, Traced
from model.verdict import Span
from model.visible import visible

__all__ = ["MAX_CHARS", "Link", "Reading", "host_of", "read"]

MAX_CHARS = 32_000
"""Code points of content, and of normal form, that are looked at; the rest is only counted."""

_SPACES = str.maketrans(dict.fromkeys("\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f", " "))
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")

# Single letters, each behind a separator: every attempt stops after three groups at most or
# goes on to the end of the run, so time is linear.
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ ._*\-+~|/\\,]{1,3}+){3,}(?:[^\W\d_](?![^\W_]))?")
_LETTER = re.compile(r"[^\W\d_]")
_LEET_HINT = re.compile(r"[a-z][013457@$!|89]|[013457@$!|89][a-z]")
_LEET_WORD = re.compile(r"(?<![\w@$!|.])[a-z0-9@$!|]{3,40}+(?![\w@$!|])")
_LEET = dict(zip("01345789@$!|", "oieastbgasil", strict=True))


@dataclass(frozen=True, slots=True)
class Reading:
    """One comment's text as read.

    `visible` is what a reader sees, `cased` the same with each letter as what it stands for,
    `normal` the normal form: all disguises undone, lower case, no blanks in a row.
    `markup` the tags in short. `hidden` counts code points nobody sees, `undone` what was
    done to letters, by kind, `unread` the code points at the end that were not read.
    """

    content: str
    visible: str
    cased: str
    normal: str
    links: tuple[Link, ...]
    hidden: int
    markup: str
    undone: Counter[str]
    unread: int
    _traced: Traced

    def content_span(self, start: int, end: int) -> Span:
        """Where `normal[start:end]` stands in `content`, in code points; (0, 0) for nothing."""
        return self._traced.span(start, end)

    @property
    def template(self) -> bytes:
        """16 bytes that are the same for the same normal form (BLAKE2b)."""
        data = self.normal.encode("utf-8", "replace")
        return hashlib.blake2b(data, digest_size=16, person=b"weir template").digest()


def read(content: str) -> Reading:
    """Read one comment's content, text or HTML, of any length and with any code points."""
    page, end = visible(content[:MAX_CHARS]), min(len(content), MAX_CHARS)
    counts: Counter[str] = Counter({"split": page.split} if page.split else ())
    cased = _folded(page.traced, counts)
    if len(cased.text) > MAX_CHARS:
        starts, ends = cased.offsets()
        cased = Traced(cased.text[:MAX_CHARS], starts[:MAX_CHARS], ends[:MAX_CHARS])
        end = int(ends[MAX_CHARS - 1])  # one sign may stand for a whole phrase
    lower = Traced(cased.text.lower(), cased.starts, cased.ends)
    traced = _joined(lower, counts)
    traced = _spelled(traced, counts)
    traced = _squeezed(traced, counts)
    return Reading(
        content=content,
        visible=page.traced.text,
        cased=cased.text,
        normal=traced.text,
        links=links(page, cased),
        hidden=page.hidden,
        markup=page.markup,
        undone=counts,
        unread=len(content) - end,
        _traced=traced,
    )


def _folded(traced: Traced, counts: Counter[str]) -> Traced:
    """Each character as what it stands for, lookalikes as what they pose as."""
    text = traced.text
    if text.isascii() and not _CONTROLS.search(text):
        return Traced(text.translate(_SPACES), traced.starts, traced.ends)
    if turned := forwards(text):
        counts["invisible"] += len(turned)
        traced = traced.edited(turned)
        text = traced.text
    folded = traced.mapped([FOLDED[char] for char in text])
    if folded.text != text:
        counts.update(undone(text))
    if not folded.text.isascii() and (edits := unmixed(folded.text)):
        counts["confusable"] += len(edits)
        folded = folded.edited(edits)
    return folded


def _joined(traced: Traced, counts: Counter[str]) -> Traced:
    """Spaced-out letters as words: "c a s i n o", "v.i.a.g.r.a"."""
    edits: list[Edit] = []
    for run in _SPACED.finditer(traced.text):
        places = [run.start() + found.start() for found in _LETTER.finditer(run.group())]
        gaps = [(a + 1, b) for a, b in pairwise(places)]
        if len(gaps) < 3:
            continue
        left = _between(traced.text, gaps)
        edits += [(start, end, said) for (start, end), said in zip(gaps, left, strict=True)]
        counts["spaced"] += len(gaps)
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


def _spelled(traced: Traced, counts: Counter[str]) -> Traced:
    """Digits and signs as the letters they stand for, inside words: "fr33", "ca$h"."""
    if not _LEET_HINT.search(traced.text):
        return traced
    edits: list[Edit] = []
    for match in _LEET_WORD.finditer(traced.text):
        word, start = match.group(), match.start()
        if "@" in word and traced.text[match.end() : match.end() + 1] == ".":
            continue
        letters = sum(map(str.isalpha, word))
        if letters < 2 or letters < len(word) - letters:
            continue
        signs = [i for i, char in enumerate(word) if _is_leet(word, i, char)]
        counts["leet"] += sum(0 < i < len(word) - 1 for i in signs)
        edits += [(start + i, start + i + 1, _LEET[word[i]]) for i in signs]
    return traced.edited(edits) if edits else traced


def _is_leet(word: str, i: int, char: str) -> bool:
    if char not in _LEET:
        return False
    if char.isdigit() or char == "$":
        return True
    return word[i - 1 : i].isalpha() and word[i + 1 : i + 2].isalpha()


def _squeezed(traced: Traced, counts: Counter[str]) -> Traced:
    """Runs of blanks as one, of any letter or sign but digits (and "www") as two."""
    text = traced.text
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    same = codes[1:] == codes[:-1]
    third = same[1:] & same[:-1]
    if "  " not in text and not third.any():
        return traced
    exempt = ((codes >= ord("0")) & (codes <= ord("9"))) | (codes == ord("w"))
    drop = np.zeros(len(codes), dtype=np.bool_)
    drop[2:] = third & ~exempt[2:]
    repeats = int(drop.sum())
    drop[1:] |= same & (codes[1:] == ord(" "))
    if not drop.any():
        return traced
    if repeats:
        counts["repeats"] = repeats
    keep = ~drop
    return traced.kept(keep, codes[keep].tobytes().decode("utf-32-le", "surrogatepass"))
