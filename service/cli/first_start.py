"""The first start of an instance: a site and a moderator, whose secrets are shown once."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.errors import Conflict

if TYPE_CHECKING:
    from service.wiring import Parts

FILE = "first-start.txt"


def make_first_keys(parts: "Parts", url: str) -> None:
    """The very first time, make the first keys of the instance at this URL and show them."""
    from service.db.meta import is_first_start

    if not is_first_start(parts.database, parts.clock()):
        return
    lines = [f"{name:<18} {value}" for name, value in _first_things(parts, url).items()]
    if sys.stdout.isatty():
        click.echo("\n".join(["", *lines, "", "These secrets are not shown again.", ""]))
    else:
        path = parts.settings.data_dir / FILE
        write_private(path, "\n".join([*lines, ""]))
        click.echo(f"The first keys are in {path.resolve()}: note them and delete it")


def _first_things(parts: "Parts", url: str) -> dict[str, str]:
    """What is new; made by hand before the first start, its secrets are known already."""
    from service.db.accounts import Role

    shown = {"URL": url}
    with suppress(Conflict):
        site = parts.sites.add("default", url)
        shown |= {"Site": site.name, "Akismet key": site.akismet_key, "Token": site.token}
    with suppress(Conflict):
        password = parts.accounts.add("admin", Role.ADMIN)
        shown |= {"Moderator": "admin", "One-time password": password}
    return shown


def write_private(path: Path, content: str) -> None:
    """Write a new file that only its owner reads, in place of an old one."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
