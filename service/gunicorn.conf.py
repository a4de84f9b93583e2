"""How gunicorn runs the web processes; every number here has its reason beside it."""

import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

from gunicorn import util

from service import metrics_folder
from service.cli.memory import collect_rarely
from service.errors import SettingsError
from service.settings import load, prepare_data_dir

try:
    settings = load()
    prepare_data_dir(settings)
except SettingsError as error:
    raise SystemExit(f"weir: {error}") from None

bind = f"{settings.host}:{settings.port}"
workers = settings.web_concurrency
worker_class = "gthread"  # keep-alive without a proxy; sync closes after each answer
threads = settings.threads
preload_app = True  # one copy of the model for all processes

timeout = 30  # a worker that answers nothing for so long is stuck
graceful_timeout = 4  # whoever stops us waits about 5 seconds
keepalive = 5
backlog = 2048
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a heartbeat on a slow disk looks like a dead worker

limit_request_line = 8190  # long enough for a filter, short enough for memory
limit_request_fields = 100
limit_request_field_size = 8190

control_socket_disable = True  # it would be written to $HOME, which may be read-only
secure_scheme_headers: dict[str, str] = {}  # whom to believe is WEIR_TRUSTED_PROXIES' business
accesslog = None
loglevel = "warning"

if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:  # set already when gunicorn reloads this file
    # In memory if possible: a full disk kills (SIGBUS) whoever writes to what is mapped from it.
    figures = metrics_folder.make(Path(worker_tmp_dir or settings.data_dir))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(figures)


def refuse(client: Any, status: int, reason: str, _message: str) -> None:
    """Say in the API's words that something is no HTTP: gunicorn would say it in HTML, and
    call an unknown transfer coding, which is the client's doing, a fault of the server."""
    status, reason = (status, reason) if 400 <= status <= 500 else (400, "Bad Request")
    told = {"type": "about:blank", "title": reason, "status": status}
    body = json.dumps(told, separators=(",", ":"))
    head = [
        f"HTTP/1.1 {status} {reason}",
        "Connection: close",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
    ]
    util.write_nonblock(client, "\r\n".join([*head, "", body]).encode())


util.write_error = refuse  # gunicorn has no hook for it


def on_starting(_server: Any) -> None:
    """Let gunicorn's lines go through our JSON handler."""
    for name in ("gunicorn.error", "gunicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def post_fork(_server: Any, _worker: Any) -> None:
    """The garbage collector has nothing to do for requests."""
    collect_rarely()


def on_exit(_server: Any) -> None:
    """The end of all web processes: what they counted goes."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


def child_exit(_server: Any, worker: Any) -> None:
    """A process ended: keep what it counted."""
    from service.metrics import forget  # noqa: PLC0415 - after the variable above is set

    forget(worker.pid)
