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
from model.judge import has_unknown_host
from model.policy import NEVER, Policy
from model.scorer import Scorer
from model.site_layer import EXAM, SiteLayer
from model.site_scorer import SiteScorer
from model.text import Reading, read
from model.verdict import probability
from training import borrowed
from training.duplicates import clusters
from training.everyday import beside
from training.gate import Sheet, rule, sit, sit_known_good
from training.site_layer import FEWEST, Fitted, Floats, TooFewLabels, fit_table, tabulated

Reader = Callable[[str], Reading]
BUDGETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
HELD = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Shares of good comments rejected, and of all held, for which a card has thresholds."""

DOUBTFUL, LIKELY, CERTAIN = 0.05, 0.5, 0.8
"""Spam probabilities: below the first nothing is held, from the second on nothing accepted,
below the third nothing rejected, whatever could be certified."""

LET_IN = 0.015
"""Share of spam accepted at most, to make room in the share held for what rules hold."""

AIM = 0.5
"""Of the share to be held: few labels say what will be held with an error of a half."""

FEWEST_BLIND = 3
"""Labels of each kind that a blind layer needs, where the one served needs FEWEST: the exam keeps
some. A site full of spam labels its tenth good comment long after its fifth."""

FEWEST_SAID = 10
"""Comments of late below which a share of them is not said."""

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
    speaks for, 1 if everything like it was held and labelled. `by_rule`: whether it was held
    whatever its score, for its language, a link, or for having no words.
    """

    example: Example
    source: str = "moderator"
    trust: float = 1.0
    stands_for: int = 1
    traffic: float = 1.0
    by_rule: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """`layer` with its thresholds in the card, None if too little was known; `report`: figures.

    `blind` is the one that the gate has judged, and the next champion to be judged beside: what
    all but the exam has taught.
    The report stays out of the artifacts: equal labels make the same bytes, whoever was champion.
    """

    promoted: bool
    reason: str
    layer: SiteLayer | None = None
    report: dict[str, Any] = field(default_factory=dict)
    blind: SiteLayer | None = None


def retrain(
    lessons: Sequence[Lesson], base: BaseModel, champion: Scorer, policy: Policy
) -> Outcome:
    """Fit a challenger, and judge what three quarters of the lessons teach on the rest.

    Which quarter a text belongs to only the text decides (near-duplicates follow the earliest
    of them), so `champion`, a blind layer, has not learned from it either. While that quarter is
    too small to certify the policy's budget, the layer served learns from all. Deterministic.
    """
    reader = lru_cache(maxsize=None)(read)  # reading all texts once is a quarter of the round
    kept, contradicted = _cleaned(lessons, reader)
    notes = {"lessons": len(lessons), "contradicted": contradicted}
    try:
        drafted = _drafted(kept, base, policy, reader)
    except TooFewLabels as error:
        return Outcome(False, _what_is_missing(kept, error), report=notes)
    layer = blind = _with_thresholds(drafted.served, drafted.proofs, base, policy, reader)
    if drafted.blind is not drafted.served:
        blind = _with_thresholds(drafted.blind, drafted.proofs, base, policy, reader)
    exam = [lesson.example for lesson in drafted.exam]
    sources = [lesson.source for lesson in drafted.exam]
    ruling = rule(champion, SiteScorer(base, blind), exam, sources, policy,
                  served=SiteScorer(base, layer), reader=reader)  # fmt: skip
    report = {**notes, "learned_from": len(drafted.taught), **ruling.report,
              "doubted": _doubted(drafted.fitted, drafted.taught)}  # fmt: skip
    return Outcome(not ruling.refused, "; ".join(ruling.refused) or "no worse anywhere",
                   layer, report, blind)  # fmt: skip


