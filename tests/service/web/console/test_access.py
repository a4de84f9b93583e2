"""Who may open and change what, asked of every route there is."""

import pytest
from sqlalchemy import select

from service.db.accounts import Role
from service.db.schema import metadata
from service.web.console.app import ROUTES, create_console
from service.web.console.routing import OPEN, SIGNED_IN

OF_A_SITE = [route for route in ROUTES if isinstance(route.needs, Role)]
FORMS = [route for route in ROUTES if route.method == "POST"]
SHUT = [route for route in ROUTES if route.method == "GET" and route.needs != OPEN]
ids = [f"{route.method} {route.path}" for route in OF_A_SITE]


def path_of(route, site):
    """The route's path on a site; what else is in it names nothing that exists."""
    path = route.path.replace("{site_id}", site.id)
    return "/".join("cmt_none" if part.startswith("{") else part for part in path.split("/"))


def everything(parts):
    """All rows but those that signing in writes."""
    with parts.database.reading() as connection:
        return {
            name: connection.execute(select(table)).all()
            for name, table in metadata.tables.items()
            if name not in {"audit_log", "sign_in_failures"}
        }


def ask(person, route, site):
    if route.method == "GET":
        return person.get(path_of(route, site))
    return person.post(path_of(route, site), name="Alice", role="admin", label="spam")


def test_every_route_says_who_may_use_it_and_each_of_a_site_names_it():
    assert {route.path for route in ROUTES if route.needs == OPEN} == {"/sign-in"}
    assert all("{site_id}" in route.path for route in OF_A_SITE)
    assert not [r.path for r in ROUTES if r.needs == SIGNED_IN and "{site_id}" in r.path]


def test_flask_answers_no_other_route(sqlite_parts):
    served = {rule.endpoint for rule in create_console(sqlite_parts).url_map.iter_rules()}

    assert served == {route.name for route in ROUTES} | {"static"}


@pytest.mark.parametrize("route", OF_A_SITE, ids=ids)
def test_a_stranger_is_asked_to_sign_in_and_changes_nothing(sign_in, harbour, route):
    before = everything(sign_in.parts)

    answer = ask(sign_in.stranger(), route, harbour)

    assert answer.status_code == (302 if route.method == "GET" else 401)
    assert harbour.name not in answer.text
    assert everything(sign_in.parts) == before


@pytest.mark.parametrize("route", OF_A_SITE, ids=ids)
def test_whoever_rules_another_site_finds_nothing_here_and_changes_nothing(
    sign_in, harbour, meadow, route
):
    sign_in("Alice", Role.ADMIN, harbour.id)
    bob = sign_in("Bob", Role.ADMIN, meadow.id)
    before = everything(sign_in.parts)

    answer = ask(bob, route, harbour)

    assert answer.status_code == 404
    assert harbour.name not in answer.text
    assert everything(sign_in.parts) == before


@pytest.mark.parametrize("route", OF_A_SITE, ids=ids)
def test_a_role_reaches_as_far_as_the_table_says(sign_in, harbour, route):
    sign_in("Alice", Role.ADMIN, harbour.id)
    charlie = sign_in("Charlie", Role.MODERATOR, harbour.id)
    before = everything(sign_in.parts)

    answer = ask(charlie, route, harbour)

    if route.needs is Role.MODERATOR:
        assert answer.status_code in {200, 302, 400, 404, 409}
    else:
        assert answer.status_code == 403
        assert everything(sign_in.parts) == before


@pytest.mark.parametrize("route", FORMS, ids=lambda route: route.path)
def test_a_form_without_the_sessions_token_changes_nothing(sign_in, harbour, route):
    alice = sign_in("Alice", Role.ADMIN, harbour.id)
    before = everything(sign_in.parts)

    answer = alice.http.post(f"/console{path_of(route, harbour)}", data={"name": "x"})

    assert answer.status_code == 400
    assert everything(sign_in.parts) == before


@pytest.mark.parametrize("route", SHUT, ids=lambda route: route.path)
def test_after_signing_out_every_page_is_shut(sign_in, harbour, route):
    alice = sign_in("Alice", Role.ADMIN, harbour.id)

    alice.post("/sign-out")

    assert alice.get(path_of(route, harbour)).status_code == 302
