"""What a site sends changes: figures with intervals, and the names of what changed."""

import random
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from model.comment import Comment, Label
from model.scorer import Scorer
from model.text import read
from service import metrics, worker
from service.db import drifts
from service.db.sites import Site
from service.drift import FEWEST, Seen, names_of, report, watch
from service.settings import Settings
from service.wiring import Parts, wire
from tests.conftest import Clock
from tests.invented import a_base, comments

SCORER = Scorer(a_base())


def seen(  # noqa: PLR0917 - what may differ
    n: int, score: float, seed: int, label: Label | None = None, unseen: float = 0.2, text: str = ""
) -> list[Seen]:
    numbers = random.Random(seed)
    reading = read(text)
    names = names_of(Comment(content=text), reading)
    return [
        Seen(numbers.gauss(score, 2), numbers.gauss(unseen, 0.05), label, names) for _ in range(n)
    ]


def test_two_alike_weeks_raise_no_alarm() -> None:
    found = report(seen(300, -2, 1), seen(900, -2, 2))

    assert found["alarms"] == []
    assert found["score_shift"]["lower"] < 0 < found["score_shift"]["upper"]
    assert found["changed"] == {"hosts": [], "words": [], "scripts": []}


def test_too_few_comments_say_nothing() -> None:
    found = report(seen(FEWEST - 1, -2, 1), seen(900, 5, 2))

    assert (found["score_shift"], found["alarms"]) == (None, [])


def test_scores_that_surely_moved_raise_an_alarm() -> None:
    assert report(seen(300, 0, 1), seen(900, -2, 2))["alarms"] == ["score_shift"]
    assert report(seen(300, -4, 1), seen(900, -2, 2))["alarms"] == ["score_shift"]
    assert report(seen(300, -1.2, 1), seen(900, -2, 2))["alarms"] == []


def test_texts_nobody_has_seen_raise_an_alarm() -> None:
    found = report(seen(300, -2, 1, unseen=0.4), seen(900, -2, 2))

    assert found["alarms"] == ["unseen_share"]
    assert found["unseen_share"]["moved"] == pytest.approx(0.2, abs=0.02)


def test_moderators_who_disagree_more_than_before_raise_an_alarm() -> None:
    agreed = seen(200, -3, 1, Label.HAM)
    found = report([*seen(60, -3, 3, Label.SPAM), *agreed], agreed)

    assert found["alarms"] == ["disagreement"]
    assert found["disagreement"]["week"]["n"] == 260
    assert report(agreed, agreed)["alarms"] == []


def test_what_became_common_is_named() -> None:
    calm = "a fine regatta"
    russian = "лучшая регата смотри https://lodki.example/x"

    found = report(
        [*seen(150, -2, 1, text=calm), *seen(60, -2, 3, text=russian)], seen(400, -2, 2, text=calm)
    )["changed"]

    assert [one["name"] for one in found["hosts"]] == ["lodki.example"]
    assert "регата" in {one["name"] for one in found["words"]}
    assert {one["name"] for one in found["scripts"]} == {"cyrillic", "latin"}
    assert found["hosts"][0]["week"] == pytest.approx(60 / 210)
    assert found["hosts"][0]["before"] == 0.0


@pytest.fixture
def gardens(settings: Settings, clock: Clock) -> Iterator[Parts]:
    """A wired process whose base is a real one."""
    live = SimpleNamespace(scorer=lambda: SCORER)
    wired = wire(settings, clock=clock, live=live)  # type: ignore[arg-type]
    yield wired
    wired.database.close()


@pytest.fixture
def site(gardens: Parts, clock: Clock) -> Site:
    """Three weeks of a gardening site, and a last one full of another host."""
    found = gardens.sites.get(gardens.sites.add("garden", "https://garden.example").id)
    for week in range(4):
        for example in comments(70, seed=week, first=100 * week):
            host = " see https://chips.example/now" if week == 3 else ""
            text = example.comment.content + host
            gardens.screening.screen(found, Comment(content=text))
            clock.advance(minutes=10)
        clock.advance(days=6)
    return found


def test_a_sites_last_week_is_held_against_the_four_before(
    gardens: Parts, site: Site, clock: Clock
) -> None:
    found = watch(gardens.database, gardens.keyring, site.id, SCORER, clock())

    assert found["comments"] == {"week": 70, "before": 210}
    assert [one["name"] for one in found["changed"]["hosts"]] == ["chips.example"]


def test_the_worker_watches_every_site_once_a_day_and_keeps_what_it_found(
    gardens: Parts, site: Site, clock: Clock
) -> None:
    worker.watch_drift(gardens)
    with gardens.database.reading() as connection:
        first = drifts.newest(connection)
    clock.advance(hours=2)
    worker.watch_drift(gardens)
    with gardens.database.reading() as connection:
        assert drifts.newest(connection) == first

    assert first[site.id].report["comments"]["week"] == 70
    clock.advance(days=1)
    worker.watch_drift(gardens)
    with gardens.database.reading() as connection:
        assert drifts.newest(connection)[site.id].at > first[site.id].at


def test_an_alarm_is_logged_and_counted(
    gardens: Parts, site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[dict[str, object]] = []
    monkeypatch.setattr(worker.log, "warning", lambda event, **more: said.append(more))
    told = {"alarms": ["score_shift"], "score_shift": {"moved": 2.5}, "unseen_share": None,
            "disagreement": None, "changed": {}}  # fmt: skip
    monkeypatch.setattr(worker, "watch", lambda *_: told)

    worker.watch_drift(gardens)

    assert said[0]["site"] == site.id
    assert said[0]["alarms"] == ["score_shift"]
    with gardens.database.reading() as connection:
        shown = metrics.drift_lines(drifts.newest(connection)).decode()
    assert f'weir_drift_alarm{{figure="score_shift",site="{site.id}"}} 1.0' in shown
    assert f'weir_drift_alarm{{figure="disagreement",site="{site.id}"}} 0.0' in shown
    assert f'weir_drift_score_shift{{site="{site.id}"}} 2.5' in shown
