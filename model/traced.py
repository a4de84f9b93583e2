"""Text that remembers where in the original each of its characters came from."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain, pairwise
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

    def place(self, at: int) -> int:
        """Where one code point begins."""
        return self.offsets()[0][at]


class Kept(Places):
    """The places of what is left of a text: of a few code points told without all others'."""

    __slots__ = ("_before", "_dropped")

    def __init__(self, before: "Traced", dropped: Sequence[int]) -> None:
        super().__init__(partial(_without, before, dropped))
        self._before, self._dropped = before, dropped

    def place(self, at: int) -> int:
        """Where one code point begins: as many further as were dropped up to it."""
        behind = bisect_right(range(len(self._dropped)), at, key=lambda i: self._dropped[i] - i)
        return self._before.place(at + behind)


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
        return at if self.places is None else self.places.place(at)

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


def _without(before: Traced, dropped: Sequence[int]) -> tuple[Offsets, Offsets]:
    starts, ends = map(numbers, before.offsets())
    kept = [slice(a + 1, b) for a, b in pairwise([-1, *dropped, len(starts)]) if a + 1 < b]
    several = [[*chain.from_iterable([each[part] for part in kept])] for each in (starts, ends)]
    return several[0], several[1]


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
