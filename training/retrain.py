"""The whole round: a site's labels in, a promoted or refused challenger out."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model import figures
from model.artifact import BaseModel
from model.comment import Example, Label
from model.policy import NEVER, Policy
from model.scorer import Scorer
from model.site_layer import EXAM, SiteLayer
from model.site_scorer import SiteScorer
from model.text import Reading, read
from model.verdict import probability
from training import borrowed
from training.duplicates import clusters
from training.gate import Sheet, rule, sit, sit_known_good
from training.site_layer import Fitted, TooFewLabels, fit

Reader = Callable[[str], Reading]
BUDGETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
HELD = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Shares of good comments rejected, and of all held, for which a card has thresholds."""

DOUBTFUL, LIKELY, CERTAIN = 0.05, 0.5, 0.8
"""Spam probabilities: below the first nothing is held, from the second on nothing accepted,
below the third nothing rejected, whatever could be certified."""

MANY = 10**9
LOUDEST = 5
"""Near-duplicates together weigh at most so many comments."""

SURE = 3.0
"""Log-odds by which a model that has not seen a label must contradict it to doubt it."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A labelled comment, who said it, and how far that is trusted.

    `stands_for`: a good comment that an audit found among the rejected stands for all those
    that the audit did not look at. `traffic`: how many comments of the site's traffic it
    speaks for, 1 if everything like it was held and labelled.
    """

    example: Example
    source: str = "moderator"
    trust: float = 1.0
    stands_for: int = 1
    traffic: float = 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """`layer` with its thresholds in the card, None if too little was known; `report`: figures.

    The report stays out of the artifact: equal labels make the same bytes, whoever was champion.
    """

    promoted: bool
    reason: str
    layer: SiteLayer | None = None
    report: dict[str, Any] = field(default_factory=dict)


def retrain(
    lessons: Sequence[Lesson], base: BaseModel, champion: Scorer, policy: Policy
) -> Outcome:
    """Fit a challenger on three quarters of the lessons and judge it on the rest.

    Which quarter a text belongs to only the text decides (near-duplicates follow the earliest
    of them), so the champion has not learned from it either. Deterministic.
    """
    reader = lru_cache(maxsize=None)(read)  # reading all texts once is a quarter of the round
    kept, contradicted = _cleaned(lessons, reader)
    study = [lesson for lesson in kept if not _in_exam(lesson.example.cluster)]
    exam = [lesson for lesson in kept if _in_exam(lesson.example.cluster)]
    notes = {"lessons": len(lessons), "learned_from": len(study), "contradicted": contradicted}
    try:
        fitted = fit([one.example for one in study], base, _weights(study), reader)
    except TooFewLabels as error:
        return Outcome(False, str(error), report=notes)
    draft = SiteScorer(base, fitted.layer)
    layer = _with_thresholds(fitted, draft, study, exam, policy, reader=reader)
    challenger = SiteScorer(base, layer)
    examples, sources = [one.example for one in exam], [one.source for one in exam]
    ruling = rule(champion, challenger, examples, sources, policy, reader=reader)
    report = {**notes, **ruling.report, "doubted": _doubted(fitted, study)}
    return Outcome(not ruling.refused, "; ".join(ruling.refused) or "no worse anywhere",
                   layer, report)  # fmt: skip


def _cleaned(lessons: Sequence[Lesson], reader: Reader = read) -> tuple[list[Lesson], list[str]]:
    """One lesson per text, with its cluster; and the ids of texts labelled both ways."""
    told: dict[str, list[Lesson]] = {}
    texts: dict[str, str] = {}
    for lesson in sorted(lessons, key=lambda one: one.example.id):
        if lesson.example.label is not Label.OTHER:
            reading = reader(lesson.example.comment.content)
            told.setdefault(reading.template.hex(), []).append(lesson)
            texts.setdefault(reading.template.hex(), reading.normal)
    agreed = {
        text: same for text, same in told.items() if len({o.example.label for o in same}) == 1
    }
    names = list(agreed)
    unit = clusters([texts[name] for name in names])
    kept = [_as_one(agreed[name], names[first]) for name, first in zip(names, unit, strict=True)]
    return kept, [o.example.id for name in told.keys() - agreed.keys() for o in told[name]]


def _as_one(same: list[Lesson], cluster: str) -> Lesson:
    """The most trusted of those who said the same of one text."""
    best = max(same, key=lambda lesson: lesson.trust)
    stands = max(lesson.stands_for for lesson in same)
    return replace(best, example=replace(best.example, cluster=cluster), stands_for=stands)


def _weights(study: Sequence[Lesson]) -> list[float]:
    """A campaign of a thousand variants must not outshout everything else a site has said."""
    sizes = Counter(lesson.example.cluster for lesson in study)
    return [o.trust * min(1.0, LOUDEST / sizes[o.example.cluster]) for o in study]


def _in_exam(cluster: str) -> bool:
    digest = hashlib.blake2b(cluster.encode(), digest_size=8, person=b"weir exam").digest()
    return int.from_bytes(digest, "little") < EXAM * 2**64


