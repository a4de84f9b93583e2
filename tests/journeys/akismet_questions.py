"""Akismet questions as data, asked over a socket, and what is wrong with an answer."""

import http.client
import json
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

from model.policy import NEVER, AkismetHold
from service.wiring import Parts

TABLE = tomllib.loads(Path(__file__).with_name("akismet_cases.toml").read_text("utf-8"))
REQUIRED = {"blog": "https://boats.example", "user_ip": "192.0.2.7", "comment_author": "Ada"}
TEXT = "text/plain; charset=utf-8"
HOLD_ALL = {"accept_below": 0.0, "reject_above": NEVER}


def akismet_sites(parts: Parts) -> dict[str, str]:
    """Keys of sites that hold whatever no rule decides, by how each wants to hear of it; and
    of one, "quiet", that nobody asks about a comment."""
    ways = get_args(AkismetHold)
    sites = {name: parts.sites.add(name, f"https://{name}.example") for name in (*ways, "quiet")}
    for name in ways:
        parts.sites.set_policy(sites[name].id, HOLD_ALL | {"akismet_hold": name})
    return {name: site.akismet_key for name, site in sites.items()}


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    of: str
    says: str
    path: str
    method: str = "POST"
    site: str = "spam-queue"
    host: str = "weir.example"
    fields: dict[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    raw: str = ""
    status: int = 200
    body: str = ""
    json: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()

    def ask(self, port: int, key: str) -> tuple[int, dict[str, str], bytes]:
        """Put the question to the server on this port: status, headers and body."""
        sent = {"api_key": "{key}", **REQUIRED, **self.fields}
        form = urlencode({k: _filled(v, key) for k, v in sent.items() if k not in self.without})
        body = _filled(self.raw, key) or form
        query, body = (f"?{body}", "") if self.method == "GET" else ("", body)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request(self.method, self.path + query, body,
                           kind | {"Host": _filled(self.host, key)})  # fmt: skip
        answer = connection.getresponse()
        heard = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        connection.close()
        return heard

    def complaints(self, port: int, key: str) -> list[str]:
        """What is wrong with the answer; nothing if it is right."""
        status, headers, body = self.ask(port, key)
        wrong = [f"{n}: {headers.get(n.lower())!r}" for n in self._missing(headers)]
        wrong += [f"{name} was sent" for name in self.absent if name.lower() in headers]
        wrong += [f"status {status}"] if status != self.status else []
        return wrong + ([f"body {body!r}"] if not self._is_right(body, key) else [])

    def _missing(self, headers: dict[str, str]) -> list[str]:
        usual = {"Content-Type": "application/json" if self.json else TEXT, "Content-Length": "*"}
        wanted = {k.lower(): v for k, v in (usual | self.headers).items()}
        return [k for k, v in wanted.items() if k not in headers or v not in ("*", headers[k])]

    def _is_right(self, body: bytes, key: str) -> bool:
        if self.json:
            return body.endswith(b"}") and _parsed(body) == json.loads(
                _filled(json.dumps(self.json), key)
            )
        if self.body == "*":
            return body not in (b"", b"invalid") and body.strip() == body
        return body == _filled(self.body, key).encode()


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _filled(text: str, key: str) -> str:
    month = f"{datetime.now(UTC):%Y-%m}"
    return text.replace("{key}", key).replace("{month}", month)


CASES = [Case(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})
         for row in TABLE["case"]]  # fmt: skip
NEVER = TABLE["never"]
