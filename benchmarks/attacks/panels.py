"""Models that have not seen the spam they are attacked with, fitted as the shipped base is."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.attacks.measure import Panel
from model.artifact import BaseModel, load, save
from model.base_digest import DIGEST
from model.comment import Comment, Example, Label
from model.scorer import Scorer
from training import examples
from training.corpus import Corpus
from training.fit import CONFIGURATIONS, fit, lessons
from training.spun import praise_spintax

BASE = Path(__file__).parents[2] / "model" / "base"
GOOD = 1_000
"""Good comments per panel from which the threshold at 1 % false positives is taken."""

Left = Callable[[Example], bool]

_FIRST_VIDEOS = ("Eminem", "KatyPerry")
LEFT_OUT: dict[str, Left] = {
    "near: three videos": lambda e: e.source == "youtube_uci" and e.group not in _FIRST_VIDEOS,
    "near: two videos": lambda e: e.source == "youtube_uci" and e.group in _FIRST_VIDEOS,
    "far: youtube_uci": lambda e: e.source == "youtube_uci",
    "far: wpblog_dmt": lambda e: e.source == "wpblog_dmt",
    "far: sms_uci": lambda e: examples.family(e.source) == "sms",
}
"""What each model has not seen: videos of a source it knows, or a whole source."""


def data_folder() -> Path:
    """Where the labelled sets are; exits with one line if nobody says."""
    folder = os.environ.get("WEIR_TRAINING_DATA", "")
    if not folder:
        sys.exit("set WEIR_TRAINING_DATA to the folder of labelled sets")
    return Path(folder)


def shipped() -> BaseModel:
    """The base model that is shipped."""
    return load(BASE, digest=DIGEST)


def panels(folder: Path, texts: int, keep: Path | None) -> Iterator[Panel]:
    """One panel per model of LEFT_OUT with up to `texts` spam each.

    Probabilities and thresholds are those of the shipped base. `keep` is where fitted models
    stay for the next run.
    """
    base = shipped()
    everything = examples.unique(examples.load(folder))
    corpus: list[Corpus] = []
    for name, left in LEFT_OUT.items():
        kept = keep / name.replace(": ", "-").replace(" ", "-") if keep else None
        if kept and kept.exists():
            model = load(kept)
        else:
            corpus = corpus or [Corpus.of(examples.capped(everything))]
            model = _fitted(corpus[0], left, folder)
            model = replace(model, scale=base.scale, offset=base.offset, card=base.card)
            if kept:
                save(model, kept)
        yield _panel(name, model, [each for each in everything if left(each)], texts)


def _fitted(corpus: Corpus, left: Left, folder: Path) -> BaseModel:
    seen = corpus.where(np.array([not left(each) for each in corpus.examples]))
    chosen = CONFIGURATIONS["shipped"]
    return fit(lessons(seen, chosen.plan, 0, praise_spintax(folder)), chosen)


def _panel(name: str, model: BaseModel, unseen: list[Example], texts: int) -> Panel:
    rng = Random(name)
    good, spam = (_comments(unseen, label) for label in (Label.HAM, Label.SPAM))
    rng.shuffle(good)
    rng.shuffle(spam)
    return Panel(name=name, scorer=Scorer(model), good=good[:GOOD], spam=spam[:texts])


def _comments(unseen: list[Example], label: Label) -> list[Comment]:
    return [each.comment for each in unseen if each.label is label]
