"""Settings: from the environment, checked, and refused in one line that names them."""

import ipaddress
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.errors import SettingsError
from service.settings import Settings, instance_key, load, prepare_data_dir


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    for name in list(os.environ):
        if name.startswith("WEIR_") or name in ("PORT", "WEB_CONCURRENCY"):
            monkeypatch.delenv(name)


def test_everything_has_a_default():
    settings = load()

    assert str(settings.data_dir) == "var"
    assert settings.database == "sqlite:///var/weir.sqlite"
    assert (settings.port, settings.web_concurrency, settings.deadline_ms) == (8080, 2, 1000)


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("WEIR_DATA_DIR", "/srv/weir")
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    monkeypatch.setenv("WEIR_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::/32")
    monkeypatch.setenv("WEIR_LOG_LEVEL", "DEBUG")

    settings = load()

    assert settings.database == "sqlite:////srv/weir/weir.sqlite"
    assert (settings.port, settings.web_concurrency, settings.log_level) == (9000, 3, "debug")
    assert settings.trusted_proxies[0] == ipaddress.ip_network("10.0.0.0/8")


def test_what_a_command_says_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("WEIR_DEADLINE_MS", "50")

    assert load(deadline_ms=70).deadline_ms == 70


def test_an_empty_variable_is_as_good_as_none(monkeypatch):
    monkeypatch.setenv("WEIR_DEADLINE_MS", "")

    assert load().deadline_ms == 1000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEIR_DEADLINE_MS", "soon"),
        ("WEIR_DEADLINE_MS", "-5"),
        ("WEIR_LOG_LEVEL", "loud"),
        ("WEIR_TRUSTED_PROXIES", "10.0.0.0/8,nginx"),
        ("WEIR_PUBLIC_URL", "weir.example"),
        ("WEIR_DATABASE_URL", "mysql://root:hunter2@db/weir"),
        ("WEIR_DATABASE_URL", "sqlite:///"),
        ("WEIR_REDIS_URL", "hunter2"),
        ("WEIR_REDIS_URL", "memory://hunter2"),
        ("WEIR_SECRET_KEY", "hunter2"),
        ("PORT", "80800"),
        ("WEB_CONCURRENCY", "0"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line_that_names_it(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as refused:
        load()

    said = str(refused.value)
    assert said.startswith(f"{name}: ")
    assert "\n" not in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEIR_SECRET_KEY", "x" * 40),
        ("WEIR_DATABASE_URL", "postgresql://weir@db/weir"),
        ("WEIR_REDIS_URL", "redis://:secret@cache/0"),
    ],
)
def test_a_secret_may_stand_in_a_file(monkeypatch, tmp_path, name, value):
    (tmp_path / "secret").write_text(f"{value}\n")
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secret"))

    read = getattr(load(), name.removeprefix("WEIR_").lower()).get_secret_value()

    assert read in (value, value.replace("://", "+psycopg://"))


def test_a_secret_both_given_and_in_a_file_is_refused(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("x" * 40)
    monkeypatch.setenv("WEIR_SECRET_KEY_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("WEIR_SECRET_KEY", "y" * 40)

    with pytest.raises(SettingsError, match="WEIR_SECRET_KEY and WEIR_SECRET_KEY_FILE"):
        load()


def test_a_secret_file_that_is_not_there_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("WEIR_SECRET_KEY_FILE", str(tmp_path / "none"))

    with pytest.raises(SettingsError, match=r"WEIR_SECRET_KEY_FILE: .*none"):
        load()


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d"])
def test_every_way_to_write_postgresql_is_understood(url):
    assert Settings(database_url=url).database == "postgresql+psycopg://u@h/d"


def test_no_secret_shows_when_settings_are_printed():
    assert "hunter2" not in repr(Settings(secret_key="hunter2" * 6))


# The instance key.


def test_the_instance_key_is_made_once_for_its_owner_only(tmp_path):
    settings = Settings(data_dir=tmp_path)

    made = instance_key(settings)

    assert instance_key(settings) == made
    assert len(made) == 64
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_two_that_start_together_get_one_key(tmp_path):
    settings = Settings(data_dir=tmp_path)

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: instance_key(settings), range(8)))

    assert len(made) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_a_key_that_is_given_is_used_and_not_written(tmp_path):
    settings = Settings(data_dir=tmp_path, secret_key="k" * 32)

    assert instance_key(settings) == b"k" * 32
    assert not list(tmp_path.iterdir())


def test_the_data_dir_is_made_for_its_owner_only(tmp_path):
    settings = Settings(data_dir=tmp_path / "a" / "b")

    prepare_data_dir(settings)

    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_a_data_dir_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingsError, match="WEIR_DATA_DIR"):
        prepare_data_dir(Settings(data_dir=tmp_path / "file" / "var"))
