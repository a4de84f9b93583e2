"""Sites and their keys."""

import pytest

from service.errors import Conflict, NotFound


@pytest.fixture
def boats(parts):
    return parts.sites.add("boats", "https://boats.example")


def test_a_site_is_found_by_either_of_its_keys(parts, boats):
    assert parts.sites.by_token(boats.token).id == boats.id
    assert parts.sites.by_akismet_key(boats.akismet_key).id == boats.id
    assert parts.sites.by_akismet_key(boats.akismet_key.upper()).id == boats.id


def test_no_other_key_finds_a_site(parts, boats):
    for wrong in ("", "x", boats.akismet_key, boats.token[:-1], boats.token + "x", "\ud800"):
        assert parts.sites.by_token(wrong) is None
    assert parts.sites.by_akismet_key(boats.token) is None


def test_no_key_is_kept_in_clear(parts, boats):
    with parts.database.reading() as connection:
        kept = repr(connection.exec_driver_sql("SELECT * FROM keys").all())
        kept += repr(connection.exec_driver_sql("SELECT * FROM sites").all())

    assert boats.token not in kept
    assert boats.akismet_key not in kept


def test_a_rotated_key_is_worthless_at_once(parts, boats):
    parts.sites.by_token(boats.token)

    new = parts.sites.rotate(boats.id, "token")

    assert parts.sites.by_token(boats.token) is None
    assert parts.sites.by_token(new).id == boats.id
    assert parts.sites.by_akismet_key(boats.akismet_key).id == boats.id


def test_the_akismet_key_can_be_said_again(parts, boats):
    assert parts.sites.akismet_key(boats.id) == boats.akismet_key

    new = parts.sites.rotate(boats.id, "akismet")

    assert parts.sites.akismet_key(boats.id) == new


def test_a_removed_site_is_unknown_and_its_name_is_free(parts, boats):
    parts.sites.remove(boats.id)

    assert parts.sites.by_token(boats.token) is None
    assert parts.sites.list() == []
    with pytest.raises(NotFound):
        parts.sites.get("boats")
    assert parts.sites.add("boats", "https://boats.example").id != boats.id


def test_a_name_that_is_anothers_id_hides_nobody(parts, boats):
    anchors = parts.sites.add("anchors", "https://anchors.example")
    parts.sites.rename(boats.id, name=anchors.id, url="https://boats.example")
    parts.sites.rename(anchors.id, name="ropes", url="https://anchors.example")

    assert parts.sites.get(anchors.id).name == "ropes"


def test_a_name_is_given_once(parts, boats):
    with pytest.raises(Conflict):
        parts.sites.add("boats", "https://other.example")
    other = parts.sites.add("ships", "https://ships.example")
    with pytest.raises(Conflict):
        parts.sites.rename(other.id, name="boats")


def test_a_policy_changes_for_every_process_at_once(parts, boats):
    before = parts.sites.by_token(boats.token)

    parts.sites.set_policy(boats.id, {"blocked_hosts": ["ships.example"]})

    after = parts.sites.by_token(boats.token)
    assert after.policy.blocked_hosts == ("ships.example",)
    assert after.version == before.version + 1
    assert after.policy.version != before.policy.version


def test_an_unchanged_policy_is_compiled_once(parts, boats):
    assert parts.sites.by_token(boats.token) is parts.sites.by_token(boats.token)


def test_a_site_that_is_not_there_cannot_be_changed(parts):
    with pytest.raises(NotFound):
        parts.sites.set_policy("site_none", {})
    with pytest.raises(NotFound):
        parts.sites.akismet_key("site_none")
