"""The OpenAPI document says what the server does, no more and no less."""

from benchmarks.openapi import run
from service.web.api import ROUTES
from service.web.openapi import document


def test_every_operation_does_what_it_says(carol):
    """About 2,000 requests in the full run: `python -m benchmarks openapi`."""
    seen = run(carol.http.application, carol.token, examples=12, first=20260520)

    assert seen.total() > 150
    assert {"200", "422"} <= seen.keys()


def test_every_route_is_described_and_nothing_else():
    paths = document(ROUTES)["paths"]

    described = {(method.upper(), path) for path, one in paths.items() for method in one}
    assert described == {(route.method, route.path) for route in ROUTES}


def test_every_parameter_says_what_it_is_for():
    operations = [one for path in document(ROUTES)["paths"].values() for one in path.values()]

    asked = [parameter for one in operations for parameter in one.get("parameters", [])]

    assert [one["name"] for one in asked if not one["description"]] == []


def test_the_document_is_openapi_3_1_with_a_summary_everywhere():
    told = document(ROUTES)

    assert told["openapi"].startswith("3.1")
    for one in told["paths"].values():
        assert all(operation["summary"] for operation in one.values())
