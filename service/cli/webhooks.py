"""`weir webhook`: who is told of a site's events."""

import click

from service.cli.open import instance
from service.cli.show import as_json, lines, table

EVENTS = ("comment.decided", "comment.labelled", "model.promoted")  # as in service.db.webhooks
site_option = click.option("--site", required=True, help="Whose events.")
json_option = click.option("--json", "json_", is_flag=True, help="Print one JSON value.")


@click.group()
def webhook() -> None:
    """Add, list and remove webhooks."""


@webhook.command("add")
@click.argument("url")
@site_option
@click.option("--event", "events", type=click.Choice(EVENTS), multiple=True,
              help="One of the events; repeat for more.  [default: all]")  # fmt: skip
@json_option
def add_webhook(url: str, site: str, events: tuple[str, ...], json_: bool) -> None:
    """Tell URL of a site's events, and show the secret this once."""
    from service.subscriptions import subscribe

    with instance() as parts:
        made, secret = subscribe(
            parts.database, parts.keyring, parts.sites.get(site), url, events or EVENTS,
            now=parts.clock(), to_private=parts.settings.webhooks_to_private,
        )  # fmt: skip
    told = {"id": made.id, "url": made.url, "events": list(made.events), "secret": secret}
    as_json(told) if json_ else lines(told)


@webhook.command("list")
@site_option
@json_option
def list_webhooks(site: str, json_: bool) -> None:
    """List a site's webhooks, and how each fares."""
    from service.db import webhooks

    with instance() as parts, parts.database.reading() as connection:
        found = webhooks.of_site(connection, parts.sites.get(site).id)
    columns = ("id", "url", "state", "waiting", "dropped", "error")
    told = [{name: getattr(one, name) for name in columns} for one in found]
    as_json(told) if json_ else table(columns, told)


@webhook.command("remove")
@click.argument("id", metavar="ID")
@site_option
def remove_webhook(id: str, site: str) -> None:
    """Tell it nothing more; what waits for it is dropped."""
    from service.db import webhooks

    with instance() as parts:
        found = parts.sites.get(site)
        with parts.database.writing() as connection:
            webhooks.remove(connection, found.id, id)