def _with_thresholds(
    fitted: Fitted,
    draft: SiteScorer,
    study: Sequence[Lesson],
    exam: Sequence[Lesson],
    policy: Policy,
    *,
    reader: Reader,
) -> SiteLayer:
    """The layer with what it may decide: certified on the exam's good comments alone."""
    scored = sit(draft, policy, [lesson.example.comment for lesson in exam], reader).logits
    chances = np.array([probability(logit) for logit in scored])
    good = [n for n, lesson in enumerate(exam) if lesson.example.label is Label.HAM]
    evidence = [chances[n] for n in good for _ in range(exam[n].stands_for)]
    budgets = sorted({*BUDGETS, policy.reject_budget})
    proofs = [figures.reject_threshold(evidence, budget) for budget in budgets]
    everyone = [*exam, *study]
    seen = np.concatenate([chances, [probability(logit) for logit in fitted.unseen]])
    lowest = max(CERTAIN, _above_known_good(sit_known_good(draft, policy, reader)))
    reject = _rejecting(proofs, seen, everyone, lowest)
    own = min((row["reject_above"] for row in reject if row["budget"] <= policy.reject_budget),
              default=NEVER)  # fmt: skip
    traffic = np.array([lesson.traffic for lesson in everyone])
    is_spam = np.array([lesson.example.label is Label.SPAM for lesson in everyone])
    shares = (*HELD, policy.hold_budget)
    thresholds = {
        "reject": reject,
        "short": [_missing(proof) for proof in proofs if proof.missing],
        "accept": [_accepting(seen, is_spam, own, share, traffic) for share in shares],
    }  # fmt: skip
    card = fitted.layer.card | {"thresholds": thresholds, "labels": len(study) + len(exam)}
    return replace(fitted.layer, card=card)


def _above_known_good(known_good: Sheet) -> float:
    """The least threshold at which no comment known to be good is rejected: the gate would
    refuse a layer for one of them, and the site would learn nothing any more."""
    highest = probability(known_good.logits.max())
    return min(float(np.nextafter(highest, np.inf)), NEVER)


def _rejecting(
    proofs: Sequence[figures.Certificate],
    seen: NDArray[np.float64],
    everyone: Sequence[Lesson],
    lowest: float,
) -> list[dict[str, Any]]:
    """The site's own thresholds, and where it cannot certify one yet, those lent to it; none
    below `lowest`."""
    own = [_row(proof, lowest) for proof in proofs if proof.threshold < NEVER]
    if len(everyone) < borrowed.ENOUGH:
        return own
    good = [n for n, lesson in enumerate(everyone) if lesson.example.label is Label.HAM]
    weights = [everyone[n].traffic for n in good]
    for proof in proofs:
        row = borrowed.lent(proof.budget) if proof.threshold >= NEVER else None
        if row:
            at_least = borrowed.least([seen[n] for n in good], weights, proof.budget)
            row["reject_above"] = max(row["reject_above"], at_least, lowest)
            own.append(row)
    return sorted(own, key=lambda row: row["budget"])


def _row(proof: figures.Certificate, lowest: float) -> dict[str, Any]:
    """A rejecting threshold as the policy reads it from a card."""
    evidence = asdict(proof) | {"basis": "site", "source": "this site's own labels, unseen"}
    reject_above = max(proof.threshold, lowest)
    return {"budget": proof.budget, "reject_above": reject_above, "certificate": evidence}


def _missing(proof: figures.Certificate) -> dict[str, Any]:
    return {"budget": proof.budget, "n": proof.n, "missing": min(proof.missing, MANY)}


def _accepting(
    chances: NDArray[np.float64],
    is_spam: NDArray[np.bool_],
    reject_above: float,
    budget: float,
    traffic: NDArray[np.float64],
) -> dict[str, Any]:
    """An accepting threshold as the policy reads it from a card, and what to expect of it."""
    below = _accept_below(chances, reject_above, budget, traffic)
    accepted = chances < below
    held = ~accepted & (chances < reject_above)
    return {
        "budget": budget,
        "accept_below": below,
        "held": _share(held, traffic),
        "spam_accepted": _share(accepted[is_spam], traffic[is_spam]),
        "good_accepted": _share(accepted[~is_spam], traffic[~is_spam]),
    }


def _share(chosen: NDArray[np.bool_], traffic: NDArray[np.float64]) -> float | None:
    return float(traffic[chosen].sum() / traffic.sum()) if len(traffic) else None


def _accept_below(
    chances: NDArray[np.float64], reject_above: float, share: float, traffic: NDArray[np.float64]
) -> float:
    """The lowest threshold within the share to be held, between DOUBTFUL and LIKELY.

    A site with more spam than it wants to hold must not publish it for that, and one with
    less must not hold what is almost certainly good only to use its share up.
    """
    lowest = figures.accept_threshold(chances, min(reject_above, NEVER), share, traffic)
    return min(max(lowest, DOUBTFUL), LIKELY)


def _doubted(fitted: Fitted, study: Sequence[Lesson]) -> list[str]:
    """Ids whose label a model that has not seen it contradicts by SURE: perhaps mistakes."""
    return [
        lesson.example.id
        for lesson, logit in zip(study, fitted.unseen, strict=True)
        if (logit > 0) != (lesson.example.label is Label.SPAM) and abs(logit) >= SURE
    ]
