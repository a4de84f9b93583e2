"""How secrets, e-mails and addresses are kept."""

import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.keyring import Keyring, Mac, address_prefix, new_akismet_key, new_token

ONE, OTHER = Keyring(b"1" * 32), Keyring(b"2" * 32)


@given(st.text())
def test_a_secret_is_found_under_its_own_instance_key_only(secret):
    assert ONE.lookup("token", secret) == Keyring(b"1" * 32).lookup("token", secret)
    assert ONE.lookup("token", secret) != OTHER.lookup("token", secret)
    assert ONE.lookup("token", secret) != ONE.lookup("akismet", secret)


@given(st.binary(min_size=1, max_size=64), st.binary())
def test_a_mac_is_the_standard_one(key, message):
    assert Mac(key)(message) == hmac.digest(key, message, "sha256")


@given(st.text(min_size=1))
def test_a_trace_belongs_to_one_site_and_one_kind_of_thing(value):
    trace = ONE.trace("site_1", "host", value)

    assert -(2**63) <= trace < 2**63
    assert trace not in (ONE.trace("site_2", "host", value), ONE.trace("site_1", "text", value))
    assert trace != OTHER.trace("site_1", "host", value)


def test_what_is_sealed_can_be_said_again_by_the_same_instance_only():
    sealed = ONE.seal("abcdef012345")

    assert b"abcdef012345" not in sealed
    assert ONE.unseal(sealed) == "abcdef012345"
    with pytest.raises(ValueError, match="instance key"):
        OTHER.unseal(sealed)


def test_an_akismet_key_has_twelve_small_letters_and_digits():
    assert re.fullmatch("[a-z0-9]{12}", new_akismet_key())
    assert new_akismet_key() != new_akismet_key()


def test_a_token_can_be_known_by_its_prefix():
    assert re.fullmatch(r"weir_[\w-]{43}", new_token())


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("192.0.2.77", "4:c00002"),
        ("2001:db8:1:2:3:4:5:6", "6:20010db800010002"),
        ("::1", "6:0"),
        ("::ffff:192.0.2.77", "4:c00002"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_the_prefix_of_an_address(address, prefix):
    assert address_prefix(address) == prefix
