"""The recipes for leading Akismet clients to Weir do what they say."""

import re
import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.server import wait_until
from tests.journeys.akismet_clients import NODE
from tests.journeys.akismet_questions import CASES

RECIPES = Path(__file__).parents[2] / "docs" / "recipes"


def block(page, language):
    return re.search(rf"```{language}\n(.*?)```", (RECIPES / page).read_text(), re.S)[1]


@pytest.fixture
def certificate(tmp_path):
    """The folder in which the recipe's commands have made a certificate."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    command = ["sh", "-ec", block("nginx-tls.md", "sh")]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@pytest.fixture
def nginx(server, certificate):
    """nginx before the server, set up as the recipe says but for ports and paths."""
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed")
    port, tls = free_port(), free_port()
    site = block("nginx-tls.md", "nginx").replace("/etc/nginx/", f"{certificate}/")
    site = site.replace("listen 80;", f"listen 127.0.0.1:{port};")
    site = site.replace("listen 443 ", f"listen 127.0.0.1:{tls} ")
    site = site.replace("127.0.0.1:8080", urlsplit(server.url).netloc)
    temporary = "".join(
        f"{kind}_temp_path {certificate}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (certificate / "nginx.conf").write_text(
        f"daemon off; pid {certificate}/pid; error_log {certificate}/error.log;"
        f"events {{}} http {{ access_log off; {temporary} {site} }}"
    )
    command = ["nginx", "-p", str(certificate), "-c", "nginx.conf", "-e", "error.log"]
    with subprocess.Popen(command) as running:
        try:
            wait_until(lambda: _is_open(port), "nginx")
            yield port, tls
        finally:
            running.terminate()


def _is_open(port):
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("name", ["rest.akismet.com", "{key}.rest.akismet.com"])
def test_the_certificate_is_good_for_akismets_names(nginx, certificate, akismet_keys, name):
    key = akismet_keys["spam-queue"]
    trusting = ssl.create_default_context(cafile=certificate / "weir-ca.pem")
    form = f"key={key}&blog=b"
    with (
        socket.create_connection(("127.0.0.1", nginx[1])) as plain,
        trusting.wrap_socket(plain, server_hostname=name.format(key=key)) as wire,
    ):
        wire.sendall(
            f"POST /1.1/verify-key HTTP/1.0\r\nHost: {name.format(key=key)}\r\n"
            f"Content-Length: {len(form)}\r\n\r\n{form}".encode()
        )
        said = b"".join(iter(lambda: wire.recv(4096), b""))

    assert said.endswith(b"\r\n\r\nvalid")


def test_the_authority_can_vouch_for_nothing_else(certificate):
    other = block("nginx-tls.md", "sh").partition("openssl req -new")[2]
    other = f"openssl req -new{other}".replace("rest.akismet.com", "bank.example")
    subprocess.run(["sh", "-ec", other], cwd=certificate, check=True, capture_output=True)

    verified = subprocess.run(
        ["openssl", "verify", "-CAfile", "weir-ca.pem", "weir.pem"],
        cwd=certificate, check=False, capture_output=True, text=True,
    )  # fmt: skip

    assert verified.returncode != 0
    assert "permitted subtree violation" in verified.stderr


def test_every_question_is_answered_through_nginx_as_without(nginx, akismet_keys):
    known = ("{key}.rest.akismet.com", "weir.example")
    through = [case for case in CASES if case.host in known and case.site != "quiet"]

    assert len(through) > 20
    for case in through:
        assert case.complaints(nginx[0], akismet_keys[case.site]) == [], case.says


def filled(code, server, key):
    return code.replace("KEY", key).replace("127.0.0.1:8080", urlsplit(server.url).netloc)


def test_the_python_recipe_reaches_the_server(server, akismet_keys):
    port = urlsplit(server.url).port
    code = block("others.md", "python").replace("port=8080", f"port={port}")
    said = {}

    exec(filled(code, server, akismet_keys["spam-queue"]), said)  # noqa: S102 - our own page

    assert said["verdict"].name == "SPAM"
    said["client"].__exit__(None, None, None)


@pytest.mark.usefixtures("node_clients")
def test_the_node_recipe_reaches_the_server(server, akismet_keys):
    code = filled(block("others.md", "js"), server, akismet_keys["spam-queue"])
    command = ["node", "--input-type=module", "-e", f"{code}\nconsole.log(verdict);"]

    done = subprocess.run(command, cwd=NODE, check=True, capture_output=True, text=True)

    assert done.stdout == "1\n"  # CheckResult.spam
