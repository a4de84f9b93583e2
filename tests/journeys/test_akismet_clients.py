"""Real Akismet clients against a running server."""

import pytest

from tests.journeys.akismet_clients import (
    NPM_AKISMET_API,
    NPM_CEDX_AKISMET,
    PYPI_AKISMET,
    npm_akismet_api,
    npm_cedx_akismet,
    pypi_akismet,
)


def test_the_pypi_client_understands_everything(akismet_keys, port):
    assert pypi_akismet(port, akismet_keys["spam-queue"]) == PYPI_AKISMET


@pytest.mark.usefixtures("node_clients")
def test_the_akismet_api_client_understands_everything(akismet_keys, port):
    assert npm_akismet_api(port, akismet_keys["spam-queue"]) == NPM_AKISMET_API


@pytest.mark.usefixtures("node_clients")
def test_the_cedx_client_understands_everything(akismet_keys, port):
    assert npm_cedx_akismet(port, akismet_keys["spam-queue"]) == NPM_CEDX_AKISMET
