"""What a comment costs as comments, sites and labels grow: the hot path must stay flat.

Rows are made inside the database, around real ones; then real comments are judged and recorded
in this process, and their processor time is taken. Draws docs/growth.svg.
"""

import argparse
import itertools
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.endpoint import comments
from benchmarks.server import ROOT
from model.artifact import BaseModel
from model.site_layer import COVERAGE_BITS, SLOTS, SiteLayer
from service.db.engine import Database
from service.db.sites import Site
from service.settings import Settings
from service.web.shapes import CommentIn
from service.wiring import Parts, wire

PICTURE = ROOT / "docs" / "growth.svg"
COMMENTS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
LABELS = (1, 1_000, 10_000, 100_000, 1_000_000)
SITES = (1, 100, 1_000, 10_000)
AT_ONCE = 1_000_000
"""Rows of one transaction: SQLite keeps all of it beside the database until it is over."""


@dataclass(frozen=True, slots=True)
class Point:
    """Median processor time of one comment, and of the first for a site whose layer is not
    loaded yet (0: there is none), in µs."""

    of: str
    size: int
    micros: float
    cold: float = 0.0


def _numbers(first: int, last: int) -> str:
    return (f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n "
            f"WHERE i < {last - 1})")  # fmt: skip


def add_comments(database: Database, first: int, last: int) -> None:
    """Rows for comments `first` to `last`: copies of the newest one, with traces of their own."""
    for start in range(first, last, AT_ONCE):
        _add_comments(database, start, min(start + AT_ONCE, last))


def _add_comments(database: Database, first: int, last: int) -> None:
    id_ = "printf('cmt_%026d', n.i)"
    with database.direct.writing() as cursor:
        names = [row[1] for row in cursor.execute("PRAGMA table_info(comments)").fetchall()]
        kept = ", ".join(id_ if name == "id" else f"c.{name}" for name in names)
        one = "(SELECT * FROM comments ORDER BY id DESC LIMIT 1)"
        said = "(SELECT * FROM judgements ORDER BY comment_id DESC LIMIT 1)"
        cursor.execute(f"INSERT INTO comments {_numbers(first, last)} "
                       f"SELECT {kept} FROM n, {one} AS c")  # fmt: skip
        cursor.execute(f"INSERT INTO judgements {_numbers(first, last)} "
                       f"SELECT {id_}, 1, j.at, j.decision, j.score, j.answer "
                       f"FROM n, {said} AS j")  # fmt: skip
        cursor.execute("PRAGMA cache_size=-200000")  # KiB: this many at once, only here
        cursor.execute(
            f"INSERT INTO traces {_numbers(first, last)}, m(j) AS (VALUES (1), (2), (3), (4)) "
            f"SELECT random() AS key, 1, {id_}, random() FROM n, m ORDER BY key"
        )
        cursor.execute("PRAGMA cache_size=-2000")


def add_labels(database: Database, site: str, first: int, last: int) -> None:
    """A label on each of as many comments."""
    with database.direct.writing() as cursor:
        cursor.execute(
            f"INSERT INTO labels (id, site_id, comment_id, number, label, source, moderator, "
            f"note, at) {_numbers(first, last)} SELECT printf('lbl_%026d', i), '{site}', "
            f"printf('cmt_%026d', i), 1, 'spam', 'import', '', '', i FROM n"
        )


def judged(parts: Parts, site: Site, several: Sequence[dict[str, Any]]) -> list[float]:
    """Judge and record each; processor time of each in µs."""
    took = []
    for body in several:
        comment = CommentIn.model_validate(body).comment()
        started = time.thread_time_ns()
        parts.screening.screen(site, comment)
        took.append((time.thread_time_ns() - started) / 1e3)
    return took


def by_comments(parts: Parts, texts: Iterator[Any], sizes: Sequence[int], n: int) -> list[Point]:
    """One site, ever more stored comments."""
    site = parts.sites.list()[0]
    judged(parts, site, list(itertools.islice(texts, n)))
    points, before = [], 0
    for size in sizes:
        add_comments(parts.database, before, size)
        took = judged(parts, site, list(itertools.islice(texts, n)))
        points.append(Point("stored comments", size, statistics.median(took)))
        before = size
    return points


