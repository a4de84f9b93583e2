"""Every setting once: its name, its default and what it means.

Settings come from the environment with the prefix `WEIR_`, plus the customary `PORT` and
`WEB_CONCURRENCY`. A secret may be read from a file instead, named by `..._FILE`.
"""

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from service.errors import SettingsError

SECRETS = ("secret_key", "database_url", "redis_url")
REDIS = ("redis", "rediss", "redis+unix", "redis+sentinel", "redis+cluster")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class _SecretFiles(PydanticBaseSettingsSource):
    """Secrets that a file holds (`WEIR_SECRET_KEY_FILE` and the like)."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Read one secret's file; unset means no value."""
        variable = f"WEIR_{field_name.upper()}"
        path = os.environ.get(f"{variable}_FILE")
        if not path or field_name not in SECRETS:
            return None, field_name, False
        if os.environ.get(variable):
            raise SettingsError(f"{variable} and {variable}_FILE are both set: keep one")
        try:
            return Path(path).read_text("utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{variable}_FILE: cannot read {path} ({error})") from None

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(None, name)[0] for name in SECRETS}
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """What the operator decided, checked. `load` reads it with one-line errors."""

    model_config = SettingsConfigDict(
        env_prefix="WEIR_", frozen=True, env_ignore_empty=True, extra="ignore"
    )

    data_dir: Path = Field(Path("var"), description="Folder for everything Weir keeps")
    database_url: SecretStr = Field(
        SecretStr(""), description="SQLite in the data dir, or `postgresql+psycopg://...`"
    )
    redis_url: SecretStr = Field(
        SecretStr(""), description="Shared rate limits for several hosts; empty: per process"
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="Instance key; made in the data dir at the first start"
    )
    model_store: str = Field(
        "", description="Folder or fsspec URL of site models, shared by all hosts; "
        "by default a folder in the data dir",
    )  # fmt: skip
    deadline_ms: int = Field(1000, gt=0, le=60_000, description="Later judgements are held")
    retention_days: int = Field(0, ge=0, description="Keep comments this long; 0: for ever")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe line that is logged"
    )
    public_url: str = Field("", pattern=r"^(https?://\S+)?$", description="Address seen by others")
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="Networks whose `X-Forwarded-*` headers count, comma-separated"
    )
    training_data: Path | None = Field(None, description="Folder of labelled sets")
    rate_limit: int = Field(20_000, ge=0, description="Comments per key and minute; 0: no limit")
    max_body_bytes: int = Field(
        1 << 20, ge=1 << 10, le=1 << 26, description="Largest request; a batch may be 4 times it"
    )
    threads: int = Field(8, ge=1, le=64, description="Requests one web process works on at once")
    webhooks_to_private: bool = Field(
        False, description="Deliver webhooks to private and loopback addresses, and by http, too"
    )
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(
        8080, ge=0, le=65535, validation_alias=AliasChoices("PORT", "WEIR_PORT"),
        description="Port to listen on",
    )  # fmt: skip
    web_concurrency: int = Field(
        2, ge=1, le=256, validation_alias=AliasChoices("WEB_CONCURRENCY", "WEIR_WEB_CONCURRENCY"),
        description="Web processes",
    )  # fmt: skip

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Look in arguments, then the environment, then secret files; nowhere else."""
        return init_settings, env_settings, _SecretFiles(settings_cls)

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 32:
            raise ValueError("needs at least 32 characters")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value().replace("postgres://", "postgresql://", 1)
        if url.startswith("postgresql://"):
            url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
        if url == "sqlite:///":
            raise ValueError("names no file")
        return SecretStr(url)

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value().partition("://")[0] not in ("", *REDIS):
            raise ValueError(f"must start with one of {', '.join(f'{one}://' for one in REDIS)}")
        return value

    @property
    def database_setting(self) -> str:
        """The variable that says where the database is."""
        return "WEIR_DATABASE_URL" if self.database_url.get_secret_value() else "WEIR_DATA_DIR"

    @property
    def database(self) -> str:
        """The database's SQLAlchemy URL; the SQLite file of the data dir if none is set."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data_dir}/weir.sqlite"


def load(**overrides: object) -> Settings:
    """Read the settings; `overrides` (a command's options) go before the environment.

    Raises SettingsError with one line that names the setting and never shows a secret.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None


def _one_line(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0]) if first["loc"] else "settings"
    name = field if field.isupper() else f"WEIR_{field.upper()}"
    got = "" if field in SECRETS else f" (got {str(first['input'])[:80]!r})"
    return f"{name}: {first['msg'].removeprefix('Value error, ')}{got}"


def prepare_data_dir(settings: Settings) -> None:
    """Make the data dir, readable by its owner only; SettingsError if it cannot be written."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"WEIR_DATA_DIR: cannot make {settings.data_dir} ({error})") from None
    if not os.access(settings.data_dir, os.W_OK | os.X_OK):
        raise SettingsError(f"WEIR_DATA_DIR: {settings.data_dir} is not writable")


def models_folder(settings: Settings) -> Path:
    """Where the models of sites lie on this machine."""
    return settings.data_dir / "models" if models_url(settings) else _store(settings)


def models_url(settings: Settings) -> str:
    """Where all hosts keep their models together, if that is no folder."""
    return settings.model_store if "://" in settings.model_store else ""


def _store(settings: Settings) -> Path:
    return Path(settings.model_store) if settings.model_store else settings.data_dir / "models"


def instance_key(settings: Settings) -> bytes:
    """The secret everything else is derived from; made on the first start (mode 0600).

    Losing it makes every key, token and hashed address unreadable: back it up.
    """
    given = settings.secret_key.get_secret_value()
    if given:
        return given.encode()
    path = settings.data_dir / "secret.key"
    try:
        if not path.exists():
            _create_once(path, secrets.token_hex(32))
        return path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"WEIR_SECRET_KEY: cannot keep a key in {path} ({error})") from None


def _create_once(path: Path, secret: str) -> None:
    # Linking a complete file means that a process starting beside us never reads half a key.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
