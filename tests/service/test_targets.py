"""A webhook reaches the public internet and nothing behind the operator's walls."""

import ipaddress

import pytest

from service.errors import Invalid
from service.targets import check, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1",
        "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_what_is_not_of_the_public_internet_is_known(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"]
)
def test_public_addresses_are_known(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example/", "must begin with https://"),
        ("ftp://hooks.example/", "must begin with https://"),
        ("//hooks.example/", "must begin with https://"),
        ("https:///path", "must name a host"),
        ("https://hooks.exa mple/", "without spaces"),
        ("https://hooks.example/\n", "must name a host"),
        ("https://user:secret@hooks.example/", "no user"),
        ("https://hooks.example/#part", "no user, password or fragment"),
        ("https://hooks.example:99999/", "is not a URL"),
        ("https://[::1", "is not a URL"),
        ("https://127.0.0.1/", "must lead to a public address"),
        ("https://[::ffff:10.0.0.1]/", "must lead to a public address"),
        ("https://169.254.169.254/latest/meta-data", "must lead to a public address"),
    ],
)
def test_a_url_that_must_not_be_written_to_is_refused_and_says_why(url: str, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        check(url, to_private=False)

    assert refused.value.errors[0].pointer == "/url"


def test_an_operator_may_allow_an_intranet() -> None:
    assert check("http://10.0.0.5:8000/hook", to_private=True).port == 8000
