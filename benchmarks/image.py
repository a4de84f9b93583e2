"""The container image: built, started on a read-only root as its own user, stopped under load.

Needs root, buildah, and in WEIR_BUILD_IMAGE a program that builds the image `weir-image` from
the folder it is given. The root is a read-only bind mount; only the data volume and shared
memory can be written, as under `docker run --read-only`.
"""

import argparse
import json
import os
import shlex
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPException
from pathlib import Path
from threading import Thread
from typing import Any

from benchmarks.server import ROOT, Client, is_ready, wait_until

IMAGE = "weir-image"
ENVIRONMENT = {**os.environ, "STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}
ISOLATED = """
mount --bind {root} {root} && mount -o remount,bind,ro {root}
mount --bind {data} {root}/data
mount -t proc proc {root}/proc
mount -t tmpfs tmpfs {root}/dev
mkdir -m 1777 {root}/dev/shm
touch {root}/dev/null {root}/dev/urandom
mount --bind /dev/null {root}/dev/null
mount --bind /dev/urandom {root}/dev/urandom
exec chroot --userspec={user} {root} env -i {environment} sh -c 'cd {folder} && exec {command}'
"""


def buildah(*arguments: str) -> str:
    """What buildah says."""
    command = ["buildah", *arguments]
    return subprocess.run(
        command, env=ENVIRONMENT, check=True, capture_output=True, text=True
    ).stdout.strip()


@contextmanager
def mounted() -> Iterator[Path]:
    """The root of a new container of the image."""
    container = buildah("from", "--pull-never", IMAGE)
    try:
        yield Path(buildah("mount", container))
    finally:
        buildah("umount", container)
        buildah("rm", container)


def configuration() -> dict[str, Any]:
    """What the image says of itself."""
    told: dict[str, Any] = json.loads(buildah("inspect", "--type", "image", IMAGE))
    config: dict[str, Any] = told["Docker"]["config"]
    return config


def start(root: Path, data: Path, config: dict[str, Any], port: int) -> "subprocess.Popen[bytes]":
    """The image's own command as its own user, on a root that nobody can write."""
    user = config["User"]
    subprocess.run(["chown", user, data], check=True)
    environment = [shlex.quote(pair) for pair in [*config["Env"], f"PORT={port}"]]
    script = ISOLATED.format(
        root=root, data=data, user=user, folder=config["WorkingDir"],
        environment=" ".join(environment), command=shlex.join(config["Entrypoint"] + config["Cmd"]),
    )  # fmt: skip
    return subprocess.Popen(["unshare", "--mount", "sh", "-ec", script])


def token(data: Path) -> str:
    """The first site's token."""
    told = (data / "first-start.txt").read_text().splitlines()
    return next(line.split()[1] for line in told if line.startswith("Token "))


class Load(Thread):
    """Sends comments until the server is gone; keeps the id of each that was acknowledged."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__()
        self.acknowledged: list[str] = []
        self._client = Client(url, key)

    def run(self) -> None:
        """Send, and stop at the first connection or answer that fails."""
        number = 0
        with closing(self._client):
            while True:
                number += 1
                try:
                    reply = self._client.ask("POST", "/v1/comments", {"content": f"Hello {number}"})
                except (OSError, HTTPException):  # however the connection ends, it has ended
                    return
                if reply.status != 200:
                    return
                self.acknowledged.append(reply.json["id"])


def stored(data: Path) -> set[str]:
    """The ids of all comments in the volume's database."""
    with closing(sqlite3.connect(data / "weir.sqlite")) as database:
        return {row[0] for row in database.execute("select id from comments")}


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def measure(root: Path, data: Path) -> dict[str, Any]:
    """Start, load, stop; what was seen."""
    config, port = configuration(), free_port()
    began = time.monotonic()
    process = start(root, data, config, port)
    wait_until(lambda: is_ready(f"http://127.0.0.1:{port}"), "/readyz")
    seconds = time.monotonic() - began
    try:
        return {"user": config["User"], "seconds to ready": seconds, **stop(process, port, data)}
    finally:
        process.kill()


def stop(process: "subprocess.Popen[bytes]", port: int, data: Path) -> dict[str, Any]:
    """Let comments stream in, stop the server, and see what is left of them."""
    load = Load(f"http://127.0.0.1:{port}", token(data))
    load.start()
    wait_until(lambda: len(load.acknowledged) >= 50 or not load.is_alive(), "50 comments")
    owner = os.stat(f"/proc/{process.pid}").st_uid
    began = time.monotonic()
    process.terminate()
    code = process.wait(30)
    seconds = time.monotonic() - began
    load.join()
    lost = set(load.acknowledged) - stored(data)
    return {
        "uid of the process": owner, "acknowledged": len(load.acknowledged), "lost": len(lost),
        "exit code": code, "seconds to stop": seconds,
    }  # fmt: skip


def main() -> None:
    """Build unless told not to, measure, and fail if anything is not as promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--built", action="store_true", help="the image is there already")
    builder = os.environ.get("WEIR_BUILD_IMAGE")
    if not parser.parse_args().built:
        if not builder:
            sys.exit("WEIR_BUILD_IMAGE does not name a program that builds the image")
        subprocess.run([builder, ROOT], check=True)
    with mounted() as root, tempfile.TemporaryDirectory() as data:
        seen = measure(root, Path(data))
    for name, value in seen.items():
        print(f"{name:<20} {value:.2f}" if isinstance(value, float) else f"{name:<20} {value}")
    kept = (
        seen["lost"] == 0
        and seen["acknowledged"] >= 50
        and seen["exit code"] == 0
        and seen["seconds to stop"] < 5
    )
    sys.exit(0 if kept and seen["uid of the process"] != 0 else "not as promised")


if __name__ == "__main__":
    main()
