"""Signing in: passwords, pauses, codes, and sessions that end."""

import re

import pyotp
import pytest

from service.db import audit_log
from service.db.accounts import Role
from service.db.lockout import TRIES
from tests.service.web.console.conftest import PASSWORD


def test_the_console_opens_at_the_address_the_start_prints(sign_in):
    person = sign_in.stranger()

    assert person.http.get("/").headers["Location"] == "/console/"
    assert person.get("/").headers["Location"] == "/console/sign-in?next=/"


def test_somebody_signed_in_comes_to_the_page_they_asked_for(sign_in, harbour):
    sign_in("mo")
    person = sign_in.stranger()
    asked = f"/{harbour.id}/queue?reason=text"

    form = person.get(asked).headers["Location"]
    assert person.http.get(form).status_code == 200
    answer = person.post("/sign-in", name="mo", password=PASSWORD, next=asked)

    assert answer.headers["Location"] == f"/console{asked}"


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(sign_in, elsewhere):
    sign_in("mo")

    answer = sign_in.stranger().post("/sign-in", name="mo", password=PASSWORD, next=elsewhere)

    assert answer.headers["Location"] == "/console/"


def test_a_wrong_password_and_an_unknown_name_are_told_alike(sign_in):
    sign_in("mo")
    wrong = sign_in.stranger().post("/sign-in", name="mo", password="wrong")
    unknown = sign_in.stranger().post("/sign-in", name="no", password="wrong")

    assert wrong.status_code == unknown.status_code == 401
    assert "4 tries are left" in wrong.text
    assert wrong.text.count("4 tries") == unknown.text.count("4 tries")


@pytest.mark.parametrize("name", ["mo", "nobody"])
def test_five_wrong_passwords_pause_a_name_for_a_quarter_of_an_hour(sign_in, clock, name):
    sign_in("mo")
    person = sign_in.stranger()
    for _ in range(TRIES):
        answer = person.post("/sign-in", name=name, password="wrong")
    assert "Too many tries" in answer.text

    paused = person.post("/sign-in", name=name, password=PASSWORD)
    clock.advance(minutes=15)
    later = person.post("/sign-in", name=name, password=PASSWORD)

    assert paused.status_code == 429
    assert later.status_code == (302 if name == "mo" else 401)


def test_a_one_time_password_opens_nothing_until_another_is_chosen(sign_in, harbour):
    password = sign_in.parts.accounts.add("new")
    person = sign_in.stranger()
    person.post("/sign-in", name="new", password=password)

    assert person.get(f"/{harbour.id}/queue").headers["Location"] == "/console/account"
    person.post("/account/password", old=password, new="something of my own")

    assert person.get(f"/{harbour.id}/queue").status_code == 200
    assert sign_in.parts.accounts.verify("new", "something of my own")


def test_a_changed_password_ends_the_sessions_elsewhere(sign_in):
    here = sign_in("mo")
    there = sign_in.stranger()
    there.post("/sign-in", name="mo", password=PASSWORD)

    here.post("/account/password", old=PASSWORD, new="another password")

    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


@pytest.mark.parametrize("act", ["reset", "remove"])
def test_the_operator_ends_sessions_by_reset_and_removal(sign_in, act):
    person = sign_in("mo")

    getattr(sign_in.parts.accounts, act)("mo")

    assert person.get("/account").status_code == 302


def test_a_removed_name_given_again_does_not_open_old_sessions(sign_in):
    person = sign_in("mo")
    sign_in.parts.accounts.remove("mo")

    sign_in.parts.accounts.add("mo")

    assert person.get("/account").status_code == 302


def test_with_an_authenticator_signing_in_asks_for_its_code_and_takes_each_once(sign_in, clock):
    person = sign_in("mo")
    secret = re.search(r"secret=(\w+)", person.get("/account").text)[1]
    code = pyotp.TOTP(secret).at(int(clock().timestamp()))
    person.post("/account/totp", password=PASSWORD, code=code)

    def again(**fields):
        return sign_in.stranger().post("/sign-in", name="mo", password=PASSWORD, **fields)

    assert again().status_code == 401
    assert again(code="000000").status_code == 401
    assert again(code=code).status_code == 302
    assert again(code=code).status_code == 401
    assert secret.encode() not in sign_in.parts.accounts.totp("mo")[0]


def test_the_cookie_is_out_of_reach_of_scripts_and_of_plain_http(sign_in):
    sign_in("mo")
    person = sign_in.stranger()
    page = person.http.get("/console/sign-in", base_url="https://weir.example")
    cookie = page.headers["Set-Cookie"]

    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/console", "Secure"):
        assert attribute in cookie


def test_every_page_forbids_inline_code_and_other_sites(sign_in):
    policy = sign_in.stranger().get("/sign-in").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_signing_in_and_being_refused_are_in_the_audit_log(sign_in, clock):
    sign_in("mo", Role.ADMIN)
    clock.advance(seconds=1)
    sign_in.stranger().post("/sign-in", name="mo", password="wrong")

    with sign_in.parts.database.reading() as connection:
        acts = audit_log.find(connection, audit_log.INSTANCE, limit=5)

    assert [(act.action, act.moderator) for act in acts] == [
        ("sign-in-refused", "mo"),
        ("signed-in", "mo"),
    ]
