"""`weir labels`: what people said of comments, brought in, taken out, taken back, checked."""

import gzip
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import click

from service.cli.failures import Failed
from service.cli.history import as_sent
from service.cli.learning import undo
from service.cli.open import instance
from service.cli.show import as_json
from service.storable import NAME, one_line

if TYPE_CHECKING:
    from model.comment import Comment, Example
    from service.db.engine import Connection
    from service.db.sites import Site
    from service.review import Review
    from training.examples import Refused
    from training.exports import Undecided

SHOWN_REFUSALS = 20
AT_ONCE = 200
"""Imported comments of one transaction: others wait for it no longer than a moment."""
FORMATS = ("auto", "jsonl", "csv", "wordpress", "disqus", "isso", "remark42")


@click.group()
def labels() -> None:
    """Bring in, take out and take back labels."""


labels.add_command(undo)


@labels.command("import")
@click.option("--site", required=True, help="Whose history it becomes.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="auto",
    show_default=True,
    help="What wrote FILE.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "json_", is_flag=True, help="Print one JSON value.")
def import_labels(site: str, format_: str, file: Path, json_: bool) -> None:
    """Take FILE (JSON Lines, CSV, or an export of WordPress, Disqus, Isso or Remark42, gzipped
    or not) as labels that site has given.

    Prints how many were added, how many were there already, and which were refused and why.
    """
    refused: list[dict[str, Any]] = []
    counts: Counter[str] = Counter(added=0, already_there=0)
    with instance() as parts:
        found, rows = parts.sites.get(site), _believed(read(file, format_), counts, refused)
        while batch := list(islice(rows, AT_ONCE)):
            with parts.database.writing() as connection:
                counts.update([_teach(parts.review, connection, found, row) for row in batch])
    _report_import({**counts, "refused": len(refused)}, refused, json_)


def _believed(
    rows: "Iterator[Example | Undecided | Refused]",
    counts: Counter[str],
    refused: list[dict[str, Any]],
) -> "Iterator[Example]":
    """The rows that teach; of the others it is noted what they are. Ends where a file breaks."""
    from training.examples import Refused
    from training.exports import BadExport, Undecided

    try:
        for row in rows:
            if isinstance(row, Refused):
                refused.append({"line": row.line, "why": row.why})
            elif isinstance(row, Undecided):
                counts["undecided"] += 1
            else:
                yield row
    except BadExport as error:
        refused.append({"line": 0, "why": f"the rest cannot be read: {error}"})


def read(file: Path, format_: str = "auto") -> "Iterator[Example | Undecided | Refused]":
    """Every comment of a file that some system has written, as an example or why it is none."""
    from training import examples, exports

    if format_ == "auto":
        with _opened(file) as start:
            format_ = exports.kind_of(start.read(4096))
    if format_ == "jsonl" and file.name.removesuffix(".gz").endswith(".csv"):
        format_ = "csv"
    if format_ in ("jsonl", "csv"):
        yield from examples.read(file, format_)
        return
    with _opened(file) as stream:
        for line, row in _exported(file, stream, format_):
            yield examples.example_of(row, line) if isinstance(row, dict) else row


def _opened(file: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(file) if file.suffix == ".gz" else file.open("rb"))


def _exported(file: Path, stream: IO[bytes], format_: str) -> Iterator[tuple[int, Any]]:
    from service.db import isso
    from training import exports

    if format_ == "isso":
        for number, mode, row in isso.rows(file):
            waits = exports.Undecided(number, "waits for a moderator, or was deleted")
            yield number, row if mode == isso.PUBLISHED else waits
    elif format_ == "remark42":
        with io.TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="\n") as lines:
            yield from exports.remark42(lines)
    else:
        yield from (exports.disqus if format_ == "disqus" else exports.wordpress)(stream)


def _teach(review: "Review", connection: "Connection", site: "Site", example: "Example") -> str:
    from service.db import labels as stored_labels

    comment = _as_the_site_knows_it(example)
    known = review.match_within(connection, site, comment)
    if known is None:
        review.teach_within(connection, site, comment, example.label, source="import")
        return "added"
    said = stored_labels.of_comment(connection, site.id, known)
    if stored_labels.in_force(said) == example.label:
        return "already_there"
    review.label_within(connection, site, known, example.label, source="import", moderator="")
    return "added"


def _as_the_site_knows_it(example: "Example") -> "Comment":
    """A file's `id` is the site's own, its `lang` the page's, where it does not say more."""
    sent = example.comment
    return replace(
        sent,
        external_id=sent.external_id or example.id[:NAME],
        page_language=sent.page_language or example.language[:NAME],
    )


def _report_import(counts: dict[str, int], refused: list[dict[str, Any]], json_: bool) -> None:
    if json_:
        as_json({**counts, "refusals": refused})
    else:
        click.echo(", ".join(f"{n} {name.replace('_', ' ')}" for name, n in counts.items()))
        for row in refused[:SHOWN_REFUSALS]:
            click.echo(f"  line {row['line']}: {row['why']}")
        if len(refused) > SHOWN_REFUSALS:
            click.echo(f"  and {len(refused) - SHOWN_REFUSALS} more")
    if refused:
        raise Failed(f"{len(refused)} rows were refused")


@labels.command("export")
@click.option("--site", help="Whose labels.")
@click.option(
    "--all-trusted",
    is_flag=True,
    help="What moderators have said on every site, to build a base from.",
)
@click.argument("file", default="-", type=click.File("w", encoding="utf-8", lazy=True))
def export_labels(site: str | None, all_trusted: bool, file: Any) -> None:
    """Write a site's labelled comments as JSON Lines that `weir labels import` reads.

    E-mails and addresses are kept as hashes only, so they are not among them.
    """
    if bool(site) == all_trusted:
        raise click.UsageError("give either --site or --all-trusted")
    if not site:
        _export_trusted(file)
        return
    from service.db.archive import labelled

    with instance() as parts:
        for stored, label in labelled(parts.database, parts.sites.get(site).id):
            told = as_sent(stored.comment)
            row = {"id": told.pop("external_id", stored.id), "label": label, **told}
            click.echo(one_line(row), file=file)


def _export_trusted(file: Any) -> None:
    """Sites are named by number: whoever gets the file need not know whose comments they are."""
    from service.db.archive import every
    from service.taught import lessons_of

    with instance() as parts:
        for number, site in enumerate(parts.sites.list(), 1):
            for lesson in lessons_of(every(parts.database, site.id)).lessons:
                if lesson.source == "moderator":
                    told = {"label": lesson.example.label, "set": f"site-{number}"}
                    row = {**told, **as_sent(lesson.example.comment)}
                    click.echo(one_line(row), file=file)


@labels.command("check")
@click.option("--site", required=True, help="Whose labels.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON value.")
def check_labels(site: str, json_: bool) -> None:
    """List texts labelled both ways, and labels that may be mistakes; nothing is changed."""
    from service.learning import Learning

    with instance() as parts:
        learning = Learning(parts.database, parts.live, parts.store, parts.serving, parts.clock)
        found = learning.check(parts.sites.get(site))
    if json_:
        as_json(asdict(found))
        return
    click.echo(f"{len(found.contradictions)} texts labelled both ways")
    for labelled in found.contradictions:
        click.echo("  " + ", ".join(f"{id_} {label}" for id_, label in labelled.items()))
    click.echo(f"{len(found.suspects)} labels that may be mistakes, ranked by {found.by}")
    for one in found.suspects:
        click.echo(f"  {one.id} {one.label}: likely to {one.likely:.1%}")
