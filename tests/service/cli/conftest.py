"""`weir` in this process, on a SQLite database of its own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service.cli import main


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """All of stdout as one JSON value."""
        return json.loads(self.out)


Weir = Callable[..., Done]


@pytest.fixture
def weir(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Weir:
    """Run one command; `input` is its standard input."""
    monkeypatch.setenv("WEIR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WEIR_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("WEIR_SECRET_KEY", "k" * 32)

    def run(*arguments: str | Path, input: str | bytes | None = None) -> Done:
        done = CliRunner().invoke(main, [str(argument) for argument in arguments], input)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Done(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def site(weir: Weir) -> dict[str, str]:
    """A site named `boats`, as `weir site add --json` tells of it."""
    added: dict[str, str] = weir("site", "add", "boats", "--url", "https://boats.example",
                                 "--json").json  # fmt: skip
    return added
