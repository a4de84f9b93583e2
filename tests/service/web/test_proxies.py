"""The client behind proxies: believed only from networks the operator trusts."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.proxies import Trusting

TRUSTED = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("2001:db8::/32"))


def seen(peer, forwarded="", scheme="", trusted=TRUSTED):
    """Address and scheme that the application sees."""
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http",
               "HTTP_X_FORWARDED_FOR": forwarded, "HTTP_X_FORWARDED_PROTO": scheme}  # fmt: skip
    Trusting(lambda *_: [], trusted)(environ, None)
    return environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "203.0.113.9, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("2001:db8::1", "2001:db9::7", "2001:db9::7"),
        ("::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7, unknown", "10.0.0.1"),
        ("", "192.0.2.7", ""),
    ],
)
def test_the_client_is_the_last_address_nobody_trusted_wrote(peer, forwarded, client):
    assert seen(peer, forwarded)[0] == client


def test_nobody_is_trusted_unless_the_operator_says_so():
    assert seen("10.0.0.1", "192.0.2.7", "https", trusted=()) == ("10.0.0.1", "http")


@pytest.mark.parametrize(
    ("said", "scheme"),
    [
        ("https", "https"),
        ("HTTPS", "https"),
        ("http, https", "https"),
        ("ftp", "http"),
        ("", "http"),
    ],
)
def test_the_scheme_is_the_last_one_said(said, scheme):
    assert seen("10.0.0.1", "192.0.2.7", said)[1] == scheme


@given(st.text(), st.text())
def test_no_header_can_break_it(forwarded, scheme):
    assert seen("10.0.0.1", forwarded, scheme)[1] in {"http", "https"}
