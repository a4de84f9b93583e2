"""What the base may promise on a site it has never seen, from sources it has never seen.

Every source is judged once by a model that was fitted without it. From these scores come the
probability (scale and offset) and the thresholds: for each budget the strictest of the bounds
that single sources give, because a bound over all sources together broke its promise fivefold
on one of them. It is measured on unseen sources, never guaranteed.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from model.figures import (
    Certificate,
    accept_threshold,
    clopper_pearson_upper,
    good_comments_needed,
    reject_threshold,
)
from model.verdict import probability
from training.corpus import Bools, Corpus, Floats
from training.examples import family
from training.fit import Configuration, Lessons, fit

LEAST_HELD = 0.2
"""A site that wants to hold less gets the threshold of this budget until it has taught something:
more spam would be accepted than held, and the site would learn from what is left, late."""
PER_PART = 0.6
"""Log-odds more that a text of n parts takes to be rejected, times ln n: the worst of many parts
is high by chance. Of .2 to 1.0 what let most spam of unseen sources be rejected."""
WANTED = 0.2
"""Share of a budget that good comments without a link may use up, as counted on any source: the
certificate bounds what may happen, this is what should."""
REJECT_BUDGETS = (0.001, 0.002, 0.005, 0.01, 0.02)
HOLD_BUDGETS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Per example what a model says that never saw its source: `log_odds` (calibrated or not)
    and `coverage`, NaN for texts too short to say; below `floor` a comment is held. `linked`
    are those that link to a host which is not on the known-good list, `parts` the number of
    windows each was read in."""

    sources: NDArray[np.str_]
    is_spam: Bools
    clusters: NDArray[np.str_]
    log_odds: Floats
    coverage: Floats
    linked: Bools
    parts: NDArray[np.int64]
    floor: float = 0.4

    @property
    def probability(self) -> Floats:
        """Spam probability, balanced prior."""
        return _probabilities(self.log_odds)

    @property
    def certain(self) -> Floats:
        """The same, less what a text of several parts takes more to be rejected."""
        return _probabilities(self.log_odds - PER_PART * np.log(self.parts))

    @property
    def learned(self) -> Bools:
        """False where the coverage rule holds: a language the model has not learned."""
        return ~(self.coverage < self.floor)

    @property
    def rejectable(self) -> Floats:
        """What is `certain`, or 0 where the coverage rule holds: such a comment is not rejected."""
        return np.where(self.learned, self.certain, 0.0)

    def where(self, rows: Bools) -> "LeftOut":
        """Some of the examples."""
        return LeftOut(
            self.sources[rows],
            self.is_spam[rows],
            self.clusters[rows],
            self.log_odds[rows],
            self.coverage[rows],
            self.linked[rows],
            self.parts[rows],
            self.floor,
        )

    def of(self, source: str) -> "LeftOut":
        """One source."""
        return self.where(self.sources == source)

    def spared(self, reject_above: float, linked_above: float) -> Bools:
        """Which are likely enough to be rejected, but not for what links to an unknown host or
        has several parts."""
        at_least = np.where(self.linked, max(linked_above, reject_above), reject_above)
        return (self.probability >= reject_above) & (self.certain < at_least)

    def sparing(self, linked_above: float) -> "LeftOut":
        """The same, but what links to an unknown host and lies below a threshold of its own
        is rejected by no other."""
        spared = self.spared(0.0, linked_above)
        return replace(self, log_odds=np.where(spared, -np.inf, self.log_odds))


def left_out(
    corpus: Corpus,
    taught: Lessons,
    configuration: Configuration,
    told: Told = lambda text: None,
) -> LeftOut:
    """Leave one family of sources out in turn, fit on the rest of the lessons, score the one.

    Sources that teach nothing are scored by the model of all others.
    """
    families = np.array([family(example.source) for example in corpus.examples])
    names = sorted(set(families))
    log_odds, coverage = np.zeros(len(families)), np.zeros(len(families))
    for number, name in enumerate(names, 1):
        told(f"without {name} ({number} of {len(names)})")
        model, out = fit(taught.without(name), configuration), families == name
        test = corpus.where(out)
        log_odds[out], coverage[out] = test.log_odds(model), test.coverage(model.coverage)
    return LeftOut(
        sources=np.array([example.source for example in corpus.examples]),
        is_spam=corpus.is_spam,
        clusters=np.array([example.cluster or example.id for example in corpus.examples]),
        log_odds=log_odds,
        coverage=coverage,
        linked=corpus.has_unknown_host,
        parts=corpus.sizes,
    )


