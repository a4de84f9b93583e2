"""The selection protocol: no source may get significantly worse, far or near; then the means.

Far leaves one source out; near leaves out one video of youtube_uci, or half the articles of
wpblog_dmt, and keeps everything else. Far alone picks wrongly: it always removes the source
that resembles the new site. Every configuration meets the same baseline on the same comments,
under several sampling seeds, with a paired bootstrap over near-duplicate clusters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.figures import recall_at_fpr, resampled, roc_auc
from training.corpus import Bools, Corpus, Floats
from training.examples import family, part, unit
from training.fit import CONFIGURATIONS, Configuration, Lessons, fit, lessons
from training.promise import Told

FAR = (
    "youtube_uci", "wpblog_dmt", "sms_uci", "youtube_judol_id", "comments_zh_gadget",
    "telegram_ru",
)  # fmt: skip
NEAR = ("youtube_uci", "wpblog_dmt")
BASELINE = "plain"
ROUNDS = 300

Measure = Callable[[Bools, Floats], float]
FIGURES: Mapping[str, Measure] = {
    "roc_auc": roc_auc,
    "caught_at_one_percent": lambda spam, scores: recall_at_fpr(spam, scores, 0.01),
}


@dataclass(frozen=True, slots=True)
class Trial:
    """One source tried one way under one seed: the truth, and each configuration's scores."""

    name: str
    is_spam: Bools
    clusters: NDArray[np.str_]
    scores: dict[str, Floats]


def trials(corpus: Corpus, names: Sequence[str], seed: int, praise: str, told: Told) -> list[Trial]:
    """All far and near trials under one seed, of the baseline and the configurations named."""
    sources = np.array([example.source for example in corpus.examples])
    tried = {f"far {source}": corpus.where(sources == source) for source in FAR}
    tried |= {f"near {source}": corpus.where(sources == source) for source in NEAR}
    found = {name: _empty(name, tested) for name, tested in tried.items()}
    for name in dict.fromkeys((BASELINE, *names)):
        chosen = CONFIGURATIONS[name]
        taught = lessons(corpus, chosen.plan, seed, praise)
        for trial, tested in tried.items():
            told(f"seed {seed}, {name}: {trial}")
            far = trial.startswith("far")
            found[trial].scores[name] = _scores(tested, taught, chosen, far=far)
    return list(found.values())


def compared(seeds: Sequence[Trial], name: str) -> dict[str, Any]:
    """One configuration beside the baseline in one trial, under every seed.

    `value` is the mean over seeds, `lower` and `upper` bound its difference from the baseline:
    the mean over seeds of paired draws. `worse` says that a difference is surely negative.
    """
    row: dict[str, Any] = {"trial": seeds[0].name}
    for figure, measure in FIGURES.items():
        draws = np.mean([_differences(trial, name, measure) for trial in seeds], axis=0)
        lower, upper = np.nanquantile(draws, [0.025, 0.975])
        value = np.mean([measure(trial.is_spam, trial.scores[name]) for trial in seeds])
        row[figure] = {"value": float(value), "lower": float(lower), "upper": float(upper)}
    row["worse"] = any(row[figure]["upper"] < 0 for figure in FIGURES)
    return row


def selected(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """The configurations that are nowhere significantly worse, best mean AUC first."""
    allowed = [name for name, each in rows.items() if not any(row["worse"] for row in each)]
    return sorted(allowed, key=lambda name: -np.mean([r["roc_auc"]["value"] for r in rows[name]]))


def _empty(name: str, tested: Corpus) -> Trial:
    clusters = np.array([unit(example) for example in tested.examples])
    return Trial(name, tested.is_spam, clusters, {})


def _scores(tested: Corpus, taught: Lessons, chosen: Configuration, *, far: bool) -> Floats:
    """Log-odds by models that saw neither the source (far) nor the part of it (near)."""
    each = np.array([(family(e.source) if far else part(e)) for e in tested.examples])
    scores = np.zeros(len(each))
    for name in sorted(set(each)):
        scores[each == name] = tested.where(each == name).log_odds(
            fit(taught.without(name), chosen)
        )
    return scores


def _differences(trial: Trial, name: str, measure: Measure) -> list[float]:
    ours, base = trial.scores[name], trial.scores[BASELINE]
    return [
        measure(trial.is_spam[rows], ours[rows]) - measure(trial.is_spam[rows], base[rows])
        for rows in resampled(trial.clusters, rounds=ROUNDS, seed=0)
    ]
