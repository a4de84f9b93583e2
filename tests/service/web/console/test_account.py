"""What somebody chooses for themselves: here the looks of the browser they sit at."""

import pytest

PICKED = {"dark": ' data-theme="dark"', "light": ' data-theme="light"', "": ""}


@pytest.mark.parametrize("theme", PICKED)
def test_a_browser_keeps_the_appearance_chosen_in_it_and_shows_it_without_scripts(
    sign_in, harbour, theme
):
    person, path = sign_in("mo"), f"/{harbour.id}/queue"
    person.post("/account/appearance", theme="dark", next="/")

    answer = person.post("/account/appearance", theme=theme, next=path)

    assert answer.location.endswith(f"/console{path}")
    assert f'<html lang="en"{PICKED[theme]}>' in person.get(path).text


def test_it_stays_when_somebody_signs_out(sign_in):
    person = sign_in("mo")
    person.post("/account/appearance", theme="dark", next="/")
    person.post("/sign-out")

    assert 'data-theme="dark"' in person.get("/sign-in").text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\\\evil.example"]
)
def test_an_appearance_that_does_not_exist_changes_nothing_and_nothing_leads_elsewhere(
    sign_in, elsewhere
):
    person = sign_in("mo")

    answer = person.post("/account/appearance", theme="neon", next=elsewhere)

    assert answer.location == "/console/"
    assert "data-theme" not in person.get("/account").text
