"""Use case 3: a site's labels become a champion. For the worker and the command line only."""

from dataclasses import dataclass, replace
from typing import Any

from model.artifact import BaseModel
from model.live import Live
from model.site_layer import SiteLayer
from service.clock import Clock
from service.db import champions, rounds, sites
from service.db.archive import every
from service.db.engine import Connection, Database
from service.db.sites import Site
from service.errors import StorageError
from service.model_store import ModelStore
from service.sampling import lacks_good
from service.serving import BLIND, Serving
from service.taught import lessons_of
from training.hygiene import Findings, check
from training.retrain import Outcome, retrain


@dataclass(frozen=True, slots=True)
class Learned:
    """How a round ended; `model_id` is empty when nothing could be fitted."""

    promoted: bool
    reason: str
    model_id: str
    report: dict[str, Any]


class Learning:
    """Reads the log of labels, trains, and enters what came of it."""

    def __init__(
        self, database: Database, live: Live, store: ModelStore, serving: Serving, clock: Clock
    ) -> None:
        self._database, self._live, self._store = database, live, store
        self._serving, self._clock = serving, clock

    def retrain(self, site: Site, round_id: str) -> Learned:
        """One whole round for one site; its outcome is in the registry afterwards."""
        base, champion = self._live.scorer(), self._serving.blind(site)
        if base is None or champion is None or not isinstance(base.model, BaseModel):
            raise StorageError("the base model could not be loaded")
        taught = lessons_of(every(self._database, site.id))
        outcome = retrain(taught.lessons, base.model, champion, site.policy)
        outcome.report["quarantined"] = taught.quarantined
        row = self._kept(outcome, base.model)
        starved = row is None and lacks_good([one.example.label for one in taught.lessons])
        with self._database.writing() as connection:
            if starved != site.lacks_good:
                sites.set_lacks_good(connection, site.id, lacks=starved)
            ended = self._enter(connection, site, outcome, row)
            rounds.finish(connection, round_id, self._clock(), promoted=ended.promoted,
                          reason=ended.reason, report=outcome.report,
                          model_id=ended.model_id)  # fmt: skip
        return ended

    def check(self, site: Site) -> Findings:
        """The labels of a site that somebody should look at again; changes nothing."""
        base = self._live.scorer()
        if base is None or not isinstance(base.model, BaseModel):
            raise StorageError("the base model could not be loaded")
        taught = lessons_of(every(self._database, site.id))
        return check([lesson.example for lesson in taught.lessons], base.model)

    def _kept(self, outcome: Outcome, base: BaseModel) -> champions.ModelRow | None:
        if outcome.layer is None:
            return None
        self._store.put_base(base)
        layer = self._beside_its_blind_one(outcome.layer, outcome.blind)
        digest = self._store.put(layer)
        return champions.ModelRow(
            id=f"site-{digest[:12]}", digest=digest, base=base.digest, passed=outcome.promoted,
            reason=outcome.reason, card=layer.card | {"report": outcome.report},
            at=self._clock(),
        )  # fmt: skip

    def _beside_its_blind_one(self, layer: SiteLayer, blind: SiteLayer | None) -> SiteLayer:
        """Keep what the gate has judged too, for the next round, and let the layer name it, unless
        it is the same."""
        if blind is None or blind is layer:
            return layer
        return replace(layer, card=layer.card | {BLIND: self._store.put(blind)})

    def _enter(
        self,
        connection: Connection,
        site: Site,
        outcome: Outcome,
        row: champions.ModelRow | None,
    ) -> Learned:
        if row is None:
            return Learned(False, outcome.reason, "", outcome.report)
        champions.add(connection, site.id, row)
        if not outcome.promoted:
            return Learned(False, outcome.reason, row.id, outcome.report)
        if row.id in champions.withdrawn(champions.log(connection, site.id)):
            return Learned(False, f"{row.id} was withdrawn", row.id, outcome.report)
        champions.promote(connection, site.id, row.id, "gate", self._clock())
        return Learned(True, outcome.reason, row.id, outcome.report)
