"""`weir export`, `erase` and `purge`: what is kept of the past, and what goes."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from service.cli.failures import Failed
from service.cli.open import instance
from service.cli.show import as_json
from service.storable import one_line

if TYPE_CHECKING:
    from model.comment import Comment
    from service.db.comments import Stored
    from service.db.labels import LabelRow
    from service.wiring import Parts


@click.command()
@click.option("--site", required=True, help="Whose comments.")
@click.argument("file", default="-", type=click.File("w", encoding="utf-8", lazy=True))
def export(site: str, file: Any) -> None:
    """Write all that is kept of a site's comments as JSON Lines, oldest first."""
    from service.db.archive import every

    with instance() as parts:
        for stored, said in every(parts.database, parts.sites.get(site).id):
            click.echo(one_line(_kept(stored, said)), file=file)


def as_sent(comment: "Comment") -> dict[str, Any]:
    """What was sent of a comment, in the keys of an import."""
    told = {
        name: value for name, value in asdict(comment).items() if value not in ("", None, False)
    }
    told["text"] = told.pop("content", "")
    if "author_name" in told:
        told["author"] = told.pop("author_name")
    if "page_language" in told:
        told["lang"] = told.pop("page_language")
    if submitted := told.pop("submitted_at", None):
        told["created_at"] = submitted.isoformat()
    return told


def _kept(stored: "Stored", said: "list[LabelRow]") -> dict[str, Any]:
    return {
        "id": stored.id,
        "at": stored.at.isoformat(),
        "state": stored.state,
        "comment": as_sent(stored.comment),
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