def by_labels(parts: Parts, texts: Iterator[Any], sizes: Sequence[int], n: int) -> list[Point]:
    """One site, ever more labels."""
    site = parts.sites.list()[0]
    points, before = [], 0
    for size in sizes:
        add_labels(parts.database, site.id, before, size)
        took = judged(parts, site, list(itertools.islice(texts, n)))
        points.append(Point("labels", size, statistics.median(took)))
        before = size
    return points


def by_sites(parts: Parts, texts: Iterator[Any], sizes: Sequence[int], n: int) -> list[Point]:
    """Ever more sites with a layer of their own; some of each size ask once cold, once warm."""
    points, before = [], 0
    digest = parts.store.put(_layer(parts))
    for size in sizes:
        add_sites(parts.database, digest, before, size)
        cold, warm = [], []
        for number in range(max(before, size - n), size):
            site = parts.sites.get(f"site_{number:026d}")
            cold += judged(parts, site, list(itertools.islice(texts, 1)))
            warm += judged(parts, site, list(itertools.islice(texts, 1)))
        points.append(Point("sites", size, statistics.median(warm), statistics.median(cold)))
        before = size
    return points


def add_sites(database: Database, digest: str, first: int, last: int) -> None:
    """Copies of the first site, each with this layer in force."""
    made = {"id": "printf('site_%026d', n.i)", "name": "printf('site %d', n.i)",
            "champion": f"'{digest}'"}  # fmt: skip
    with database.direct.writing() as cursor:
        names = [row[1] for row in cursor.execute("PRAGMA table_info(sites)").fetchall()]
        kept = ", ".join(made.get(name, f"s.{name}") for name in names)
        one = "(SELECT * FROM sites ORDER BY created_at LIMIT 1)"
        cursor.execute(f"INSERT INTO sites {_numbers(first, last)} SELECT {kept} FROM n, {one} s")


def _layer(parts: Parts) -> SiteLayer:
    base = parts.live.scorer()
    assert base is not None
    assert isinstance(base.model, BaseModel)
    chance = np.random.default_rng(1)
    return SiteLayer(
        weights=chance.normal(0, 0.01, SLOTS).astype(np.float16),
        coverage=chance.integers(0, 2, COVERAGE_BITS // 8).astype(np.uint8),
        slope=1.0, intercept=0.0, card={"base": base.model.digest, "thresholds": {}},
    )  # fmt: skip


def measure(folder: Path, most: int, most_sites: int, n: int) -> list[Point]:
    """All three, each in an instance of its own."""
    points = []
    for name, growing, sizes in (
        ("comments", by_comments, [size for size in COMMENTS if size <= most]),
        ("labels", by_labels, [size for size in LABELS if size <= most]),
        ("sites", by_sites, [size for size in SITES if size <= most_sites]),
    ):
        parts = wire(Settings(data_dir=folder / name, deadline_ms=60_000))
        try:
            parts.sites.add("first", "https://blog.example")
            points += growing(parts, comments(200), sizes, n)
        finally:
            parts.database.close()
    return points


def draw(points: Sequence[Point], path: Path) -> None:
    """Cost against size, both logarithmic; flat is good."""
    plt.rcParams["svg.hashsalt"] = "growth"
    figure, axes = plt.subplots(figsize=(7, 4))
    for of in dict.fromkeys(point.of for point in points):
        mine = [point for point in points if point.of == of]
        axes.plot([p.size for p in mine], [p.micros for p in mine], marker="o", label=of)
        if any(p.cold for p in mine):
            cold = [p.cold for p in mine]
            axes.plot(
                [p.size for p in mine], cold, "--", marker="o", label=f"{of}, layer not yet loaded"
            )
    axes.set(xscale="log", yscale="log", xlabel="how many there are",
             ylabel="CPU of one comment, µs", ylim=(100, 100_000))  # fmt: skip
    axes.grid(True, alpha=0.3)
    axes.legend()
    figure.savefig(path, format="svg", metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)


def main() -> None:
    """Print every point and draw them."""
    parser = argparse.ArgumentParser(description=__doc__)
    told = "comments and labels; ten million take ten minutes and 40 GB"
    parser.add_argument("--most", type=int, default=1_000_000, help=told)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--n", type=int, default=200, help="comments judged at each size")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        points = measure(Path(folder), chosen.most, chosen.sites, chosen.n)
    for point in points:
        cold = f", {point.cold:,.0f} µs the first time" if point.cold else ""
        print(f"{point.size:>10,} {point.of}: {point.micros:,.0f} µs of CPU a comment{cold}")
    draw(points, PICTURE)


if __name__ == "__main__":
    main()
