"""The score of a site that has taught: the base's and the site layer's, one exact sum."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.artifact import BadArtifact, BaseModel
from model.comment import Comment
from model.features import Hashes, Numbered, windows_of
from model.scorer import Floats, Scored, Scorer
from model.site_layer import COVERAGE_BITS, SiteLayer
from model.text import Reading
from model.verdict import Reason

_SHIFT = np.uint64(64 - (COVERAGE_BITS.bit_length() - 1))

LEARNED = 0.15
"""Share of a text's words, beyond chance, that the site's comments must have had: of comments in
the language of 100 labelled ones 70 % and more reach it, of those in another one none."""


class SiteScorer(Scorer):
    """A scorer with one site's layer on top; its model's card holds the layer's thresholds.

    Raises BadArtifact if the layer was fitted on another base.
    """

    def __init__(self, base: BaseModel, layer: SiteLayer) -> None:
        if layer.base != base.digest:
            raise BadArtifact(f"{layer.id} was fitted on another base than {base.id}")
        super().__init__(replace(base, card=_card(base.card, layer.card)))
        self.layer = layer
        self._site_bits = np.ascontiguousarray(layer.coverage)
        self._chance = float(np.unpackbits(self._site_bits).mean())

    def score(self, reading: Reading, comment: Comment) -> Scored:
        """The window that is worst by the joint score."""
        numbered = Numbered(reading, comment)
        beside = self._sum_beside(reading, comment)
        each = [(*self._joint(*numbered.row(span)), span) for span in windows_of(reading)]
        joint, base, window = max(each, key=lambda scored: scored[0])
        seen = self._share_seen(numbered.keys(window))
        return Scored(joint + beside, seen, window, base, self.layer.id, numbered)

    def _joint(
        self, indices: NDArray[np.int32], values: NDArray[np.float32]
    ) -> tuple[float, float]:
        """What base and layer say of the text together, and the base alone."""
        base, layer = self._logit(indices, values), self.layer
        local = float(np.add.reduce(layer.parts(indices, values)))
        return layer.slope * base + layer.intercept + local, base

    def _sum_beside(self, reading: Reading, comment: Comment) -> float:
        return sum(weight for _, weight in self.layer.extra_parts(comment, reading))

    def _parts(
        self, indices: NDArray[np.int32], values: NDArray[np.float32]
    ) -> tuple[Floats, float]:
        weights, base = super()._parts(indices, values)
        local = self.layer.parts(indices, values)
        return self.layer.slope * weights + local, self.layer.slope * base + self.layer.intercept

    def _beside_the_text(self, reading: Reading, comment: Comment) -> Sequence[Reason]:
        return [
            Reason(f"taught-{extra.code}", extra.detail, weight)
            for extra, weight in self.layer.extra_parts(comment, reading)
            if weight
        ]

    def _share_seen(self, keys: Hashes) -> float | None:
        """As the base counts it; or as the site does, whose few comments know less of a language,
        so that LEARNED there is as much as the floor is for the base."""
        joint = super()._share_seen(keys)
        if joint is None:
            return None
        own = (float(np.mean(self._here(keys))) - self._chance) / (1 - self._chance)
        return max(joint, min(1.0, own / LEARNED * self.model.coverage_floor))

    def _seen(self, keys: Hashes) -> NDArray[np.uint8]:
        return np.asarray(super()._seen(keys) | self._here(keys))

    def _here(self, keys: Hashes) -> NDArray[np.uint8]:
        bits: Hashes = keys >> _SHIFT
        return np.asarray(self._site_bits[bits >> np.uint64(3)] >> (bits & np.uint64(7)) & 1)


def _card(base: Mapping[str, Any], layer: Mapping[str, Any]) -> dict[str, Any]:
    """The base's card with the layer's thresholds: its own rejecting rows go before the base's."""
    inherited, own = base.get("thresholds", {}), layer.get("thresholds", {})
    rows = {row["budget"]: row for row in (*inherited.get("reject", ()), *own.get("reject", ()))}
    return {**base, "thresholds": {**inherited, **own, "reject": list(rows.values())}}
