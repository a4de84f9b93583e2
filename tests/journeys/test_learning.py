"""Labels become a better filter on a real server: worker, gate, swap, damage, way back."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.server import Server, wait_until
from benchmarks.swaps import PROBE, lessons, swapped, teach


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[float]]]:
    """A server whose site has taught twice, and how long each took to be answered by it."""
    with Server(tmp_path_factory.mktemp("taught")) as server:
        yield server, [teach(server, lessons(40, first)) for first in (0, 40)]


def test_a_label_is_live_within_the_patience_of_a_person(
    taught: tuple[Server, list[float]],
) -> None:
    # Full measure: python -m benchmarks swaps. Here the machine may be busy with other tests.
    assert max(taught[1]) < 60


def test_twenty_swaps_under_load_fail_nothing_and_mix_nothing(
    taught: tuple[Server, list[float]],
) -> None:
    seen = swapped(taught[0], 20)
    assert seen["answers"] > 20
    assert (seen["swaps"], seen["failures"], seen["mixtures"]) == (20, 0, 0)


def test_a_damaged_champion_never_answers_after_a_restart(
    taught: tuple[Server, list[float]],
) -> None:
    server = taught[0]
    with closing(server.client()) as client:
        champion = client.ask("POST", "/v1/comments", PROBE).json["model"]["site"]
    folder = next(_folder(server).glob(f"{champion.removeprefix('site-')}*"))
    kept = folder.with_name("kept")
    shutil.copytree(folder, kept)
    weights = folder / "weights.npy"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    server.stop()
    server.start()
    with closing(server.client()) as client:
        answer = client.ask("POST", "/v1/comments", PROBE).json
        assert answer["model"]["site"] is None
        assert answer["decision"] in ("accept", "hold", "reject")
    wait_until(lambda: "champion refused" in server.log(), "the refusal in the log")
    shutil.rmtree(folder)
    kept.rename(folder)


def _folder(server: Server) -> Path:
    return server.data_dir / "models"
