"""A site's last days, read for looking back; a short while the same ones are used again."""

import threading
import time
from collections import OrderedDict
from dataclasses import replace
from datetime import timedelta

from model.policy import NEVER, Policy
from service import answer
from service.clock import Clock, moment
from service.db import labels
from service.db.engine import Database
from service.db.judged import judged_since
from service.db.sites import Site
from service.whatif import Past, Trial

KEPT_SECONDS = 60.0
MOST_KEPT = 4


class Lookback:
    """Reads pasts; whoever moves a slider gets the one that was read a moment ago."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._kept: OrderedDict[tuple[str, int, str], tuple[float, Trial]] = OrderedDict()
        self._guard = threading.Lock()

    def past(self, site: Site, days: int) -> list[Past]:
        """The newest comments of the last days, newest first."""
        with self._database.reading() as connection:
            rows = judged_since(connection, site.id, self._clock() - timedelta(days=days))
            said = labels.in_force_between(connection, site.id, rows[-1].id, f"{rows[0].id}~") if (
                rows) else {}  # fmt: skip
        return [
            Past(row.id, moment(row.created_at).date(), answer.from_json(row.answer),
                 said.get(row.id), row.linking)
            for row in rows
        ]  # fmt: skip

    def trial(self, site: Site, days: int, policy: Policy) -> Trial:
        """That past made ready for a policy with limits set by hand; up to KEPT_SECONDS old."""
        key = (site.id, days, policy.version)
        with self._guard:
            kept = self._kept.get(key)
            if kept and kept[0] > time.monotonic():
                return kept[1]
        made = Trial(self.past(site, days), replace(policy, reject_above=NEVER))
        with self._guard:
            self._kept[key] = (time.monotonic() + KEPT_SECONDS, made)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return made
