"""Text that remembers where in the original each of its characters came from."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Offsets = Sequence[int]
Edit = tuple[int, int, str]
"""Start and end (start < end) of what is replaced, and what takes its place."""


class Traced(NamedTuple):
    """`text`, and for each of its code points the start and end in the original.

    Both are None while text and original are the same, which is the usual case and free.
    """

    text: str
    starts: Offsets | None = None
    ends: Offsets | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` came from, in code points of the original."""
        start, end = max(0, start), min(end, len(self.text))
        if start >= end:
            return (0, 0)
        if self.starts is None or self.ends is None:
            return (start, end)
        return self.starts[start], self.ends[end - 1]

    def place(self, at: int) -> int:
        """Where the code point `text[at]` came from."""
        return at if self.starts is None else self.starts[at]

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The part of `text` that came from these code points of the original."""
        if self.starts is None:
            return start, min(end, len(self.text))
        first = bisect_left(self.starts, start)
        return first, bisect_left(self.starts, end, first)

    def offsets(self) -> tuple[Offsets, Offsets]:
        """The start and end of every code point, spelled out."""
        if self.starts is None or self.ends is None:
            return range(len(self.text)), range(1, len(self.text) + 1)
        return self.starts, self.ends

    def edited(self, edits: Iterable[Edit]) -> "Traced":
        """With every edit made; edits are in order and don't overlap. Linear time."""
        pieces, starts, ends, at = list[str](), list[int](), list[int](), 0
        old_starts, old_ends = self.offsets()
        for start, end, replacement in edits:
            pieces += self.text[at:start], replacement
            starts += old_starts[at:start]
            ends += old_ends[at:start]
            if replacement:
                starts += [old_starts[start]] * len(replacement)
                ends += [old_ends[end - 1]] * len(replacement)
            at = end
        pieces.append(self.text[at:])
        starts += old_starts[at:]
        ends += old_ends[at:]
        return Traced("".join(pieces), starts, ends)

    def mapped(self, parts: Sequence[str]) -> "Traced":
        """With the i-th code point replaced by `parts[i]`, which may be empty."""
        text = "".join(parts)
        if len(text) == len(parts) and all(parts):
            return Traced(text, self.starts, self.ends)
        starts, ends = self.offsets()
        return Traced(
            text,
            [start for start, part in zip(starts, parts, strict=True) for _ in part],
            [end for end, part in zip(ends, parts, strict=True) for _ in part],
        )
