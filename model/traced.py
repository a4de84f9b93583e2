"""Text that remembers where in the original each of its characters came from."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int32]
Edit = tuple[int, int, str]
"""Start and end (start < end) of what is replaced, and what takes its place."""


@dataclass(frozen=True, slots=True)
class Traced:
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
        return int(self.starts[start]), int(self.ends[end - 1])

    def place(self, at: int) -> int:
        """Where the code point `text[at]` came from."""
        return at if self.starts is None else int(self.starts[at])

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The part of `text` that came from these code points of the original."""
        if self.starts is None:
            return start, min(end, len(self.text))
        first, last = map(int, np.searchsorted(self.starts, (start, end)))
        return first, max(first, last)

    def offsets(self) -> tuple[Offsets, Offsets]:
        """The start and end of every code point, spelled out."""
        if self.starts is None or self.ends is None:
            count = np.arange(len(self.text) + 1, dtype=np.int32)
            return count[:-1], count[1:]
        return self.starts, self.ends

    def edited(self, edits: Iterable[Edit]) -> "Traced":
        """With every edit made; edits are in order and don't overlap. Linear time."""
        pieces, lengths, at = [], np.ones(len(self.text), dtype=np.int32), 0
        starts, ends = self.offsets()
        ends = ends.copy()
        for start, end, replacement in edits:
            pieces += [self.text[at:start], replacement]
            lengths[start:end] = 0
            lengths[start] = len(replacement)
            ends[start] = ends[end - 1]
            at = end
        pieces.append(self.text[at:])
        return Traced("".join(pieces), np.repeat(starts, lengths), np.repeat(ends, lengths))

    def mapped(self, parts: list[str]) -> "Traced":
        """With the i-th code point replaced by `parts[i]`, which may be empty."""
        text = "".join(parts)
        if len(text) == len(parts) and all(parts):
            return Traced(text, self.starts, self.ends)
        lengths = np.fromiter(map(len, parts), dtype=np.int32, count=len(parts))
        starts, ends = self.offsets()
        return Traced(text, np.repeat(starts, lengths), np.repeat(ends, lengths))

    def kept(self, keep: NDArray[np.bool_], text: str) -> "Traced":
        """With only the code points where `keep` is true; `text` is what that leaves."""
        starts, ends = self.offsets()
        return Traced(text, starts[keep], ends[keep])
