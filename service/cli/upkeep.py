"""`weir migrate`, `worker`, `backup` and `restore`: what keeps an instance going."""

import io
import os
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from service.cli.failures import Failed
from service.cli.open import instance

if TYPE_CHECKING:
    from service.settings import Settings

DATABASE, KEY, MODELS = "weir.sqlite", "secret.key", "models"


@click.command()
def migrate() -> None:
    """Bring the database up to date; `weir serve` does it by itself."""
    with instance():
        pass


@click.command()
def worker() -> None:
    """Run the background worker alone; `weir serve` runs it beside the web processes."""
    from service.worker import main

    main()


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the database, the instance key and the models to FILE, a tar archive.

    Safe while the service runs. Whoever has FILE has all its secrets: it is readable by its
    owner only.
    """
    from service.db.snapshot import take
    from service.settings import instance_key, models_folder

    with instance() as parts, tempfile.TemporaryDirectory(dir=file.absolute().parent) as folder:
        copy, draft = Path(folder, DATABASE), Path(folder, "backup.tar")
        take(parts.database, copy)
        with _private(draft) as target, tarfile.open(fileobj=target, mode="w") as archive:
            archive.add(copy, DATABASE)
            _add_bytes(archive, KEY, instance_key(parts.settings))
            if (models := models_folder(parts.settings)).is_dir():
                archive.add(models, MODELS)
        os.replace(draft, file)


def _private(path: Path) -> io.BufferedWriter:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put back what `weir backup` wrote, into an empty data dir."""
    from service.settings import load, prepare_data_dir

    settings = load()
    prepare_data_dir(settings)
    _refuse_to_overwrite(settings)
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        _unpack(file, Path(folder))
        _check(Path(folder), settings)
        for name, place in reversed(_places(settings).items()):  # the database comes last
            if (part := Path(folder, name)).exists():
                shutil.move(part, place)


def _refuse_to_overwrite(settings: "Settings") -> None:
    if settings.database_url.get_secret_value():
        raise Failed("WEIR_DATABASE_URL is set: restore that database with its own tools")
    for place in _places(settings).values():
        if place.exists():
            raise Failed(f"{place} is there already; name an empty data dir")


def _places(settings: "Settings") -> dict[str, Path]:
    from service.settings import models_folder

    folder = settings.data_dir
    return {DATABASE: folder / DATABASE, KEY: folder / KEY, MODELS: models_folder(settings)}


def _unpack(file: Path, folder: Path) -> None:
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                _unpack_member(archive, member, folder)
    except tarfile.TarError as error:
        raise Failed(f"{file} is no backup: {error}") from None
    if not all((folder / name).exists() for name in (DATABASE, KEY)):
        raise Failed(f"{file} is no backup: it should hold {DATABASE}, {KEY} and {MODELS}")


def _unpack_member(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """By hand: `tarfile`'s own filters came with Python 3.11.4, and Debian 12 has 3.11.2."""
    place = PurePosixPath(member.name)
    if ".." in place.parts or place.parts[:1] not in ((DATABASE,), (KEY,), (MODELS,)):
        raise tarfile.TarError(f"{member.name!r} has no place in it")
    target = folder.joinpath(*place.parts)
    if member.isdir():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    content = archive.extractfile(member) if member.isreg() else None
    if content is None:
        raise tarfile.TarError(f"{member.name!r} is neither a file nor a folder")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with content, _private(target) as written:
        shutil.copyfileobj(content, written)


def _check(folder: Path, settings: "Settings") -> None:
    from service.db.snapshot import check

    check(folder / DATABASE)
    given = settings.secret_key.get_secret_value()
    if given and given.encode() != (folder / KEY).read_bytes().strip():
        raise Failed("WEIR_SECRET_KEY differs from the key in the backup")
