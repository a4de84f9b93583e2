"""The registry of a site's models: what is in force, and the way back."""

from datetime import UTC, datetime

import pytest

from service.db import champions
from service.db.champions import BASE, ModelRow
from service.db.engine import Database
from service.errors import Conflict, NotFound
from service.wiring import Parts

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


@pytest.fixture
def site_id(parts: Parts) -> str:
    return parts.sites.add("boats", "https://boats.example").id


def enter(database: Database, site_id: str, *names: str) -> None:
    """Enter and promote models of these names, in order."""
    with database.writing() as connection:
        for name in names:
            row = ModelRow(name, name * 8, "base", True, "", {"n": 1}, NOW)
            champions.add(connection, site_id, row)
            champions.promote(connection, site_id, name, "gate", NOW)


def roll_back(database: Database, site_id: str) -> str:
    with database.writing() as connection:
        return champions.roll_back(connection, site_id, "operator", NOW)


def test_the_newest_promoted_model_is_the_champion(parts: Parts, site_id: str) -> None:
    enter(parts.database, site_id, "A", "B")
    assert parts.sites.get(site_id).champion == "B" * 8


def test_rolling_back_goes_from_c_to_b_to_a_and_then_refuses(parts: Parts, site_id: str) -> None:
    enter(parts.database, site_id, "A", "B", "C")
    assert roll_back(parts.database, site_id) == "B"
    assert roll_back(parts.database, site_id) == "A"
    with pytest.raises(Conflict, match="no earlier champion"):
        roll_back(parts.database, site_id)
    assert parts.sites.get(site_id).champion == "A" * 8


def test_a_withdrawn_model_is_never_promoted_again(parts: Parts, site_id: str) -> None:
    enter(parts.database, site_id, "A", "B")
    roll_back(parts.database, site_id)
    with pytest.raises(Conflict, match="withdrawn"):
        enter(parts.database, site_id, "B")
    enter(parts.database, site_id, "C")
    assert roll_back(parts.database, site_id) == "A"


def test_a_model_promoted_again_after_another_is_the_champion(parts: Parts, site_id: str) -> None:
    enter(parts.database, site_id, "A", "B", "A")
    assert parts.sites.get(site_id).champion == "A" * 8


def test_the_base_alone_can_be_put_in_force(parts: Parts, site_id: str) -> None:
    enter(parts.database, site_id, "A")
    with parts.database.writing() as connection:
        champions.promote(connection, site_id, BASE, "operator", NOW)
    assert parts.sites.get(site_id).champion == ""
    assert roll_back(parts.database, site_id) == "A"


def test_a_model_of_another_site_is_not_found(parts: Parts, site_id: str) -> None:
    other = parts.sites.add("trains", "https://trains.example").id
    enter(parts.database, site_id, "A")
    with pytest.raises(NotFound), parts.database.writing() as connection:
        champions.promote(connection, other, "A", "operator", NOW)


def test_without_any_model_there_is_nothing_to_roll_back(parts: Parts, site_id: str) -> None:
    with pytest.raises(Conflict):
        roll_back(parts.database, site_id)