def calibration(found: LeftOut) -> tuple[float, float]:
    """Scale and offset that make uncalibrated scores honest log-odds on unseen sources.

    Platt (1999), with half the weight on spam and half on good comments, and every source
    weighing the same on either side.
    """
    weights = balanced(found)
    model = LogisticRegression(C=1e6)
    with threadpool_limits(limits=1):  # as in training.fit
        model.fit(found.log_odds[:, None], found.is_spam, weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def calibrated(found: LeftOut, scale: float, offset: float) -> LeftOut:
    """The same with honest log-odds."""
    return replace(found, log_odds=scale * found.log_odds + offset)


def balanced(found: LeftOut) -> Floats:
    """A weight per comment: half on spam, half on good ones, each source the same on a side."""
    weights = np.zeros(len(found.is_spam))
    for side in (found.is_spam, ~found.is_spam):
        names = set(found.sources[side])
        for name in names:
            rows = side & (found.sources == name)
            weights[rows] = 0.5 / len(names) / rows.sum()
    return weights * len(weights)


def certificates(found: LeftOut, budget: float) -> dict[str, Certificate]:
    """Each source's own certificate for one budget, of its good comments; the threshold higher
    where those without a link would use up more than is WANTED of it."""
    good = found.where(~found.is_spam)
    return {str(name): _certificate(good.of(name), budget) for name in sorted(set(good.sources))}


def _certificate(good: LeftOut, budget: float) -> Certificate:
    proof = reject_threshold(good.rejectable, budget)
    plain = np.sort(good.rejectable[~good.linked])[::-1]
    few = int(WANTED * budget * len(plain))
    if proof.missing or few >= len(plain):
        return proof
    return replace(proof, threshold=max(proof.threshold, float(np.nextafter(plain[few], np.inf))))


def rejecting(found: LeftOut) -> list[dict[str, Any]]:
    """For each budget the strictest source's threshold, as the card keeps it, and that of
    comments which link to an unknown host.

    A smaller budget asks for more good comments, so fewer sources speak for it; it never gets
    a lower threshold than a larger one for all that.
    """
    rows: list[dict[str, Any]] = []
    lowest = 0.0
    for budget in sorted(REJECT_BUDGETS, reverse=True):
        row = _strictest(found, budget, lowest)
        lowest = max(lowest, row["reject_above"] or 0.0)
        rows.insert(0, row)
    return rows


def accepting(found: LeftOut, reject_above: float, linked_above: float = 0) -> list[dict[str, Any]]:
    """For each held budget the lowest threshold that meets it, or LEAST_HELD, never above
    `reject_above`, and what is to be expected of it: the shares held, of spam accepted, of good
    ones accepted.

    Of comments in a learned language, half spam and half good, every source alike.
    """
    known = found.where(found.learned)
    weights, chance = balanced(known), known.probability
    chance[known.spared(reject_above, linked_above)] = np.nextafter(reject_above, 0)
    rows = []
    for budget in HOLD_BUDGETS:
        lowest = accept_threshold(chance, reject_above, max(budget, LEAST_HELD), weights)
        below = min(_rounded_up(lowest), reject_above)
        accepted = chance < below
        held = ~accepted & (chance < reject_above)
        rows.append(
            {
                "budget": budget,
                "accept_below": below,
                "held": float(weights[held].sum() / weights.sum()),
                "spam_accepted": _weighed(accepted, known.is_spam, weights),
                "good_accepted": _weighed(accepted, ~known.is_spam, weights),
            }
        )
    return rows


def thresholds(found: LeftOut, budget: float = 0.005) -> dict[str, Any]:
    """The card's table `thresholds`, as `model.policy` reads it."""
    reject = rejecting(found)
    row = next(row for row in reject if row["budget"] == budget)
    above = 1.0 if row["reject_above"] is None else row["reject_above"]
    return {"reject": reject, "accept": accepting(found, above, row.get("linked_above", 1.0))}


def kept(found: LeftOut, reject_above: float, linked_above: float = 0) -> list[dict[str, Any]]:
    """Good comments rejected at a threshold, source by source, with the exact upper bound."""
    found = found.sparing(linked_above)
    rows = []
    for name in sorted(set(found.sources[~found.is_spam])):
        one = found.of(str(name))
        good = one.rejectable[~one.is_spam]
        errors = int(np.count_nonzero(good >= reject_above))
        upper = clopper_pearson_upper(errors, len(good))
        rows.append({"source": str(name), "n": len(good), "rejected": errors, "bound": upper})
    return rows


def linked_above(found: LeftOut, budget: float) -> float:
    """The threshold of comments that link to an unknown host: the strictest that such good
    comments of any source ask for; 1 where no source has enough of them. Sources that have too
    few count as one, and lose none where that has too few as well.

    Good comments with a link look more like spam than others. Under one threshold for all,
    they would bear nearly all of its errors.
    """
    good = found.where(found.linked & ~found.is_spam)
    each = certificates(good, budget)
    enough = [one.threshold for one in each.values() if not one.missing]
    few = np.isin(good.sources, [name for name, one in each.items() if one.missing])
    together = _certified_or_above(good.rejectable[few], budget)
    return max(map(_rounded_up, [*enough, together])) if enough else 1.0


def _certified_or_above(good: Floats, budget: float) -> float:
    """The threshold that good comments certify, or one that loses none of them."""
    proof = reject_threshold(good, budget)
    return float(np.nextafter(good.max(initial=0), np.inf)) if proof.missing else proof.threshold


def _strictest(found: LeftOut, budget: float, lowest: float) -> dict[str, Any]:
    linked = linked_above(found, budget)
    found = found.sparing(linked)
    each = certificates(found, budget)
    enough = {name: one for name, one in each.items() if not one.missing}
    if not enough:
        missing = good_comments_needed(budget) - max(one.n for one in each.values())
        return {"budget": budget, "reject_above": None, "missing": missing}
    name = max(enough, key=lambda each: (enough[each].threshold, each))
    above = max(_rounded_up(enough[name].threshold), lowest)
    row = next(row for row in kept(found, above) if row["source"] == name)
    return {
        "budget": budget,
        "reject_above": above,
        "linked_above": max(linked, above),
        "per_part": PER_PART,
        "certificate": {
            "n": row["n"],
            "errors": row["rejected"],
            "bound": row["bound"],
            "confidence": enough[name].confidence,
            "source": name,
            "sources": len(enough),
        },
    }


def _rounded_up(threshold: float) -> float:
    """To nine places and upwards: no rounding of a score on another machine passes it."""
    return min(math.ceil(max(threshold, 0.0) * 1e9) / 1e9, 1.0)


def _probabilities(log_odds: Floats) -> Floats:
    return np.array([probability(each) for each in log_odds.tolist()])


def _weighed(chosen: Bools, side: Bools, weights: Floats) -> float:
    return float(weights[chosen & side].sum() / weights[side].sum()) if side.any() else math.nan
