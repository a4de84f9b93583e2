"""`weir retrain`, `weir model promote/rollback` and `weir labels undo`: teach, and take back."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from service.cli.failures import Failed
from service.cli.open import instance
from service.cli.show import as_json, table

if TYPE_CHECKING:
    from service.learning import Learned
    from service.wiring import Parts

json_option = click.option("--json", "json_", is_flag=True, help="Print one JSON value.")
OPERATOR = "operator"


@click.command()
@click.option("--site", help="Only this site; else every site in turn.")
@json_option
def retrain(site: str | None, json_: bool) -> None:
    """Fit a challenger from a site's labels, and promote it or refuse it with the reason. Fails
    where none is promoted: of many sites some have too few labels all the time."""
    with instance() as parts:
        chosen = [parts.sites.get(site)] if site else parts.sites.list()
        ended = [(one.name, _round(parts, one.name)) for one in chosen]
    told = [_told(name, learned) for name, learned in ended]
    if json_:
        as_json(told[0] if site else told)
    else:
        table(("site", "outcome", "model", "reason"), told)
    refused = [learned.reason for _name, learned in ended if not learned.promoted]
    if refused and len(refused) == len(ended):
        raise Failed(f"refused: {refused[0]}" if len(ended) == 1 else "refused on every site")


def _round(parts: "Parts", name: str) -> "Learned":
    from service.db import rounds
    from service.learning import Learning

    site = parts.sites.get(name)
    with parts.database.writing() as connection:
        job = rounds.ask(connection, site.id, parts.clock())
        rounds.start(connection, job, parts.clock())
    learning = Learning(parts.database, parts.live, parts.store, parts.serving, parts.clock)
    return learning.retrain(site, job)


def _told(name: str, learned: "Learned") -> dict[str, Any]:
    outcome = "promoted" if learned.promoted else "refused"
    return {"site": name, "outcome": outcome, "model": learned.model_id or None,
            "reason": learned.reason, "report": learned.report}  # fmt: skip


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--site", required=True, help="The site whose comments it shall judge.")
@json_option
def promote(id_: str, site: str, json_: bool) -> None:
    """Put a site's model in force by hand; `base` stands for the shipped one alone."""
    from service.db import champions

    with instance() as parts, parts.database.writing() as connection:
        site_id = parts.sites.get(site).id
        champions.promote(connection, site_id, id_, OPERATOR, parts.clock())
    as_json({"champion": id_}) if json_ else click.echo(f"{id_} judges the comments of {site}")


@click.command()
@click.option("--site", required=True, help="The site whose champion is withdrawn.")
@json_option
def rollback(site: str, json_: bool) -> None:
    """Withdraw a site's champion for good; the one before it is in force again."""
    from service.db import champions

    with instance() as parts, parts.database.writing() as connection:
        site_id = parts.sites.get(site).id
        champion = champions.roll_back(connection, site_id, OPERATOR, parts.clock())
    told = f"{champion} judges the comments of {site} again"
    as_json({"champion": champion}) if json_ else click.echo(told)


@click.command()
@click.option("--site", required=True, help="Whose labels.")
@click.option("--moderator", help="Only those of this moderator.")
@click.option("--since", type=click.DateTime(), required=True, help="From then on, in UTC.")
@click.option("--until", type=click.DateTime(), help="Up to then, in UTC; default: now.")
@json_option
def undo(
    site: str, moderator: str | None, since: datetime, until: datetime | None, json_: bool
) -> None:
    """Take back all labels of a time: a bad afternoon, or a stolen key."""
    from service.db.labels import given_between

    with instance() as parts:
        found = parts.sites.get(site)
        end = until.replace(tzinfo=UTC) if until else parts.clock()
        with parts.database.reading() as connection:
            given = given_between(connection, found.id, since.replace(tzinfo=UTC), end)
        chosen = [row for row in given if moderator in (None, row.moderator)]
        for row in chosen:
            parts.review.undo(found, row.comment_id, row.id, source="console")
    as_json({"undone": len(chosen)}) if json_ else click.echo(f"{len(chosen)} taken back")
