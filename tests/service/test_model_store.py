"""Models in a folder, or in a store that fsspec opens: the same, and trusted no more."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from model import artifact
from model.artifact import BadArtifact, BaseModel
from model.site_layer import SiteLayer
from service.errors import SettingsError, StorageError
from service.model_store import ModelStore
from service.remote_models import RemoteModels
from service.settings import Settings, models_folder, models_url
from service.wiring import wire
from tests.invented import a_base, comments
from training.site_layer import fit

KEY = b"the key under which this instance signs"
BASE = a_base()


@pytest.fixture(scope="module")
def layer() -> SiteLayer:
    return fit(comments(30, seed=1), BASE).layer


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> BaseModel:
    """A base with the digest it really has."""
    folder = tmp_path_factory.mktemp("base") / "model"
    return artifact.load(folder, digest=artifact.save(BASE, folder, key=KEY), key=KEY)


@pytest.fixture(params=["memory", "file"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store that is no folder of this instance, of two kinds."""
    if request.param == "file":
        yield f"file://{tmp_path}/bucket"
        return
    name = f"/{uuid.uuid4().hex}"
    yield f"memory:/{name}/models"
    fsspec.filesystem("memory").rm(name, recursive=True)


def files(url: str, digest: str) -> tuple[Any, list[str]]:
    store, root = fsspec.core.url_to_fs(url)
    return store, store.ls(f"{root}/{digest}", detail=False)


def host(folder: Path, url: str, key: bytes = KEY) -> ModelStore:
    return ModelStore(folder, key, RemoteModels(url))


def test_what_one_host_has_learned_another_finds(
    url: str, tmp_path: Path, layer: SiteLayer, base: BaseModel
) -> None:
    one, other = host(tmp_path / "one", url), host(tmp_path / "other", url)
    one.put_base(base)
    digest = one.put(layer)

    assert other.layer(digest).digest == digest
    assert other.base(base.digest).digest == base.digest
    assert (tmp_path / "other" / digest).is_dir()


def test_a_copy_here_needs_no_store(url: str, tmp_path: Path, layer: SiteLayer) -> None:
    digest = host(tmp_path / "one", url).put(layer)
    store, names = files(url, digest)
    for name in names:
        store.rm(name)

    assert host(tmp_path / "one", url).layer(digest).digest == digest
    with pytest.raises(BadArtifact):
        host(tmp_path / "other", url).layer(digest)


def test_a_copy_that_was_damaged_is_fetched_again(
    url: str, tmp_path: Path, layer: SiteLayer
) -> None:
    one = host(tmp_path / "one", url)
    digest = one.put(layer)
    damaged = next((tmp_path / "one" / digest).glob("*.npy"))
    damaged.chmod(0o600)
    damaged.write_bytes(damaged.read_bytes()[:-1])

    assert one.layer(digest).digest == digest


def test_what_was_changed_in_the_store_is_refused(
    url: str, tmp_path: Path, layer: SiteLayer
) -> None:
    digest = host(tmp_path / "one", url).put(layer)
    store, names = files(url, digest)
    changed = next(name for name in names if name.endswith(".npy"))
    store.pipe_file(changed, store.cat_file(changed)[:-1] + b"\1")

    with pytest.raises(BadArtifact):
        host(tmp_path / "other", url).layer(digest)


def test_what_another_instance_has_signed_is_refused(
    url: str, tmp_path: Path, layer: SiteLayer
) -> None:
    digest = host(tmp_path / "theirs", url, key=b"the key of somebody else entirely").put(layer)

    with pytest.raises(BadArtifact):
        host(tmp_path / "ours", url).layer(digest)


def test_an_upload_that_was_cut_short_is_made_whole(
    url: str, tmp_path: Path, base: BaseModel
) -> None:
    one = host(tmp_path / "one", url)
    one.put_base(base)
    store, names = files(url, base.digest)
    store.rm(names[0])

    one.put_base(base)

    assert host(tmp_path / "other", url).base(base.digest).digest == base.digest


def test_what_is_too_large_for_a_model_is_not_fetched(
    url: str, tmp_path: Path, layer: SiteLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = host(tmp_path / "one", url).put(layer)
    monkeypatch.setattr("service.remote_models.MOST_BYTES", 10)

    with pytest.raises(BadArtifact, match="too large"):
        host(tmp_path / "other", url).layer(digest)


def test_a_store_that_fails_is_said_and_nothing_is_half_kept(
    tmp_path: Path, layer: SiteLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("out of reach")

    one = host(tmp_path / "one", f"file://{tmp_path}/bucket")
    monkeypatch.setattr("fsspec.implementations.local.LocalFileSystem.pipe_file", fails)

    with pytest.raises(StorageError, match="RuntimeError"):
        one.put(layer)
    assert list((tmp_path / "one").iterdir()) == []


def test_a_url_that_nothing_opens_stops_the_start_in_one_line(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="k" * 32, model_store="nosuch://bucket")

    with pytest.raises(SettingsError, match=r"^WEIR_MODEL_STORE: ") as refused:
        wire(settings)
    assert "\n" not in str(refused.value)


def test_a_folder_is_used_where_it_lies_and_a_url_through_the_data_dir(tmp_path: Path) -> None:
    def settings(store: str) -> Settings:
        return Settings(data_dir=tmp_path, model_store=store)

    assert models_folder(settings("")) == tmp_path / "models"
    assert models_folder(settings("/srv/models")) == Path("/srv/models")
    assert models_url(settings("/srv/models")) == ""
    assert models_folder(settings("s3://bucket/models")) == tmp_path / "models"
    assert models_url(settings("s3://bucket/models")) == "s3://bucket/models"
