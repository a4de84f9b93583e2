"""The parts of a long text that are scored by themselves."""

from itertools import chain

from model.text import Reading
from model.verdict import Span

WINDOW, STEP = 200, 100
"""Code points of normal form that are scored at once, and from one window to the next."""
MAX_WINDOWS = 64
"""Longer texts get larger windows, not more; but for the whole, its ends and its outer lines."""


def windows_of(reading: Reading) -> list[Span]:
    """The windows of `normal` a comment is scored in, cut at blanks where there are any: steps
    of it, the whole, its first and last step, its first and last line.

    Good words around spam dilute it; in a window of its own it stands out, with its own
    structure (figures in training/EXPERIMENTS.md).
    """
    text, length = reading.normal, len(reading.normal)
    if length <= WINDOW:
        return [(0, length)]
    step = max(STEP, -(-length // MAX_WINDOWS))
    size = step * WINDOW // STEP
    if length <= size:
        return [(0, length)]
    cuts = [(at, min(at + size, length)) for at in range(0, length - size + step, step)]
    cuts += [(0, length), (0, step), (length - step, length)]
    blanks = {at: _blank(text, at) for at in {*chain.from_iterable(cuts)}}
    spans = [(blanks[start], blanks[end]) for start, end in cuts]
    return list(dict.fromkeys(spans + reading.outer_lines(size)))


def _blank(text: str, at: int) -> int:
    """The place behind the last blank before `at`, or `at` if there is none nearby."""
    if at in (0, len(text)):
        return at
    found = text.rfind(" ", max(at - STEP // 2, 0), at)
    return found + 1 if found >= 0 else at
