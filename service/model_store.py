"""Where trained models lie: a folder of immutable, signed artifacts, named by their digest."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from model import artifact, site_layer
from model.artifact import BadArtifact, BaseModel
from model.site_layer import SiteLayer
from service.remote_models import RemoteModels

T = TypeVar("T")


class ModelStore:
    """Layers and the bases they were fitted on. Several hosts may share the folder, or each has
    one of its own in front of the same remote store: what a digest names never changes."""

    def __init__(self, folder: Path, key: bytes, remote: RemoteModels | None = None) -> None:
        self._folder, self._key, self._remote = folder, key, remote

    def put(self, layer: SiteLayer) -> str:
        """Keep a layer; returns its digest. Equal layers are kept once. Raises StorageError."""
        return self._put(lambda fresh: site_layer.save(layer, fresh, key=self._key))

    def layer(self, digest: str) -> SiteLayer:
        """The layer of this digest. Raises BadArtifact."""
        return self._open(digest, lambda at: site_layer.load(at, digest=digest, key=self._key))

    def put_base(self, base: BaseModel) -> None:
        """Keep a base, so that layers fitted on it outlive the update that replaces it."""
        kept = self._folder / _named(base.digest)
        if not kept.exists() or not self._is_shared(kept):
            self._put(lambda fresh: artifact.save(base, fresh, key=self._key))

    def _is_shared(self, kept: Path) -> bool:
        return self._remote is None or self._remote.has(kept, kept.name)

    def base(self, digest: str) -> BaseModel:
        """The base of this digest. Raises BadArtifact."""
        return self._open(digest, lambda at: artifact.load(at, digest=digest, key=self._key))

    def _open(self, digest: str, load: Callable[[Path], T]) -> T:
        """What lies here; if it does not, or is damaged, what the remote store has."""
        path = self._folder / _named(digest)
        if self._remote is None:
            return load(path)
        try:
            return load(path)
        except BadArtifact:
            self._fetch(self._remote, digest)
            return load(path)

    def _fetch(self, remote: RemoteModels, digest: str) -> None:
        """Bring an artifact here whole, or not at all."""
        with self._draft() as draft:
            remote.download(digest, draft / "model")
            shutil.rmtree(self._folder / digest, ignore_errors=True)
            with suppress(OSError):  # somebody beside us was quicker
                os.rename(draft / "model", self._folder / digest)

    def _put(self, save: Callable[[Path], str]) -> str:
        with self._draft() as draft:
            digest = save(draft / "model")
            if self._remote is not None:
                self._remote.upload(draft / "model", digest)
            if not (self._folder / digest).exists():
                os.rename(draft / "model", self._folder / digest)
            return digest

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=self._folder))
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _named(digest: str) -> str:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise BadArtifact("a digest is 64 hexadecimal digits")
    return digest
