"""Backup and restore: everything of an instance in one file, and back."""

import sqlite3
import stat
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.service.cli.conftest import Weir


@pytest.fixture
def backup(weir: Weir, site: dict[str, str], tmp_path: Path) -> Path:
    """A backup of an instance with one site."""
    file = tmp_path / "weir.tar"
    assert weir("backup", file).code == 0
    return file


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """From here on, another data dir with its own SQLite file and no key in the environment."""
    folder = tmp_path / "elsewhere"
    monkeypatch.setenv("WEIR_DATA_DIR", str(folder))
    monkeypatch.delenv("WEIR_DATABASE_URL")
    monkeypatch.delenv("WEIR_SECRET_KEY")
    return folder


def test_a_backup_holds_database_and_key_for_its_owner_only(backup: Path) -> None:
    with tarfile.open(backup) as archive:
        assert archive.getnames() == ["weir.sqlite", "secret.key"]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_what_was_backed_up_comes_back(weir: Weir, backup: Path, elsewhere: Path) -> None:
    assert weir("restore", backup).code == 0

    assert [row["name"] for row in weir("site", "list", "--json").json] == ["boats"]
    assert sorted(path.name for path in elsewhere.glob("*.key")) == ["secret.key"]


def test_site_models_come_back_where_the_settings_say(
    weir: Weir, site: dict[str, str], elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weir("migrate")
    store = elsewhere.parent / "store"
    (store / "one").mkdir(parents=True)
    (store / "one" / "card.json").write_text("{}")
    monkeypatch.setenv("WEIR_MODEL_STORE", str(store))
    assert weir("backup", elsewhere.parent / "with-models.tar").code == 0

    monkeypatch.setenv("WEIR_DATA_DIR", str(elsewhere.parent / "third"))
    monkeypatch.setenv("WEIR_MODEL_STORE", str(elsewhere.parent / "other store"))
    assert weir("restore", elsewhere.parent / "with-models.tar").code == 0

    assert (elsewhere.parent / "other store" / "one" / "card.json").read_text() == "{}"


def test_nothing_is_overwritten(weir: Weir, backup: Path, elsewhere: Path) -> None:
    weir("site", "add", "mine", "--url", "https://mine.example")

    done = weir("restore", backup)

    assert done.code == 1
    assert done.err == f"weir: {elsewhere}/weir.sqlite is there already; name an empty data dir\n"
    assert [row["name"] for row in weir("site", "list", "--json").json] == ["mine"]


def test_a_database_elsewhere_is_not_restored(weir: Weir, backup: Path) -> None:
    assert weir("restore", backup).err.startswith("weir: WEIR_DATABASE_URL is set")


def test_another_instances_key_is_refused(
    weir: Weir, backup: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIR_SECRET_KEY", "x" * 32)

    assert (
        weir("restore", backup).err == "weir: WEIR_SECRET_KEY differs from the key in the backup\n"
    )
    assert not (elsewhere / "weir.sqlite").exists()


def test_a_file_that_is_no_backup_is_refused(weir: Weir, elsewhere: Path, tmp_path: Path) -> None:
    file = tmp_path / "no.tar"
    file.write_bytes(b"no archive at all")

    done = weir("restore", file)

    assert (done.code, len(done.err.splitlines())) == (1, 1)


def test_a_damaged_database_is_refused(
    weir: Weir, backup: Path, elsewhere: Path, tmp_path: Path
) -> None:
    (tmp_path / "weir.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    (tmp_path / "secret.key").write_text("k" * 32)
    damaged = tmp_path / "damaged.tar"
    with tarfile.open(damaged, "w") as archive:
        for name in ("weir.sqlite", "secret.key"):
            archive.add(tmp_path / name, name)

    done = weir("restore", damaged)

    assert (done.code, "damaged" in done.err) == (1, True)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("name", ["../escaped", "models/../../escaped", "/escaped", "strange"])
def test_an_archive_cannot_reach_outside(
    weir: Weir, elsewhere: Path, tmp_path: Path, name: str
) -> None:
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as archive, open(__file__, "rb") as content:
        member = archive.gettarinfo(__file__)
        member.name = name
        archive.addfile(member, content)

    refused = weir("restore", evil)

    assert refused.code == 1
    assert "has no place in it" in refused.err
    assert not list(tmp_path.rglob("escaped"))


def test_an_archive_brings_no_links(weir: Weir, elsewhere: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as archive:
        member = tarfile.TarInfo("models")
        member.type, member.linkname = tarfile.SYMTYPE, str(tmp_path)
        archive.addfile(member)

    assert "neither a file nor a folder" in weir("restore", evil).err


def test_a_backup_taken_while_others_write_is_sound(
    weir: Weir, site: dict[str, str], tmp_path: Path, sqlite_url: str
) -> None:
    writer = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    writer.execute("begin immediate")
    writer.execute("insert into meta values ('unfinished', '')")

    assert weir("backup", tmp_path / "during.tar").code == 0

    writer.close()
    with tarfile.open(tmp_path / "during.tar") as archive:
        content = archive.extractfile("weir.sqlite")
        assert content
        (tmp_path / "copy.sqlite").write_bytes(content.read())
    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as copy:
        assert copy.execute("select name from meta").fetchall() == [("key check",)]


def test_migrating_twice_is_harmless(weir: Weir) -> None:
    assert [weir("migrate").code, weir("migrate").code] == [0, 0]


def test_a_newer_versions_database_is_refused(weir: Weir, sqlite_url: str) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database, database:
        database.execute("update alembic_version set version_num = '9999'")

    done = weir("migrate")

    assert (done.code, len(done.err.splitlines())) == (1, 1)
    assert "newer version" in done.err
