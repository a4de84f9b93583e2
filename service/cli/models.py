"""`weir model`: which models there are, what they learned from, and which is in force."""

from typing import TYPE_CHECKING, Any

import click

from service.cli.failures import Failed
from service.cli.learning import promote, rollback
from service.cli.open import instance
from service.cli.show import as_json, lines, table

if TYPE_CHECKING:
    from model.artifact import BaseModel

json_option = click.option("--json", "json_", is_flag=True, help="Print one JSON value.")


@click.group()
def model() -> None:
    """Show the trained models, put one in force, take one back."""


model.add_command(promote)
model.add_command(rollback)


@model.command("list")
@click.option("--site", help="Also every model of this site.")
@json_option
def list_models(site: str | None, json_: bool) -> None:
    """List the models: the base, and those that a site has taught."""
    own = _of_site(site)
    base = _base()
    taught = any(row["champion"] for row in own)
    made = base.card["made_at"]
    found = [{"id": base.id, "kind": "base", "champion": not taught, "created_at": made}, *own]
    as_json(found) if json_ else table(("id", "kind", "champion", "created_at"), found)


def _of_site(site: str | None) -> list[dict[str, Any]]:
    """A site's models, newest first, with what the gate said of each; none without a site."""
    from service.db import champions

    if site is None:
        return []
    with instance() as parts:
        site_id = parts.sites.get(site).id
        with parts.database.reading() as connection:
            rows = champions.of_site(connection, site_id)
            entries = champions.log(connection, site_id)
    current, gone = champions.champion_of(entries), champions.withdrawn(entries)
    return [
        {"id": row.id, "kind": "site", "champion": row.id == current,
         "withdrawn": row.id in gone, "passed": row.passed, "reason": row.reason,
         "created_at": row.at.isoformat(timespec="seconds"), "card": row.card}
        for row in rows
    ]  # fmt: skip


@model.command("show")
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--site", help="Look among this site's models; without ID its champion.")
@json_option
def show_model(id_: str | None, site: str | None, json_: bool) -> None:
    """Show a model's card: what it learned from, and how good it is where it never was."""
    own = [row for row in _of_site(site) if row["id"] == id_ or (not id_ and row["champion"])]
    if own:
        shown: dict[str, Any] = own[0]
    else:
        base = base_named(id_)
        shown = {"id": base.id, **base.card}
    as_json(shown) if json_ else lines(shown)


def base_named(id_: str | None) -> "BaseModel":
    """The shipped base, if it is meant. Raises Failed for another name."""
    base = _base()
    if id_ not in (None, base.id):
        raise Failed(f"there is no model {id_!r}")
    return base


def _base() -> "BaseModel":
    from model.artifact import load
    from model.base_digest import DIGEST
    from model.live import BASE

    return load(BASE, digest=DIGEST)
