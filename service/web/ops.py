"""What operators and their machines ask: alive, ready, counted, which version."""

from contextlib import suppress

import orjson
from flask import Blueprint, Response

from service import __version__, metrics
from service.db import drifts
from service.errors import StorageError
from service.web import parts

ops = Blueprint("ops", __name__)


@ops.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return _told({"status": "ok"})


@ops.get("/readyz")
def readyz() -> Response:
    """Judging works: the model is loaded and the database answers. Otherwise 503."""
    ready = {
        "model": parts().live.scorer() is not None,
        "database": parts().database.answers(),
    }
    return _told({"status": "ready" if all(ready.values()) else "not ready", **ready},
                 200 if all(ready.values()) else 503)  # fmt: skip


@ops.get("/metrics")
def prometheus() -> Response:
    """Figures of all web processes together, in Prometheus' text format."""
    told = metrics.exposition()
    with suppress(StorageError), parts().database.reading() as connection:
        told += metrics.drift_lines(drifts.newest(connection))
    return Response(told, content_type=metrics.CONTENT_TYPE)


@ops.get("/version")
def version() -> Response:
    """What is running."""
    scorer = parts().live.scorer()
    return _told({"version": __version__, "model": scorer.model.id if scorer else None})


def _told(what: dict[str, object], status: int = 200) -> Response:
    return Response(orjson.dumps(what), status, content_type="application/json")
