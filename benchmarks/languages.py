"""A language nobody taught: how much of it is held rather than decided, at a new site's thresholds.

Each language's data sets are left out in turn and the base is fitted on the rest as the shipped
one is; scale and thresholds are the shipped base's. (Our own templates have a few sentences in
the language; what counts as learned does not come from them.)
"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from model.artifact import load as load_model
from model.base_digest import DIGEST
from model.comment import Example
from model.figures import Interval, share
from model.live import BASE
from model.scorer import Scorer
from training.card import in_force
from training.corpus import Bools, Corpus
from training.evaluate import Result
from training.examples import capped, load, unique
from training.fit import CONFIGURATIONS, fit, lessons

LANGUAGES = {"Indonesian": "id", "Chinese": "zh", "Russian": "ru"}
LONG = 20
"""Characters from which a comment must be held."""
HELD, ACCEPTED_SPAM = 0.9, 0.05
"""At least this share of all is held, at most this share of the spam accepted."""


def main() -> None:
    """Print the shares with n and their 95 % interval; exits 1 where a line is missed."""
    folder = os.environ.get("WEIR_TRAINING_DATA")
    if not folder:
        sys.exit("set WEIR_TRAINING_DATA to the folder of labelled sets")
    corpus = Corpus.of(capped(unique(load(Path(folder)))))
    missed = False
    for name, code in LANGUAGES.items():
        spoken = np.array([one.language == code for one in corpus.examples])
        examples = corpus.where(spoken).examples
        for line, good in lines(examples, judged(corpus, spoken)):
            print(f"{name:<12}{line}", flush=True)
            missed = missed or not good
    sys.exit(missed)


def judged(corpus: Corpus, left_out: Bools) -> Result:
    """What a base says of some comments that was fitted on the others."""
    shipped, chosen = load_model(BASE, digest=DIGEST), CONFIGURATIONS["shipped"]
    model = fit(lessons(corpus.where(~left_out), chosen.plan, 0), chosen)
    model = replace(model, scale=shipped.scale, offset=shipped.offset, card=shipped.card)
    left = [one for one, out in zip(corpus.examples, left_out, strict=True) if out]
    return Result.of(Scorer(model), left)


def lines(examples: Sequence[Example], result: Result) -> Iterator[tuple[str, bool]]:
    """Long and short comments, what became of them, and whether the long ones keep the line."""
    accepted, rejected = result.decided(
        in_force(load_model(BASE, digest=DIGEST).card["thresholds"])
    )
    long = np.array([len(one.comment.content) >= LONG for one in examples])
    for name, chosen in ((f"{LONG} characters and more", long), ("shorter", ~long)):
        spam = chosen & result.is_spam
        held = share(int((chosen & ~accepted & ~rejected).sum()), int(chosen.sum()))
        let_in = share(int((spam & accepted).sum()), int(spam.sum()))
        kept = name == "shorter" or (held.estimate >= HELD and let_in.estimate <= ACCEPTED_SPAM)
        told = f"{name:<24} held {_said(held)}  of spam accepted {_said(let_in)}"
        yield told if kept else f"{told}  MISSED", kept


def _said(one: Interval) -> str:
    return f"{one.estimate:.1%} ({one.lower:.1%}-{one.upper:.1%}, n {one.n})"


if __name__ == "__main__":
    main()
