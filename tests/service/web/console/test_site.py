"""A site's own page: promise and policy, name, and keys that are shown once."""

import re

import pytest

from service.db import audit_log
from service.db.accounts import EVERYWHERE, Role


@pytest.fixture
def alice(sign_in, harbour):
    """Alice rules the site."""
    return sign_in("Alice", Role.ADMIN, harbour.id)


POLICY = {
    "reject_budget": "1", "hold_budget": "12,5", "audit_share": "2", "mode": "hold-first",
    "min_elapsed_ms": "2000", "trusted_roles": "administrator, editor", "akismet_hold": "ham",
}  # fmt: skip


def acts(parts, site_id):
    with parts.database.reading() as connection:
        return audit_log.find(connection, site_id, limit=9)


def test_a_policy_is_saved_as_it_was_written(sqlite_parts, alice, harbour):
    assert alice.post(f"/{harbour.id}/site/policy", **POLICY).status_code == 302
    policy = sqlite_parts.sites.get(harbour.id).policy
    assert (policy.reject_budget, policy.hold_budget, policy.audit_share) == (0.01, 0.125, 0.02)
    assert (policy.mode, policy.min_elapsed_ms, policy.akismet_hold) == ("hold-first", 2000, "ham")
    assert policy.trusted_roles == ("administrator", "editor")
    (act,) = acts(sqlite_parts, harbour.id)
    assert (act.moderator, act.action) == ("Alice", "policy-changed")
    assert act.detail["reject_budget"] == 0.01
    assert "audit_share" not in act.detail  # it is what it was


@pytest.mark.parametrize(
    ("field", "value"),
    [("reject_budget", "0"), ("reject_budget", "x"), ("hold_budget", "100"),
     ("audit_share", "11"), ("min_elapsed_ms", "-1"), ("min_elapsed_ms", "nan"),
     ("akismet_hold", "nonsense")],
)  # fmt: skip
def test_a_wrong_value_is_said_where_it_stands_and_changes_nothing(
    sqlite_parts, alice, harbour, field, value
):
    answer = alice.post(f"/{harbour.id}/site/policy", **(POLICY | {field: value}))
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert sqlite_parts.sites.get(harbour.id) == harbour


def test_a_site_gets_another_name_but_not_one_that_is_taken(sqlite_parts, alice, harbour, meadow):
    alice.post(f"/{harbour.id}/site", name="quay", url="https://quay.example")
    assert sqlite_parts.sites.get(harbour.id).name == "quay"
    taken = alice.post(f"/{harbour.id}/site", name="meadow", url="https://quay.example")
    assert taken.status_code == 409
    for wrong in ("javascript:alert(1)", "http://", "https://quay .example"):
        bad = alice.post(f"/{harbour.id}/site", name="quay", url=wrong)
        assert bad.status_code == 422
    assert sqlite_parts.sites.get(harbour.id).url == "https://quay.example"


@pytest.mark.parametrize("kind", ["token", "akismet"])
def test_a_new_key_is_confirmed_shown_once_and_ends_the_old_one(sqlite_parts, alice, sign_in, kind):
    made = sqlite_parts.sites.add("dock", "https://dock.example")
    alice = sign_in("Ann", Role.ADMIN, made.id)
    find = sqlite_parts.sites.by_token if kind == "token" else sqlite_parts.sites.by_akismet_key
    old = made.token if kind == "token" else made.akismet_key
    assert "is refused from the same moment" in alice.get(f"/{made.id}/site/keys/{kind}").text
    assert find(old)

    page = alice.post(f"/{made.id}/site/keys", kind=kind).text
    secret = re.search(r'class="mono key">([^<]+)<', page)[1]
    assert find(old) is None
    assert find(secret).id == made.id
    assert secret not in alice.get(f"/{made.id}/site").text
    assert secret not in str(acts(sqlite_parts, made.id))


def test_a_key_of_no_kind_is_not_made(alice, harbour):
    assert alice.get(f"/{harbour.id}/site/keys/nonsense").status_code == 404
    assert alice.post(f"/{harbour.id}/site/keys", kind="nonsense").status_code == 400


# The audit log.


def test_the_log_shows_who_did_what_newest_first_and_page_by_page(sqlite_parts, alice, harbour):
    for n in range(70):
        with sqlite_parts.database.writing() as connection:
            audit_log.write(connection, harbour.id, "mo", "labelled", f"cmt_{n:02}",
                            at=sqlite_parts.clock(), label="spam")  # fmt: skip
        sqlite_parts.clock.advance(minutes=1)
    first = alice.get(f"/{harbour.id}/log").text
    assert first.index("cmt_69") < first.index("cmt_68")
    assert "cmt_05" not in first
    older = re.search(r'href="([^"]+before=[^"]+)"', first)[1].replace("&amp;", "&")
    assert "cmt_05" in alice.http.get(older).text


def test_the_log_can_be_read_by_person(sqlite_parts, alice, harbour):
    for who in ("mo", "kim"):
        with sqlite_parts.database.writing() as connection:
            audit_log.write(connection, harbour.id, who, "labelled", f"by-{who}",
                            at=sqlite_parts.clock())  # fmt: skip
    page = alice.get(f"/{harbour.id}/log?who=kim").text
    assert "by-kim" in page
    assert "by-mo" not in page


def test_only_who_rules_everywhere_reads_the_instances_log(alice, sign_in, harbour):
    assert alice.get(f"/{harbour.id}/log?of=instance").status_code == 403
    root = sign_in("Root", Role.ADMIN, EVERYWHERE)
    assert "signed in" in root.get(f"/{harbour.id}/log?of=instance").text
