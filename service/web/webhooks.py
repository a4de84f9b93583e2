"""The native API's part about webhooks: who wants to hear of a site's events."""

from typing import Any

import orjson

from service.db import webhooks
from service.db.sites import Site
from service.db.webhooks import Webhook
from service.subscriptions import subscribe
from service.web import answers, parts, telling
from service.web.routing import Route
from service.web.shapes import WebhookIn


def list_webhooks(site: Site) -> bytes:
    """The site's webhooks, and how each fares."""
    with parts().database.reading() as connection:
        found = webhooks.of_site(connection, site.id)
    return orjson.dumps({"webhooks": [_told(one) for one in found]})


def add_webhook(site: Site, body: WebhookIn) -> bytes:
    """Subscribe to events; the secret is shown this once."""
    here = parts()
    made, secret = subscribe(
        here.database, here.keyring, site, body.url, body.events, now=here.clock(),
        to_private=here.settings.webhooks_to_private,
    )  # fmt: skip
    return orjson.dumps(_told(made) | {"secret": secret})


def remove_webhook(site: Site, webhook_id: str) -> bytes:
    """Unsubscribe; events that still wait for it are dropped."""
    with parts().database.writing() as connection:
        webhooks.remove(connection, site.id, webhook_id)
    return b""


def _told(one: Webhook) -> dict[str, Any]:
    times = {"created_at": one.created_at, "delivered_at": one.delivered_at,
             "failing_since": one.failing_since, "died_at": one.died_at}  # fmt: skip
    said = {name: telling.time(at) if at else None for name, at in times.items()}
    return {"id": one.id, "url": one.url, "events": one.events, "state": one.state, **said,
            "error": one.error, "waiting": one.waiting, "dropped": one.dropped}  # fmt: skip


ROUTES = (
    Route(method="GET", path="/v1/webhooks", handler=list_webhooks, answer=answers.WebhookList),
    Route(method="POST", path="/v1/webhooks", handler=add_webhook, body=WebhookIn,
          answer=answers.NewWebhook, status=201, problems=(409,)),
    Route(method="DELETE", path="/v1/webhooks/{webhook_id}", handler=remove_webhook, answer=None,
          status=204, problems=(404,)),
)  # fmt: skip
