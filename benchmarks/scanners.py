"""Mail filters as peers: their own processes on a port of ours, no DNS, no neighbours."""

import os
import shutil
import signal
import socket
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.server import wait_until

CONFIG = """
options {{ pidfile = "{folder}/pid"; dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.01s; }} }}
logging {{ type = "file"; filename = "{folder}/log"; level = "error"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 2; }}
.include "$CONFDIR/composites.conf"
.include "$CONFDIR/groups.conf"
.include "$CONFDIR/actions.conf"
.include "$CONFDIR/modules.conf"
modules {{ path = "$PLUGINSDIR"; }}
lua = "$RULESDIR/rspamd.lua";
{off}
"""
ASK_OTHERS = ("rbl", "spf", "dkim", "dmarc", "arc", "fuzzy_check", "asn", "surbl", "url_redirector",
              "greylist", "ratelimit", "history_redis", "replies", "neural", "phishing", "mx_check",
              "dkim_signing", "bayes_expiry", "once_received", "hfilter")  # fmt: skip
"""Modules that ask other machines or a Redis, or judge how mail travelled."""


class NotInstalled(Exception):
    """This filter is not on the machine."""


def mail(body: dict[str, Any]) -> bytes:
    """A comment as the text of a mail (RFC 5322)."""
    author = body["author"]
    return (
        f"From: {author['name']} <{author['email']}>\r\nTo: <site@blog.example>\r\n"
        f"Subject: comment\r\nMessage-Id: <{abs(hash(body['content']))}@blog.example>\r\n"
        "Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body['content']}\r\n"
    ).encode()


class Scanner(ABC):
    """A mail filter of the Debian packages, with two scanning processes and its own rules."""

    name: str
    user: str

    def __init__(self, folder: Path) -> None:
        self._folder, self.url = folder, ""
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def ask(self, body: dict[str, Any]) -> bytes:
        """The bytes of one question about a comment."""

    @abstractmethod
    def _command(self, program: str, port: int) -> list[str]:
        """How to start it in its folder."""

    def cpu_milliseconds(self) -> float:
        """Processor time of all its processes so far (proc(5), schedstat)."""
        assert self._process is not None
        pids = [self._process.pid, *_below(self._process.pid)]
        tasks = [task for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()]
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6

    def __enter__(self) -> Self:
        program = shutil.which(self.name)
        if program is None:
            raise NotInstalled(f"{self.name} is not installed")
        self._folder.mkdir(parents=True)
        shutil.chown(self._folder, self.user)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self._process = subprocess.Popen(
            self._command(program, port),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self.url = f"http://127.0.0.1:{port}"
        wait_until(lambda: _listens(port), self.name)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(30)


class Rspamd(Scanner):
    """rspamd, asked over HTTP; without what asks other machines, and without Bayes."""

    name, user = "rspamd", "_rspamd"

    def ask(self, body: dict[str, Any]) -> bytes:
        """A `/checkv2` request."""
        sent = mail(body)
        head = (
            "POST /checkv2 HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n"
            f"Content-Length: {len(sent)}\r\n\r\n"
        )
        return head.encode() + sent

    def _command(self, program: str, port: int) -> list[str]:
        off = "\n".join(f"{name} {{ enabled = false; }}" for name in ASK_OTHERS)
        config = self._folder / "conf"
        config.write_text(CONFIG.format(folder=self._folder, port=port, off=off))
        return [
            program, "-f", "-u", self.user, "-g", self.user, "-c", str(config),
            "--var", f"DBDIR={self._folder}", "--var", f"RUNDIR={self._folder}",
        ]  # fmt: skip


class Spamd(Scanner):
    """SpamAssassin's daemon with local tests only, asked in its own protocol (SPAMC/1.5)."""

    name, user = "spamd", "nobody"

    def ask(self, body: dict[str, Any]) -> bytes:
        """A `CHECK` request; the connection ends with the answer."""
        sent = mail(body)
        return f"CHECK SPAMC/1.5\r\nContent-length: {len(sent)}\r\n\r\n".encode() + sent

    def _command(self, program: str, port: int) -> list[str]:
        return [
            program, "--listen", f"127.0.0.1:{port}", "--local", "--nouser-config",
            "--max-children", "2", "--min-children", "2", "--username", self.user,
            "--helper-home-dir", str(self._folder), "--syslog", str(self._folder / "log"),
        ]  # fmt: skip


SCANNERS: dict[str, type[Scanner]] = {one.name: one for one in (Rspamd, Spamd)}


def installed() -> list[str]:
    """The names of those that are on this machine."""
    return [name for name in SCANNERS if shutil.which(name)]


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _below(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]
