"""`weir model` and `weir evaluate`: what the model is, and how often it is wrong."""

from typing import TYPE_CHECKING, Any

import click

from service.cli.failures import Failed
from service.cli.show import as_json, lines, table

if TYPE_CHECKING:
    from model.artifact import BaseModel

json_option = click.option("--json", "json_", is_flag=True, help="Print one JSON value.")


@click.group()
def model() -> None:
    """Show the trained models."""


@model.command("list")
@json_option
def list_models(json_: bool) -> None:
    """List the models in force."""
    base = _base()
    found = [{"id": base.id, "kind": "base", "champion": True, "created_at": base.card["made_at"]}]
    as_json(found) if json_ else table(("id", "kind", "created_at"), found)


@model.command("show")
@click.argument("id_", metavar="[ID]", required=False)
@json_option
def show_model(id_: str | None, json_: bool) -> None:
    """Show a model's card: what it learned from, and how good it is where it never was."""
    base = _base()
    if id_ not in (None, base.id):
        raise Failed(f"there is no model {id_!r}")
    shown: dict[str, Any] = {"id": base.id, **base.card}
    as_json(shown) if json_ else lines(shown)


def _base() -> "BaseModel":
    from model.artifact import load
    from model.base_digest import DIGEST
    from model.live import BASE

    return load(BASE, digest=DIGEST)
