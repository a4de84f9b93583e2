"""What the news site has to know of itself, kept in its folder."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import httpx

from demo.comments import Comments
from demo.fill import first_comment
from demo.moderation import Account, Moderation

FILE = "site.json"


@dataclass(frozen=True, slots=True)
class Site:
    """Its account with Weir, the key its cookies are signed with, and when the article came out."""

    account: Account
    cookie_key: str
    published: datetime

    def moved(self, weir: str, site: str) -> "Site":
        """The same site where both have new addresses."""
        return replace(self, account=replace(self.account, weir=weir, site=site))


def new_site(account: Account, now: datetime) -> Site:
    """A site whose article came out a little before the first comment of the sample traffic."""
    return Site(account, secrets.token_hex(32), first_comment(now))


def write_site(folder: Path, site: Site) -> None:
    """Keep it, readable by its owner only: the account is a secret."""
    path = folder / FILE
    path.unlink(missing_ok=True)
    told = asdict(site) | {"published": site.published.isoformat()}
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(told, file)


def read_site(folder: Path) -> Site:
    """What `write_site` kept."""
    told = json.loads((folder / FILE).read_text("utf-8"))
    at = datetime.fromisoformat(told["published"])
    return Site(Account(**told["account"]), told["cookie_key"], at)


def open_site(
    folder: Path, through: httpx.BaseTransport | None = None
) -> tuple[Site, Comments, Moderation]:
    """The site of a folder at work; `through` may lead to a Weir that is not on the network."""
    site, comments = read_site(folder), Comments(folder / "news.sqlite")
    return site, comments, Moderation(site.account, comments, through)
