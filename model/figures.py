"""The arithmetic of honest figures: exact bounds, ranking, calibration, thresholds.

Promise, evaluation, what-if and dashboard share it. Everywhere `is_spam` is a boolean array,
`scores` a float array of the same length in which higher means more spam-like, and a comment
is flagged when its score is at or above a threshold. Plain numpy: the web processes import
this and must not load scipy; the tests compare it with scipy.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[NDArray[np.intp]], float]
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate between its lower and upper bound; `n` is how many cases it rests on."""

    estimate: float
    lower: float
    upper: float
    n: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """A threshold and what was counted for it.

    At or above `threshold` lay `errors` of `n` good comments; with probability `confidence`
    the true share is at most `bound`, which is at most `budget`. Without enough good comments
    `threshold` is infinite (nothing may be rejected) and `missing` says how many more it takes.
    """

    threshold: float
    n: int
    errors: int
    bound: float
    budget: float
    confidence: float
    missing: int = 0


def clopper_pearson_upper(errors: int, n: int, confidence: float = CONFIDENCE) -> float:
    """One-sided upper bound of a share of which `errors` in `n` were seen.

    Clopper & Pearson, Biometrika 26 (1934): the largest share for which so few errors would
    still happen with probability 1 - confidence. 1.0 when n is 0.
    """
    _check_counts(errors, n)
    return 1.0 if errors == n else _beta_quantile(confidence, errors + 1, n - errors)


def clopper_pearson_lower(errors: int, n: int, confidence: float = CONFIDENCE) -> float:
    """One-sided lower bound: the counterpart of `clopper_pearson_upper`."""
    _check_counts(errors, n)
    return 0.0 if errors == 0 else _beta_quantile(1 - confidence, errors, n - errors + 1)


def share(errors: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """The share errors / n with its two-sided exact interval. NaN estimate when n is 0."""
    tail = (1 + confidence) / 2
    lower, upper = clopper_pearson_lower(errors, n, tail), clopper_pearson_upper(errors, n, tail)
    return Interval(errors / n if n else math.nan, lower, upper, n)


def anytime_lower(errors: int, n: int, confidence: float = CONFIDENCE) -> float:
    """Lower bound of a share that holds at every n at once, so that it may be watched.

    The beta-binomial mixture martingale (Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon,
    "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics
    2021): the lowest share against which the mixture has not yet won 1 / (1 - confidence).
    Its prior, Beta(1, 99), makes it sharpest near one error in a hundred.
    """
    _check_counts(errors, n)
    if errors == 0:
        return 0.0
    mixture = _log_beta(1 + errors, 99 + n - errors) - _log_beta(1, 99)
    low, high = 0.0, errors / n
    for _ in range(60):
        middle = (low + high) / 2
        alone = errors * math.log(middle) + (n - errors) * math.log1p(-middle)
        if mixture - alone > -math.log(1 - confidence):
            low = middle
        else:
            high = middle
    return low


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


BEYOND = 10**15
"""Comments; a budget of next to nothing would ask for more than a float can say."""


def good_comments_needed(budget: float, confidence: float = CONFIDENCE) -> int:
    """How many good comments, none of them flagged, certify a budget (598 at 0.5 %, 95 %); more
    than anybody has are told as BEYOND."""
    if not 0 < budget < 1:
        raise ValueError(f"a budget lies between 0 and 1, not {budget}")
    return math.ceil(min(math.log(1 - confidence) / math.log1p(-budget), BEYOND))


def reject_threshold(
    good_scores: ArrayLike, budget: float, confidence: float = CONFIDENCE
) -> Certificate:
    """The lowest threshold that wrongly flags at most `budget` of good comments, certified.

    Learn then Test (Angelopoulos et al., arXiv 2110.01052) with a fixed sequence: thresholds
    fall from infinity as long as the exact binomial bound stays within the budget.
    """
    good = np.sort(np.asarray(good_scores, np.float64))[::-1]
    allowed = largest_count(len(good), budget, confidence)
    if allowed < 0:
        missing = good_comments_needed(budget, confidence) - len(good)
        bound = clopper_pearson_upper(0, len(good), confidence)
        return Certificate(math.inf, len(good), 0, bound, budget, confidence, missing)
    threshold = float(np.nextafter(good[allowed], math.inf)) if allowed < len(good) else -math.inf
    errors = int(np.count_nonzero(good >= threshold))
    bound = clopper_pearson_upper(errors, len(good), confidence)
    return Certificate(threshold, len(good), errors, bound, budget, confidence)


def largest_count(n: int, budget: float, confidence: float = CONFIDENCE) -> int:
    """The largest count of errors in `n` whose upper bound stays within `budget`; -1 if none."""
    low, high = -1, n
    while low < high:
        middle = (low + high + 1) // 2
        if clopper_pearson_upper(middle, n, confidence) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def accept_threshold(
    scores: ArrayLike, reject_above: float, hold_budget: float, weights: ArrayLike | None = None
) -> float:
    """The lowest `accept_below` that holds at most `hold_budget` of all comments.

    Held are scores from it up to `reject_above`. `weights` (default equal) turn the sample's
    mixture of spam and good comments into the one to be expected. Never above `reject_above`.
    """
    values = np.asarray(scores, np.float64)
    mass = np.ones(len(values)) if weights is None else np.asarray(weights, np.float64)
    below = values < reject_above
    order = np.argsort(-values[below], kind="stable")
    falling, held = values[below][order], np.cumsum(mass[below][order]) / mass.sum()
    too_many = np.flatnonzero(held > hold_budget)
    if not len(too_many):
        return -math.inf
    return min(float(np.nextafter(falling[too_many[0]], math.inf)), reject_above)


def roc_auc(is_spam: ArrayLike, scores: ArrayLike) -> float:
    """Area under the ROC curve: the chance that a spam outranks a good comment, ties half.

    The Mann-Whitney statistic from average ranks. NaN when one of the two kinds is missing.
    """
    spam = np.asarray(is_spam, bool)
    n_spam, n_good = int(spam.sum()), int((~spam).sum())
    if not n_spam or not n_good:
        return math.nan
    _, inverse, counts = np.unique(np.asarray(scores), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[spam].sum() - n_spam * (n_spam + 1) / 2) / (n_spam * n_good))


