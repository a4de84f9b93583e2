"""What is written down is true: blocks run, and tables say what the code says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from benchmarks.readme import answer, pages, shipped, shown
from benchmarks.server import Server
from model.verdict import Decision
from service import metrics
from service.cli import main
from service.settings import SECRETS, Settings
from service.web.api import ROUTES

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text()


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, without code marks."""
    tables = [line.strip("| ") for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip().replace("`", "") for cell in row.split(" |")] for row in tables]


def variable(name: str) -> str:
    alias = Settings.model_fields[name].validation_alias
    return alias.choices[0] if alias else f"WEIR_{name.upper()}"


def test_every_setting_is_described_with_its_default() -> None:
    said = {row[0]: (row[1], row[2].replace("`", "")) for row in rows(page("settings.md"))}

    assert said == {
        variable(name): (
            "" if name in SECRETS or field.default in (None, ()) else str(field.default),
            str(field.description).replace("`", ""),
        )
        for name, field in Settings.model_fields.items()
    }


def test_every_secret_can_be_read_from_a_file_and_the_page_says_so() -> None:
    for name in SECRETS:
        assert f"WEIR_{name.upper()}_FILE" in page("settings.md")


def commands(command: click.Command, path: str = "weir") -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name, below in command.commands.items():
        yield from commands(below, f"{path} {name}")


def test_every_command_is_described_and_none_is_promised() -> None:
    said = {row[0] for row in rows(page("commands.md")) if "weir" in row[0]}

    assert said - {"./weir test"} == {path for path, _ in commands(main)}


def test_every_option_is_described() -> None:
    text = page("commands.md")
    missing = [
        f"{path} {option}"
        for path, command in commands(main)
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and f"`{option}`" not in text
    ]

    assert missing == []


def test_every_endpoint_is_described() -> None:
    said = {row[0]: row[1] for row in rows(page("api.md"))}

    assert said == {
        f"{route.method} {route.path}": str(route.handler.__doc__).splitlines()[0]
        for route in ROUTES
    }


def test_every_figure_is_described() -> None:
    said = {row[0].removesuffix("_total") for row in rows(page("operations.md"))}

    assert {name for name in said if name.startswith("weir_")} == {
        metrics.DRIFT_ALARM[0], metrics.DRIFT_SCORE_SHIFT[0],
        *(metric.name for metric in metrics._REGISTRY.collect()),
    }  # fmt: skip


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text())
    broken = [
        link for link in links
        if not link.startswith("http") and not (path.parent / link).exists()
    ]  # fmt: skip

    assert broken == []


@pytest.mark.parametrize("path", ["README.md", "docs/model.md", "docs/unseen.svg"])
def test_the_figures_are_those_of_the_shipped_models_card(path: str) -> None:
    """`python -m benchmarks readme` writes them."""
    assert (ROOT / path).read_text() == pages(shipped())[ROOT / path]


def test_the_changelog_knows_the_version_in_progress() -> None:
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text()


def shape(value: Any) -> Any:
    """What an answer looks like: keys, and kinds of values."""
    if isinstance(value, dict):
        return {key: shape(below) for key, below in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, (int, float)) else type(value).__name__


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("readme")) as running:
        yield running


SHOWN = shown(README)


def test_the_readme_shows_answers() -> None:
    assert len(SHOWN) >= 2


@pytest.mark.parametrize(("command", "before"), SHOWN)
def test_the_readmes_commands_answer_as_printed(server: Server, command: str, before: str) -> None:
    told, printed = answer(server, command), json.loads(before)

    assert shape(told) == shape(printed)
    assert told.get("decision") == printed.get("decision")
    assert told.get("decision") in {*Decision, None}
    codes = [[reason["code"] for reason in one.get("reasons", ())] for one in (told, printed)]
    assert codes[0] == codes[1]
