"""Real Akismet clients, and what each must make of a server that speaks the protocol."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import akismet
import httpx

NODE = Path(__file__).parent / "node"
THANKS = "Thanks for making the web a better place."
STRANGER = "zzzzzzzzzzzz"

Heard = dict[str, Any]


class Redirected(httpx.HTTPTransport):
    """Leads to Weir what was meant for Akismet, as a name server would; the host stays named."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return super().handle_request(request)


def pypi_akismet(port: int, key: str) -> Heard:
    """The PyPI package `akismet`."""
    with (
        httpx.Client(transport=Redirected(port), timeout=10) as http,
        httpx.Client(transport=Redirected(port), timeout=10, params={"api_key": key}) as helped,
    ):
        client, stranger = _python_client(http, key), _python_client(http, STRANGER)
        careful = _python_client(helped, key)
        comment = {"comment_content": "Who measured these boats? Être là, 船も。",
                   "comment_author": "Grace", "user_agent": "Lynx/2.9"}  # fmt: skip
        spam = comment | {"comment_author": "viagra-test-123"}
        here = "192.0.2.7"
        return {
            "verify": _said(client.verify_key),
            "verify stranger": _said(stranger.verify_key),
            "doubtful": _said(client.comment_check, here, **comment),
            "spam": _said(client.comment_check, here, is_test=True, **spam),
            "ham": _said(client.comment_check, here, user_role="administrator", **comment),
            "stranger": _said(stranger.comment_check, here, **comment),
            "submit spam": _said(client.submit_spam, here, **comment),
            "submit ham": _said(client.submit_ham, here, is_test=True, **comment),
            "usage": _said(lambda: sorted(client.usage_limit())),
            "sites": _said(client.key_sites),  # this client forgets to send its key
            "sites with key": _said(lambda: len(careful.key_sites())),
            "stranger's usage": _said(stranger.usage_limit),
        }


def _python_client(http: httpx.Client, key: str) -> akismet.SyncClient:
    config = akismet.Config(key=key, url="https://boats.example")
    return akismet.SyncClient(http_client=http, config=config)


def _said(ask: Callable[..., Any], *arguments: Any, **fields: Any) -> Any:
    try:
        return ask(*arguments, **fields)
    except (akismet.AkismetError, ValueError) as error:
        return type(error).__name__


def npm_akismet_api(port: int, key: str) -> Heard:
    """The npm package `akismet-api`."""
    return _node("akismet_api.mjs", port, key)


def npm_cedx_akismet(port: int, key: str) -> Heard:
    """The npm package `@cedx/akismet`."""
    return _node("cedx_akismet.mjs", port, key)


def _node(script: str, port: int, key: str) -> Heard:
    command = ["node", script, str(port), key]
    done = subprocess.run(command, cwd=NODE, capture_output=True, timeout=60, check=True)
    heard: Heard = json.loads(done.stdout)
    return heard


def install_node_clients() -> str:
    """Install the npm packages of the lock file; returns why that cannot be, or nothing."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "node and npm are not installed"
    installed = NODE / "node_modules" / ".package-lock.json"
    lock = NODE / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return ""
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=NODE, capture_output=True, timeout=300, check=False)
    return "" if done.returncode == 0 else f"npm ci failed: {done.stderr.decode()[-300:]}"


PYPI_AKISMET = {
    "verify": True,
    "verify stranger": False,
    "doubtful": akismet.CheckResponse.SPAM,
    "spam": akismet.CheckResponse.DISCARD,
    "ham": akismet.CheckResponse.HAM,
    "stranger": "APIKeyError",
    "submit spam": True,
    "submit ham": True,
    "usage": ["limit", "percentage", "throttled", "usage"],
    "sites": "APIKeyError",
    "sites with key": 4,
    "stranger's usage": "APIKeyError",
}

NPM_AKISMET_API = {
    "verifyKey": True,
    "verifyWrongKey": False,
    "checkDoubtful": True,
    "checkSpam": True,
    "checkHam": False,
    "checkHoneypot": True,
    "checkWithoutAddress": 'error: Empty "user_ip" value',
    "checkWrongKey": "error: Invalid API key",
    "submitSpam": THANKS,
    "submitHam": THANKS,
}

NPM_CEDX_AKISMET = {
    "verifyKey": True,
    "verifyWrongKey": False,
    "checkDoubtful": "spam",
    "checkAgain": "spam",
    "checkSpam": "pervasiveSpam",
    "checkHam": "ham",
    "checkWithoutAddress": 'error: Empty "user_ip" value',
    "checkWrongKey": "error: No site here has this key",
    "submitSpam": "done",
    "submitHam": "done",
    "submitWrongKey": "error: No site here has this key",
}
