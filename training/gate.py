"""The gate: a challenger becomes champion only if it is nowhere worse, on comments unseen."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model import figures
from model.comment import Comment, Example, Label
from model.judge import certified
from model.policy import Policy, decide, thresholds
from model.scorer import Scored, Scorer
from model.text import Reading, read
from model.verdict import Decision, probability
from training.known_good import KNOWN_GOOD

FEWEST_OF_A_GROUP = 20
"""Comments of one language or source below which it is not compared alone."""

SHOWN_CHANGES = 100


@dataclass(frozen=True, slots=True)
class Sheet:
    """How one scorer does on the exam: scores, and what the text alone would decide."""

    scored: tuple[Scored, ...]
    decisions: tuple[Decision, ...]

    @property
    def logits(self) -> NDArray[np.float64]:
        """The log-odds, in the exam's order."""
        return np.array([one.logit for one in self.scored])


@dataclass(frozen=True, slots=True)
class Ruling:
    """`refused`: why not, empty if the challenger may pass; `report`: the figures behind it."""

    refused: tuple[str, ...]
    report: dict[str, Any]


def sit(
    scorer: Scorer,
    policy: Policy,
    comments: Sequence[Comment],
    reader: Callable[[str], Reading] = read,
) -> Sheet:
    """Let one scorer sit the exam: text alone, nothing known of authors or hosts."""
    readings = [reader(comment.content) for comment in comments]
    scored = scorer.score_many(readings, comments)
    decisions = map(partial(_decision, scorer, policy), readings, scored)
    return Sheet(tuple(scored), tuple(decisions))


def sit_known_good(
    scorer: Scorer, policy: Policy, reader: Callable[[str], Reading] = read
) -> Sheet:
    """Let one scorer sit the exam of comments that are plainly good on every site."""
    return sit(scorer, policy, [Comment(content=text) for text in KNOWN_GOOD], reader)


def rule(
    champion: Scorer,
    challenger: Scorer,
    exam: Sequence[Example],
    sources: Sequence[str],
    policy: Policy,
    *,
    served: Scorer | None = None,
    reader: Callable[[str], Reading] = read,
) -> Ruling:
    """Compare both on `exam`, which neither has learned from.

    `sources` says for each example who labelled it. The challenger must keep the budget of
    good comments rejected, must reject no known-good comment, and must not be worse beyond
    noise on the whole or on any language or source with enough comments. `served` is what would
    answer if the challenger passed, where that has learned from more.
    """
    comments = [example.comment for example in exam]
    spam = np.array([example.label is Label.SPAM for example in exam], dtype=np.bool_)
    old, new = (sit(each, policy, comments, reader) for each in (champion, challenger))
    wrong = _wrong(old.logits, spam), _wrong(new.logits, spam)
    refused = [
        *_over_budget(new, spam, policy),
        *_lost(sit_known_good(served or challenger, policy, reader)),
    ]
    groups = [("comments unseen", np.ones(len(exam), np.bool_))]
    groups += _groups("language", [example.language for example in exam])
    groups += _groups("labels by", sources)
    for name, chosen in groups:
        refused += _worse(name, wrong[0][chosen], wrong[1][chosen])
    report = {
        "unseen": {"spam": int(spam.sum()), "good": int((~spam).sum())},
        "champion": described(old, spam),
        "challenger": described(new, spam),
        "changes": _changes(exam, old, new),
    }
    return Ruling(tuple(refused), report)


def described(sheet: Sheet, spam: NDArray[np.bool_]) -> dict[str, Any]:
    """The figures of CONTRACT 5 on one exam, shares with n and 95 % interval."""
    logits = sheet.logits
    chances = np.array([probability(logit) for logit in logits])
    decided = np.array([decision.value for decision in sheet.decisions])
    both = bool(spam.any() and not spam.all())
    return {
        "auc": figures.roc_auc(spam, logits) if both else None,
        "spam_caught_at_1_percent": figures.recall_at_fpr(spam, logits, 0.01) if both else None,
        "brier": figures.brier(spam, chances) if len(spam) else None,
        "ece": figures.ece(spam, chances) if len(spam) else None,
        "wrong_side": _share(_wrong(logits, spam)),
        "good_rejected": _share(decided[~spam] == "reject"),
        "spam_accepted": _share(decided[spam] == "accept"),
        "spam_rejected": _share(decided[spam] == "reject"),
        "held": _share(decided == "hold"),
    }


def _share(hits: NDArray[np.bool_]) -> dict[str, Any]:
    found = figures.share(int(hits.sum()), len(hits))
    estimate = found.estimate if len(hits) else None
    return {"share": estimate, "lower": found.lower, "upper": found.upper, "n": found.n}


def _decision(scorer: Scorer, policy: Policy, reading: Reading, scored: Scored) -> Decision:
    card = scorer.model.card
    text = certified(scored, reading, policy, card)
    return decide(policy, thresholds(policy, card), text, scored.logit, ())[0]


def _wrong(logits: NDArray[np.float64], spam: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray((logits > 0) != spam)


def _over_budget(sheet: Sheet, spam: NDArray[np.bool_], policy: Policy) -> list[str]:
    rejected = [d is Decision.REJECT for d, is_spam in zip(sheet.decisions, spam, strict=True)
                if not is_spam]  # fmt: skip
    if figures.clopper_pearson_lower(sum(rejected), len(rejected)) <= policy.reject_budget:
        return []
    return [f"rejects {sum(rejected)} of {len(rejected)} good comments unseen, "
            f"more than 1 in {1 / policy.reject_budget:.0f}"]  # fmt: skip


def _lost(known_good: Sheet) -> list[str]:
    lost, n = known_good.decisions.count(Decision.REJECT), len(known_good.decisions)
    return [f"rejects {lost} of {n} comments known to be good"] if lost else []


def _groups(what: str, names: Iterable[str]) -> list[tuple[str, NDArray[np.bool_]]]:
    each = np.array(list(names), dtype=object)
    sizes = Counter(each)
    return [(f"{what} {name}", np.asarray(each == name)) for name, size in sorted(sizes.items())
            if name and size >= FEWEST_OF_A_GROUP]  # fmt: skip


def _worse(name: str, old: NDArray[np.bool_], new: NDArray[np.bool_]) -> list[str]:
    """The exact sign test on comments that only one of both gets wrong (McNemar 1947)."""
    lost, won = int((new & ~old).sum()), int((old & ~new).sum())
    if figures.clopper_pearson_lower(lost, lost + won) <= 0.5:
        return []
    return [f"worse on {name}: {lost} newly wrong, {won} newly right"]


def _changes(exam: Sequence[Example], old: Sheet, new: Sheet) -> dict[str, Any]:
    both = zip(exam, old.decisions, new.decisions, strict=True)
    changed = [
        {"id": e.id, "label": e.label.value, "from": a.value, "to": b.value}
        for e, a, b in both if a is not b
    ]  # fmt: skip
    return {"n": len(changed), "first": changed[:SHOWN_CHANGES]}
