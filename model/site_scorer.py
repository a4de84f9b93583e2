"""The score of a site that has taught: the base's and the site layer's, one exact sum."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.artifact import BadArtifact, BaseModel
from model.comment import Comment
from model.features import KEY_BITS, Numbered
from model.lone import Lone
from model.ngrams import Hashes, constant
from model.scorer import Floats, Scored, Scorer, bits_at, shares
from model.site_layer import COVERAGE_BITS, SiteLayer
from model.text import Reading
from model.verdict import Reason

_SHIFT = constant(KEY_BITS + 1 - COVERAGE_BITS.bit_length())

LEARNED = 0.15
"""Share of a text's words, beyond chance, that the site's comments must have had: of comments in
the language of 100 labelled ones 70 % and more reach it, of those in another one none."""

IN_ADVANCE = 1.5
"""Words granted on top: of a few words chance alone may leave none that was seen before. It halves
the comments held wrongly for their language, and costs 1 to 6 % of short ones in another one."""


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

    @property
    def id(self) -> str:
        """The layer's name."""
        return self.layer.id

    def logits(self, numbered: Numbered) -> Floats:
        """What base and layer say of each row's text together."""
        return self._joint(numbered, super().logits(numbered))

    def _alone(self, lone: Lone, reading: Reading, comment: Comment) -> Scored:
        """As the base's, with what the site has taught."""
        base = self._logit(lone)
        local = lone.sum(self.layer.weights_of(lone.indices))
        joint = self.layer.slope * base + self.layer.intercept + local
        return Scored(
            joint + self._sum_beside(reading, comment), self._shares_seen(*lone.keys([0]))[0],
            lone.spans[0], base, self.layer.id, lone,
        )  # fmt: skip

    def _scored(
        self,
        numbered: Numbered,
        readings: Sequence[Reading],
        comments: Sequence[Comment],
        *,
        keep: bool,
    ) -> list[Scored]:
        """Each comment by the window that is worst by the joint score."""
        base = super().logits(numbered)
        joint = self._joint(numbered, base).tolist()
        kept = numbered if keep else None
        each = zip(self._worst(numbered, joint), readings, comments, strict=True)
        return [
            Scored(
                joint[row] + self._sum_beside(reading, comment),
                share, numbered.spans[row], float(base[row]), self.layer.id, kept, row,
            )
            for (row, share), reading, comment in each
        ]  # fmt: skip

    def _joint(self, numbered: Numbered, base: Floats) -> Floats:
        local = numbered.sums(self.layer.weights_of(numbered.indices))
        return self.layer.slope * base + self.layer.intercept + local

    def _sum_beside(self, reading: Reading, comment: Comment) -> float:
        return sum(weight for _, weight in self.layer.extra_parts(comment, reading))

    def _parts(self, indices: NDArray[np.int32], values: Floats) -> tuple[Floats, float]:
        weights, base = super()._parts(indices, values)
        local = self.layer.weights_of(indices) * values
        return self.layer.slope * weights + local, self.layer.slope * base + self.layer.intercept

    def _beside_the_text(self, reading: Reading, comment: Comment) -> Sequence[Reason]:
        return [
            Reason(f"taught-{extra.code}", extra.detail, weight)
            for extra, weight in self.layer.extra_parts(comment, reading)
            if weight
        ]

    def _shares_seen(self, keys: Hashes, sizes: Sequence[int]) -> list[float | None]:
        """As the base counts it; or as the site does, whose few comments know less of a language,
        so that LEARNED there is as much as the floor is for the base."""
        joint, here = super()._shares_seen(keys, sizes), shares(self._here(keys), sizes)
        return [
            None if share is None or own is None else max(share, self._as_much(own, size))
            for share, own, size in zip(joint, here, sizes, strict=True)
        ]

    def _as_much(self, own: float, size: int) -> float:
        beyond = (own - self._chance) / (1 - self._chance) + IN_ADVANCE / size
        return min(1.0, beyond / LEARNED * self.model.coverage_floor)

    def _seen(self, keys: Hashes) -> NDArray[np.uint8]:
        return super()._seen(keys) | self._here(keys)

    def _here(self, keys: Hashes) -> NDArray[np.uint8]:
        return bits_at(self._site_bits, keys >> _SHIFT)


def _card(base: Mapping[str, Any], layer: Mapping[str, Any]) -> dict[str, Any]:
    """The base's card with the layer's thresholds: its own rejecting rows go before the base's."""
    inherited, own = base.get("thresholds", {}), layer.get("thresholds", {})
    rows = {row["budget"]: row for row in (*inherited.get("reject", ()), *own.get("reject", ()))}
    return {**base, "thresholds": {**inherited, **own, "reject": list(rows.values())}}
