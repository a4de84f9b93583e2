"""A model folder is opened only when every byte of it is what was saved."""

import json
import os
import pickle
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from model.artifact import FORMAT, BadArtifact, BaseModel, load, save

KEY = b"an instance's own key"


def a_model(seed: int = 0) -> BaseModel:
    random_numbers = np.random.default_rng(seed)
    return BaseModel(
        weights=random_numbers.normal(size=(64, 3)).astype(np.float16),
        intercepts=random_numbers.normal(size=3),
        scale=0.75,
        offset=-0.1,
        coverage=random_numbers.integers(0, 256, 32).astype(np.uint8),
        card={"name": "a small model", "thresholds": {"accept_below": 0.2, "reject": []}},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "base"


@pytest.fixture
def digest(folder: Path) -> str:
    return save(a_model(), folder, key=KEY)


def test_what_was_saved_is_what_is_loaded(folder: Path, digest: str) -> None:
    found, sent = load(folder, digest=digest, key=KEY), a_model()
    for name in ("weights", "intercepts", "coverage"):
        np.testing.assert_array_equal(getattr(found, name), getattr(sent, name))
        assert getattr(found, name).dtype == getattr(sent, name).dtype
    assert (found.scale, found.offset) == (0.75, -0.1)
    assert found.card["name"] == "a small model"
    assert found.digest == digest
    assert found.id == f"base-{digest[:12]}"


def test_the_same_model_has_the_same_bytes_everywhere(folder: Path, digest: str) -> None:
    assert save(a_model(), folder.with_name("elsewhere")) == digest
    assert save(a_model(seed=1), folder.with_name("other")) != digest


def test_loaded_arrays_are_mapped_and_cannot_be_written(folder: Path, digest: str) -> None:
    weights = load(folder).weights
    assert not weights.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        weights[0] = 1


def test_saving_again_replaces_the_folder_and_leaves_nothing_beside_it(folder: Path) -> None:
    save(a_model(), folder)
    second = save(a_model(seed=1), folder)
    assert load(folder).digest == second
    assert [path.name for path in folder.parent.iterdir()] == ["base"]


def test_a_failed_save_leaves_the_old_model_in_place(folder: Path, digest: str) -> None:
    unwritable = a_model()
    unwritable.card["figure"] = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        save(unwritable, folder)
    assert load(folder).digest == digest
    assert [path.name for path in folder.parent.iterdir()] == ["base"]


def damaged(content: bytes, randomness: random.Random) -> bytes:
    """One bit flipped, or the end cut off."""
    if randomness.random() < 0.3:
        return content[: randomness.randrange(len(content))]
    at, bit = randomness.randrange(len(content)), randomness.randrange(8)
    return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]


@pytest.mark.parametrize("by", ["digest", "signature"])
def test_two_hundred_damaged_folders_are_each_refused(folder: Path, digest: str, by: str) -> None:
    randomness = random.Random(20261123)
    names = sorted(path.name for path in folder.iterdir() if by == "signature" or path.suffix)
    for _ in range(200):
        path = folder / randomness.choice(names)
        whole = path.read_bytes()
        path.write_bytes(damaged(whole, randomness))
        with pytest.raises(BadArtifact):
            load(folder, digest=digest) if by == "digest" else load(folder, key=KEY)
        path.write_bytes(whole)
    assert load(folder, digest=digest, key=KEY).digest == digest


def test_damage_never_ends_in_another_error_even_when_no_digest_is_known(
    folder: Path, digest: str
) -> None:
    randomness = random.Random(7)
    for _ in range(200):
        path = folder / randomness.choice(["weights.npy", "intercepts.npy", "card.json"])
        whole = path.read_bytes()
        head = damaged(whole[:128], randomness)
        path.write_bytes(head + whole[128:] if len(head) == 128 else head)
        try:
            load(folder)
        except BadArtifact as error:
            assert str(error)  # noqa: PT017 - a value may change unseen: that is what digests are for
        path.write_bytes(whole)


