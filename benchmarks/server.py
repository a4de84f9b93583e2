"""A real `weir serve` to measure: own data dir, empty home, a port from the kernel."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0
"""Seconds to wait for anything before giving up: only a hang takes that long."""


def wait_until(happened: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """What `happened` returned as soon as it was true. Raises TimeoutError."""
    deadline = time.monotonic() + patience
    while not (result := happened()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience:.0f} s for {what}")
        time.sleep(0.005)
    return result


IDLE_MS = 30
"""Processor time in 1.2 s below which the background worker only asks whether there is work: that
takes it 2, on a slow machine some more."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Stopped:
    """How a server ended: its exit code, how long it took, and processes it left behind."""

    exit_code: int
    seconds: float
    left: list[int]


class Client:
    """One kept-alive connection; opened again when the server has closed it."""

    def __init__(self, url: str, token: str = "") -> None:
        self._at = urlsplit(url)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._connection: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send one request, once; a body that is no bytes goes as JSON.

        Raises OSError or http.client.HTTPException when no whole answer came.
        """
        sent = dict(self._headers)
        if body is not None and not isinstance(body, bytes):
            body, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        if self._connection is None:
            host, port = self._at.hostname or "", self._at.port
            self._connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        try:
            self._connection.request(method, path, body, sent | dict(headers or {}))
            # An answer that ends the connection takes the socket over, and must close it itself.
            with self._connection.getresponse() as answer:
                reply = Reply(answer.status, _lower(answer.getheaders()), answer.read())
                last = answer.will_close
            if last:
                self.close()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        return reply

    def close(self) -> None:
        """Drop the connection; the next question opens another."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _lower(headers: list[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def is_ready(url: str) -> bool:
    """True if the instance there answers /readyz with 200."""
    client = Client(url)
    try:
        return client.ask("GET", "/readyz").status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()


