"""One trained model on disk: a folder of plain arrays and a card, and nothing that can execute.

A folder holds exactly `card.json`, one `NAME.npy` per array and, if signed, `signature`. Its
digest covers every name and byte of the first two and is checked before any of them is
parsed. Arrays are mapped, not copied: all processes of a host share one copy.
"""

import hashlib
import hmac
import io
import json
import math
import mmap
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = 1
"""Number of this layout; raised whenever an older program could misread a newer folder."""

CARD = "card.json"
SIGNATURE = "signature"
MAX_FILE_BYTES = 256 * 2**20
MAX_CARD_BYTES = 2**20
MAX_HEADER_BYTES = 1_000


class BadArtifact(Exception):
    """The folder is not a model this program may use; the message says why."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an array must be: its numpy dtype names, and its number of dimensions."""

    dtypes: tuple[str, ...]
    dimensions: int


@dataclass(frozen=True, slots=True)
class Folder:
    """A verified artifact: its arrays (read-only), its card and its digest (hex)."""

    arrays: dict[str, NDArray[Any]]
    card: dict[str, Any]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseModel:
    """The model every site starts from.

    `weights` (dimensions, K) and `intercepts` (K,) give K log-odds that are joined by
    log-mean-exp; `scale` and `offset` calibrate the result. `coverage` is the sketch of what
    was seen in training. `card` says what it was trained on, how good it is on sources it
    has not seen, and its thresholds. `digest` is empty until it was saved or loaded.
    """

    weights: NDArray[Any]
    intercepts: NDArray[Any]
    scale: float
    offset: float
    coverage: NDArray[Any]
    card: dict[str, Any]
    digest: str = ""

    @property
    def id(self) -> str:
        """The name under which judgements remember this model."""
        return f"base-{self.digest[:12]}"

    @property
    def coverage_floor(self) -> float:
        """Share of a text the model must have seen to judge it (card: `coverage.hold_below`)."""
        return float(self.card.get("coverage", {}).get("hold_below", 0.4))


BASE_ARRAYS = {
    "weights": Shape(("float16", "float32"), 2),
    "intercepts": Shape(("float32", "float64"), 1),
    "coverage": Shape(("bool", "uint8", "uint32", "uint64", "float16"), 1),
}


def load(folder: Path, *, digest: str | None = None, key: bytes | None = None) -> BaseModel:
    """The base model in `folder`.

    `digest` is the one expected, `key` that of the instance that must have signed it.
    Raises BadArtifact.
    """
    found = open_folder(folder, BASE_ARRAYS, digest=digest, key=key)
    scale, offset = _calibration(found.card)
    weights, intercepts = found.arrays["weights"], found.arrays["intercepts"]
    if weights.shape[1] != intercepts.shape[0] or not np.isfinite(intercepts).all():
        raise BadArtifact(f"{folder}: weights {weights.shape} don't fit {intercepts.shape}")
    return BaseModel(
        weights=weights, intercepts=intercepts, scale=scale, offset=offset,
        coverage=found.arrays["coverage"], card=found.card, digest=found.digest,
    )  # fmt: skip


def save(model: BaseModel, folder: Path, *, key: bytes | None = None) -> str:
    """Write `model` to `folder`, replacing what is there in one step; returns the digest."""
    card = model.card | {"calibration": {"scale": model.scale, "offset": model.offset}}
    arrays = {name: getattr(model, name) for name in BASE_ARRAYS}
    return save_folder(folder, arrays, card, key=key)


