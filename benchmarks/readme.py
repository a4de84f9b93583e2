"""The tables of README.md and docs/model.md, written from the shipped model's own card."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.server import ROOT
from model.artifact import CARD
from model.live import BASE
from training.card import as_markdown
from training.evaluate import NAMES

COLUMNS = ("roc_auc", "caught_at_one_percent", "spam_rejected", "good_rejected", "held")
BOTH = 30
"""Comments of either label that a source needs for a row of its own in the README."""
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->"


def summary(card: Mapping[str, Any]) -> str:
    """The README's table: sources with both labels, each judged by a model without it."""
    told = ["source left out", "spam", "good", *(NAMES[name] for name in COLUMNS)]
    rows = [told, ["---"] + ["--:"] * (len(told) - 1)]
    for row in card["data"]:
        if min(row["spam"], row["ham"]) >= BOTH:
            found = card["unseen"][row["set"]]
            cells = [_cell(name, found[name]) for name in COLUMNS]
            rows.append([row["set"], str(row["spam"]), str(row["ham"]), *cells])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cell(name: str, figure: Mapping[str, Any]) -> str:
    if name == "roc_auc":
        return "{estimate:.3f} ({lower:.3f}-{upper:.3f})".format(**figure)
    return "{estimate:.1%} ({lower:.1%}-{upper:.1%})".format(**figure)


def between(text: str, table: str) -> str:
    """`text` with what stands between its two marks replaced."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}{table}{END}{rest.partition(END)[2]}"


def pages(card: Mapping[str, Any]) -> dict[Path, str]:
    """Every page that has a table from the card, as it should be."""
    tables = {ROOT / "README.md": summary(card), ROOT / "docs" / "model.md": as_markdown(card)}
    return {path: between(path.read_text(), table) for path, table in tables.items()}


def shipped() -> dict[str, Any]:
    """The card of the shipped model."""
    card: dict[str, Any] = json.loads((BASE / CARD).read_text())
    return card


def main() -> None:
    """Write the tables."""
    for path, text in pages(shipped()).items():
        path.write_text(text)


if __name__ == "__main__":
    main()
