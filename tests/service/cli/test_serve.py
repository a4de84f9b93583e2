"""`weir serve` as an operator meets it: first start, later starts, wrong settings, the end."""

import os
import pty
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest

from benchmarks.server import ROOT, Reply, Server, wait_until
from service.cli.serve import address, listen

SERVE = (sys.executable, "-P", "-m", "service", "serve", "--port", "0")


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Nothing but what is said here: an empty home, a data dir of its own."""
    return {
        "PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT),
        "WEIR_DATA_DIR": str(folder / "data"), **more,
    }  # fmt: skip


def ask(server: Server, method: str, path: str, body: object = None) -> Reply:
    """One request with the first site's token, on a connection of its own."""
    with closing(server.client()) as client:
        return client.ask(method, path, body)


def is_alive(pid: int) -> bool:
    """False for a process that has ended, also while nobody has asked how (proc(5), state Z)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def refused(folder: Path, *arguments: str, **more: str) -> str:
    """The one line with which `weir serve` refuses to start."""
    done = subprocess.run(
        [*SERVE, *arguments], env=environment(folder, **more), timeout=60, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path) as running:
        yield running


def test_the_first_start_leaves_its_secrets_in_a_private_file(server: Server) -> None:
    path = server.data_dir / "first-start.txt"

    told = path.read_text()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert str(path) in server.log()
    assert server.url in told
    assert re.search(r"^One-time password +\S{16,}$", told, re.MULTILINE)
    assert server.token not in server.log()
    assert ask(server, "GET", "/v1/sites/self").json["name"] == "default"


def test_later_starts_show_no_secret(tmp_path: Path) -> None:
    with Server(tmp_path) as first:
        token = first.token
        (first.data_dir / "first-start.txt").unlink()
    seen = len(first.log())

    with Server(tmp_path) as second:
        assert not (second.data_dir / "first-start.txt").exists()
        assert "first keys" not in second.log()[seen:]
        assert token not in second.log()


def test_on_a_terminal_the_secrets_are_printed(tmp_path: Path) -> None:
    terminal, its_end = pty.openpty()
    process = subprocess.Popen(
        SERVE, env=environment(tmp_path), stdout=its_end, stderr=subprocess.DEVNULL
    )
    os.close(its_end)
    told = ""
    while "not shown again" not in told:
        told += os.read(terminal, 4096).decode()
    process.terminate()
    process.wait(10)

    assert re.search(r"^Token +weir_\S{40,}", told, re.MULTILINE)
    assert not (tmp_path / "data" / "first-start.txt").exists()
    os.close(terminal)


LATE = """
import importlib
serve = importlib.import_module("service.cli.serve")
in_time = serve.web
def late(listener):
    open({gate!r}).close()
    in_time(listener)
