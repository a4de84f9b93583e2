"""What a base from many sites costs: beside reading the files, beside bare features, in memory.

Invented labels are written to a file. It is then only read, only turned into features (with the
coverage keys), and learned from, in a process each; seconds are CPU time, and the peak memory is
that of the learning process.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from training.stream import BATCH, Batch, examples_of, learn

READING, FEATURES, MEMORY = 40.0, 1.2, 300.0
"""Wanted at most: learning against reading the file, against bare features; MiB at the peak."""

WORDS = """anchor beacon cabin dinghy ensign fender galley halyard jib keel lantern mast navy oar
    port quay rudder sail tiller windlass yacht buoy canvas deck rope tide wind wave harbour
    island compass chart crew captain storm calm regatta""".split()  # noqa: SIM905 - a list to be read


def main() -> None:
    """Print seconds, ratios and peak memory by number of rows."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    options.add_argument("--step", choices=("read", "features", "learn"), help=argparse.SUPPRESS)
    options.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.step:
        print(json.dumps(step(given.step, given.file)))
        return
    print(f"{'rows':>9}{'MB':>7}{'read s':>9}{'features s':>12}{'learn s':>9}"
          f"{'/ read':>8}{'/ features':>11}{'peak MiB':>9}")  # fmt: skip
    for rows in given.rows:
        print(measured(rows))


def measured(rows: int) -> str:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.jsonl"
        invent(path, rows)
        found = {name: _run(name, path) for name in ("read", "features", "learn")}
        size = path.stat().st_size / 1e6
    reading, features, learning = (found[name]["seconds"] for name in found)
    ratios = learning / reading, learning / features
    peak = found["learn"]["peak"]
    met = ratios[0] <= READING and ratios[1] <= FEATURES and peak <= MEMORY
    return (f"{rows:9}{size:7.0f}{reading:9.1f}{features:12.1f}{learning:9.1f}{ratios[0]:8.1f}"
            f"{ratios[1]:11.2f}{peak:9.0f}  {'met' if met else 'NOT met'}")  # fmt: skip


def invent(path: Path, rows: int) -> None:
    """Write so many labelled comments of two sites, no two alike."""
    chance = random.Random(rows)
    with path.open("w") as file:
        for number in range(rows):
            spam = number % 2 == 0
            words = chance.choices(WORDS, k=chance.randrange(8, 40))
            text = f"{'win now ' if spam else 'thanks '}{' '.join(words)} {number}"
            row = {
                "text": text,
                "label": "spam" if spam else "ham",
                "set": f"site{number % 4 // 2}",
            }
            file.write(json.dumps(row) + "\n")


def step(name: str, path: Path) -> dict[str, float]:
    """CPU seconds of one way through the file, and the peak memory of this process in MiB."""
    began = time.process_time()
    rows = examples_of([path], lambda *_: None)
    if name == "read":
        for _ in rows:
            pass
    elif name == "features":
        while batch := list(islice(rows, BATCH)):
            Batch.of(batch)
    else:
        learn(rows).base()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.process_time() - began, "peak": peak}


def _run(name: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks", "streaming", "--step", name, "--file", str(path)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
