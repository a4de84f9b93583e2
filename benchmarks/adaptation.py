"""How fast a site's own labels help: two YouTube videos as a new site, 20 to 500 labels.

The site is two videos pooled: 500 comments to label from, the rest for the test. Bases: SMS and
the other three videos, and SMS alone, the wrong domain. Each figure is the mean accuracy of five
pairs in so many shuffles; the reference, in the same run, is the local model without any base.
A shuffle whose first labels are too few of one kind to fit anything is left out at that size.
"""

import argparse
import os
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model import figures
from model.artifact import BaseModel
from model.comment import Example, Label
from model.site_layer import SiteLayer
from model.site_scorer import SiteScorer
from model.text import read
from training.corpus import Corpus
from training.everyday import beside
from training.examples import load
from training.fit import CONFIGURATIONS, lessons
from training.fit import fit as fit_base
from training.site_layer import FEWEST, fit_table, tabulated
from training.spun import praise_spintax

PAIRS = (("Psy", "KatyPerry"), ("LMFAO", "Eminem"), ("Shakira", "Psy"), ("KatyPerry", "LMFAO"),
         ("Eminem", "Shakira"))  # fmt: skip
SIZES = (20, 50, 100, 200, 500)
WANTED = {20: 0.937, 50: 0.950, 100: 0.962, 200: 0.968, 500: 0.974}


def main() -> None:
    """Print accuracy by base and number of labels, beside the local model alone."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shuffles", type=int, default=4)
    given = options.parse_args()
    data = os.environ.get("WEIR_TRAINING_DATA")
    if not data:
        print("skipped: WEIR_TRAINING_DATA is not set")
        return
    videos, messages = load(Path(data), ["youtube_uci"]), load(Path(data), ["sms_uci"])
    praise = praise_spintax(Path(data))
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    for number, pair in enumerate(PAIRS):
        others = [one for one in videos if one.group not in pair]
        for name, taught in (("three videos + SMS", [*messages, *others]), ("SMS only", messages)):
            base = _base(taught, praise)
            for shuffle in range(given.shuffles):
                site = [one for one in videos if one.group in pair]
                np.random.default_rng(100 * number + shuffle).shuffle(site)
                _measure(name, base, site, found)
    _report(found)


def _base(taught: list[Example], praise: str) -> BaseModel:
    """Fitted as the shipped one is."""
    shipped = CONFIGURATIONS["shipped"]
    known = lessons(Corpus.of(taught), shipped.plan, 0, praise)
    return replace(fit_base(known, shipped), digest="0" * 64)


def _measure(
    name: str, base: BaseModel, site: list[Example], found: dict[tuple[str, int], list[float]]
) -> None:
    pool, test = site[:500], site[500:]
    spam = np.array([one.label is Label.SPAM for one in test])
    nothing = replace(base, weights=np.zeros_like(base.weights), intercepts=base.intercepts * 0)
    for size in (size for size in SIZES if _enough(pool[:size])):
        began = time.process_time()
        layer = _layer(pool[:size], base)
        found["seconds to fit", size].append(time.process_time() - began)
        scorer = SiteScorer(base, layer)
        scored = [scorer.score(read(one.comment.content), one.comment) for one in test]
        said = np.array([one.logit for one in scored])
        found[name, size].append(float(np.mean((said > 0) == spam)))
        found[f"{name}: 1-ROCA %", size].append(figures.one_minus_roca(spam, said))
        chance = 1 / (1 + np.exp(-said))
        found[f"{name}: ECE", size].append(figures.ece(spam, chance))
        alone = np.array([one.base_logit for one in scored], np.float64)
        found[f"{name}: base alone", size].append(float(np.mean((alone > 0) == spam)))
        if name == "SMS only":
            found["no base at all", size].append(_accuracy(nothing, pool[:size], test, spam))


def _layer(labelled: list[Example], base: BaseModel) -> SiteLayer:
    """As a round of training fits it, everyday comments beside the labels."""
    examples, trust = beside(labelled)
    return fit_table(tabulated(examples, base, trust), base.digest, len(labelled)).layer


def _enough(labelled: list[Example]) -> bool:
    spam = sum(one.label is Label.SPAM for one in labelled)
    return FEWEST <= spam <= len(labelled) - FEWEST


def _accuracy(
    base: BaseModel, labelled: list[Example], test: list[Example], spam: NDArray[np.bool_]
) -> float:
    scorer = SiteScorer(base, _layer(labelled, base))
    said = [scorer.score(read(one.comment.content), one.comment).logit for one in test]
    return float(np.mean((np.array(said) > 0) == spam))


def _report(found: dict[tuple[str, int], list[float]]) -> None:
    print(f"{'':<32}" + "".join(f"{size:>10}" for size in SIZES))
    for name in dict.fromkeys(name for name, _ in found):
        means = [float(np.mean(found[name, size])) for size in SIZES]
        print(f"{name:<32}" + "".join(f"{mean:10.4f}" for mean in means))
    draws = [len(found["SMS only", size]) for size in SIZES]
    print(f"{'draws':<32}" + "".join(f"{number:>10}" for number in draws))
    reached = {s: float(np.mean(found["three videos + SMS", s])) >= WANTED[s] for s in SIZES}
    print("wanted, three videos + SMS: " + ", ".join(f"{s}: {WANTED[s]} {'yes' if ok else 'NO'}"
                                                     for s, ok in reached.items()))  # fmt: skip
    for size in SIZES:
        apart = np.subtract(found["SMS only", size], found["no base at all", size])
        error = 196 * float(np.std(apart)) / len(apart) ** 0.5
        print(f"wrong-domain base against no base, {size} labels: {100 * apart.mean():+.2f} "
              f"points, ± {error:.2f} (limit -0.30)")  # fmt: skip


if __name__ == "__main__":
    main()
