"""A base from files of any size: the same whoever works on it, in memory that does not grow."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import joblib
import numpy as np
import pytest
from click.testing import CliRunner
from threadpoolctl import threadpool_info

from model import artifact
from model.comment import Example, Label
from model.scorer import Scorer
from model.text import read
from tests.invented import comments
from training.__main__ import main
from training.corpus import SKETCH_BITS
from training.fit import KEYS_SEEN
from training.stream import KEPT_BACK, MOST_KEPT_BACK, Batch, Learner, NothingToLearn, learn


def many(number: int) -> Iterator[Example]:
    for start in range(0, number, 500):
        yield from comments(min(500, number - start), seed=start, first=start)


def test_what_is_learned_tells_spam_from_good() -> None:
    model = learn(many(1_500)).base()

    scorer = Scorer(model)
    unseen = comments(200, seed=99, first=50_000)
    right = [
        (scorer.score(read(one.comment.content), one.comment).logit > 0)
        == (one.label is Label.SPAM)
        for one in unseen
    ]
    assert np.mean(right) > 0.97


def test_it_does_not_matter_how_many_work_on_it() -> None:
    alone, together = learn(many(2_400)).base(), learn(many(2_400), jobs=2).base()

    assert alone.weights.tobytes() == together.weights.tobytes()
    assert (alone.scale, alone.card) == (together.scale, together.card)


@pytest.mark.filterwarnings("default")
def test_a_cluster_of_two_gives_the_same_base() -> None:
    distributed = pytest.importorskip("distributed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with (
            distributed.LocalCluster(  # type: ignore[attr-defined]
                n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
            ) as cluster,
            distributed.Client(cluster),  # type: ignore[attr-defined]
            joblib.parallel_config(backend="dask"),
        ):
            clustered = learn(many(2_400), jobs=2).base()

    assert clustered.weights.tobytes() == learn(many(2_400)).base().weights.tobytes()


def test_repeated_texts_count_once() -> None:
    batch = Batch.of(comments(200))
    learner = Learner()

    learner.teach(batch)
    once = learner.counts["spam"] + learner.counts["ham"]
    learner.teach(batch)

    assert learner.counts["repeated"] == 200
    assert learner.counts["spam"] + learner.counts["ham"] == once


def test_what_is_kept_back_stays_few_however_many_come() -> None:
    learner = Learner()
    batch = Batch.of(comments(500))
    for n in range(120):
        numbers = np.random.default_rng(n).integers(0, 2**64, 500, np.uint64)
        places = (numbers & np.uint64(2**32 - 1)) / 2**32
        object.__setattr__(batch, "texts", numbers)
        object.__setattr__(batch, "places", places)
        learner.teach(batch)
        kept = sum(len(one.spam) for one in learner._kept.batches)
        assert kept <= MOST_KEPT_BACK
    assert kept > MOST_KEPT_BACK / 3


def test_what_is_kept_back_does_not_hold_on_to_its_batch() -> None:
    """All keys of a batch lie in one array: a few of them would keep all in memory."""
    learner = Learner()
    learner.teach(Batch.of(list(many(1_000))))
    (kept,) = learner._kept.batches
    assert len(kept.keys) < 200
    assert all(keys.base is None for keys in kept.keys)


def test_a_key_counts_as_learned_in_as_many_texts_as_have_it() -> None:
    batch = Batch.of(comments(300, seed=4))
    told = batch.where(batch.places >= KEPT_BACK)
    learner = Learner()
    learner.teach(batch.where(np.arange(300) < 150))
    learner.teach(batch.where(np.arange(300) >= 150))

    times = np.zeros(2**SKETCH_BITS, np.int64)
    for keys in told.keys:
        times[np.unique(keys)] += 1
    assert np.array_equal(learner._times >= KEYS_SEEN, times >= KEYS_SEEN)


def test_one_kind_alone_teaches_nothing() -> None:
    with pytest.raises(NothingToLearn):
        learn(comments(50, spam=0)).base()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two sites' labels, and a line that is none."""
    paths = [tmp_path / "ponds.jsonl", tmp_path / "lakes.jsonl"]
    for number, path in enumerate(paths):
        rows = [
            {"text": one.comment.content, "label": one.label, "set": path.stem, "id": one.id}
            for one in comments(700, seed=number, first=1_000 * number)
        ]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with paths[0].open("a") as file:
        file.write("not json\n")
    return paths


def test_the_command_reads_any_number_of_files(tmp_path: Path, files: list[Path]) -> None:
    done = CliRunner().invoke(main, ["base", "--out", str(tmp_path / "base"), *map(str, files)])

    assert done.exit_code == 0, done.output
    model = artifact.load(tmp_path / "base", digest=done.stdout.strip())
    assert {row["set"] for row in model.card["data"]} == {"ponds", "lakes"}
    assert "1 rows refused" in done.output
    table = model.card["thresholds"]
    assert table["reject"]
    assert table["accept"]


def test_files_or_a_folder_must_be_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["base", "--out", str(tmp_path / "base")])

    assert done.exit_code == 2
    assert "--data" in done.output


def test_learning_keeps_to_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[int] = set()

    def teach(self: Learner, batch: Batch) -> None:
        threads.update(pool["num_threads"] for pool in threadpool_info())

    monkeypatch.setattr(Learner, "teach", teach)
    learn(comments(20))

    assert threads == {1}