class Trap:
    """Unpickling it would leave a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, int]]:
        return os.mkdir, (str(self.path), 0o700)


def pickles(trap: Trap) -> Iterator[bytes]:
    yield pickle.dumps(trap)
    objects = np.empty(3, dtype=object)
    objects[:] = [trap, trap, trap]
    header = {"descr": "|O", "fortran_order": False, "shape": (3,)}
    import io

    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, header)
    yield buffer.getvalue() + pickle.dumps(objects)


def test_a_pickle_in_an_arrays_place_is_refused_and_not_executed(
    folder: Path, digest: str, tmp_path: Path
) -> None:
    sprung = tmp_path / "sprung"
    for content in pickles(Trap(sprung)):
        (folder / "coverage.npy").write_bytes(content)
        with pytest.raises(BadArtifact, match="coverage"):
            load(folder)
    assert not sprung.exists()
    pickle.loads(pickle.dumps(Trap(sprung)))  # noqa: S301 - ours, to prove that it bites
    assert sprung.exists(), "the trap works, so its silence above means something"


def refused(folder: Path, because: str) -> None:
    with pytest.raises(BadArtifact, match=because):
        load(folder)


def test_a_missing_folder_or_file_is_named(folder: Path, digest: str) -> None:
    (folder / "weights.npy").unlink()
    refused(folder, r"weights\.npy missing")
    refused(folder.with_name("nowhere"), "No such file")


def test_a_file_that_does_not_belong_there_is_named(folder: Path, digest: str) -> None:
    (folder / "setup.py").write_text("print('hello')")
    refused(folder, r"no part of a model: setup\.py")


def test_a_symbolic_link_is_refused(folder: Path, digest: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "weights.npy"
    (folder / "weights.npy").rename(elsewhere)
    (folder / "weights.npy").symlink_to(elsewhere)
    refused(folder, "weights|symbolic")


def test_a_pipe_is_refused_and_does_not_block(folder: Path, digest: str) -> None:
    (folder / "weights.npy").unlink()
    os.mkfifo(folder / "weights.npy")
    refused(folder, "plain file")


@pytest.mark.parametrize("said", [FORMAT + 1, None, str(FORMAT)])
def test_another_format_is_refused(folder: Path, digest: str, said: object) -> None:
    card = json.loads((folder / "card.json").read_text()) | {"format": said}
    (folder / "card.json").write_text(json.dumps(card))
    refused(folder, f"this program reads {FORMAT}")


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '"\ud800"'])
def test_a_card_that_is_no_object_is_refused(folder: Path, digest: str, text: str) -> None:
    (folder / "card.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    refused(folder, "card|format")


@pytest.mark.parametrize(
    "calibration", [None, {}, {"scale": "x", "offset": 0}, {"scale": 1e999, "offset": 0}]
)
def test_a_calibration_that_is_no_pair_of_numbers_is_refused(
    folder: Path, digest: str, calibration: object
) -> None:
    card = json.loads((folder / "card.json").read_text()) | {"calibration": calibration}
    (folder / "card.json").write_text(json.dumps(card))
    refused(folder, "calibration")


@pytest.mark.parametrize(
    ("array", "because"),
    [
        (np.zeros((64, 3), np.int64), "int64"),
        (np.zeros((64, 3), ">f4"), "float32"),
        (np.zeros(64, np.float16), "not what belongs"),
        (np.asfortranarray(np.zeros((64, 3), np.float16)), "length|not what"),
        (np.zeros((64, 4), np.float16), "don't fit"),
    ],
    ids=["wrong type", "wrong byte order", "wrong dimensions", "wrong order", "wrong width"],
)
def test_an_array_that_does_not_belong_there_is_refused(
    folder: Path, digest: str, array: np.ndarray, because: str
) -> None:
    np.save(folder / "weights.npy", array)
    refused(folder, because)


def test_a_huge_header_is_refused_unread(folder: Path, digest: str) -> None:
    header = b"{'descr': '<f2', 'fortran_order': False, 'shape': (" + b"1," * 30_000 + b")}"
    content = b"\x93NUMPY\x01\x00" + len(header[:65_535]).to_bytes(2, "little") + header
    (folder / "weights.npy").write_bytes(content)
    refused(folder, "not a plain array")


def test_a_header_that_promises_more_than_the_file_holds_is_refused(
    folder: Path, digest: str
) -> None:
    path = folder / "weights.npy"
    path.write_bytes(path.read_bytes().replace(b"(64, 3)", b"(65, 3)"))
    refused(folder, "length")
    path.write_bytes(path.read_bytes()[:-1])
    refused(folder, "length")


def test_a_folder_signed_by_another_instance_is_refused(folder: Path, digest: str) -> None:
    with pytest.raises(BadArtifact, match="not signed by this instance"):
        load(folder, key=b"another key")


def test_an_unsigned_folder_is_refused_where_a_signature_is_asked_for(folder: Path) -> None:
    save(a_model(), folder)
    with pytest.raises(BadArtifact, match="not signed"):
        load(folder, key=KEY)


def test_files_that_swap_their_contents_change_the_digest(folder: Path) -> None:
    model = a_model()
    digest = save(model, folder)
    first, second = folder / "coverage.npy", folder / "intercepts.npy"
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    with pytest.raises(BadArtifact, match="digest"):
        load(folder, digest=digest)
