"""What an attack does to one model: spam caught before and after, and what becomes of it."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from random import Random

import numpy as np
from numpy.typing import NDArray

from benchmarks.attacks.letters import Change
from benchmarks.attacks.suite import LOWERED, Attack
from model.case import History
from model.comment import Comment
from model.judge import judge
from model.policy import Policy
from model.scorer import Scorer
from model.text import read
from model.verdict import Decision

Floats = NDArray[np.float64]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """A model, and comments of a source that it has not seen."""

    name: str
    scorer: Scorer
    good: Sequence[Comment]
    spam: Sequence[Comment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One attack over `n` spam: logits and decisions, each before and after."""

    attack: Attack
    threshold: Floats
    before: Floats
    after: Floats
    accepted_before: float
    accepted_after: float

    @property
    def n(self) -> int:
        """How many attacked texts."""
        return len(self.before)

    @property
    def caught(self) -> tuple[float, float]:
        """Share above the threshold of 1 % false positives on clean text."""
        return _mean(self.before > self.threshold), _mean(self.after > self.threshold)

    @property
    def likely(self) -> tuple[float, float]:
        """Share with a spam probability above one half."""
        return _mean(self.before > 0), _mean(self.after > 0)

    @property
    def lost(self) -> tuple[float, float]:
        """Points of recall lost at 1 % false positives, and half the 95 % interval (paired)."""
        change = (self.before > self.threshold) - (self.after > self.threshold).astype(float)
        return 100 * float(change.mean()), 196 * float(change.std()) / math.sqrt(self.n)

    @property
    def lowered(self) -> float:
        """Share of the texts whose spam probability fell by more than LOWERED."""
        return _mean(sigmoid(self.before) - sigmoid(self.after) > LOWERED)

    @property
    def misses(self) -> list[str]:
        """Every line of the attack that was not reached."""
        said = []
        if self.attack.points is not None and self.lost[0] > self.attack.points:
            said.append(f"{self.lost[0]:.1f} points lost, at most {self.attack.points}")
        if self.attack.lowered is not None and self.lowered > self.attack.lowered:
            said.append(f"{self.lowered:.1%} lowered, at most {self.attack.lowered:.0%}")
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Borne:
    """What became of `n` good comments under one stress."""

    name: str
    n: int
    rejected: int
    held: int
    held_before: int
    moved: float
    """The 99th percentile of the change of probability, either way."""


def sigmoid(logits: Floats) -> Floats:
    """The spam probability of log-odds."""
    return np.asarray(1 / (1 + np.exp(-logits)))


def logits(scorer: Scorer, comments: Iterable[Comment]) -> Floats:
    """The text's log-odds of each comment."""
    return np.array([scorer.score(read(each.content), each).logit for each in comments])


def answers(scorer: Scorer, comments: Iterable[Comment]) -> tuple[Floats, list[Decision]]:
    """The text's log-odds, and what a new site would answer to an unknown author."""
    found, decisions = [], []
    for comment in comments:
        reading = read(comment.content)
        scored = scorer.score(reading, comment)
        said = judge(
            comment, reading, History(), Policy(), scorer, NOW, explain=False, scored=scored
        )
        found.append(scored.logit)
        decisions.append(said.decision)
    return np.array(found), decisions


@cache
def clean(panel: Panel) -> tuple[Floats, float]:
    """The log-odds of the panel's spam as it is, and the share of it accepted."""
    found, decisions = answers(panel.scorer, panel.spam)
    return found, share_accepted(decisions)


def share_accepted(decisions: Sequence[Decision]) -> float:
    """Share that would be published unseen."""
    return decisions.count(Decision.ACCEPT) / max(len(decisions), 1)


def changed(comment: Comment, change: Change, rng: Random) -> Comment:
    """The comment with its text changed, all else as it was."""
    return replace(comment, content=change(comment.content, rng))


def threshold(scorer: Scorer, good: Sequence[Comment], share: float = 0.01) -> float:
    """The log-odds that `share` of these clean good comments exceed."""
    return float(np.quantile(logits(scorer, good), 1 - share, method="higher"))


def measured(
    attack: Attack, panels: Sequence[Panel], thresholds: Sequence[float], seeds: Sequence[int]
) -> Outcome:
    """One attack on the spam of all panels, once per seed."""
    parts = [
        _on_panel(attack, panel, limit, seed)
        for panel, limit in zip(panels, thresholds, strict=True)
        for seed in seeds
    ]
    limits, before, after = (np.concatenate([part[i] for part in parts]) for i in range(3))
    kept = [part[3:] for part in parts]
    return Outcome(
        attack=attack, threshold=limits, before=before, after=after,
        accepted_before=float(np.mean([a for a, _ in kept])),
        accepted_after=float(np.mean([b for _, b in kept])),
    )  # fmt: skip


def _on_panel(
    attack: Attack, panel: Panel, limit: float, seed: int
) -> tuple[Floats, Floats, Floats, float, float]:
    rng = Random(f"{panel.name} {attack.name} {seed}")
    before, let_in = clean(panel)
    worn = [changed(comment, attack.change, rng) for comment in panel.spam]
    after, decisions = answers(panel.scorer, worn)
    return np.full(len(worn), limit), before, after, let_in, share_accepted(decisions)


def borne(
    name: str,
    panel: Panel,
    change: Change,
    plain: Change | None = None,
    *,
    texts: int | None = None,
) -> Borne:
    """One stress on the good comments of a panel; `plain` is what it is compared with."""
    good, alike = panel.good[:texts], Random(name)
    first = [changed(each, plain, alike) if plain else each for each in good]
    alike = Random(name)
    stressed = [changed(each, change, alike) for each in good]
    (before, was), (after, said) = (answers(panel.scorer, each) for each in (first, stressed))
    moved = np.abs(sigmoid(after) - sigmoid(before))
    return Borne(
        name=name, n=len(said),
        rejected=said.count(Decision.REJECT), held=said.count(Decision.HOLD),
        held_before=was.count(Decision.HOLD), moved=float(np.quantile(moved, 0.99)),
    )  # fmt: skip


def _mean(values: NDArray[np.bool_]) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def asking(scorer: Scorer, comment: Comment) -> Callable[[str], float]:
    """What an attacker is told: the probability of the comment with another text."""
    return lambda text: float(sigmoid(logits(scorer, [replace(comment, content=text)]))[0])
