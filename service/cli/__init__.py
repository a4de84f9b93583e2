"""What an operator types. Commands import what they need only when they run: help is quick,
and nothing that serves requests loads training."""

import click

from service import __version__
from service.cli.demo import demo
from service.cli.evaluate import evaluate
from service.cli.failures import OneLine
from service.cli.history import erase, export, purge
from service.cli.labels import labels
from service.cli.learning import retrain
from service.cli.models import model
from service.cli.score import score
from service.cli.serve import serve
from service.cli.sites import key, moderator, site
from service.cli.upkeep import backup, migrate, restore, worker
from service.cli.webhooks import webhook


@click.group(cls=OneLine)
@click.version_option(__version__, prog_name="weir")
def main() -> None:
    """Comment moderation on your own machine: accept, hold or reject, with the reasons.

    Settings come from the environment, see docs/settings.md.
    """


for command in (
    serve, demo, site, moderator, key, webhook, score, evaluate, retrain, model, labels, erase,
    purge, export, backup, restore, migrate, worker,
):  # fmt: skip
    main.add_command(command)
