"""The rules that hold the code together, run as tests, and shown to notice when broken."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
ROOMS = ("model", "training", "service", "demo", "benchmarks")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run one of the environment's tools; its output is shown when the test fails."""
    environment = {**os.environ, "PYTHONPATH": str(cwd), "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    print(done.stdout, done.stderr)
    return done


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    return run("lint-imports", "--no-cache", "--no-logo", cwd=tree)


def test_the_code_is_lint_free() -> None:
    assert run("ruff", "check", ".").returncode == 0


def test_the_code_is_formatted() -> None:
    assert run("ruff", "format", "--check", ".").returncode == 0


def test_the_types_hold() -> None:
    assert run("mypy").returncode == 0


def test_imports_run_one_way() -> None:
    assert lint_imports(ROOT).returncode == 0


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", tree)
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__", "*.npy", "*.gz")
        shutil.copytree(ROOT / room, tree / room, ignore=ignored)
    return tree


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("model/text.py", "import training.fit", "The rooms"),
        ("training/fit.py", "import service.db.engine", "The rooms"),
        ("model/features.py", "import model.judge", "Inside model"),
        ("training/examples.py", "import training.evaluate", "Inside training"),
        ("service/screening.py", "import service.web.auth", "Inside service"),
        ("service/db/sites.py", "import service.screening", "Inside service"),
        ("service/errors.py", "import service.settings", "Inside service"),
        ("model/judge.py", "import flask", "no web, no database and no network"),
        ("training/evaluate.py", "import sqlalchemy", "no web, no database and no network"),
        ("model/artifact.py", "import pickle", "no web, no database and no network"),
        ("service/web/auth.py", "import training.examples", "What answers requests"),
        ("service/review.py", "import training.examples", "What answers requests"),
        ("model/scorer.py", "import sklearn", "What answers requests"),
        ("service/review.py", "import flask", "Flask only"),
        ("service/cli/sites.py", "import flask", "Flask only"),
        ("service/review.py", "import sqlalchemy", "SQL only"),
        ("service/web/auth.py", "import sqlite3", "SQL only"),
        ("service/cli/upkeep.py", "import sqlite3", "SQL only"),
        ("demo/moderation.py", "import service.settings", "The demo is a client"),
        ("service/screening.py", "import demo.comments", "Only its command"),
    ],
)
def test_a_planted_violation_is_reported(copy: Path, file: str, line: str, contract: str) -> None:
    path = copy / file
    before = path.read_text()
    path.write_text(f"{before}\n{line}\n")
    try:
        done = lint_imports(copy)
    finally:
        path.write_text(before)

    assert done.returncode == 1
    assert any(contract in row and "BROKEN" in row for row in done.stdout.splitlines())


@pytest.mark.parametrize("room", ["model", "training", "service", "demo"])
def test_a_file_nobody_placed_is_reported(copy: Path, room: str) -> None:
    stray = copy / room / "elsewhere.py"
    stray.touch()
    try:
        done = lint_imports(copy)
    finally:
        stray.unlink()

    assert done.returncode == 1
    assert f"{room}.elsewhere" in done.stdout


def sources(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]


def test_no_file_is_called_by_a_name_that_says_nothing() -> None:
    assert not [path for path in sources(*ROOMS, "tests") if path.stem in FORBIDDEN_NAMES]


def test_no_source_file_is_longer_than_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources(*ROOMS, "tests")
        if (lines := len(path.read_text().splitlines())) > 400
    }

    assert long == {}


def test_model_reads_no_clock() -> None:
    """The time is handed in; `time` and `datetime.now` appear nowhere in model/."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in sources("model")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
            and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "case"}))
        or (isinstance(node, ast.Import) and any(name.name == "time" for name in node.names))
    ]  # fmt: skip

    assert found == []


def test_tests_wait_for_conditions_and_never_for_durations() -> None:
    sleeping = [p.name for p in sources("tests") if p.name != Path(__file__).name
                and "time.sleep(" in p.read_text()]  # fmt: skip

    assert sleeping == []


def test_every_public_thing_says_what_it_is_for() -> None:
    unsaid = []
    for path in sources("model", "training", "service", "demo"):
        tree = ast.parse(path.read_text())
        for node in (tree, *tree.body) if tree.body else ():
            public = isinstance(node, ast.Module) or (
                isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name[0] != "_"
            )
            if public and not ast.get_docstring(node):
                unsaid.append(f"{path.relative_to(ROOT)}: {getattr(node, 'name', 'module')}")

    assert unsaid == []


def test_serving_loads_no_training_and_no_scikit_learn(tmp_path: Path) -> None:
    loaded = "import sys, service.app; print(*sorted({name.split('.')[0] for name in sys.modules}))"

    names = run(sys.executable, "-P", "-c", loaded).stdout.split()

    assert "flask" in names
    assert not {"training", "sklearn", "scipy", "joblib", "matplotlib", "pandas"} & set(names)


def test_asking_for_help_loads_next_to_nothing() -> None:
    loaded = "import sys, service.cli; print(*sorted({name.split('.')[0] for name in sys.modules}))"

    names = run(sys.executable, "-P", "-c", loaded).stdout.split()

    assert "click" in names
    heavy = {"numpy", "sqlalchemy", "pydantic", "flask", "tldextract", "training", "rich"}
    assert not heavy & set(names)


def test_no_group_is_repeated_possessively() -> None:
    """Such a pattern matches wrongly before Python 3.11.5 (gh-106052), so on Debian 12."""
    possessive_group = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+|\(\?>")
    found = [
        f"{path.name}: {line.strip()}"
        for path in sources("model", "service")
        for line in path.read_text().splitlines()
        if possessive_group.search(line) and not line.lstrip().startswith("#")
    ]

    assert found == []
