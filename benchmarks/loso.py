"""The shipped way of fitting beside plain n-grams, on sources and videos neither has seen."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from training.compare import compared, trials
from training.corpus import Corpus
from training.examples import capped, load, unique
from training.spun import praise_spintax


def main() -> None:
    """Print each trial's figures and their difference from the baseline, three seeds."""
    chosen = argparse.ArgumentParser(description=__doc__)
    chosen.add_argument("--seeds", type=int, default=3)
    chosen.add_argument("--configuration", default="shipped")
    wanted = chosen.parse_args()
    folder = os.environ.get("WEIR_TRAINING_DATA")
    if not folder:
        sys.exit("set WEIR_TRAINING_DATA to the folder of labelled sets")
    for row in rows(Path(folder), wanted.configuration, wanted.seeds):
        print(line(row))


def rows(folder: Path, configuration: str, seeds: int) -> list[dict[str, Any]]:
    """The comparison, one row per trial."""
    corpus = Corpus.of(capped(unique(load(folder))))
    praise = praise_spintax(folder)
    tried = [trials(corpus, [configuration], seed, praise, _told) for seed in range(seeds)]
    return [compared(trial, configuration) for trial in zip(*tried, strict=True)]


def line(row: dict[str, Any]) -> str:
    """One trial for people: value, and the interval of the difference from the baseline."""
    told = [f"{row['trial']:<26}"]
    for figure in ("roc_auc", "caught_at_one_percent"):
        one = row[figure]
        told.append(f"{figure} {one['value']:.3f} ({one['lower']:+.3f} to {one['upper']:+.3f})")
    return "  ".join([*told, "WORSE" if row["worse"] else "not worse"])


def _told(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
