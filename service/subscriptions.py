"""Somebody wants to hear of a site's events: checked, limited, and given a secret."""

from collections.abc import Iterable
from datetime import datetime

from service.clock import new_id
from service.db import webhooks
from service.db.engine import Database
from service.db.sites import Site
from service.db.webhooks import Webhook
from service.errors import Conflict
from service.keyring import Keyring, new_webhook_secret
from service.targets import check

MOST = 10
"""Webhooks a site may have."""


def subscribe(
    database: Database, keyring: Keyring, site: Site, url: str, events: Iterable[str],
    *, now: datetime, to_private: bool,
) -> tuple[Webhook, str]:  # fmt: skip
    """Add a webhook; returns it with its secret in clear, the only time it is known.

    Raises Invalid for a URL that must not be written to, Conflict if the site has MOST already.
    """
    check(url, to_private=to_private)
    secret = new_webhook_secret()
    made = Webhook(new_id("hook", now), site.id, url, tuple(dict.fromkeys(events)), now)
    with database.writing() as connection:
        if len(webhooks.of_site(connection, site.id)) >= MOST:
            raise Conflict(f"a site may have {MOST} webhooks: remove one first")
        webhooks.add(connection, made, keyring.seal(secret))
    return made, secret
