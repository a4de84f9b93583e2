"""Which model answers for a site: its own champion, loaded once and kept, else the base."""

import threading
import time
from collections import OrderedDict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from model.artifact import BadArtifact, BaseModel
from model.case import History
from model.comment import Comment
from model.judge import judge
from model.live import Live
from model.policy import Policy
from model.scorer import Scorer
from model.site_scorer import SiteScorer
from model.text import read
from service import logs
from service.model_store import ModelStore

if TYPE_CHECKING:
    from service.db.sites import Site

log = logs.logger(__name__)

_REHEARSED = Comment(
    content="Good evening! <b>Всем привет</b>, more at https://www.harbour.example/news",
    author_name="Nobody", author_email="nobody@mail.example", author_ip="192.0.2.1",
    author_url="https://harbour.example", user_agent="rehearsal",
)  # fmt: skip

BLIND = "blind"
"""In a layer's card: the digest of the one that learned the same without the exam."""

MOST_KEPT = 500
"""Layers in memory, 160 KiB each; loading one again takes 1.5 ms (docs/performance.md)."""
RETRY_SECONDS = 30.0


class Serving:
    """Scorers by site. The site's row names its champion, so a new one is seen at once.

    A champion that cannot be trusted is refused and logged; what answered before goes on.
    """

    def __init__(self, live: Live, store: ModelStore) -> None:
        self._live, self._store = live, store
        self._kept: OrderedDict[str, tuple[str, Scorer]] = OrderedDict()
        self._refused: dict[tuple[str, str], float] = {}
        self._bases: dict[str, BaseModel] = {}
        self._guard = threading.Lock()

    def rehearse(self) -> None:
        """Judge a made-up comment: what is built at first use is then built before the web
        processes are forked, once for all of them, and the first site does not wait for it."""
        base = self._live.scorer()
        if base is not None:
            reading, history = read(_REHEARSED.content), History()
            judge(_REHEARSED, reading, history, Policy(), base, datetime.now(UTC))

    def scorer(self, site: "Site") -> Scorer | None:
        """The scorer in force for a site; None when not even the base could be loaded."""
        base = self._live.scorer()
        if not site.champion or base is None:
            return base
        kept = self._kept.get(site.id)
        if kept and kept[0] == site.champion:
            return kept[1]
        with self._guard:
            return self._loaded(site, base)

    def blind(self, site: "Site") -> Scorer | None:
        """The champion as it was judged, without having learned from the exam: to be judged
        beside. Champions of before there were two are blind themselves; beside one whose blind
        layer is lost or damaged, the base is judged."""
        champion, base = self.scorer(site), self._live.scorer()
        digest = champion.layer.card.get(BLIND) if isinstance(champion, SiteScorer) else None
        if digest is None or base is None:
            return champion
        try:
            layer = self._store.layer(digest)
            return SiteScorer(self._base(layer.base, base), layer)
        except BadArtifact as error:
            log.critical("blind layer refused, judging beside the base", site=site.id,
                         error=str(error))  # fmt: skip
            return base

    def _loaded(self, site: "Site", base: Scorer) -> Scorer:
        kept = self._kept.get(site.id)
        if kept and kept[0] == site.champion:
            return kept[1]
        before = kept[1] if kept else base
        wanted = (site.id, site.champion)
        if self._refused.get(wanted, 0.0) > time.monotonic():
            return before
        try:
            layer = self._store.layer(site.champion)
            scorer = SiteScorer(self._base(layer.base, base), layer)
        except BadArtifact as error:
            self._refused[wanted] = time.monotonic() + RETRY_SECONDS
            log.critical("champion refused, the former model answers", site=site.id,
                         error=str(error))  # fmt: skip
            return before
        self._keep(site, scorer)
        return scorer

    def _keep(self, site: "Site", scorer: Scorer) -> None:
        self._refused.pop((site.id, site.champion), None)
        self._kept[site.id] = (site.champion, scorer)
        self._kept.move_to_end(site.id)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def _base(self, digest: str, current: Scorer) -> BaseModel:
        """The base a layer was fitted on: the shipped one, or one that it has replaced."""
        if isinstance(current.model, BaseModel) and current.model.digest == digest:
            return current.model
        if digest not in self._bases:
            self._bases[digest] = self._store.base(digest)
        return self._bases[digest]