serve.web = late
"""


def test_the_address_is_told_when_it_answers_and_before_that_weir_starts(tmp_path: Path) -> None:
    gate, log = tmp_path / "gate", tmp_path / "log"
    os.mkfifo(gate)  # to open it takes two
    server = Server(tmp_path, prelude=LATE.format(gate=str(gate)))
    with ThreadPoolExecutor() as pool:
        started = pool.submit(server.start)
        try:
            wait_until(lambda: log.exists() and "Weir is starting" in log.read_text(), "progress")
            wait_until((server.data_dir / "first-start.txt").exists, "the first keys")
            assert "answers on" not in log.read_text()
        finally:
            opened = os.open(gate, os.O_RDWR)
            started.result()
            os.close(opened)

    assert re.search(r"starting \.\.\.\n.*Weir answers on http\S+\n$", log.read_text(), re.DOTALL)
    server.stop()


def test_a_site_made_by_hand_before_the_first_start_stays(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.folder.joinpath("home").mkdir()
    server.run("site", "add", "default", "--url", "https://boats.example")

    with server:
        told = (server.data_dir / "first-start.txt").read_text()
        assert "Token" not in told
        assert "One-time password" in told


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = refused(tmp_path, "--port", str(port))

    assert line == f"weir: PORT: {port} on 127.0.0.1 is taken; choose another with --port\n"


@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="there is no IPv6 here")
def test_an_address_of_ipv6_is_told_as_urls_have_it() -> None:
    with listen("::1", 0) as listener:
        assert address(listener) == f"http://[::1]:{listener.getsockname()[1]}"


def test_an_address_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "--host", "192.0.2.1").startswith("weir: cannot listen on 192.0.2.1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEIR_DEADLINE_MS", "soon"),
        ("WEIR_DATABASE_URL", "mysql://somewhere"),
        ("WEIR_TRUSTED_PROXIES", "not a network"),
        ("WEIR_SECRET_KEY", "too short"),
        ("WEB_CONCURRENCY", "0"),
        ("PORT", "99999999"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    arguments = ("--port", "0")[: 0 if name == "PORT" else 2]
    command = [part for part in SERVE if name != "PORT" or part not in ("--port", "0")]

    done = subprocess.run(
        [*command, *arguments], env=environment(tmp_path, **{name: value}), timeout=60,
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.startswith(f"weir: {name}: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_data_dir_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file is in the way")

    assert refused(tmp_path).startswith("weir: WEIR_DATA_DIR: ")


def test_a_database_that_cannot_be_reached_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    url = f"postgresql+psycopg://weir:secret-password@127.0.0.1:{port}/weir"

    line = refused(tmp_path, WEIR_DATABASE_URL=url)

    assert "database" in line
    assert "secret-password" not in line


def test_another_key_than_the_databases_is_refused(tmp_path: Path) -> None:
    with Server(tmp_path, environment={"WEIR_SECRET_KEY": "a" * 32}):
        pass

    assert refused(tmp_path, WEIR_SECRET_KEY="b" * 32).startswith("weir: WEIR_SECRET_KEY: ")


def test_whatever_dies_is_started_again(server: Server) -> None:
    for role, number in ("background worker", 1), ("web worker", 2), ("web master", 1):
        before = wait_until(lambda role=role, n=number: all_of(server, role, n), f"each {role}")
        server.kill(before[0])
        wait_until(
            lambda before=before, role=role, n=number: set(all_of(server, role, n)) - set(before),
            f"a new {role}",
        )

    assert ask(server, "POST", "/v1/comments", {"content": "still here"}).status == 200


def all_of(server: Server, role: str, number: int) -> list[int]:
    """The processes of a role once there are so many; at first some may still be on their way."""
    found = server.processes()[role]
    return found if len(found) == number else []


def test_a_signal_ends_everything_within_seconds(server: Server) -> None:
    end = server.terminate()

    assert (end.exit_code, end.left) == (0, [])
    assert end.seconds < 5


def test_ctrl_c_in_a_terminal_reaches_only_the_one_that_stops_the_others(server: Server) -> None:
    """A terminal signals a process group; a web process with two signals at once can hang."""
    by_role = server.processes()
    (supervisor,) = by_role["supervisor"]

    groups = {role: {os.getpgid(pid) for pid in pids} for role, pids in by_role.items()}

    assert groups.pop("supervisor") == {supervisor}
    assert all(supervisor not in theirs for theirs in groups.values())


def test_killing_the_parent_leaves_no_orphans(server: Server) -> None:
    family = server.processes()

    server.kill(family["supervisor"][0])

    assert not [pid for pid in chain.from_iterable(family.values()) if is_alive(pid)]


def counted_in(server: Server) -> Path:
    """The folder that the web processes have mapped their counts from (proc(5), maps)."""
    maps = [Path(f"/proc/{pid}/maps").read_text() for pid in server.processes()["web worker"]]
    found = re.search(r"(/\S*weir-metrics-[^/\s]+)/", "".join(maps))
    assert found is not None
    return Path(found.group(1))


def test_a_master_that_was_killed_leaves_no_metrics_behind_for_long(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        left, before = counted_in(server), server.processes()
        server.kill(before["web master"][0])
        wait_until(lambda: not any(map(is_alive, before["web worker"])), "its processes to end")
        server.terminate()
        server.start()

        assert not left.exists()
        assert counted_in(server).exists()


def test_each_figure_is_told_once_whichever_process_is_asked(tmp_path: Path) -> None:
    def metrics(server: Server) -> str:
        return ask(server, "GET", "/metrics").body.decode()

    with Server(tmp_path) as server:
        wait_until(lambda: "weir_drift_alarm{" in metrics(server), "the first look for drift")
        for _ in range(8):  # either process is asked
            told = metrics(server)

    named = re.findall(r"^# TYPE (\S+)", told, re.MULTILINE)
    assert len(named) == len(set(named)) > 3
    assert "pid=" not in told


def test_a_restart_finds_everything_again(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        token = server.token
        sent = ask(server, "POST", "/v1/comments", {"content": "remember me"}).json
        server.kill(server.processes()["supervisor"][0])
        server.start()

        kept = ask(server, "GET", f"/v1/comments/{sent['id']}").json

    assert token == server.token
    assert kept["content"] == "remember me"


def test_a_worker_stops_at_once_when_told(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "service", "worker"], env=environment(tmp_path)
    )
    wait_until((tmp_path / "data" / "weir.sqlite").exists, "the worker to start")
    process.send_signal(signal.SIGTERM)

    assert process.wait(10) in (0, -signal.SIGTERM)
