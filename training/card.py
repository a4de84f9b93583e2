"""The card of a base model: what it learned from, how good it is where it never was."""

import hashlib
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.comment import Example
from model.features import DIMENSIONS, FORMAT
from model.figures import share
from model.verdict import Thresholds
from training.corpus import SKETCH_BITS
from training.evaluate import NAMES, Result, as_json, measured
from training.examples import rule_of
from training.fit import Configuration, Lessons
from training.promise import LeftOut, kept, thresholds

DEFAULT_BUDGET, DEFAULT_HOLD = 0.005, 0.2
ENOUGH = 30
"""Comments of a label below which ranking figures of a source say nothing."""

NOTICES = (
    "Trained in part on YouTube Spam Collection and SMS Spam Collection (UCI, CC BY 4.0), "
    "Civil Comments (CC0), COLD (Apache-2.0) and posts of Stack Overflow (CC BY-SA). No text of "
    "any data set is in the model: its weights belong to hashed features.",
    "Spun praise was expanded from the reference file of the WordPress comment blocklist, "
    "(c) 2011-2026 Grant Hutchinson, MIT licence. The list is not in the model.",
    "Kinds of spam that no data set has were expanded from our own templates.",
)
FAILS = (
    "Spam and good comments that say the same words (praise, thanks) can't be told apart by text.",
    "Languages it has not learned: it knows English best, some Chinese and Indonesian, German, "
    "French and Hindi from machine translation only. Others are held by the coverage rule when "
    "long enough, and judged badly when shorter.",
    "No spam in the data is younger than 2014 on English blogs, none was written by a language "
    "model, and no set knows addresses or user agents.",
    "A copied good comment with a link to an unknown host looks good to the text model; the host "
    "rule has to hold it.",
    "Probabilities assume as much spam as good comments. A site with more or less of it sees "
    "other shares until it has labels of its own.",
    "Its thresholds were measured on the sources below, which a new site need not resemble: "
    "measured on unseen sources, not guaranteed.",
    "The templates were written by someone who had seen what spam below videos and in chats looks "
    "like: figures on youtube_uci and telegram_ru flatter the model somewhat.",
    "Figures on blog_haacked flatter every text model (its spam was found by one, and 23 "
    "of its comments, published as good but plainly spam, were left out by eye); those on "
    "wpblog_lucas and wpblog_mescoda_zh rest on few comments of one label.",
)


def card(
    configuration: Configuration,
    examples: Sequence[Example],
    taught: Lessons,
    found: LeftOut,
    *,
    data: Path,
    seed: int,
    made_at: str,
) -> dict[str, Any]:
    """Everything the artifact says of itself. `found` is calibrated."""
    table = thresholds(found, DEFAULT_BUDGET)
    bounds = in_force(table)
    linked_above = _default(table).get("linked_above", 1.0)
    result = _result(found, bounds, linked_above)
    return {
        "name": "Weir base",
        "made_at": made_at,
        "seed": seed,
        "configuration": asdict(configuration),
        "features": {"format": FORMAT, "dimensions": DIMENSIONS},
        "coverage": {"hold_below": found.floor, "bits": 2**SKETCH_BITS},
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "scipy", "scikit-learn", "selectolax")},
        },
        "data": described(examples, data),
        "taught": {
            "spam": int(taught.is_spam.sum()),
            "good": int((~taught.is_spam).sum()),
            "made": len(taught.is_spam) - len(taught.keys),
        },
        "thresholds": table,
        "calibration_note": "Platt's scale and offset, fitted on scores of sources left out; half "
        "the weight on spam, half on good comments, every source alike on either side.",
        "promise": {
            "basis": "measured on unseen sources, not guaranteed",
            "reject_above": bounds.reject_above,
            "linked_above": linked_above,
            "sources": kept(found, bounds.reject_above, linked_above),
        },
        "unseen": unseen(found.sources, result, bounds, seed),
        "good": good(found, result, bounds),
        "fails": list(FAILS),
        "notices": list(NOTICES),
    }


def in_force(table: Mapping[str, Any]) -> Thresholds:
    """The thresholds of a new site with the default policy."""
    above = _default(table)["reject_above"]
    below = next(row for row in table["accept"] if row["budget"] == DEFAULT_HOLD)["accept_below"]
    above = 1.0 if above is None else above
    return Thresholds(min(below, above), above)


