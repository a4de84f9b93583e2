"""A real `weir demo` to look at: both of its sites on ports from the kernel, an empty home."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.server import ROOT, Stopped, end, is_ready, wait_until

DEMO = (sys.executable, "-P", "-m", "service", "demo")


@dataclass
class Demo:
    """One demo, as whoever tries Weir starts it. `options` go to the command."""

    folder: Path
    options: tuple[str, ...] = ("--port", "0", "--news-port", "0")
    environment: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = field(init=False, default=None)

    def __enter__(self) -> "Demo":
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        with self._log_path.open("wb") as log:
            self._process = subprocess.Popen(
                [*DEMO, *self.options], cwd=self.folder, env=self._everything(home), stdout=log,
                stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            wait_until(lambda: self._said("Password"), "the demo's login")
            wait_until(lambda: is_ready(self.weir), "/readyz")
        except BaseException:
            self.stop()
            raise
        return self

    def _everything(self, home: Path) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT),
            "TMPDIR": str(self.folder), **self.environment,
        }  # fmt: skip

    def _said(self, name: str) -> str:
        if self._process is None or self._process.poll() is not None:
            raise RuntimeError(f"the demo has ended:\n{self.log()[-4000:]}")
        found = re.search(rf"^{name} +(\S+)", self.log(), re.MULTILINE)
        return found.group(1) if found else ""

    @property
    def news(self) -> str:
        """Address of the news site."""
        return self._said("News site").rstrip("/")

    @property
    def weir(self) -> str:
        """Address of Weir."""
        return self._said("Console").removesuffix("/console")

    @property
    def login(self) -> tuple[str, str]:
        """The moderator's name and password."""
        return self._said("Moderator"), self._said("Password")

    @property
    def data(self) -> Path:
        """Where the demo keeps everything."""
        return Path(self._said("Folder"))

    @property
    def _log_path(self) -> Path:
        return self.folder / "log"

    def log(self) -> str:
        """All that it has printed."""
        return self._log_path.read_text("utf-8", "replace") if self._log_path.exists() else ""

    def end(self, number: signal.Signals) -> Stopped:
        """Send the process a signal, as a terminal or a container would, and wait for its end."""
        assert self._process is not None
        return end(self._process, number)

    def stop(self) -> None:
        """End it, whatever it does."""
        if self._process is not None and self._process.poll() is None:
            self.end(signal.SIGTERM)

    def __exit__(self, *_: object) -> None:
        self.stop()
