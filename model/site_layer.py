"""What one site has taught: a few weights on top of the base, as plain arrays.

With b the base's log-odds and x the comment's local features, the layer's are
`slope` * b + `intercept` + w . x: a stack of the base and a linear model of the site, written
as one linear form, so that every part of the score stays exact.

Local numbering, a stored format (FORMAT): structure keeps its indices, markup and words are
folded into the slots from there to CHARS, character n-grams into those up to EXTRAS, and the
last hold what the base may not use, the author's name and the hosts named. Folding to 2^16
cost nothing measurable.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model import features
from model.artifact import BadArtifact, Shape, open_folder, save_folder
from model.comment import Comment
from model.text import Reading, host_of

FORMAT = 1
"""Number of the local numbering; a layer fits only this and the feature FORMAT it names."""

SLOTS = 2**16
CHARS = 2**15
EXTRAS = SLOTS - 2**12
"""Where the blocks of the local numbering end and begin."""

COVERAGE_BITS = 2**18
MOST_EXTRAS = 16

EXAM = 0.25
"""Share of a site's texts that no model of it learns from: thresholds are certified on them."""

_EXTRA_VALUE = 0.5
_AUTHOR, _HOST = "author", "host"
_MARKUP = features.MARKUP


def _folded() -> NDArray[np.int32]:
    """The local slot of every index of `model.features`."""
    index = np.arange(features.DIMENSIONS, dtype=np.int32)
    words = _MARKUP + (index - _MARKUP) % (CHARS - _MARKUP)
    chars = CHARS + (index - features.CHARS) % (EXTRAS - CHARS)
    return np.where(index < _MARKUP, index, np.where(index < features.CHARS, words, chars))


_SLOT = _folded()


@dataclass(frozen=True, slots=True)
class Extra:
    """A feature the base may not use: its slot, and what it stands for in words."""

    slot: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLayer:
    """One site's layer. `weights` (SLOTS,), `coverage` the packed bits of words it has seen.

    `card`: the digest of the base it was fitted on (`base`), thresholds, figures, counts.
    """

    weights: NDArray[Any]
    coverage: NDArray[Any]
    slope: float
    intercept: float
    card: dict[str, Any]
    digest: str = ""

    @property
    def id(self) -> str:
        """The name under which judgements remember this layer."""
        return f"site-{self.digest[:12]}"

    @property
    def base(self) -> str:
        """The digest of the base it was fitted on; it fits no other."""
        return str(self.card.get("base", ""))

    def weights_of(self, indices: NDArray[np.int32]) -> NDArray[np.float64]:
        """The weight of each feature of the text."""
        return self.weights.take(_SLOT.take(indices)).astype(np.float64)

    def extra_parts(self, comment: Comment, reading: Reading) -> list[tuple[Extra, float]]:
        """What each feature beside the text adds, in log-odds."""
        found = extras(comment, reading)
        return [(extra, float(self.weights[extra.slot]) * _EXTRA_VALUE) for extra in found]


def slots_of(indices: NDArray[np.int32]) -> NDArray[np.int32]:
    """The local slots of indices of `model.features`."""
    return _SLOT[indices]


def extras(comment: Comment, reading: Reading) -> list[Extra]:
    """The author's whole name and its words; every host the comment names. None twice."""
    found = dict.fromkeys(_named(comment, reading))
    unique = {slot: Extra(slot, *of) for of in found for slot in (_slot(*of),)}
    return list(islice(unique.values(), MOST_EXTRAS))


def extra_rows(
    comments: Sequence[Comment], readings: Sequence[Reading]
) -> list[tuple[list[int], float]]:
    """For training: each comment's extra slots, and the value they have."""
    pairs = zip(comments, readings, strict=True)
    return [([extra.slot for extra in extras(*pair)], _EXTRA_VALUE) for pair in pairs]


def _named(comment: Comment, reading: Reading) -> list[tuple[str, str]]:
    name = " ".join(comment.author_name.lower().split())[:100]
    named = [(_AUTHOR, word) for word in (name, *islice(name.split(), 4)) if word]
    if comment.author_url and (host := host_of(comment.author_url)):
        named.append((_HOST, host))
    return named + [(_HOST, link.domain) for link in reading.links if link.domain]


def _slot(code: str, word: str) -> int:
    data = f"{code}:{word}".encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(data, digest_size=8, person=b"weir site layer").digest()
    return EXTRAS + int.from_bytes(digest, "little") % (SLOTS - EXTRAS)


ARRAYS = {"weights": Shape(("float16",), 1), "coverage": Shape(("uint8",), 1)}


def save(layer: SiteLayer, folder: Path, *, key: bytes) -> str:
    """Write a signed layer to `folder`; returns its digest."""
    card = layer.card | {
        "kind": "site layer",
        "numbering": {"local": FORMAT, "features": features.FORMAT},
        "stack": {"slope": layer.slope, "intercept": layer.intercept},
    }
    return save_folder(
        folder, {"weights": layer.weights, "coverage": layer.coverage}, card, key=key
    )


def load(folder: Path, *, digest: str, key: bytes) -> SiteLayer:
    """The layer in `folder`: the digest expected, signed by this instance. Raises BadArtifact."""
    found = open_folder(folder, ARRAYS, digest=digest, key=key)
    if found.card.get("numbering") != {"local": FORMAT, "features": features.FORMAT}:
        raise BadArtifact(f"{folder}: fitted on features numbered otherwise; refit it")
    weights, coverage = found.arrays["weights"], found.arrays["coverage"]
    if weights.shape != (SLOTS,) or coverage.shape != (COVERAGE_BITS // 8,):
        raise BadArtifact(f"{folder}: {weights.shape} weights, {coverage.shape} coverage")
    slope, intercept = _stack(folder, found.card)
    if not (np.isfinite([slope, intercept]).all() and np.isfinite(weights).all()):
        raise BadArtifact(f"{folder}: holds numbers that are not finite")
    return SiteLayer(
        weights=weights, coverage=coverage, slope=slope, intercept=intercept,
        card=found.card, digest=found.digest,
    )  # fmt: skip


def _stack(folder: Path, card: dict[str, Any]) -> tuple[float, float]:
    try:
        return float(card["stack"]["slope"]), float(card["stack"]["intercept"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadArtifact(f"{folder}: the card's stack is no pair of numbers") from error