def _what_is_missing(kept: Sequence[Lesson], error: TooFewLabels) -> str:
    """In words that say what to do. Labels may be enough, and those outside the exam too few."""
    said = Counter(lesson.example.label for lesson in kept)
    short = [kind for kind in (Label.SPAM, Label.HAM) if said[kind] < FEWEST]
    if short:
        return "; ".join(
            f"fewer than {FEWEST} comments labelled {kind}: {said[kind]} different so far, "
            f"label {FEWEST - said[kind]} more" for kind in short
        )  # fmt: skip
    kind, left = error.kind, error.found
    return (
        f"{said[kind]} comments are labelled {kind}, but the exam keeps {said[kind] - left} of "
        f"them back, and {left} are too few to learn from: label some more {kind}"
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """A layer, the lessons that judge it, and their spam probabilities by models that have not
    learned from them; `proofs` by budget where the exam speaks of this very layer. `surprise` (see
    training.borrowed) is 1 where the gate judges: with ten good comments in the exam it would
    refuse, round after round, what condemns one of them."""

    layer: SiteLayer
    lessons: list[Lesson]
    seen: Floats
    proofs: list[figures.Certificate] = field(default_factory=list)
    surprise: float = borrowed.SURPRISE


@dataclass(frozen=True, slots=True)
class _Drafted:
    """What is to be `served`, fitted on `taught`; and `blind`, the same without the `exam`, which
    says of it what `proofs` tell by budget."""

    served: _Draft
    blind: _Draft
    exam: list[Lesson]
    proofs: list[figures.Certificate]
    fitted: Fitted
    taught: list[Lesson]


def _drafted(kept: list[Lesson], base: BaseModel, policy: Policy, reader: Reader) -> _Drafted:
    """Hold the exam's quarter back, and give it up again for what is served where it certifies
    nothing: it would teach more than it proves."""
    in_exam = np.array([_in_exam(lesson.example.cluster) for lesson in kept], np.bool_)
    examples, trust = beside([one.example for one in kept], _weights(kept))
    table = tabulated(examples, base, trust, reader)
    blindly = np.append(~in_exam, np.ones(len(examples) - len(kept), np.bool_))
    fitted = fit_table(table.where(blindly), base.digest, int((~in_exam).sum()), FEWEST_BLIND)
    exam, study = ([o for o, chosen in zip(kept, rows, strict=True) if chosen]
                   for rows in (in_exam, ~in_exam))  # fmt: skip
    comments = [lesson.example.comment for lesson in exam]
    chances = _chances(sit(SiteScorer(base, fitted.layer), policy, comments, reader).logits)
    proofs = _proofs(chances, exam, policy)
    said = np.append(chances, _chances(fitted.unseen))
    blind = _Draft(fitted.layer, [*exam, *study], said, surprise=1)
    if any(not one.missing for one in proofs if one.budget <= policy.reject_budget):
        blind = replace(blind, proofs=[one for one in proofs if not one.missing])
        return _Drafted(blind, blind, exam, proofs, fitted, study)
    whole = fit_table(table, base.digest, len(kept))
    served = _Draft(whole.layer, kept, _chances(whole.unseen))
    return _Drafted(served, blind, exam, proofs, whole, kept)


def _chances(logits: Floats) -> Floats:
    return np.array([probability(logit) for logit in logits])


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


def _proofs(chances: Floats, exam: Sequence[Lesson], policy: Policy) -> list[figures.Certificate]:
    """What the exam's good comments certify, budget by budget."""
    good = [n for n, lesson in enumerate(exam) if lesson.example.label is Label.HAM]
    evidence = [chances[n] for n in good for _ in range(exam[n].stands_for)]
    budgets = sorted({*BUDGETS, policy.reject_budget})
    return [figures.reject_threshold(evidence, budget) for budget in budgets]


def _with_thresholds(
    draft: _Draft,
    proofs: Sequence[figures.Certificate],
    base: BaseModel,
    policy: Policy,
    reader: Reader,
) -> SiteLayer:
    """The layer with what it may decide by its own evidence."""
    seen, everyone = draft.seen, draft.lessons
    served = SiteScorer(base, draft.layer)
    lowest = max(CERTAIN, _above_known_good(sit_known_good(served, policy, reader)))
    reject = [_row(proof, lowest) for proof in draft.proofs]
    if len(everyone) >= borrowed.ENOUGH:
        budgets = [proof.budget for proof in proofs if proof not in draft.proofs]
        reject += _borrowed(draft, budgets, lowest, reader)
    reject.sort(key=lambda row: row["budget"])
    own = min((row["reject_above"] for row in reject if row["budget"] <= policy.reject_budget),
              default=NEVER)  # fmt: skip
    recent = _recent(seen, everyone, own)
    thresholds = {
        "reject": reject,
        "short": [_missing(proof) for proof in proofs if proof.missing],
        "accept": [_accepting(recent, own, share) for share in (*HELD, policy.hold_budget)],
    }  # fmt: skip
    good = sum(one.example.label is Label.HAM for one in everyone)
    told = {"thresholds": thresholds, "labels": len(everyone), "good_labels": good}
    return replace(draft.layer, card=draft.layer.card | told)


def _above_known_good(known_good: Sheet) -> float:
    """The least threshold at which no comment known to be good is rejected: the gate would
    refuse a layer for one of them, and the site would learn nothing any more."""
    highest = probability(known_good.logits.max())
    return min(float(np.nextafter(highest, np.inf)), NEVER)


def _borrowed(
    draft: _Draft, budgets: Sequence[float], lowest: float, reader: Reader
) -> list[dict[str, Any]]:
    """The thresholds lent to the site, none below `lowest` or what its own labels ask for."""
    good = [
        (chance, lesson)
        for chance, lesson in zip(draft.seen, draft.lessons, strict=True)
        if lesson.example.label is Label.HAM
    ]
    own = borrowed.Good(
        np.array([chance for chance, _ in good]),
        np.array([lesson.traffic for _, lesson in good]),
        np.array([has_unknown_host(reader(one.example.comment.content)) for _, one in good], bool),
    )
    rows = [borrowed.lent_to(own, budget, lowest, draft.surprise) for budget in budgets]
    return [row for row in rows if row]


def _row(proof: figures.Certificate, lowest: float) -> dict[str, Any]:
    """A rejecting threshold as the policy reads it from a card."""
    evidence = asdict(proof) | {"basis": "site", "source": "this site's own labels, unseen"}
    reject_above = max(proof.threshold, lowest)
    return {"budget": proof.budget, "reject_above": reject_above, "certificate": evidence}


def _missing(proof: figures.Certificate) -> dict[str, Any]:
    return {"budget": proof.budget, "n": proof.n, "missing": min(proof.missing, MANY)}


@dataclass(frozen=True, slots=True)
class _Traffic:
    """Comments of late: spam probabilities, the same but just short of rejected where a rule holds
    the comment anyway, which are spam, and how many each stands for."""

    said: Floats
    chances: Floats
    is_spam: NDArray[np.bool_]
    weights: Floats


def _recent(seen: Floats, everyone: Sequence[Lesson], reject_above: float) -> _Traffic:
    """The later half of the lessons, since a language is not held any more once it is learned."""
    order = sorted(range(len(everyone)), key=lambda n: everyone[n].example.id)
    later = [(seen[n], everyone[n]) for n in order[len(order) // 2 :]]
    below = float(np.nextafter(min(reject_above, NEVER), 0))
    return _Traffic(
        said=np.array([said for said, _ in later]),
        chances=np.array([max(said, below) if one.by_rule else said for said, one in later]),
        is_spam=np.array([one.example.label is Label.SPAM for _, one in later], np.bool_),
        weights=np.array([one.traffic for _, one in later]),
    )


def _accepting(recent: _Traffic, reject_above: float, budget: float) -> dict[str, Any]:
    """An accepting threshold as the policy reads it from a card, and what to expect of it."""
    chances, is_spam, weights = recent.chances, recent.is_spam, recent.weights
    below = _accept_below(recent, reject_above, budget)
    accepted = chances < below
    held = ~accepted & (chances < reject_above)
    return {
        "budget": budget,
        "accept_below": below,
        "held": _share(held, weights),
        "spam_accepted": _share(accepted[is_spam], weights[is_spam]),
        "good_accepted": _share(accepted[~is_spam], weights[~is_spam]),
    }


def _share(chosen: NDArray[np.bool_], weights: Floats) -> float | None:
    return float(weights[chosen].sum() / weights.sum()) if len(weights) >= FEWEST_SAID else None


def _accept_below(recent: _Traffic, reject_above: float, share: float) -> float:
    """The lowest threshold within the share to be held, between DOUBTFUL and LIKELY.

    A site with more spam than it wants to hold must not publish it for that, and one with
    less must not hold what is almost certainly good only to use its share up. For what rules
    hold besides, and to leave some of the share to chance, no more spam than LET_IN is published.
    """
    by_score, with_rules = (
        figures.accept_threshold(chances, min(reject_above, NEVER), aimed_at, recent.weights)
        for chances, aimed_at in ((recent.said, share), (recent.chances, AIM * share))
    )
    lowest = max(by_score, min(with_rules, _letting_in(recent)))
    return min(max(lowest, DOUBTFUL), LIKELY)


def _letting_in(recent: _Traffic) -> float:
    """The highest threshold below which lies at most LET_IN of the spam."""
    order = np.argsort(recent.chances[recent.is_spam], kind="stable")
    chances = recent.chances[recent.is_spam][order]
    mass = np.cumsum(recent.weights[recent.is_spam][order])
    allowed = int(np.searchsorted(mass, LET_IN * mass[-1], side="right")) if len(mass) else 0
    return float(chances[allowed]) if allowed < len(chances) else NEVER


def _doubted(fitted: Fitted, study: Sequence[Lesson]) -> list[str]:
    """Ids whose label a model that has not seen it contradicts by SURE: perhaps mistakes."""
    return [
        lesson.example.id
        for lesson, logit in zip(study, fitted.unseen, strict=True)
        if (logit > 0) != (lesson.example.label is Label.SPAM) and abs(logit) >= SURE
    ]
