"""How a command's result is printed: as one JSON value, or for people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from service.storable import one_line


def as_json(value: Any) -> None:
    """Print exactly one JSON value, on one line."""
    click.echo(one_line(value))


def lines(values: Mapping[str, Any], indent: str = "") -> None:
    """Print names and values, one a line; long lists as their length."""
    width = max(map(len, values), default=0)
    for name, value in values.items():
        if isinstance(value, Mapping):
            click.echo(f"{indent}{name}")
            lines(value, indent + "  ")
        else:
            click.echo(f"{indent}{name:<{width}}  {_short(value)}")


def table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows under their columns, as wide as they need."""
    shown = [[_short(row[column]) for column in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *shown, strict=True)]
    for row in (columns, *shown):
        click.echo("  ".join(map(str.ljust, row, widths)).rstrip())


def _short(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"{len(value)} entries" if len(value) > 5 else ", ".join(map(str, value)) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "-" if value is None or value == "" else str(value)
