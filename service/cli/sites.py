"""`weir site`, `weir key` and `weir moderator`: who may send, and who decides."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from service.cli.failures import Failed
from service.cli.open import instance
from service.cli.show import as_json, lines, table

if TYPE_CHECKING:
    from service.db.sites import Site

LISTS = tuple(f"{side}_{what}" for side in ("blocked", "allowed")
              for what in ("terms", "hosts", "addresses"))  # fmt: skip
MODES = ("normal", "hold-first")  # as in model.policy, which is too heavy for --help
ROLES = ("moderator", "trainer", "admin")
AKISMET_HOLDS = ("spam-queue", "wordpress-pending", "wordpress-recheck", "ham")
json_option = click.option("--json", "json_", is_flag=True, help="Print one JSON value.")


def _share_or_auto(_ctx: click.Context, _param: click.Parameter, value: str) -> float | None:
    try:
        return None if value in (None, "auto") else float(value)
    except ValueError:
        raise click.BadParameter("a spam probability, or auto") from None


def _named(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    if value is not None and not value.strip():
        raise click.BadParameter("needs at least one character")
    return value or ""


def _url(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    from service.errors import Invalid
    from service.site_url import WRONG, site_url

    try:
        return "" if value is None else site_url(value)
    except Invalid:
        raise click.BadParameter(WRONG) from None


@click.group()
def site() -> None:
    """Add, show, change and remove sites."""


@site.command("add")
@click.argument("name", callback=_named)
@click.option("--url", required=True, callback=_url, help="Address of its home page.")
@json_option
def add_site(name: str, url: str, json_: bool) -> None:
    """Add a site and show its keys, this once."""
    with instance() as parts:
        new = asdict(parts.sites.add(name, url))
    as_json(new) if json_ else lines(new)


@site.command("list")
@json_option
def list_sites(json_: bool) -> None:
    """List all sites, oldest first."""
    with instance() as parts:
        found = [{"id": s.id, "name": s.name, "url": s.url} for s in parts.sites.list()]
    as_json(found) if json_ else table(("id", "name", "url"), found)


@site.command("show")
@click.argument("name")
@json_option
def show_site(name: str, json_: bool) -> None:
    """Show a site's policy, its certificate, and how often the audit found it wrong."""
    from service import audits

    with instance() as parts:
        found = parts.sites.get(name)
        shown = _described(found, parts.serving.scorer(found))
        shown["audit"] = audits.lately(parts.database, found.id, parts.clock())
    as_json(shown) if json_ else lines(shown)


@site.command("drift")
@click.argument("name")
@json_option
def show_drift(name: str, json_: bool) -> None:
    """Hold a site's last week against the four before: scores, unseen words, disagreement."""
    from service.drift import watch

    with instance() as parts:
        found = parts.sites.get(name)
        scorer = parts.serving.scorer(found)
        if scorer is None:
            raise Failed("the base model could not be loaded")
        told = watch(parts.database, parts.keyring, found.id, scorer, parts.clock())
    as_json(told) if json_ else lines(told)


def _described(site: "Site", scorer: Any) -> dict[str, Any]:
    from service.db.sites import policy_to
    from service.promise import promised

    return {
        "id": site.id,
        "name": site.name,
        "url": site.url,
        "policy": policy_to(site.policy),
        **promised(site.policy, scorer.model.card if scorer else {}),
    }


def _list_options(command: Any) -> Any:
    for name in reversed(LISTS):
        option = click.option(
            f"--{name.replace('_', '-')}",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help=f"File with the {name.replace('_', ' ')}, one a line; it replaces the list.",
        )
        command = option(command)
    return command


@site.command("set")
@click.argument("name")
@click.option("--name", "new_name", callback=_named, help="Another name.")
@click.option("--url", callback=_url, help="Another address.")
@click.option("--mode", type=click.Choice(MODES))
@click.option("--reject-budget", type=float, help="Share of good comments rejected at most.")
@click.option("--hold-budget", type=float, help="Share of all comments held at most.")
@click.option("--audit-share", type=float, help="Share of automatic decisions checked blind.")
@click.option("--accept-below", callback=_share_or_auto, help="Spam probability, or `auto`.")
@click.option("--reject-above", callback=_share_or_auto, help="Spam probability, or `auto`.")
@click.option("--min-elapsed-ms", type=int, help="Faster forms are doubtful.")
@click.option("--akismet-hold", type=click.Choice(AKISMET_HOLDS))
@click.option("--hold-rejects/--no-hold-rejects", help="Emergency switch: reject nothing at all.")
@click.option("--trusted-roles", help="Comma-separated; their comments are accepted.")
@_list_options
@click.pass_context
def set_site(ctx: click.Context, /, name: str, new_name: str, url: str, **wishes: Any) -> None:
    """Change a site's policy; what is not named stays."""
    given = {
        wish: _read(wish, value)
        for wish, value in wishes.items()
        if ctx.get_parameter_source(wish) is ParameterSource.COMMANDLINE
    }
    if not (given or new_name or url):
        raise click.UsageError("say what to change, see --help")
    changes = _checked(given)
    with instance() as parts:
        found = parts.sites.get(name)
        parts.sites.change(found.id, changes, name=new_name, url=url)


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    from pydantic import ValidationError

    from service.policies import PolicyChange

    try:
        return PolicyChange(**given).changes()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = "-".join(str(part) for part in first["loc"][:1]).replace("_", "-")
        raise Failed(f"{where}: {first['msg'].removeprefix('Value error, ')}") from None


