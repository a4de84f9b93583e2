"""`weir evaluate`: how often a model is wrong, on labelled comments it has never seen."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli.failures import Failed
from service.cli.models import base_named
from service.cli.open import instance
from service.cli.show import as_json

if TYPE_CHECKING:
    from model.comment import Example
    from model.policy import Policy
    from model.scorer import Scorer
    from service.db.sites import Site
    from service.wiring import Parts


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", "model_id", help="The model to measure; default: the one in force.")
@click.option("--site", help="Measure what judges for this site, with its thresholds.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page, too.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON value.")
def evaluate(
    file: Path, model_id: str | None, site: str | None, html: Path | None, json_: bool
) -> None:
    """Measure how often a model is wrong on FILE, labelled comments it has never seen.

    Every figure comes with n and a 95 % interval. Blocked terms and what the site's history
    knows of authors and hosts are left out.
    """
    from model.policy import thresholds
    from training.evaluate import Result, as_table, measured
    from training.evaluate import as_json as as_plain

    scorer, policy = _measured(site, model_id)
    examples, refused = _labelled(file)
    bounds = thresholds(policy, scorer.model.card)
    result = Result.of(scorer, examples)
    found = measured(result, bounds)
    title = f"{scorer.id} on {file.name}"
    if html:
        from training.page import page

        html.write_text(page(title, result, bounds, found), "utf-8")
    if json_:
        as_json(
            {
                "model": scorer.id,
                "comments": len(result.is_spam),
                "spam": int(result.is_spam.sum()),
                "refused": refused,
                "thresholds": asdict(bounds),
                "figures": as_plain(found),
            }
        )
    else:
        from rich.console import Console

        Console(width=100).print(as_table(found, title))
        click.echo(f"{len(result.is_spam)} comments, {refused} rows left out")


def _labelled(file: Path) -> "tuple[list[Example], int]":
    from training.examples import Refused, read

    rows = list(read(file))
    examples = [row for row in rows if not isinstance(row, Refused)]
    if not examples:
        raise Failed(f"{file} holds no labelled comment")
    return examples, len(rows) - len(examples)


def _measured(site: str | None, model_id: str | None) -> "tuple[Scorer, Policy]":
    """The model that is meant and the policy its thresholds are chosen by."""
    from model.policy import Policy
    from model.scorer import Scorer

    if site is None:
        return Scorer(base_named(model_id)), Policy()
    with instance() as parts:
        found = parts.sites.get(site)
        return _of_site(parts, found, model_id), found.policy


def _of_site(parts: "Parts", site: "Site", model_id: str | None) -> "Scorer":
    """A site's champion, or the model of that name: one that it was taught, or the base."""
    from model.scorer import Scorer
    from service.db import champions

    if model_id is not None:
        with parts.database.reading() as connection:
            row = champions.find(connection, site.id, model_id)
        if row is None:
            return Scorer(base_named(model_id))
        site = replace(site, champion=row.digest)
    scorer = parts.serving.scorer(site)
    if scorer is None or (model_id is not None and scorer.id != model_id):
        raise Failed("the model cannot be loaded, see the log")
    return scorer
