"""`python -m training`: build the shipped base model, show its card, compare configurations."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from model import artifact
from model.artifact import BaseModel
from training import card as cards
from training import promise
from training.compare import compared, selected, trials
from training.corpus import Corpus
from training.examples import BadExamples, capped, load, unique
from training.fit import CONFIGURATIONS, fit, lessons
from training.spun import praise_spintax

told = Console(stderr=True)
MAX_BYTES = 8 * 2**20
_PINNED = re.compile(r'DIGEST = "[0-9a-f]*"')
HOLD_BELOW = 0.4
"""Share of a text's words, pairs and 5-grams that must have been seen in training."""


@click.group()
def main() -> None:
    """Train on files, without a database."""


@main.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True))
@click.option("--out", required=True, type=click.Path(path_type=Path))
@click.option("--seed", default=0, show_default=True)
@click.option("--configuration", default="shipped", type=click.Choice(list(CONFIGURATIONS)))
@click.option("--made-at", default="", help="Date for the card; today's if not given.")
@click.option("--jobs", default=1, show_default=True, help="Processes that read FILES.")
@click.option("--cluster", default="", help="Address of a Dask scheduler that does instead.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def base(
    *, data: Path | None, out: Path, seed: int, configuration: str, made_at: str, jobs: int,
    cluster: str, files: tuple[Path, ...],
) -> None:  # fmt: skip
    """Build the base model from the labelled sets in DATA, or from any number of FILES of labels
    (`weir labels export --all-trusted`), and write it to OUT.

    The same data, seed, date and versions give the same bytes on one machine. FILES are read
    once, in memory that does not grow with them.
    """
    made_at = made_at or datetime.now(UTC).date().isoformat()
    if bool(files) == bool(data):
        raise click.UsageError("give either --data or FILES")
    if files:
        click.echo(_save(_streamed(files, made_at, jobs, cluster), out))
    elif data:
        _of_sets(data, out, seed, configuration, made_at)


def _streamed(files: Sequence[Path], made_at: str, jobs: int, cluster: str) -> BaseModel:
    from training import stream  # noqa: PLC0415 - only this way of building needs it

    refused: Counter[str] = Counter()
    rows = stream.examples_of(files, lambda path, row: refused.update([row.why]))
    with stream.on(cluster):
        learner = stream.learn(rows, jobs)
    counts = ", ".join(f"{n} {what}" for what, n in sorted(learner.counts.items()))
    told.print(f"{counts}, {refused.total()} rows refused")
    try:
        return learner.base(made_at)
    except stream.NothingToLearn as error:
        raise click.ClickException(str(error)) from error


def _of_sets(data: Path, out: Path, seed: int, configuration: str, made_at: str) -> None:
    chosen = CONFIGURATIONS[configuration]
    corpus = _corpus(data, seed)
    taught = lessons(corpus, chosen.plan, seed, praise_spintax(data))
    told.print(f"teaching {len(taught.is_spam)} comments, {int(taught.is_spam.sum())} spam")
    raw = promise.left_out(corpus, taught, chosen, told.print)
    scale, offset = promise.calibration(raw)
    found = replace(promise.calibrated(raw, scale, offset), floor=HOLD_BELOW)
    told.print("measuring")
    card = cards.card(
        chosen, corpus.examples, taught, found, data=data, seed=seed, made_at=made_at
    )  # fmt: skip
    model = replace(fit(taught, chosen), scale=scale, offset=offset, card=card)
    digest = _save(model, out)
    _pin(out.parent / "base_digest.py", digest)
    click.echo(cards.as_markdown(card), err=True)
    click.echo(digest)


def _save(model: BaseModel, out: Path) -> str:
    digest = artifact.save(model, out)
    if size := _too_large(out):
        raise click.ClickException(f"{out} has {size} bytes, more than {MAX_BYTES}")
    return digest


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
def card(folder: Path) -> None:
    """Print the figures of a base model as Markdown."""
    click.echo(cards.as_markdown(json.loads((folder / artifact.CARD).read_text())))


@main.command()
@click.argument("names", nargs=-1, required=True, metavar="CONFIGURATION...")
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--seeds", default=3, show_default=True)
def compare(names: tuple[str, ...], data: Path, seeds: int) -> None:
    """Try configurations far and near beside the plain baseline; refuse what is worse anywhere."""
    if unknown := set(names) - set(CONFIGURATIONS):
        raise click.UsageError(f"there is no {min(unknown)}; there are {', '.join(CONFIGURATIONS)}")
    corpus, praise = _corpus(data, 0), praise_spintax(data)
    tried = [trials(corpus, names, seed, praise, told.print) for seed in range(seeds)]
    each = list(zip(*tried, strict=True))
    rows = {name: [compared(trial, name) for trial in each] for name in names}
    for name, found in rows.items():
        told.print(f"{name}: {'refused' if any(row['worse'] for row in found) else 'allowed'}")
    click.echo(json.dumps({"rows": rows, "selected": selected(rows)}, indent=1))


def _corpus(data: Path, seed: int) -> Corpus:
    try:
        examples = capped(unique(load(data)), seed)
    except BadExamples as error:
        raise click.ClickException(str(error)) from error
    told.print(f"numbering {len(examples)} comments")
    return Corpus.of(examples)


def _pin(path: Path, digest: str) -> None:
    """Where the source names the shipped model's digest beside its folder, name the new one."""
    if path.exists():
        text = path.read_text(encoding="utf-8")
        path.write_text(_PINNED.sub(f'DIGEST = "{digest}"', text), encoding="utf-8")


def _too_large(folder: Path) -> int:
    size = sum(path.stat().st_size for path in folder.iterdir())
    return size if size > MAX_BYTES else 0


if __name__ == "__main__":
    main()
