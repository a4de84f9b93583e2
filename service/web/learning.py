"""The native API's part about learning: models, rounds of training, looking back."""

from collections.abc import Mapping
from typing import Any

import orjson

from model.policy import margin, thresholds
from service import audits
from service.db import champions, rounds
from service.db.sites import Site, in_order, policy_from, policy_to
from service.promise import promised
from service.web import answers, parts, telling
from service.web.routing import Route
from service.web.shapes import WhatIfIn
from service.whatif import what_if


def list_models(site: Site) -> bytes:
    """The base, and the models this site has taught, newest first."""
    with parts().database.reading() as connection:
        rows = champions.of_site(connection, site.id)
        entries = champions.log(connection, site.id)
    champion, gone = champions.champion_of(entries), champions.withdrawn(entries)
    own = [
        {"id": row.id, "kind": "site", "champion": row.id == champion, "card": row.card,
         "withdrawn": row.id in gone, "passed": row.passed, "reason": row.reason,
         "created_at": telling.time(row.at)}
        for row in rows
    ]  # fmt: skip
    return orjson.dumps({"models": [*_base(taught=bool(champion)), *own]})


def _base(*, taught: bool) -> list[dict[str, Any]]:
    scorer = parts().live.scorer()
    if scorer is None:
        return []
    model = scorer.model
    return [{"id": model.id, "kind": "base", "champion": not taught, "card": model.card}]


def retrain(site: Site) -> bytes:
    """Ask for a round of training; the background worker runs it."""
    now = parts().clock()
    with parts().database.writing() as connection:
        job = rounds.waiting(connection, site.id) or rounds.ask(connection, site.id, now)
        found = rounds.get(connection, site.id, job)
    return _job(found)


def get_job(site: Site, job_id: str) -> bytes:
    """How a round of training went."""
    with parts().database.reading() as connection:
        return _job(rounds.get(connection, site.id, job_id))


def _job(row: rounds.RoundRow) -> bytes:
    finished = telling.time(row.finished_at) if row.finished_at else None
    told = {"id": row.id, "state": row.state, "requested_at": telling.time(row.requested_at),
            "finished_at": finished, "model": row.model_id or None, "reason": row.reason,
            "report": row.report}  # fmt: skip
    return orjson.dumps(told)


def look_back(site: Site, body: WhatIfIn) -> bytes:
    """What another policy would have decided in the last days; nothing changes."""
    policy = policy_from(in_order(policy_to(site.policy), body.policy.changes()))
    past = parts().lookback.past(site, body.days)
    card = _card(site)
    return orjson.dumps(what_if(past, policy, thresholds(policy, card), margin(policy, card)))


def promise(site: Site) -> dict[str, Any]:
    """The promise in force, and how often the audit found it broken."""
    audit = audits.lately(parts().database, site.id, parts().clock())
    return promised(site.policy, _card(site)) | {"audit": audit}


def _card(site: Site) -> Mapping[str, Any]:
    scorer = parts().serving.scorer(site)
    return scorer.model.card if scorer else {}


ROUTES = (
    Route(method="GET", path="/v1/models", handler=list_models, answer=answers.ModelList),
    Route(method="POST", path="/v1/models/retrain", handler=retrain, answer=answers.Job,
          status=202),
    Route(method="GET", path="/v1/models/retrain/{job_id}", handler=get_job, answer=answers.Job,
          problems=(404,)),
    Route(method="POST", path="/v1/sites/self/what-if", handler=look_back, body=WhatIfIn,
          answer=answers.WhatIf),
)  # fmt: skip
