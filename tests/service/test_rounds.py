"""Labels come, rest a moment, and a round of training runs; each step leaves its trace."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from model import artifact
from model.comment import Comment, Example, Label
from model.scorer import Scorer
from model.text import read
from service.db import champions, rounds
from service.db.sites import Site
from service.rounds import LONGEST_WAIT_MS, QUIET_MS, Rounds
from service.sampling import MANY
from service.settings import Settings
from service.wiring import Parts, wire
from tests.conftest import Clock
from tests.invented import a_base, comments
from training.retrain import Outcome

BASE_SCORER = Scorer(a_base())
PROBE = Comment(content="Best coins shop, only 77, visit us and win more coins today")


@pytest.fixture
def gardens(settings: Settings, clock: Clock) -> Iterator[Parts]:
    """A wired process whose base is a real one."""
    live = SimpleNamespace(scorer=lambda: BASE_SCORER)
    wired = wire(settings, clock=clock, live=live)  # type: ignore[arg-type]
    yield wired
    wired.database.close()


@pytest.fixture
def site(gardens: Parts) -> Site:
    return gardens.sites.get(gardens.sites.add("garden", "https://garden.example").id)


def teach(parts: Parts, site: Site, examples: list[Example], *, source: str = "console") -> None:
    for example in examples:
        parts.review.teach(site, example.comment, example.label, source=source)  # type: ignore[arg-type]


def rested(clock: Clock) -> None:
    clock.advance(milliseconds=QUIET_MS)


def score(parts: Parts, site: Site) -> tuple[float, str | None]:
    scorer = parts.serving.scorer(parts.sites.get(site.id))
    assert scorer is not None
    scored = scorer.score(read(PROBE.content), PROBE)
    return scored.logit, scored.site_model


def test_labels_become_a_champion_that_answers(gardens: Parts, site: Site, clock: Clock) -> None:
    teach(gardens, site, comments(60))
    rested(clock)

    learned = Rounds(gardens).run_due()

    assert [one.promoted for one in learned] == [True]
    judgement = gardens.screening.screen(gardens.sites.get(site.id), PROBE).judgement
    assert judgement.site_model == learned[0].model_id
    assert judgement.probability_basis == "site"


def test_a_round_waits_until_labels_rest(gardens: Parts, site: Site, clock: Clock) -> None:
    teach(gardens, site, comments(30))
    ours = Rounds(gardens)
    assert ours.run_due() == []
    assert ours.waits
    rested(clock)
    assert len(ours.run_due()) == 1
    assert ours.run_due() == []
    assert not ours.waits


def test_labels_without_end_still_start_a_round(gardens: Parts, site: Site, clock: Clock) -> None:
    ours = Rounds(gardens)
    for example in comments(LONGEST_WAIT_MS // 1_000):
        teach(gardens, site, [example])
        assert ours.run_due() == []
        clock.advance(seconds=1)
    assert len(ours.run_due()) == 1


def test_the_same_labels_are_learned_once_whoever_looks(
    gardens: Parts, site: Site, clock: Clock
) -> None:
    teach(gardens, site, comments(30))
    rested(clock)
    ours, theirs = Rounds(gardens), Rounds(gardens)
    assert len(ours.run_due() + theirs.run_due() + ours.run_due()) == 1


def test_too_few_labels_are_said_and_change_nothing(
    gardens: Parts, site: Site, clock: Clock
) -> None:
    before = score(gardens, site)
    teach(gardens, site, comments(4))
    rested(clock)
    learned = Rounds(gardens).run_due()
    assert "fewer than" in learned[0].reason
    assert score(gardens, site) == before


def test_a_site_that_lacks_good_labels_audits_a_tenth_until_it_has_a_model(
    gardens: Parts, site: Site, clock: Clock
) -> None:
    ours = Rounds(gardens)

    def lacks(number: int, *, spam: float, first: int) -> bool:
        teach(gardens, site, comments(number, spam=spam, first=first))
        ours._rests.clear()
        rested(clock)
        ours.run_due()
        return gardens.sites.get(site.id).lacks_good

    assert not lacks(MANY - 1, spam=1.0, first=0)
    assert lacks(2, spam=1.0, first=100)
    assert not lacks(10, spam=0.0, first=200)
    assert gardens.sites.get(site.id).champion


def test_a_label_taken_back_restores_the_former_score_to_the_last_bit(
    gardens: Parts, site: Site, clock: Clock
) -> None:
    ours = Rounds(gardens)
    teach(gardens, site, comments(60))
    rested(clock)
    ours.run_due()
    former = score(gardens, site)

    taught = gardens.review.teach(site, PROBE, Label.HAM, source="console", moderator="Bob")
    ours._rests.clear()
    rested(clock)
    ours.run_due()
    assert score(gardens, site) != former

    gardens.review.undo(site, taught.comment_id, taught.label_id)
    ours._rests.clear()
    rested(clock)
    ours.run_due()
    assert score(gardens, site) == former


def test_one_site_never_moves_another(gardens: Parts, site: Site, clock: Clock) -> None:
    other = gardens.sites.get(gardens.sites.add("trains", "https://trains.example").id)
    teach(gardens, other, comments(40, seed=9))
    rested(clock)
    ours = Rounds(gardens)
    ours.run_due()
    before = score(gardens, other)
    hostile = [Example(comment=PROBE, label=Label.HAM)] * 20
    teach(gardens, site, [*comments(60, seed=2), *hostile], source="akismet")
    rested(clock)
    ours.run_due()
    assert score(gardens, other) == before


def test_a_campaign_that_speaks_for_itself_is_not_believed_until_a_moderator_agrees(
    gardens: Parts, site: Site, clock: Clock
) -> None:
    text = "Fine coins for {} dollars today, click now before the offer ends in summer"
    campaign = [Example(comment=Comment(content=text.format(n)), label=Label.HAM)
                for n in range(160)]  # fmt: skip
    teach(gardens, site, comments(80))
    ours = Rounds(gardens)
    rested(clock)
    ours.run_due()
    before = score(gardens, site)

    teach(gardens, site, campaign, source="akismet")
    ours._rests.clear()
    rested(clock)
    ours.run_due()
    assert score(gardens, site) == before

    teach(gardens, site, campaign[:1], source="console")
    ours._rests.clear()
    rested(clock)
    ours.run_due()
    assert score(gardens, site) != before


def test_a_round_that_was_asked_for_runs_at_once(gardens: Parts, site: Site, clock: Clock) -> None:
    teach(gardens, site, comments(30))
    with gardens.database.writing() as connection:
        job = rounds.ask(connection, site.id, clock())
    Rounds(gardens).run_due()
    with gardens.database.reading() as connection:
        row = rounds.get(connection, site.id, job)
        model = champions.find(connection, site.id, row.model_id)
    assert row.state == "promoted"
    assert model is not None
    assert model.card["report"]["unseen"]["good"] > 0


def test_a_failing_site_does_not_stop_the_others(
    gardens: Parts, site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = gardens.sites.get(gardens.sites.add("trains", "https://trains.example").id)
    ours = Rounds(gardens)
    real = ours._learning.retrain

    def sick(of: Site, job: str) -> object:
        if of.id == site.id:
            raise ValueError("something nobody thought of")
        return real(of, job)

    monkeypatch.setattr(ours._learning, "retrain", sick)
    teach(gardens, site, comments(30))
    teach(gardens, other, comments(30))
    rested(clock)
    assert sorted(one.promoted for one in ours.run_due()) == [False, True]


def ship(parts: Parts, folder: Path, seed: int) -> str:
    """Let a base of this seed be the shipped one; returns its digest."""
    scorer = Scorer(artifact.load(folder, digest=artifact.save(a_base(seed), folder)))
    parts.live.scorer = lambda: scorer  # type: ignore[method-assign]
    assert isinstance(scorer.model, artifact.BaseModel)
    return scorer.model.digest


def test_a_shipped_base_replaces_none_until_the_layer_is_refitted_on_it_and_gated(
    gardens: Parts, site: Site, clock: Clock, tmp_path: Path
) -> None:
    first = ship(gardens, tmp_path / "first", 3)
    teach(gardens, site, comments(60))
    rested(clock)
    Rounds(gardens).run_due()
    before = score(gardens, site)
    former = gardens.sites.get(site.id).champion

    second = ship(gardens, tmp_path / "second", 4)
    gardens.serving._kept.clear()  # a new process
    assert score(gardens, site) == before

    again = Rounds(gardens)
    (learned,) = again.run_due()
    assert learned.promoted
    refitted = gardens.store.layer(gardens.sites.get(site.id).champion)
    assert (refitted.base, gardens.store.layer(former).base) == (second, first)
    assert again.run_due() == Rounds(gardens).run_due() == []


def test_a_layer_that_is_worse_on_the_shipped_base_stays_on_its_own(
    gardens: Parts, site: Site, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(gardens, tmp_path / "first", 3)
    teach(gardens, site, comments(60))
    rested(clock)
    Rounds(gardens).run_due()
    before = score(gardens, site)

    second = ship(gardens, tmp_path / "second", 4)
    monkeypatch.setattr("service.learning.retrain", lambda *_: Outcome(False, "worse"))
    (learned,) = Rounds(gardens).run_due()

    assert (learned.promoted, learned.reason) == (False, "worse")
    assert score(gardens, site) == before
    with gardens.database.reading() as connection:
        assert champions.on_other_bases(connection, second) == [site.id]
    assert Rounds(gardens).run_due() == []
