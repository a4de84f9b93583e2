"""Where a webhook may be sent: to the public internet by TLS, unless the operator allows more.

A site chooses the address, the operator's machine connects to it. Without these rules a site
could reach what only that machine can: its neighbours, its database, a cloud's metadata service
(server-side request forgery).
"""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from service.errors import FieldError, Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def check(url: str, *, to_private: bool) -> SplitResult:
    """The parts of a URL that may be written to. Raises Invalid, and says what is wrong.

    A host that is a name passes: where it leads is known when it is resolved, at every delivery.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong("is not a URL") from None
    if parts.scheme != "https" and not (to_private and parts.scheme == "http"):
        raise _wrong("must begin with https://")
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        raise _wrong("must name a host, in ASCII and without spaces")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _wrong("must have no user, password or fragment")
    address = literal(host)
    if address is not None and not (to_private or is_public(address)):
        raise _wrong("must lead to a public address")
    return parts


def literal(host: str) -> Address | None:
    """The address a host is written as; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """True for an address of the public internet, also when it is wrapped in an IPv6 one."""
    inner = _wrapped(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _wrapped(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address is a way of writing, or a tunnel to."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo


def _wrong(what: str) -> Invalid:
    return Invalid(f"/url: {what}", (FieldError("/url", what),))
