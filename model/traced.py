"""Text that remembers where in the original each of its characters came from."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

Offsets = Sequence[int]
Edit = tuple[int, int, str]
"""Start and end (start < end) of what is replaced, and what takes its place."""


class Places:
    """The start and end in the original of every code point of a text.

    Worked out when first asked for: of most comments nobody ever asks.
    """

    __slots__ = ("_found", "_work_out")

    def __init__(self, work_out: Callable[[], tuple[Offsets, Offsets]]) -> None:
        self._work_out = work_out
        self._found: tuple[Offsets, Offsets] | None = None

    def offsets(self) -> tuple[Offsets, Offsets]:
        """The starts, and the ends. Whichever of two threads is later finds the same again."""
        if self._found is None:
            self._found = self._work_out()
        return self._found


class Traced(NamedTuple):
    """`text`, and where in the original its code points stand: None while they are the same."""

    text: str
    places: Places | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` came from, in code points of the original."""
        start, end = max(0, start), min(end, len(self.text))
        if start >= end:
            return (0, 0)
        starts, ends = self.offsets()
        return starts[start], ends[end - 1]

    def place(self, at: int) -> int:
        """Where the code point `text[at]` came from."""
        return at if self.places is None else self.places.offsets()[0][at]

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The part of `text` that came from these code points of the original."""
        if self.places is None:
            return start, min(end, len(self.text))
        starts = self.places.offsets()[0]
        first = bisect_left(starts, start)
        return first, bisect_left(starts, end, first)

    def offsets(self) -> tuple[Offsets, Offsets]:
        """The start and end of every code point, spelled out."""
        if self.places is None:
            return range(len(self.text)), range(1, len(self.text) + 1)
        return self.places.offsets()

    def first(self, size: int) -> "Traced":
        """No more than the first `size` code points."""
        starts, ends = self.offsets()
        return Traced(self.text[:size], Places(lambda: (starts[:size], ends[:size])))

    def edited(self, edits: Sequence[Edit]) -> "Traced":
        """With every edit made; edits are in order and don't overlap. Linear time."""
        pieces: list[str] = []
        at = 0
        for start, end, replacement in edits:
            pieces += self.text[at:start], replacement
            at = end
        pieces.append(self.text[at:])
        return Traced("".join(pieces), Places(partial(_edited, self, edits)))

    def later(self, text: str, edits: Callable[[], Sequence[Edit]]) -> "Traced":
        """`text`, which the edits make of this one; they are worked out if a place is asked for."""
        return Traced(text, Places(lambda: _edited(self, edits())))

    def mapped(self, parts: Sequence[str]) -> "Traced":
        """With the i-th code point replaced by `parts[i]`, which may be empty."""
        text = "".join(parts)
        if len(text) == len(parts) and all(parts):
            return Traced(text, self.places)
        starts, ends = self.offsets()
        behind = (
            [start for start, part in zip(starts, parts, strict=True) for _ in part],
            [end for end, part in zip(ends, parts, strict=True) for _ in part],
        )
        return Traced(text, Places(lambda: behind))


def _edited(before: Traced, edits: Iterable[Edit]) -> tuple[Offsets, Offsets]:
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    old_starts, old_ends = map(numbers, before.offsets())
    for start, end, replacement in edits:
        starts += old_starts[at:start]
        ends += old_ends[at:start]
        if replacement:
            starts += [old_starts[start]] * len(replacement)
            ends += [old_ends[end - 1]] * len(replacement)
        at = end
    starts += old_starts[at:]
    ends += old_ends[at:]
    return starts, ends


def numbers(offsets: Offsets) -> Offsets:
    """A range as a list of numbers that are there already: it costs more to make them anew."""
    if isinstance(offsets, range) and offsets.stop <= len(_NUMBERS):
        return _NUMBERS[offsets.start : offsets.stop]
    return offsets


_NUMBERS = [*range(2**15)]
