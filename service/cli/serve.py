"""`weir serve`: everything on one machine, from an empty folder to answering requests."""

import errno
import gc
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli.ready import until_ready
from service.cli.supervisor import Supervisor, fork
from service.errors import SettingsError

if TYPE_CHECKING:
    from service.settings import Settings

CONFIG = Path(__file__).parents[1] / "gunicorn.conf.py"


@click.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 picks one.  [default: 8080]")
@click.option("--workers", type=click.IntRange(1, 256), help="Web processes.  [default: 2]")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Run the web processes and the background worker."""
    # Serving multiplies no matrices: threads for it would only take memory, and not survive forks.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _into_environment(WEIR_HOST=host, PORT=port, WEB_CONCURRENCY=workers)
    from service.settings import load

    settings = load()
    listener = listen(settings.host, settings.port)
    starting = fork(lambda: until_ready((listener, "/readyz")))
    url = settings.public_url or address(listener)
    _prepare(settings, url)
    jobs = {"web": lambda: web(listener), "worker": worker}
    greeting = starting, lambda: click.echo(f"Weir answers on {url}")
    sys.exit(Supervisor(jobs).run(stopping=listener.close, once=greeting))


def _into_environment(**options: object) -> None:
    """Options go before the environment, and children read only the environment."""
    os.environ.update({name: str(value) for name, value in options.items() if value is not None})


def listen(host: str, port: int, *, option: str = "--port") -> socket.socket:
    """The socket every web process accepts from. Open from here to the end, so that nobody is
    refused while a process is being replaced. Raises SettingsError, which names the option to
    choose another port with, if it cannot be had."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _type, _protocol, _name, address = found[0]
        return socket.create_server(address, family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"PORT: {port} on {host} is taken; choose another with {option}"
            ) from None
        raise SettingsError(f"cannot listen on {host}, port {port}: {error.strerror}") from None


def address(listener: socket.socket) -> str:
    """Where a socket listens, as a URL."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _prepare(settings: "Settings", url: str) -> None:
    """Bring the database up to date, the very first time make the first keys; what is imported here
    is shared by all children."""
    from service.cli.first_start import make_first_keys
    from service.wiring import wire

    parts = wire(settings)
    make_first_keys(parts, url)
    parts.database.close()
    del parts
    gc.collect()
    gc.freeze()  # a collector that looks at shared memory makes copies of it


def web(listener: socket.socket) -> None:
    """The job that answers requests: gunicorn and its workers."""
    from gunicorn.app.wsgiapp import WSGIApplication

    sys.argv = ["weir", "--config", str(CONFIG), "--bind", f"fd://{listener.fileno()}"]
    sys.argv.append("service.app:create_app()")
    WSGIApplication().run()


def worker() -> None:
    """The job that no request waits for."""
    from service.worker import main

    main()
