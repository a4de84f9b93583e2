"""The models page: who judges, promoting, rolling back, asking for a round of training."""

import pytest

from service.db import champions, rounds
from service.db.accounts import Role
from tests.service.web.console.months import models


@pytest.fixture
def tina(sign_in, harbour):
    """Tina trains."""
    return sign_in("Tina", Role.TRAINER, harbour.id)


@pytest.fixture
def taught(sqlite_parts, clock, harbour):
    """Alice's site after six rounds of training."""
    models(sqlite_parts, clock, harbour.id)
    return harbour


def champion(parts, site):
    with parts.database.reading() as connection:
        return champions.champion_of(champions.log(connection, site.id))


def test_before_anything_is_taught_the_base_judges(tina, harbour):
    page = tina.get(f"/{harbour.id}/models").text
    assert "the base alone" in page
    assert "Roll back" not in page


def test_every_model_is_shown_with_its_figures_and_its_outcome(tina, taught):
    page = tina.get(f"/{taught.id}/models").text
    for number in range(6):
        assert f"site-{number:012x}" in page
    assert page.count(">champion<") == 1
    assert "worse on language de beyond noise" in page


def test_promoting_asks_first_and_says_when_the_gate_refused(sqlite_parts, tina, taught):
    refused = f"site-{2:012x}"
    page = tina.get(f"/{taught.id}/models/promote/{refused}").text
    assert "The gate refused it: worse on language de beyond noise" in page
    assert champion(sqlite_parts, taught) == f"site-{5:012x}"

    tina.post(f"/{taught.id}/models/promote", model=refused)
    assert champion(sqlite_parts, taught) == refused


def test_the_base_alone_can_be_promoted(sqlite_parts, tina, taught):
    tina.get(f"/{taught.id}/models/promote/base")
    tina.post(f"/{taught.id}/models/promote", model="base")
    assert champion(sqlite_parts, taught) == ""


def test_rolling_back_asks_first_withdraws_for_good_and_is_logged(sqlite_parts, tina, taught):
    asked = tina.get(f"/{taught.id}/models/rollback").text
    assert "withdrawn for good" in asked
    assert f"site-{4:012x} judges again" in asked

    tina.post(f"/{taught.id}/models/rollback")
    assert champion(sqlite_parts, taught) == f"site-{4:012x}"
    page = tina.get(f"/{taught.id}/models").text
    assert ">withdrawn<" in page
    with sqlite_parts.database.reading() as connection:
        newest = champions.log(connection, taught.id)[-1]
    assert (newest.event, newest.by) == ("withdrawn", "Tina")
    assert tina.post(f"/{taught.id}/models/promote", model=f"site-{5:012x}").status_code == 409


def test_with_no_earlier_champion_there_is_nothing_to_roll_back(tina, harbour):
    assert tina.get(f"/{harbour.id}/models/rollback").status_code == 409
    answer = tina.post(f"/{harbour.id}/models/rollback")
    assert answer.status_code == 302
    assert "there is no earlier champion" in tina.get(f"/{harbour.id}/models").text


def test_a_model_of_another_site_is_not_there(tina, taught, sign_in, meadow):
    bob = sign_in("Bob", Role.ADMIN, meadow.id)
    theirs = f"site-{5:012x}"
    assert bob.get(f"/{meadow.id}/models/promote/{theirs}").status_code == 404
    assert bob.post(f"/{meadow.id}/models/promote", model=theirs).status_code == 404


def test_asking_for_training_twice_asks_for_one_round(sqlite_parts, tina, harbour):
    tina.post(f"/{harbour.id}/models/retrain")
    with sqlite_parts.database.reading() as connection:
        job = rounds.waiting(connection, harbour.id)
    assert job
    assert "A round is waiting" in tina.get(f"/{harbour.id}/models").text
    tina.post(f"/{harbour.id}/models/retrain")
    with sqlite_parts.database.reading() as connection:
        assert rounds.waiting(connection, harbour.id) == job
