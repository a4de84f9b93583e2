"""A comment's text as pieces to be shown: words marked by what they weigh, hidden parts revealed.

What people wrote only ever leaves here as strings, which templates escape.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from model.verdict import Reason
from model.visible import visible

LONGEST = 4_000
"""Characters of a comment on a card."""
_TAG = re.compile(r"<!--|-->|<[^<>]*>")
_JOINERS = {"\u200c", "\u200d", "\ufe0f"}  # shape letters and emoji; they deceive nobody


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text. `mark`: up or down with strength 1 to 3 (`up s2`), `hid` for what readers do
    not see, `code` for an invisible character's name, or empty."""

    text: str
    mark: str = ""


def pieces(content: str, reasons: Iterable[Reason], longest: int = LONGEST) -> list[Piece]:
    """The comment as its readers see it, with what is hidden from them in its place."""
    content = content[: longest * 4]
    traced = visible(content).traced
    starts, ends = traced.offsets()
    weights = _weights(reasons, len(content))
    found: list[Piece] = []
    at = 0
    for char, start, end in zip(traced.text[:longest], starts, ends, strict=False):
        if start > at and (hidden := _unseen(content[at:start])):
            found.append(Piece(hidden, "hid"))
        at = max(at, end)
        found.append(_shown(char, weights[min(start, len(weights) - 1)]))
    if len(traced.text) <= longest and (hidden := _unseen(content[at:])):
        found.append(Piece(hidden, "hid"))
    return _joined(found)


def plain(content: str, longest: int = 180) -> str:
    """The beginning of what readers see, on one line; "…" where it goes on."""
    text = visible(content[: longest * 8]).traced.text
    more = "…" if len(text) > longest or len(content) > longest * 8 else ""
    return " ".join(harmless(text[:longest]).split()) + more


def harmless(text: str) -> str:
    """Text without characters that would reorder or hide what stands around it."""
    return "".join("\N{WHITE VERTICAL RECTANGLE}" if _is_invisible(char) else char for char in text)


def _weights(reasons: Iterable[Reason], length: int) -> list[float]:
    """For each code point the weight of the strongest reason that points at it."""
    found = [0.0] * (length + 1)
    for reason in reasons:
        if not reason.weight:
            continue
        for start, end in reason.spans:
            for place in range(max(0, start), min(end, length)):
                if abs(reason.weight) > abs(found[place]):
                    found[place] = reason.weight
    return found


def _shown(char: str, weight: float) -> Piece:
    if _is_invisible(char):
        return Piece(f"U+{ord(char):04X}", "code")
    if char.isspace() or abs(weight) < 0.1:
        return Piece(char, "" if abs(weight) < 0.1 else _mark(weight))
    return Piece(char, _mark(weight))


def _mark(weight: float) -> str:
    strength = 1 + sum(abs(weight) >= limit for limit in (0.4, 1.0))
    return f"{'up' if weight > 0 else 'down'} s{strength}"


def _is_invisible(char: str) -> bool:
    if char.isprintable() or char in "\n\t" or char in _JOINERS:
        return False
    return unicodedata.category(char) in {"Cf", "Cc", "Co", "Cn", "Cs"}


def _unseen(source: str) -> str:
    """The words in a stretch that readers do not see; its tags are no words."""
    text = " ".join(harmless(_TAG.sub(" ", source)).split())
    return text[:300] if any(char.isalnum() for char in text) else ""


def _joined(found: Sequence[Piece]) -> list[Piece]:
    """Neighbours of one kind as one piece, in linear time."""
    if not found:
        return []
    cuts = [n for n, (a, b) in enumerate(pairwise(found), 1)
            if a.mark != b.mark or a.mark == "code"]  # fmt: skip
    runs = pairwise([0, *cuts, len(found)])
    return [Piece("".join(one.text for one in found[a:b]), found[a].mark) for a, b in runs]
