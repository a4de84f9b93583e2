"""`weir demo` as a process: its start, what it leaves alone, its end."""

import os
import signal
import socket
import subprocess
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from benchmarks.demo import DEMO, Demo
from benchmarks.server import ROOT


def test_ctrl_c_ends_both_sites_and_leaves_nothing(tmp_path: Path) -> None:
    with Demo(tmp_path) as demo:
        folder = demo.data
        assert httpx.get(demo.news, follow_redirects=True).status_code == 200
        assert folder.is_relative_to(tmp_path)

        stopped = demo.end(signal.SIGINT)

    assert (stopped.exit_code, stopped.left) == (0, [])
    assert stopped.seconds < 10  # a round of training may be under way
    assert not folder.exists()


def test_what_is_kept_is_found_again_under_new_addresses(tmp_path: Path) -> None:
    options = ("--port", "0", "--news-port", "0", "--keep", "kept")
    with Demo(tmp_path, options) as first:
        login, article = first.login, httpx.get(first.news, follow_redirects=True).text
    with Demo(tmp_path, options) as again:
        assert again.login == login
        found = httpx.get(again.news, follow_redirects=True).text

    assert article.count("<li id=") == found.count("<li id=") > 40
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {
        "login.txt", "news.sqlite", "site.json", "weir",
    }  # fmt: skip


def test_the_operators_own_instance_is_left_alone(tmp_path: Path) -> None:
    elsewhere = {"WEIR_DATA_DIR": str(tmp_path / "mine"), "WEIR_SECRET_KEY": "k" * 32,
                 "WEIR_DATABASE_URL": f"sqlite:///{tmp_path}/mine.sqlite"}  # fmt: skip
    with Demo(tmp_path, environment=elsewhere) as demo:
        assert (demo.data / "weir" / "weir.sqlite").exists()

    assert not [path for path in tmp_path.iterdir() if path.name.startswith("mine")]


@pytest.mark.parametrize("option", ["--port", "--news-port"])
def test_a_port_that_is_taken_is_named_in_one_line(tmp_path: Path, option: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as holder:
        taken = holder.getsockname()[1]
        done = subprocess.run(
            [*DEMO, "--port", "0", "--news-port", "0", option, str(taken)], cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
            timeout=60, check=False, capture_output=True, text=True,
        )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"weir: PORT: {taken} on 127.0.0.1 is taken; choose another with {option}"
    ]
