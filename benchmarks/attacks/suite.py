"""Every attack by name, with what it may cost at most."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.attacks import letters, markup, words
from benchmarks.attacks.letters import Change

LOWERED = 0.02
"""A disguise that a reader cannot see may lower the spam probability by this much at most."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack. `points`: the most it may take from the recall at 1 % false positives;
    `lowered`: the most spam (share) whose probability it may lower by more than LOWERED."""

    group: str
    name: str
    change: Change
    points: float | None = None
    lowered: float | None = None


def attacks(good: Sequence[str]) -> list[Attack]:
    """The whole suite; `good` are good comments that the attacker has read."""
    unseen = {
        "alphabets": letters.COMPATIBLE, "invisible": letters.INVISIBLE,
        "backwards": letters.BACKWARDS, "entities": markup.ENTITIES, "hidden": markup.HIDDEN,
        "split tags": markup.SPLIT,
    }  # fmt: skip
    return [
        *_all(unseen, points=0.5, lowered=0.01),
        *_all({"marks": letters.MARKED}, points=2),
        Attack("lookalikes", "confusables 50 %", letters.CONFUSED["confusables 50 %"], 3),
        Attack("lookalikes", "confusables 100 %", letters.CONFUSED["confusables 100 %"], 6),
        *_all({"unlisted": letters.HELD_OUT, "fancy fonts": letters.FANCY}),
        *_all({"leet": letters.LEET, "spaced": letters.SPACED, "mixed": letters.MIXED}, points=4),
        *_all({"spelling": letters.SPELLED, "shapes": markup.SHAPED, "links": words.LINKED}),
        *(
            Attack("good words", name, change, 8 if name == "good words in front x5" else None)
            for name, change in words.padded(good).items()
        ),
    ]


def _all(
    groups: dict[str, dict[str, Change]], points: float | None = None, lowered: float | None = None
) -> list[Attack]:
    return [
        Attack(group, name, change, points, lowered)
        for group, changes in groups.items()
        for name, change in changes.items()
    ]