def described(examples: Sequence[Example], data: Path) -> list[dict[str, Any]]:
    """Each data set: digest of its file, how much of it was used, and whether it taught."""
    used = Counter((example.source, example.label.value) for example in examples)
    return [
        {
            "set": name,
            "sha256": hashlib.sha256((data / f"{name}.jsonl.gz").read_bytes()).hexdigest(),
            "spam": used[name, "spam"],
            "ham": used[name, "ham"],
            "taught": rule_of(name).teaches,
        }
        for name in sorted({example.source for example in examples})
    ]


def unseen(
    sources: NDArray[np.str_], result: Result, bounds: Thresholds, seed: int
) -> dict[str, Any]:
    """The figures of each source, judged by a model that was fitted without it."""
    return {
        str(name): as_json(measured(result.where(sources == name), bounds, seed))
        for name in sorted(set(sources))
    }


def good(found: LeftOut, result: Result, bounds: Thresholds) -> list[dict[str, Any]]:
    """What becomes of each source's good comments by text alone, those that link to an unknown
    host apart: the host rule holds them whatever the text says."""
    accepted, rejected = result.decided(bounds)
    rows = []
    for name in sorted(set(found.sources[~found.is_spam])):
        for linked in (False, True):
            here = (found.sources == name) & ~found.is_spam & (found.linked == linked)
            if n := int(here.sum()):
                shares = {"accepted": accepted & here, "rejected": rejected & here}
                counts = {key: int(value.sum()) for key, value in shares.items()}
                rows.append({"source": str(name), "unknown_host": linked, "n": n, **counts})
    return rows


def as_markdown(card: Mapping[str, Any]) -> str:
    """The table of figures per unseen source, and that of the promise, for a README."""
    head = ("source left out", "spam", "good", *(NAMES[name] for name in _COLUMNS))
    lines = [_row(head), _row(["---", *["--:"] * (len(head) - 1)])]
    sizes = {row["set"]: row for row in card["data"]}
    for source, figures in card["unseen"].items():
        cells = [_cell(figures[name]) for name in _COLUMNS]
        lines.append(_row([source, sizes[source]["spam"], sizes[source]["ham"], *cells]))
    lines += ["", _row(("source left out", "good comments", "rejected", "95 % bound")),
              _row(("---", "--:", "--:", "--:"))]  # fmt: skip
    for row in card["promise"]["sources"]:
        lines.append(_row((row["source"], row["n"], row["rejected"], f"{row['bound']:.2%}")))
    lines += ["", _row(_BY_LINK), _row(("---", "---", "--:", "--:", "--:"))]
    for row in card["good"]:
        linked = "yes" if row["unknown_host"] else "no"
        shares = [f"{share(row[key], row['n']).estimate:.2%}" for key in ("accepted", "rejected")]
        lines.append(_row((row["source"], linked, row["n"], *shares)))
    return "\n".join(lines) + "\n"


_COLUMNS = (
    "roc_auc", "caught_at_half_percent", "caught_at_one_percent", "good_rejected",
    "good_accepted", "held", "spam_rejected", "spam_accepted", "brier", "ece",
)  # fmt: skip


_BY_LINK = (
    "source left out", "link to an unknown host", "good comments", "accepted by text", "rejected",
)  # fmt: skip


def _result(found: LeftOut, bounds: Thresholds, linked_above: float) -> Result:
    """As judged: what is likely enough, but links to an unknown host, is held."""
    decidable = found.learned & ~found.spared(bounds.reject_above, linked_above)
    return Result(found.is_spam, found.probability, decidable, found.clusters)


def _default(table: Mapping[str, Any]) -> Mapping[str, Any]:
    rows: list[Mapping[str, Any]] = table["reject"]
    return next(row for row in rows if row["budget"] == DEFAULT_BUDGET)


def _row(cells: Sequence[Any]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _cell(figure: Mapping[str, Any]) -> str:
    if figure["estimate"] is None or not np.isfinite(figure["estimate"]):
        return "-"
    return f"{figure['estimate']:.3f} ({figure['lower']:.3f}-{figure['upper']:.3f})"
