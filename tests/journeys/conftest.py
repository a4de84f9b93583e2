"""Whole stories on real processes."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.postgres import NoPostgres, a_database
from benchmarks.server import Client, Server
from service.settings import Settings
from service.wiring import wire
from tests.journeys.akismet_clients import install_node_clients
from tests.journeys.akismet_questions import akismet_sites


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A fresh instance on a port from the kernel, with an empty home; ready, and gone after."""
    with Server(tmp_path_factory.mktemp("instance")) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """A client of the instance's first site."""
    talking = server.client()
    yield talking
    talking.close()


@pytest.fixture(scope="module")
def port(server: Server) -> int:
    """Where the instance listens."""
    return int(server.url.rpartition(":")[2])


@pytest.fixture(scope="module")
def akismet_keys(server: Server) -> Iterator[dict[str, str]]:
    """Keys of the sites that `akismet_sites` adds."""
    parts = wire(Settings(data_dir=server.data_dir))
    yield akismet_sites(parts)
    parts.database.close()


@pytest.fixture(scope="session")
def node_clients() -> None:
    """The Akismet clients from npm, where there is Node."""
    if why_not := install_node_clients():
        pytest.skip(why_not)


@pytest.fixture
def own_postgres() -> Iterator[str]:
    """A database of its own, where there is a PostgreSQL server."""
    try:
        with a_database() as url:
            yield url
    except NoPostgres as absent:
        pytest.skip(f"no PostgreSQL: {absent}")


@pytest.fixture
def strace() -> str:
    """The program, where it is installed."""
    found = shutil.which("strace")
    if not found:
        pytest.skip("strace is not installed")
    return found


@pytest.fixture(scope="session")
def labelled_sets() -> Path:
    """The folder of labelled comments."""
    folder = os.environ.get("WEIR_TRAINING_DATA")
    if not folder:
        pytest.skip("WEIR_TRAINING_DATA does not name a folder of labelled sets")
    return Path(folder)
