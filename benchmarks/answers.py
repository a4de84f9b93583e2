"""Real comments over HTTP: do the reasons add up, and who is accepted, held, rejected?"""

import argparse
import gzip
import json
import math
import os
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from benchmarks.server import Server

DECISIONS = ("accept", "hold", "reject")


@dataclass
class Answers:
    """Decisions by set and label, and the largest gap between a score and its parts.

    The model has been trained on most of these sets: this shows the path, not the quality,
    which the model's card measures on sources left out.
    """

    decisions: dict[tuple[str, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    largest_gap: float = 0.0
    unscored: int = 0

    def add(self, row: dict[str, Any], answer: dict[str, Any]) -> None:
        """Take one answer into account."""
        self.decisions[row["set"], row["label"]][answer["decision"]] += 1
        if answer["score"] is None:
            self.unscored += 1
            return
        parts = [answer["base"], answer["rest"], *(r["weight"] for r in answer["reasons"])]
        self.largest_gap = max(self.largest_gap, abs(math.fsum(parts) - answer["score"]))

    def of(self, label: str) -> Counter[str]:
        """How comments with this label were decided, over all sets."""
        return sum((n for (_, its), n in self.decisions.items() if its == label), Counter[str]())

    def __str__(self) -> str:
        total = sum(n.total() for n in self.decisions.values())
        lines = [f"{total} comments, {self.unscored} unscored, largest gap {self.largest_gap:.1e}"]
        lines += [f"{'set':<20} {'label':<5} {'n':>6} " + "".join(f"{d:>9}" for d in DECISIONS)]
        for (name, label), counts in sorted(self.decisions.items()):
            lines.append(_line(name, label, counts))
        lines += [_line("all", label, self.of(label)) for label in ("ham", "spam")]
        return "\n".join(lines)


def _line(name: str, label: str, counts: Counter[str]) -> str:
    shares = "".join(f"{counts[d] / max(1, counts.total()):>9.1%}" for d in DECISIONS)
    return f"{name:<20} {label:<5} {counts.total():>6} {shares}"


def some_rows(folder: Path, count: int, seed: int) -> list[dict[str, Any]]:
    """`count` comments, one of each label from every set in turn for as long as they last."""
    by_kind: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(folder.glob("*.jsonl.gz")):
        for row in _read(path):
            by_kind[row["set"], row["label"]].append(row)
    chance = random.Random(seed)
    for rows in by_kind.values():
        chance.shuffle(rows)
    in_turn = (row for turn in zip_longest(*by_kind.values()) for row in turn if row)
    return list(islice(in_turn, count))


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def ask(server: Server, rows: list[dict[str, Any]]) -> Answers:
    """Post every row as a comment of its own author, and record it."""
    answers, client = Answers(), server.client()
    for row in rows:
        author = {"name": row.get("author") or "", "url": row.get("author_url") or ""}
        body = {"content": row["text"], "author": author}
        reply = client.ask("POST", "/v1/comments", body)
        assert reply.status == 200, reply.body
        answers.add(row, reply.json)
    client.close()
    return answers


def main() -> None:
    """Print decisions by set and label."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    rows = some_rows(Path(os.environ["WEIR_TRAINING_DATA"]), chosen.count, chosen.seed)
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        print(ask(server, rows))
