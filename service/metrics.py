"""Counters and timings for Prometheus, summed over all web processes.

prometheus_client decides between memory and shared files when it is imported, by the
variable PROMETHEUS_MULTIPROC_DIR: gunicorn.conf.py sets it first.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

CONTENT_TYPE = CONTENT_TYPE_LATEST
_REGISTRY = CollectorRegistry()

REQUESTS = Counter("weir_requests", "Requests answered", ("route", "status"), registry=_REGISTRY)
SECONDS = Histogram(
    "weir_request_seconds",
    "Time from request to answer",
    ("route",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0),
    registry=_REGISTRY,
)
DECISIONS = Counter(
    "weir_decisions", "Comments judged", ("dialect", "decision"), registry=_REGISTRY
)
DRIFT_ALARM = ("weir_drift_alarm", "1 if a site's last week surely differs in this figure")
DRIFT_SCORE_SHIFT = ("weir_drift_score_shift", "Log-odds by which a site's mean score has moved")
LABELS = Counter("weir_labels", "Labels given", ("source", "label"), registry=_REGISTRY)


@cache
def request_meters(route: str, status: int) -> tuple[Callable[[], Any], Callable[[float], Any]]:
    """What to call when a request ends: count it, and add its seconds."""
    return REQUESTS.labels(route, str(status)).inc, SECONDS.labels(route).observe


@cache
def decision_meter(dialect: str, decision: str) -> Callable[[], Any]:
    """What to call when a comment was judged."""
    return DECISIONS.labels(dialect, decision).inc


def exposition() -> bytes:
    """All figures in Prometheus' text format, of every web process together."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder is None:
        return generate_latest(_REGISTRY)
    everyone = CollectorRegistry()
    MultiProcessCollector(everyone, path=folder)  # type: ignore[no-untyped-call]
    return generate_latest(everyone)


def drift_lines(found: Mapping[str, Any]) -> bytes:
    """The newest drift reports (service/db/drifts.py) in the same format; asked anew each time,
    since another process finds them."""
    registry = CollectorRegistry()
    registry.register(_Drifts(found))
    return generate_latest(registry)


class _Drifts:
    """Families made for one answer: a Gauge would be kept among what the processes share, told
    again by each, and that for ever."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """As prometheus_client asks for them."""
        alarm = GaugeMetricFamily(*DRIFT_ALARM, labels=("site", "figure"))
        shift = GaugeMetricFamily(*DRIFT_SCORE_SHIFT, labels=("site",))
        for site_id, drift in self._found.items():
            for figure in ("score_shift", "unseen_share", "disagreement"):
                alarm.add_metric((site_id, figure), figure in drift.report["alarms"])
            if drift.report["score_shift"]:
                shift.add_metric((site_id,), drift.report["score_shift"]["moved"])
        return alarm, shift


def forget(pid: int) -> None:
    """A web process has ended: its gauges go, its counts stay."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]
