"""`weir labels`, `export`, `erase` and `purge`: what is kept of the past, and what goes."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.cli.failures import Failed
from service.cli.learning import undo
from service.cli.open import instance
from service.cli.show import as_json

if TYPE_CHECKING:
    from model.comment import Comment, Example
    from service.db.comments import Stored
    from service.db.labels import LabelRow
    from service.db.sites import Site
    from service.wiring import Parts

SHOWN_REFUSALS = 20


@click.group()
def labels() -> None:
    """Bring in, take out and take back labels."""


labels.add_command(undo)


@labels.command("import")
@click.option("--site", required=True, help="Whose history it becomes.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "json_", is_flag=True, help="Print one JSON value.")
def import_labels(site: str, file: Path, json_: bool) -> None:
    """Take FILE (JSON Lines or CSV, gzipped or not) as labels that site has given.

    Prints how many were added, how many were there already, and which were refused and why.
    """
    from training.examples import Refused, read

    counts: Counter[str] = Counter(added=0, already_there=0)
    refused: list[dict[str, Any]] = []
    with instance() as parts:
        found = parts.sites.get(site)
        for row in read(file):
            if isinstance(row, Refused):
                refused.append({"line": row.line, "why": row.why})
            else:
                counts[_teach(parts, found, row)] += 1
    _report_import({**counts, "refused": len(refused)}, refused, json_)


def _teach(parts: "Parts", site: "Site", example: "Example") -> str:
    from service.db import labels as stored_labels

    known = parts.review.match(site, example.comment)
    if known is None:
        parts.review.teach(site, example.comment, example.label, source="import")
        return "added"
    with parts.database.reading() as connection:
        said = stored_labels.of_comment(connection, site.id, known)
    if stored_labels.in_force(said) == example.label:
        return "already_there"
    parts.review.label(site, known, example.label, source="import")
    return "added"


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
@click.option("--site", required=True, help="Whose labels.")
@click.argument("file", default="-", type=click.File("w", encoding="utf-8", lazy=True))
def export_labels(site: str, file: Any) -> None:
    """Write a site's labelled comments as JSON Lines that `weir labels import` reads.

    E-mails and addresses are kept as hashes only, so they are not among them.
    """
    from service.db.archive import labelled

    with instance() as parts:
        for stored, label in labelled(parts.database, parts.sites.get(site).id):
            row = {"id": stored.id, "label": label, **_sent(stored.comment)}
            click.echo(json.dumps(row, ensure_ascii=False), file=file)


def _sent(comment: "Comment") -> dict[str, Any]:
    """What was sent of a comment, in the keys of an import."""
    told = {
        name: value for name, value in asdict(comment).items() if value not in ("", None, False)
    }
    told["text"] = told.pop("content", "")
    if "author_name" in told:
        told["author"] = told.pop("author_name")
    if submitted := told.pop("submitted_at", None):
        told["created_at"] = submitted.isoformat()
    return told


@click.command()
@click.option("--site", required=True, help="Whose comments.")
@click.argument("file", default="-", type=click.File("w", encoding="utf-8", lazy=True))
def export(site: str, file: Any) -> None:
    """Write all that is kept of a site's comments as JSON Lines, oldest first."""
    from service.db.archive import every

    with instance() as parts:
        for stored, said in every(parts.database, parts.sites.get(site).id):
            click.echo(json.dumps(_kept(stored, said), ensure_ascii=False), file=file)


def _kept(stored: "Stored", said: "list[LabelRow]") -> dict[str, Any]:
    return {
        "id": stored.id,
        "at": stored.at.isoformat(),
        "state": stored.state,
        "comment": _sent(stored.comment),
        "judgement": json.loads(stored.answer) if stored.answer else None,
        "labels": [asdict(row) | {"at": row.at.isoformat()} for row in said],
    }


@click.command()
@click.option("--author-email", help="Erase all that came from this address.")
@click.option("--comment", help="Erase this one comment.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON value.")
def erase(author_email: str | None, comment: str | None, json_: bool) -> None:
    """Blank what somebody wrote, on every site; empty rows stay in its place."""
    if bool(author_email) == bool(comment):
        raise click.UsageError("give --author-email or --comment")
    with instance() as parts:
        erased = sum(_erase(parts, one, author_email, comment) for one in _site_ids(parts))
    if comment and not erased:
        raise Failed(f"there is no comment {comment!r}")
    as_json({"erased": erased}) if json_ else click.echo(f"{erased} erased")


def _site_ids(parts: "Parts") -> list[str]:
    from service.db.retention import site_ids

    with parts.database.reading() as connection:
        return site_ids(connection)


def _erase(parts: "Parts", site_id: str, email: str | None, comment: str | None) -> int:
    from service.db import retention

    with parts.database.writing() as connection:
        by_email = retention.by_email(connection, parts.keyring, site_id, email) if email else []
        ids = [comment] if comment else by_email
        return sum(retention.erase(connection, site_id, one) for one in ids)


@click.command()
@click.option("--older-than", type=click.IntRange(1), metavar="DAYS",
              help="Instead of WEIR_RETENTION_DAYS.")  # fmt: skip
@click.option("--json", "json_", is_flag=True, help="Print one JSON value.")
def purge(older_than: int | None, json_: bool) -> None:
    """Delete comments past their time, with all that hangs on them."""
    from service.db import retention

    with instance() as parts:
        days = older_than or parts.settings.retention_days
        if not days:
            raise click.UsageError("give --older-than, or set WEIR_RETENTION_DAYS")
        before: datetime = parts.clock() - timedelta(days=days)
        deleted = retention.purge(parts.database, before)
    as_json({"deleted": deleted}) if json_ else click.echo(f"{deleted} deleted")
