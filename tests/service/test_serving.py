"""Which model answers: the site's champion, seen at once, and never a damaged one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from model.artifact import BadArtifact
from model.scorer import Scorer
from model.site_layer import SiteLayer
from model.site_scorer import SiteScorer
from service.db.sites import Site
from service.model_store import ModelStore
from service.serving import BLIND, Serving
from tests.invented import a_base, comments
from training.site_layer import fit

KEY = b"the key under which this instance signs"
BASE = a_base()


@pytest.fixture(scope="module")
def layers() -> list[SiteLayer]:
    return [fit(comments(30, seed=seed), BASE).layer for seed in range(2)]


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", KEY)


@pytest.fixture
def serving(store: ModelStore) -> Serving:
    return Serving(SimpleNamespace(scorer=lambda: BASE_SCORER), store)  # type: ignore[arg-type]


BASE_SCORER = Scorer(BASE)


def a_site(champion: str = "") -> Site:
    return Site("site_1", "boats", "https://boats.example", None, 1, False, 0, champion)  # type: ignore[arg-type]


def layer_of(scorer: Scorer | None) -> str:
    assert isinstance(scorer, SiteScorer)
    return scorer.layer.digest


def test_a_site_that_has_taught_nothing_is_answered_by_the_base(serving: Serving) -> None:
    assert serving.scorer(a_site()) is BASE_SCORER


def test_a_new_champion_answers_the_next_comment(
    serving: Serving, store: ModelStore, layers: list[SiteLayer]
) -> None:
    one, other = (store.put(layer) for layer in layers)
    assert layer_of(serving.scorer(a_site(one))) == one
    assert layer_of(serving.scorer(a_site(other))) == other
    assert serving.scorer(a_site()) is BASE_SCORER


def test_a_champion_is_loaded_once(
    serving: Serving, store: ModelStore, layers: list[SiteLayer]
) -> None:
    site = a_site(store.put(layers[0]))
    assert serving.scorer(site) is serving.scorer(site)


def test_a_challenger_is_judged_beside_what_has_not_seen_the_exam(
    serving: Serving, store: ModelStore, layers: list[SiteLayer]
) -> None:
    blind = store.put(layers[1])
    champion = store.put(replace(layers[0], card=layers[0].card | {BLIND: blind}))
    assert layer_of(serving.blind(a_site(champion))) == blind
    assert layer_of(serving.scorer(a_site(champion))) == champion


def test_a_champion_of_before_there_were_two_is_judged_beside_itself(
    serving: Serving, store: ModelStore, layers: list[SiteLayer]
) -> None:
    site = a_site(store.put(layers[0]))
    assert serving.blind(site) is serving.scorer(site)
    assert serving.blind(a_site()) is BASE_SCORER


def test_where_the_blind_layer_is_lost_the_base_stands_in_for_it(
    serving: Serving, store: ModelStore, layers: list[SiteLayer]
) -> None:
    champion = store.put(replace(layers[0], card=layers[0].card | {BLIND: "ab" * 32}))
    assert serving.blind(a_site(champion)) is BASE_SCORER


def flipped(folder: Path) -> None:
    path = folder / "weights.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def unsigned(folder: Path) -> None:
    (folder / "signature").unlink()


def cut(folder: Path) -> None:
    path = folder / "card.json"
    path.write_bytes(path.read_bytes()[:-1])


def pickled(folder: Path) -> None:
    np.save(folder / "weights.npy", np.array([print], dtype=object), allow_pickle=True)


def gone(folder: Path) -> None:
    (folder / "coverage.npy").unlink()


@pytest.mark.parametrize("damage", [flipped, unsigned, cut, pickled, gone])
def test_a_damaged_champion_is_refused_loudly_and_the_former_answers(  # noqa: PLR0917
    serving: Serving,
    store: ModelStore,
    layers: list[SiteLayer],
    tmp_path: Path,
    damage: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    one, other = (store.put(layer) for layer in layers)
    damage(tmp_path / "models" / other)
    serving.scorer(a_site(one))
    assert layer_of(serving.scorer(a_site(other))) == one
    assert "champion refused" in caplog.text


def test_a_champion_signed_by_another_instance_is_refused(
    serving: Serving, tmp_path: Path, layers: list[SiteLayer]
) -> None:
    forged = ModelStore(tmp_path / "models", b"somebody else's key").put(layers[0])
    assert serving.scorer(a_site(forged)) is BASE_SCORER


def test_a_layer_keeps_the_base_it_was_fitted_on_when_a_new_one_is_shipped(
    store: ModelStore, layers: list[SiteLayer]
) -> None:
    # Equal but for the card, so that the stored one has a digest of its own.
    base = replace(BASE, card=BASE.card | {"shipped": "last year"})
    store.put_base(replace(base, digest="0" * 64))
    digest = next(p.name for p in store._folder.iterdir())
    layer = replace(layers[0], card=layers[0].card | {"base": digest})
    newer = Serving(SimpleNamespace(scorer=lambda: BASE_SCORER), store)  # type: ignore[arg-type]
    scorer = newer.scorer(a_site(store.put(layer)))
    assert isinstance(scorer, SiteScorer)
    assert scorer.model.id == f"base-{digest[:12]}"


@pytest.mark.parametrize("digest", ["", "../../etc", "A" * 64, "0" * 63, "0" * 64])
def test_only_a_digest_names_a_model(store: ModelStore, digest: str) -> None:
    with pytest.raises(BadArtifact):
        store.layer(digest)


def test_equal_layers_are_kept_once(
    store: ModelStore, layers: list[SiteLayer], tmp_path: Path
) -> None:
    assert store.put(layers[0]) == store.put(layers[0])
    assert len(list((tmp_path / "models").iterdir())) == 1


def test_a_rehearsal_judges_and_leaves_nothing_behind(sqlite_parts):
    sqlite_parts.serving.rehearse()

    with sqlite_parts.database.direct.reading() as cursor:
        assert cursor.execute("select count(*) from comments").fetchone() == (0,)


def test_without_a_model_there_is_nothing_to_rehearse(sqlite_parts, live):
    live.champion = None

    sqlite_parts.serving.rehearse()