def _calibration(card: Mapping[str, Any]) -> tuple[float, float]:
    try:
        pair = float(card["calibration"]["scale"]), float(card["calibration"]["offset"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadArtifact("the card's calibration is missing or no pair of numbers") from error
    if not all(map(math.isfinite, pair)):
        raise BadArtifact("the card's calibration is not finite")
    return pair


def open_folder(
    folder: Path,
    shapes: Mapping[str, Shape],
    *,
    digest: str | None = None,
    key: bytes | None = None,
) -> Folder:
    """Verify and open any artifact whose arrays are named in `shapes`. Raises BadArtifact."""
    try:
        contents = {name: _map(folder / name) for name in _names(folder, shapes)}
    except OSError as error:
        raise BadArtifact(f"{folder}: {error.strerror}") from error
    signature = contents.pop(SIGNATURE, None)
    found = digest_of(contents)
    if digest is not None and not hmac.compare_digest(found, digest):
        raise BadArtifact(f"{folder}: digest is {found}, expected {digest}")
    if key is not None:
        _check_signature(folder, found, bytes(signature or b""), key)
    card = _card(folder, bytes(contents[CARD]))
    arrays = {
        name: _array(folder / f"{name}.npy", contents[f"{name}.npy"], shape)
        for name, shape in shapes.items()
    }
    return Folder(arrays, card, found)


def digest_of(contents: Mapping[str, Any]) -> str:
    """SHA-256 over the sorted list of names, lengths and SHA-256s of their bytes."""
    total = hashlib.sha256()
    for name in sorted(contents):
        inner = hashlib.sha256(contents[name]).hexdigest()
        total.update(f"{name}\0{len(contents[name])}\0{inner}\n".encode())
    return total.hexdigest()


def sign(digest: str, key: bytes) -> str:
    """HMAC-SHA-256 of a digest under the instance's key (hex), for this purpose only."""
    return hmac.new(key, f"weir artifact {digest}".encode(), hashlib.sha256).hexdigest()


def _check_signature(folder: Path, digest: str, signature: bytes, key: bytes) -> None:
    if not signature:
        raise BadArtifact(f"{folder}: not signed")
    if not hmac.compare_digest(signature, sign(digest, key).encode()):
        raise BadArtifact(f"{folder}: not signed by this instance")


def _names(folder: Path, shapes: Mapping[str, Shape]) -> list[str]:
    """The file names, if they are exactly those of such an artifact."""
    there = set(os.listdir(folder))
    wanted = {CARD, *(f"{name}.npy" for name in shapes)}
    if missing := wanted - there:
        raise BadArtifact(f"{folder}: {', '.join(sorted(missing))} missing")
    if extra := there - wanted - {SIGNATURE}:
        raise BadArtifact(f"{folder}: holds what is no part of a model: {', '.join(sorted(extra))}")
    return sorted(there)


def _map(path: Path) -> mmap.mmap | bytes:
    """The bytes of a plain file, mapped once: what is checked is what is read."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise BadArtifact(f"{path}: not a plain file")
        if status.st_size > MAX_FILE_BYTES:
            raise BadArtifact(f"{path}: larger than {MAX_FILE_BYTES} bytes")
        return mmap.mmap(handle, 0, access=mmap.ACCESS_READ) if status.st_size else b""
    finally:
        os.close(handle)


def _card(folder: Path, text: bytes) -> dict[str, Any]:
    if len(text) > MAX_CARD_BYTES:
        raise BadArtifact(f"{folder}: card is larger than {MAX_CARD_BYTES} bytes")
    try:
        card = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadArtifact(f"{folder}: card is no JSON") from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        said = card.get("format") if isinstance(card, dict) else None
        raise BadArtifact(f"{folder}: format {said!r}, this program reads {FORMAT}")
    return card


def _array(path: Path, content: mmap.mmap | bytes, wanted: Shape) -> NDArray[Any]:
    """The array in mapped .npy bytes, by numpy's own header parser; never an object array.

    Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
    """
    head = io.BytesIO(content[: MAX_HEADER_BYTES + 16])
    try:
        np.lib.format.read_magic(head)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(
            head, max_header_size=MAX_HEADER_BYTES
        )
    except Exception as error:  # a broken header makes numpy's parser fail in many ways
        raise BadArtifact(f"{path}: not a plain array") from error
    if dtype not in map(np.dtype, wanted.dtypes) or len(shape) != wanted.dimensions:
        raise BadArtifact(f"{path}: {dtype.name} of shape {shape} is not what belongs here")
    if fortran or head.tell() + math.prod(shape) * dtype.itemsize != len(content):
        raise BadArtifact(f"{path}: its length is not what its header says")
    return np.frombuffer(content, dtype, offset=head.tell()).reshape(shape)


def save_folder(
    folder: Path,
    arrays: Mapping[str, NDArray[Any]],
    card: Mapping[str, Any],
    *,
    key: bytes | None = None,
) -> str:
    """Write an artifact beside `folder`, flush it, and move it into place; returns the digest."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        contents = {f"{name}.npy": _npy(array) for name, array in arrays.items()}
        contents[CARD] = _json({**card, "format": FORMAT})
        digest = digest_of(contents)
        if key is not None:
            contents[SIGNATURE] = sign(digest, key).encode()
        for name, content in contents.items():
            _write(fresh / name, content)
        fresh.chmod(0o755)
        _sync(fresh)
        _swap(fresh, folder)
        return digest
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(
        buffer, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False
    )
    return buffer.getvalue()


def _json(card: Mapping[str, Any]) -> bytes:
    text = json.dumps(card, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(fresh: Path, folder: Path) -> None:
    """Put `fresh` where `folder` is; a reader sees the old one, the new one or none, never half."""
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    try:
        if folder.exists():
            folder.rename(old / folder.name)
        fresh.rename(folder)
        _sync(folder.parent)
    finally:
        shutil.rmtree(old, ignore_errors=True)
