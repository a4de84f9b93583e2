"""An attacker who may ask: greedy black-box search over disguises and good words.

After Lowd and Meek, "Good Word Attacks on Statistical Spam Filters" (CEAS 2005), with
whole-word disguises added; the attacker sees the probability, which Weir does show.
"""

import re
from collections.abc import Callable, Sequence
from random import Random

from benchmarks.attacks import letters
from benchmarks.attacks.letters import Change

Ask = Callable[[str], float]

_WORD = re.compile(r"[^\W\d_]{3,}")

TRICKS: tuple[Change, ...] = tuple(
    change
    for group in (
        letters.COMPATIBLE, letters.INVISIBLE, letters.MARKED, letters.CONFUSED, letters.HELD_OUT,
        letters.LEET, letters.SPACED, letters.SPELLED,
    )
    for change in group.values()
)  # fmt: skip


def attack(text: str, ask: Ask, good: Sequence[str], queries: int, rng: Random) -> list[float]:
    """The lowest probability reached after each query, the text as it was first."""
    lowest = [ask(text)]
    for _ in range(queries):
        tried = _changed(text, good, rng)
        said = ask(tried)
        if said < lowest[-1]:
            text = tried
        lowest.append(min(said, lowest[-1]))
    return lowest


def _changed(text: str, good: Sequence[str], rng: Random) -> str:
    """One step: a trick on one word or on the whole text, or good words at either end."""
    step = rng.random()
    if step < 0.4 and (words := list(_WORD.finditer(text))):
        word = rng.choice(words)
        return text[: word.start()] + rng.choice(TRICKS)(word.group(), rng) + text[word.end() :]
    if step < 0.6:
        return rng.choice(TRICKS)(text, rng)
    extra = " ".join(rng.choice(good).split()[:12])
    return f"{extra} {text}" if step < 0.8 else f"{text} {extra}"
