"""`weir demo`: Weir beside a small news site whose comments it filters, filled with traffic."""

import multiprocessing
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli.failures import Failed
from service.cli.first_start import write_private
from service.cli.ready import until_ready
from service.cli.serve import listen, web, worker
from service.cli.supervisor import Supervisor, fork

if TYPE_CHECKING:
    from service.wiring import Parts

HOST = "127.0.0.1"
MODERATOR = "admin"
LOGIN = "login.txt"


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True,
              help="Port of Weir; 0 picks one.")  # fmt: skip
@click.option("--news-port", type=click.IntRange(0, 65535), default=8081, show_default=True,
              help="Port of the news site; 0 picks one.")  # fmt: skip
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Keep everything in DIR; without it all is gone at the end.")  # fmt: skip
def demo(port: int, news_port: int, keep: Path | None) -> None:
    """Show Weir at work: a news site with comments, a form, and a queue to decide."""
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(0)
    )  # a folder made here goes on every way out
    weir, news = listen(HOST, port), listen(HOST, news_port, option="--news-port")
    with _folder(keep) as folder:
        _environment(folder, weir)
        starting = fork(lambda: until_ready((weir, "/readyz"), (news, "/")))
        login = _prepare(folder, _url(weir), _url(news))
        saying = starting, lambda: _say(folder, _url(weir), _url(news), login, keep is not None)
        jobs = {"web": lambda: web(weir), "worker": worker, "news": lambda: _news(folder, news)}
        code = Supervisor(jobs).run(stopping=weir.close, once=saying)
    sys.exit(code)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="weir-demo-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def _url(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


def _environment(folder: Path, listener: socket.socket) -> None:
    """Settings of its own: made-up comments must never reach the operator's own instance."""
    for name in [name for name in os.environ if name.startswith("WEIR_")]:
        del os.environ[name]
    os.environ |= {
        "WEIR_DATA_DIR": str(folder / "weir"), "PORT": str(listener.getsockname()[1]),
        "WEB_CONCURRENCY": "1", "WEIR_RETENTION_DAYS": "90", "WEIR_LOG_LEVEL": "warning",
        # The machine may be busy with anything; what is judged should not depend on it.
        "WEIR_DEADLINE_MS": "4000", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip


def _prepare(folder: Path, weir: str, news: str) -> str:
    """Bring both up to date, and fill them the first time; returns the moderator's password."""
    from demo.moderation import Account
    from demo.site import new_site, read_site, write_site
    from service.db.meta import is_first_start
    from service.settings import load
    from service.wiring import wire

    parts = wire(load())
    first = is_first_start(parts.database, parts.clock())
    if first:
        added = parts.sites.add("ledger", news)
        write_private(folder / LOGIN, _moderator(parts))
        site = new_site(Account(weir, added.akismet_key, added.token, news), parts.clock())
    else:
        site = read_site(folder).moved(weir, news)
    write_site(folder, site)
    parts.database.close()
    if first:
        _in_a_process_of_its_own(lambda: _fill(folder))
    return (folder / LOGIN).read_text("utf-8")


def _moderator(parts: "Parts") -> str:
    """A moderator who may do everything; returns a password good for more than one time."""
    from service.db.accounts import Role

    parts.accounts.add(MODERATOR, Role.ADMIN)
    password = secrets.token_urlsafe(12)
    parts.accounts.change_password(MODERATOR, password)
    return password


def _in_a_process_of_its_own(work: Callable[[], None]) -> None:
    # What it imports would keep the web processes, which are forked from this one, from
    # counting together (service/metrics.py).
    process = multiprocessing.get_context("fork").Process(target=work, daemon=True)
    process.start()
    process.join()
    if process.exitcode:
        raise Failed("the sample traffic could not be sent")


def _fill(folder: Path) -> None:
    """Let the sample traffic happen over the last days, through the protocol, on a clock that
    is turned by hand."""
    import httpx

    from demo.fill import fill
    from demo.site import open_site
    from service.app import create_app
    from service.arrivals import Arrivals
    from service.counting import count_days
    from service.settings import load
    from service.wiring import wire

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for this process is told too
    clock = [datetime.now(UTC)]
    parts = wire(load(deadline_ms=60_000), clock=lambda: clock[0])
    app = create_app(parts)
    _site, comments, moderation = open_site(folder, httpx.WSGITransport(app))
    fill(
        comments, moderation, now=datetime.now(UTC), turn_clock=lambda at: clock.__setitem__(0, at)
    )
    # The first look should find campaigns and figures there.
    arrivals = Arrivals(parts.database, parts.keyring, parts.sites, parts.desk)
    while arrivals.take_in():
        pass
    count_days(parts.database, parts.clock())
    parts.database.close()


def _news(folder: Path, listener: socket.socket) -> None:
    from demo.app import serve

    serve(folder, listener)


def _say(folder: Path, weir: str, news: str, password: str, kept: bool) -> None:
    lines = {
        "News site": f"{news}/", "Console": f"{weir}/console", "Moderator": MODERATOR,
        "Password": password, "Folder": f"{folder}{'' if kept else ' (gone at the end)'}",
    }  # fmt: skip
    click.echo("\n".join([*(f"{name:<12} {value}" for name, value in lines.items()), ""]))
    click.echo("Leave a reply on the news site, decide it in Weir, and reload. Ctrl-C stops both.")
