"""What README.md and docs/model.md print, from the shipped model's card and a real server."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.picture import three_way
from benchmarks.server import ROOT, Server
from model.artifact import CARD
from model.live import BASE
from training.card import as_markdown
from training.evaluate import NAMES

COLUMNS = (
    "roc_auc", "caught_at_one_percent", "spam_rejected", "spam_accepted", "good_rejected", "held",
)  # fmt: skip
BOTH = 30
"""Comments of either label that a source needs for a row of its own in the README."""
ADDRESS = "http://127.0.0.1:8080"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->"


def summary(card: Mapping[str, Any]) -> str:
    """The README's table: sources with both labels, each judged by a model without it."""
    told = ["source left out", "spam", "good", *(NAMES[name] for name in COLUMNS)]
    rows = [told, ["---"] + ["--:"] * (len(told) - 1)]
    for row in _measured(card):
        found = card["unseen"][row["set"]]
        cells = [_cell(name, found[name]) for name in COLUMNS]
        rows.append([row["set"], str(row["spam"]), str(row["ham"]), *cells])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _measured(card: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The sources with enough comments of either label."""
    return [row for row in card["data"] if min(row["spam"], row["ham"]) >= BOTH]


def _cell(name: str, figure: Mapping[str, Any]) -> str:
    if name == "roc_auc":
        return "{estimate:.3f} ({lower:.3f}-{upper:.3f})".format(**figure)
    return "{estimate:.1%} ({lower:.1%}-{upper:.1%})".format(**figure)


def between(text: str, table: str) -> str:
    """`text` with what stands between its two marks replaced."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}{table}{END}{rest.partition(END)[2]}"


def pages(card: Mapping[str, Any]) -> dict[Path, str]:
    """Every page that has a table or picture from the card, as it should be."""
    picture = three_way(card["unseen"], [row["set"] for row in _measured(card)])
    tables = {ROOT / "README.md": summary(card), ROOT / "docs" / "model.md": as_markdown(card)}
    written = {path: between(path.read_text(), table) for path, table in tables.items()}
    return written | {ROOT / "docs" / "unseen.svg": picture}


def shipped() -> dict[str, Any]:
    """The card of the shipped model."""
    card: dict[str, Any] = json.loads((BASE / CARD).read_text())
    return card


def shown(text: str) -> list[tuple[str, str]]:
    """Every shell block that a block of JSON follows, with that JSON."""
    return re.findall(r"^```sh\n([^`]*)^```\n\n```json\n([^`]*)^```$", text, re.MULTILINE)


def answer(server: Server, command: str) -> Any:
    """What a shell says to a block that was written for the default address and `./weir`."""
    program = 'weir() { "$PYTHON" -P -m service "$@"; }\n' + command.replace("./weir", "weir")
    environment = {
        "PATH": os.environ["PATH"], "PYTHON": sys.executable, "PYTHONPATH": str(ROOT),
        "TOKEN": server.token, "WEIR_DATA_DIR": str(server.data_dir),
    }  # fmt: skip
    done = subprocess.run(
        ["sh", "-ec", program.replace(ADDRESS, server.url)],
        env=environment, cwd=server.folder, check=True, capture_output=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def printed(told: Mapping[str, Any]) -> str:
    """An answer as the README prints it: a line for each field and each reason."""
    lines = []
    for name, value in told.items():
        if name == "reasons":
            rows = ",\n".join(f"   {json.dumps(reason, ensure_ascii=False)}" for reason in value)
            lines.append(f' "reasons": [\n{rows}\n ]')
        else:
            lines.append(f" {json.dumps(name)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    """Write the tables, and the answers as a fresh server gives them."""
    for path, text in pages(shipped()).items():
        path.write_text(text)
    readme = ROOT / "README.md"
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        text = readme.read_text()
        for command, before in shown(text):
            text = text.replace(before, printed(answer(server, command)))
    readme.write_text(text)


if __name__ == "__main__":
    main()