def one_minus_roca(is_spam: ArrayLike, scores: ArrayLike) -> float:
    """TREC's 1-ROCA %: the area above the ROC curve in percent, lower is better."""
    return 100 * (1 - roc_auc(is_spam, scores))


def recall_at_fpr(is_spam: ArrayLike, scores: ArrayLike, fpr: float) -> float:
    """The largest share of spam caught while at most `fpr` of good comments are flagged."""
    spam, values = np.asarray(is_spam, bool), np.asarray(scores, np.float64)
    good = np.sort(values[~spam])[::-1]
    if not len(good) or not spam.any():
        return math.nan
    allowed = math.floor(fpr * len(good) + 1e-9)  # 0.01 * 700 is 7.000000000000001 or 6.99…
    if allowed >= len(good):
        return 1.0
    return float(np.mean(values[spam] > good[allowed]))


def brier(is_spam: ArrayLike, probabilities: ArrayLike) -> float:
    """Mean squared distance of probability and outcome (Brier 1950), 0 is perfect."""
    return float(np.mean((np.asarray(probabilities) - np.asarray(is_spam, float)) ** 2))


def reliability(
    is_spam: ArrayLike, probabilities: ArrayLike, bins: int = 15
) -> tuple[Floats, Floats, Floats]:
    """Mean probability, share of spam and count in each filled bin of equal width."""
    spam, probability = np.asarray(is_spam, float), np.asarray(probabilities, np.float64)
    place = np.minimum((probability * bins).astype(int), bins - 1)
    counts = np.bincount(place, minlength=bins).astype(float)
    filled = counts > 0
    said = np.bincount(place, probability, bins)[filled] / counts[filled]
    seen = np.bincount(place, spam, bins)[filled] / counts[filled]
    return said, seen, counts[filled]


def ece(is_spam: ArrayLike, probabilities: ArrayLike, bins: int = 15) -> float:
    """Expected calibration error (Naeini et al. 2015; 15 equal bins as Guo et al. 2017)."""
    said, seen, counts = reliability(is_spam, probabilities, bins)
    return float(np.average(np.abs(said - seen), weights=counts))


def bootstrap(
    statistic: Statistic,
    clusters: ArrayLike,
    *,
    rounds: int = 1000,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> Interval:
    """Percentile interval of `statistic(rows)` when whole clusters are drawn with replacement.

    Near-duplicates are not independent, so the cluster is the unit (Field & Welsh 2007). For
    a paired comparison let the statistic be the difference on the same rows. Rounds in which
    it is NaN (one kind missing) are left out.
    """
    values = [statistic(rows) for rows in resampled(clusters, rounds=rounds, seed=seed)]
    tail = (1 - confidence) / 2
    kept = np.asarray(values)[~np.isnan(values)]
    lower, upper = np.quantile(kept, [tail, 1 - tail]) if len(kept) else (math.nan, math.nan)
    n = len(np.asarray(clusters))
    return Interval(statistic(np.arange(n)), float(lower), float(upper), n)


def resampled(clusters: ArrayLike, *, rounds: int, seed: int = 0) -> Iterator[NDArray[np.intp]]:
    """Row numbers of each bootstrap round: as many clusters as there are, drawn anew."""
    _, number = np.unique(np.asarray(clusters), return_inverse=True)
    order, sizes = np.argsort(number, kind="stable"), np.bincount(number)
    starts = np.cumsum(sizes) - sizes
    random = np.random.default_rng(seed)
    for _ in range(rounds):
        yield order[_rows(starts, sizes, random.integers(0, len(sizes), len(sizes)))]


def _rows(
    starts: NDArray[np.intp], sizes: NDArray[np.intp], drawn: NDArray[np.intp]
) -> NDArray[np.intp]:
    lengths = sizes[drawn]
    ends = np.cumsum(lengths)
    rows: NDArray[np.intp] = np.repeat(starts[drawn] - ends + lengths, lengths)
    return rows + np.arange(ends[-1])


def _check_counts(errors: int, n: int) -> None:
    if not 0 <= errors <= n:
        raise ValueError(f"{errors} errors in {n} cases cannot be")


def _beta_quantile(probability: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(80):  # halves the interval: 2**-80 is below the spacing of doubles
        middle = (low + high) / 2
        if _beta_cdf(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return high


def _beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function (DLMF 8.17)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_cdf(1 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    log_front += a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) / a * _continued_fraction(x, a, b)


def _continued_fraction(x: float, a: float, b: float) -> float:
    """DLMF 8.17.22 by the modified Lentz method (Thompson & Barnett 1986)."""
    tiny = 1e-300
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1), tiny)
    value = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d, tiny)
            c = _away_from_zero(1 + term / c, tiny)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def _away_from_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