def _read(wish: str, value: Any) -> Any:
    if wish == "trusted_roles":
        return [role.strip() for role in value.split(",") if role.strip()]
    if not isinstance(value, Path):
        return value
    try:
        lines = value.read_text("utf-8-sig").splitlines()
        return [term for line in lines if (term := line.strip())]
    except UnicodeDecodeError:
        raise Failed(f"{value} is not UTF-8 text") from None


@site.command("remove")
@click.argument("name")
def remove_site(name: str) -> None:
    """Take a site's keys; what it has sent stays until it is purged."""
    with instance() as parts:
        parts.sites.remove(parts.sites.get(name).id)


@click.group()
def key() -> None:
    """Replace a site's keys."""


@key.command("rotate")
@click.argument("name")
@click.option("--kind", type=click.Choice(["token", "akismet"]), default="token", show_default=True)
@json_option
def rotate_key(name: str, kind: Any, json_: bool) -> None:
    """Make a new key, show it this once, and revoke the old one."""
    with instance() as parts:
        found = parts.sites.get(name)
        new = {"id": found.id, "name": found.name}
        new["token" if kind == "token" else "akismet_key"] = parts.sites.rotate(found.id, kind)
    as_json(new) if json_ else lines(new)


@click.group()
def moderator() -> None:
    """Add and remove the people who moderate."""


@moderator.command("add")
@click.argument("name", callback=_named)
@click.option("--role", type=click.Choice(ROLES), default="moderator", show_default=True)
@click.option("--site", help="Only on this site.  [default: on every site]")
@json_option
def add_moderator(name: str, role: str, site: str | None, json_: bool) -> None:
    """Add a moderator and show a one-time password, this once."""
    from service.db.accounts import EVERYWHERE, Role

    with instance() as parts:
        site_id = parts.sites.get(site).id if site else EVERYWHERE
        password = parts.accounts.add(name, Role(role), site_id)
    new = {"name": name, "one_time_password": password}
    as_json(new) if json_ else lines(new)


@moderator.command("list")
@json_option
def list_moderators(json_: bool) -> None:
    """List the moderators, and what each may do on which site."""
    with instance() as parts:
        names = {one.id: one.name for one in parts.sites.list()} | {"": "every site"}
        people = parts.accounts.list()
    found: list[dict[str, Any]] = []
    for person in people:
        held = {names[where]: role for where, role in person.roles.items() if where in names}
        found.append({"name": person.name, "roles": held})
    if json_:
        return as_json(found)
    for one in found:
        one["roles"] = ", ".join(f"{role} on {where}" for where, role in one["roles"].items())
    return table(("name", "roles"), found)


@moderator.command("set")
@click.argument("name")
@click.option("--role", type=click.Choice((*ROLES, "none")), required=True)
@click.option("--site", help="Only on this site.  [default: on every site]")
def set_moderator(name: str, role: str, site: str | None) -> None:
    """Give a moderator another role on a site, or none there."""
    from service.db.accounts import EVERYWHERE, Role

    with instance() as parts:
        site_id = parts.sites.get(site).id if site else EVERYWHERE
        parts.accounts.set_role(name, None if role == "none" else Role(role), site_id)


@moderator.command("remove")
@click.argument("name")
def remove_moderator(name: str) -> None:
    """Remove a moderator; the labels they gave stay."""
    with instance() as parts:
        parts.accounts.remove(name)


@moderator.command("reset")
@click.argument("name")
@json_option
def reset_moderator(name: str, json_: bool) -> None:
    """Give a moderator a new one-time password, shown this once; no code is asked any more."""
    with instance() as parts:
        new = {"name": name, "one_time_password": parts.accounts.reset(name)}
    as_json(new) if json_ else lines(new)
