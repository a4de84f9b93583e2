"""Models in an object store, or wherever else fsspec leads (`s3://`, `gs://`, `sftp://` ...).

Nothing here is trusted: what comes back is checked by digest and signature like any other
artifact (model/artifact.py) before a number of it is used.
"""

from pathlib import Path
from typing import Any

from model.artifact import BadArtifact
from service.errors import SettingsError, StorageError

MOST_FILES, MOST_BYTES = 16, 64 << 20
"""Of one artifact, and of one file in it: more is no model, and not worth the disk."""


class RemoteModels:
    """Artifacts as folders of files below one URL, each named by its digest."""

    def __init__(self, url: str) -> None:
        self._files, self._root = _opened(url)

    def has(self, folder: Path, digest: str) -> bool:
        """True if every file of an artifact is there; a store that does not answer has nothing."""
        try:
            names = {Path(name).name for name in self._files.ls(self._at(digest), detail=False)}
        except Exception:
            return False
        return names >= {path.name for path in folder.iterdir()}

    def upload(self, folder: Path, digest: str) -> None:
        """Send an artifact. Raises StorageError; then no database names it yet."""
        try:
            self._files.makedirs(self._at(digest), exist_ok=True)
            for path in sorted(folder.iterdir()):
                self._files.pipe_file(self._at(digest, path.name), path.read_bytes())
        except Exception as error:  # each store has errors of its own
            raise StorageError(f"the model store failed: {type(error).__name__}") from error

    def download(self, digest: str, folder: Path) -> None:
        """Bring an artifact into a new folder. Raises BadArtifact."""
        try:
            found = self._files.ls(self._at(digest), detail=True)
            self._check(found)
            folder.mkdir(mode=0o700)
            for entry in found:
                name = Path(entry["name"]).name
                (folder / name).write_bytes(self._files.cat_file(self._at(digest, name)))
        except BadArtifact:
            raise
        except Exception as error:
            raise BadArtifact(f"{digest} could not be fetched: {type(error).__name__}") from error

    def _check(self, found: list[dict[str, Any]]) -> None:
        if len(found) > MOST_FILES or any((one["size"] or 0) > MOST_BYTES for one in found):
            raise BadArtifact("what the model store has is too large for a model")

    def _at(self, *names: str) -> str:
        return "/".join((self._root.rstrip("/"), *names))


def _opened(url: str) -> tuple[Any, str]:
    # Half a second to import: only who names a URL pays for it.
    from fsspec.core import url_to_fs  # noqa: PLC0415

    try:
        files, root = url_to_fs(url, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise SettingsError(f"WEIR_MODEL_STORE: {error}") from None
    return files, str(root)
