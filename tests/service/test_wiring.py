"""How the parts come together."""

import subprocess
import sys

import pytest

from service.errors import SettingsError, StorageError
from service.settings import Settings
from service.wiring import wire


def test_a_database_is_refused_under_another_instance_key(settings, live):
    wire(settings, live=live).database.close()

    with pytest.raises(SettingsError, match="WEIR_SECRET_KEY"):
        wire(settings.model_copy(update={"secret_key": Settings(secret_key="x" * 32).secret_key}))


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("WEIR_DATABASE_URL", "postgresql+psycopg://weir:hunter2@127.0.0.1:1/weir"),
        ("WEIR_DATABASE_URL", "postgresql+psycopg://weir:hunter2@127.0.0.1:port/weir"),
        ("WEIR_DATABASE_URL", "sqlite:////nowhere/hunter2.sqlite"),
        ("WEIR_REDIS_URL", "redis://:hunter2@127.0.0.1:port/0"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line_that_names_it(tmp_path, live, name, url):
    settings = Settings(data_dir=tmp_path, **{name.removeprefix("WEIR_").lower(): url})

    with pytest.raises((StorageError, SettingsError)) as failed:
        wire(settings, live=live)

    said = str(failed.value)
    assert said.startswith(f"{name}: ")
    assert "hunter2" not in said
    assert "\n" not in said


def test_a_database_of_the_data_dir_that_fails_names_the_data_dir(tmp_path, live):
    (tmp_path / "weir.sqlite").mkdir()

    with pytest.raises(StorageError, match="WEIR_DATA_DIR: "):
        wire(Settings(data_dir=tmp_path), live=live)


def test_serving_imports_neither_scikit_learn_nor_scipy(tmp_path):
    program = (
        "import sys; from service.app import create_app; app = create_app();"
        "app.test_client().get('/openapi.json');"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    environment = {"WEIR_DATA_DIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True
    )

    loaded = set(ran.stdout.splitlines()[-1].split())
    assert {"flask", "numpy", "sqlalchemy"} <= loaded
    assert not loaded & {"sklearn", "scipy", "joblib", "matplotlib", "training"}


def test_what_is_kept_is_its_owners_alone_in_whoevers_folder(tmp_path, live):
    tmp_path.chmod(0o755)
    parts = wire(Settings(data_dir=tmp_path), live=live)
    parts.sites.add("boats", "https://boats.example")

    found = {one.name: one.stat().st_mode & 0o077 for one in tmp_path.iterdir()}

    parts.database.close()
    assert {"weir.sqlite", "weir.sqlite-wal", "weir.sqlite-shm", "secret.key"} <= found.keys()
    assert set(found.values()) == {0}
