"""Where trained models lie: a folder of immutable, signed artifacts, named by their digest."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from model import artifact, site_layer
from model.artifact import BadArtifact, BaseModel
from model.site_layer import SiteLayer


class ModelStore:
    """Layers and the bases they were fitted on. Several hosts may share the folder."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder, self._key = folder, key

    def put(self, layer: SiteLayer) -> str:
        """Keep a layer; returns its digest. Equal layers are kept once."""
        return self._put(lambda fresh: site_layer.save(layer, fresh, key=self._key))

    def layer(self, digest: str) -> SiteLayer:
        """The layer of this digest. Raises BadArtifact."""
        return site_layer.load(self._folder / _named(digest), digest=digest, key=self._key)

    def put_base(self, base: BaseModel) -> None:
        """Keep a base, so that layers fitted on it outlive the update that replaces it."""
        if not (self._folder / _named(base.digest)).exists():
            self._put(lambda fresh: artifact.save(base, fresh, key=self._key))

    def base(self, digest: str) -> BaseModel:
        """The base of this digest. Raises BadArtifact."""
        return artifact.load(self._folder / _named(digest), digest=digest, key=self._key)

    def _put(self, save: Callable[[Path], str]) -> str:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=self._folder))
        try:
            digest = save(draft / "model")
            if not (self._folder / digest).exists():
                os.rename(draft / "model", self._folder / digest)
            return digest
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _named(digest: str) -> str:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise BadArtifact("a digest is 64 hexadecimal digits")
    return digest