@dataclass
class Server:
    """One instance of Weir, started and stopped as an operator would.

    `prelude` is Python that runs inside the server before anything else: for measurements
    that must break something on purpose to show that they would notice.
    """

    folder: Path
    database_url: str = ""
    workers: int = 2
    environment: Mapping[str, str] = field(default_factory=dict)
    prelude: str = ""
    url: str = field(init=False, default="")
    _process: subprocess.Popen[bytes] | None = field(init=False, default=None)

    def start(self) -> None:
        """Start and wait until /readyz says yes. Raises RuntimeError with the log if it ends."""
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        already = len(self.log())
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), cwd=self.folder, env=self._environment(home), stdout=log,
                stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            self.url = wait_until(lambda: self._said_url(already), "the server's address")
            wait_until(self._is_ready, "/readyz")
        except BaseException:
            self.stop()
            raise

    def _command(self) -> list[str]:
        arguments = ["serve", "--port", "0", "--workers", str(self.workers)]
        if not self.prelude:
            return [sys.executable, "-P", "-m", "service", *arguments]
        program = f"{self.prelude}\nfrom service.cli import main\nmain({arguments!r})\n"
        return [sys.executable, "-P", "-c", program]

    def _environment(self, home: Path) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT),
            "WEIR_DATA_DIR": str(self.data_dir), "WEIR_DATABASE_URL": self.database_url,
            # How busy this machine is must not change what is judged.
            "WEIR_DEADLINE_MS": "60000", "WEIR_RATE_LIMIT": "0", **self.environment,
        }  # fmt: skip

    def _said_url(self, already: int) -> str:
        self._check_alive()
        found = re.search(r"Weir answers on (http://\S+)", self.log()[already:])
        return found.group(1) if found else ""

    def _is_ready(self) -> bool:
        self._check_alive()
        return is_ready(self.url)

    def _check_alive(self) -> None:
        if self._process is None or self._process.poll() is not None:
            raise RuntimeError(f"the server has ended:\n{self.log()[-4000:]}")

    @property
    def data_dir(self) -> Path:
        """Where the instance keeps everything."""
        return self.folder / "data"

    @property
    def _log_path(self) -> Path:
        return self.folder / "log"

    def log(self) -> str:
        """All that the server has printed."""
        return self._log_path.read_text("utf-8", "replace") if self._log_path.exists() else ""

    @property
    def token(self) -> str:
        """The first site's token, as told on the first start."""
        return self._first_start("Token")

    @property
    def akismet_key(self) -> str:
        """The first site's Akismet key, as told on the first start."""
        return self._first_start("Akismet key")

    def _first_start(self, name: str) -> str:
        for line in (self.data_dir / "first-start.txt").read_text().splitlines():
            if line.startswith(f"{name}  "):
                return line.removeprefix(name).strip()
        raise LookupError(name)

    def client(self) -> Client:
        """A client of the first site."""
        return Client(self.url, self.token)

    def send(self, request: bytes) -> Reply:
        """Send exactly these bytes on a connection of their own, and read to its end."""
        at = urlsplit(self.url)
        with socket.create_connection((at.hostname, at.port), PATIENCE) as connection:
            connection.sendall(request)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return Reply(answer.status, _lower(answer.getheaders()), answer.read())

    def run(self, *arguments: str) -> str:
        """What `weir ARGUMENTS` prints, for the same instance. Raises RuntimeError if it fails."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "service", *arguments], cwd=self.folder, check=False,
            env=self._environment(self.folder / "home"), capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"weir {arguments[0]}: {done.stderr or done.stdout[-2000:]}")
        return done.stdout

    def processes(self) -> dict[str, list[int]]:
        """The process ids now alive, by what they do."""
        top = self._process.pid if self._process else 0
        below = {child: _children(child) for child in _children(top)}
        return {
            "supervisor": [top],
            "web master": [child for child, its in below.items() if its],
            "web worker": [pid for its in below.values() for pid in its],
            "background worker": [child for child, its in below.items() if not its],
        }

    def mebibytes(self) -> int:
        """Memory that belongs to the web workers alone (proc(5), smaps_rollup)."""
        kibibytes = 0
        for pid in self.processes()["web worker"]:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Private_"):
                    kibibytes += int(line.split()[1])
        return kibibytes // 1024

    def cpu_milliseconds(self) -> float:
        """Processor time that the web workers have used so far (proc(5), schedstat)."""
        return self._milliseconds("web worker")

    def background_milliseconds(self) -> float:
        """The same of the background worker."""
        return self._milliseconds("background worker")

    def rest(self) -> None:
        """Wait until the background worker has done what is left."""
        spent = self.background_milliseconds()
        for _ in range(40):
            time.sleep(1.2)  # longer than it waits between two looks for new comments
            before, spent = spent, self.background_milliseconds()
            if spent - before < IDLE_MS:
                break

    def _milliseconds(self, role: str) -> float:
        spent = 0
        for pid in self.processes()[role]:
            for task in Path(f"/proc/{pid}/task").iterdir():
                spent += int((task / "schedstat").read_text().split()[0])
        return spent / 1e6

    def kill(self, pid: int) -> None:
        """SIGKILL one process; if it was the topmost, wait until its children are gone too."""
        os.kill(pid, signal.SIGKILL)
        if self._process and pid == self._process.pid:
            self._process.wait()
            wait_until(lambda: not _session(pid), "the orphans to end")

    def terminate(self) -> "Stopped":
        """SIGTERM, as an operator or a container would, and wait for the end."""
        assert self._process is not None
        return end(self._process, signal.SIGTERM)

    def stop(self) -> None:
        """SIGTERM and wait; SIGKILL for whatever is left of the session."""
        if self._process is None:
            return
        pid = self._process.pid
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        for left in _session(pid):
            os.kill(left, signal.SIGKILL)
        self._process.wait()

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> Stopped:
    """Send a process that leads a session a signal, and wait for its end."""
    started = time.monotonic()
    process.send_signal(number)
    code = process.wait(PATIENCE)
    return Stopped(code, time.monotonic() - started, _session(process.pid))


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except OSError:
        return []


def _session(session: int) -> list[int]:
    """Processes of a session that have not ended (proc(5), fields 3 and 6)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, _group, its = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(its) == session and state != "Z":
            found.append(int(path.parent.name))
    return found
