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


def test_a_database_that_is_not_there_is_told_in_one_line(tmp_path, live):
    url = "postgresql+psycopg://weir:hunter2@127.0.0.1:1/weir"

    with pytest.raises(StorageError) as failed:
        wire(Settings(data_dir=tmp_path, database_url=url), live=live)

    assert "hunter2" not in str(failed.value)
    assert "\n" not in str(failed.value)


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
