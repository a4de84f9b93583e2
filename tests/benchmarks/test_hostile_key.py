"""A key that praises its own campaign teaches nobody anything."""

import random
from datetime import timedelta

import pytest

from benchmarks import hostile_key
from benchmarks.hostile_key import attacked
from model.scorer import Scorer
from service import taught
from tests.invented import a_base, comments


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, number in {"REPORTS": 30, "TAUGHT": 60, "PROBES": 10}.items():
        monkeypatch.setattr(hostile_key, name, number)


def caught_after_its_reports() -> tuple[float, int]:
    sites = comments(60, seed=1), comments(80, seed=2)
    _, reported, _, moved = attacked(Scorer(a_base()), *sites, random.Random(0))
    return reported, moved


def test_a_campaign_is_still_caught_after_its_key_has_praised_it() -> None:
    assert caught_after_its_reports() == (1.0, 0)


def test_the_measurement_tells_a_site_that_believes_its_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(taught, "REPORTS_OF_ONE_TEXT", 10**9)
    monkeypatch.setattr(taught, "BURST", timedelta(0))
    assert caught_after_its_reports()[0] < 1.0
