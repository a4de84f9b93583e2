"""Keeps the processes of `weir serve` alive, and stops them together."""

import ctypes
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FrameType

Job = Callable[[], None]

_STOP = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}
_PAUSE = 0.5  # seconds between two starts of one job: a crash loop must not eat a core
_GRACE = 4.0  # seconds to stop in; whoever supervises us allows no more than about 5
_PR_SET_PDEATHSIG = 1


class Supervisor:
    """Runs every job in a child process of its own, and starts it again when it dies.

    Children are forked and not executed afresh, so whatever the parent has imported is there
    at once and shared between them. On Linux the kernel stops them when the parent dies,
    however it dies (prctl(2), PR_SET_PDEATHSIG). A job that fails by itself right after its
    first start is beyond help: then all stop.
    """

    def __init__(self, jobs: Mapping[str, Job]) -> None:
        self._jobs = jobs
        self._pids: dict[int, str] = {}
        self._started: dict[str, float] = {}
        self._once: tuple[int, Job] | None = None

    def run(self, *, stopping: Job = lambda: None, once: tuple[int, Job] | None = None) -> int:
        """Supervise until a signal to stop; `stopping` is called then, before the children
        are told. `once`: a child that is no job, and what to do when it has ended well. Returns
        an exit code: 0, or 1 if a job could not be started at all."""
        signals = _listen()
        self._once = once
        code = 0
        try:
            while code == 0:
                self._start_missing()
                if signals.wait(_PAUSE if len(self._pids) < len(self._jobs) else None) & _STOP:
                    break
                code = self._reap()
        finally:
            stopping()
            self._stop(signals)
        return code

    def _start_missing(self) -> None:
        now = time.monotonic()
        for name in self._jobs.keys() - self._pids.values():
            if now - self._started.get(name, -_PAUSE) >= _PAUSE:
                self._started[name] = now
                self._pids[fork(self._jobs[name])] = name

    def _reap(self) -> int:
        for pid, status in _ended():
            name = self._pids.pop(pid, "")
            if self._once and (pid, status) == (self._once[0], 0):
                self._once[1]()
            if name and status > 0 and time.monotonic() - self._started[name] < _PAUSE:
                print(f"weir: the {name} process failed at once", file=sys.stderr)
                return 1
        return 0

    def _stop(self, signals: "_Signals") -> None:
        deadline = time.monotonic() + _GRACE
        self._tell(signal.SIGTERM)
        while self._pids and (left := deadline - time.monotonic()) > 0:
            for pid, _status in _ended():
                self._pids.pop(pid, None)
            if self._pids:
                signals.wait(left)
        self._tell(signal.SIGKILL)

    def _tell(self, number: signal.Signals) -> None:
        for pid in self._pids:
            with suppress(ProcessLookupError):
                # What dies at once dies whole: a job's own children would go on without it.
                os.killpg(pid, number) if number is signal.SIGKILL else os.kill(pid, number)


class _Signals:
    """Signals as bytes in a socket: waiting for one with a timeout has no race."""

    def __init__(self, reader: socket.socket) -> None:
        self._reader = reader

    def wait(self, timeout: float | None) -> set[int]:
        """The numbers of the signals that came; empty after `timeout` seconds."""
        select.select([self._reader], [], [], timeout)
        try:
            return set(self._reader.recv(64))
        except BlockingIOError:
            return set()


def _listen() -> _Signals:
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    signal.set_wakeup_fd(writer.detach())
    for number in _STOP | {signal.SIGCHLD}:
        signal.signal(number, _noted)
    return _Signals(reader)


def _noted(_number: int, _frame: FrameType | None) -> None:
    """A handler that does nothing: the byte in the socket is the message."""


def _ended() -> list[tuple[int, int]]:
    """Children that have ended, each with its exit code (below 0: the signal)."""
    ended: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if not pid:
            return ended
        ended.append((pid, os.waitstatus_to_exitcode(status)))


def fork(job: Job) -> int:
    """Run a job in a child process that ends with this one; returns its id."""
    parent = os.getpid()
    sys.stdout.flush()
    if pid := os.fork():
        return pid
    code = 1
    try:
        _become_child(parent)
        job()
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _become_child(parent: int) -> None:
    # A terminal sends Ctrl-C to the whole group: whoever is then told to stop as well, by us, has
    # two signals at once, and a gunicorn worker that has may wait for itself for ever.
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in _STOP | {signal.SIGCHLD}:
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before the kernel was told
        os._exit(0)
