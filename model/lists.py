"""A site's lists of terms, hosts and addresses, compiled once and searched fast."""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import ahocorasick

from model.links import host_of

Hit = tuple[str, int, int]
"""A term with the first and last-but-one place (code points) where it was found."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Terms, hosts and addresses of one side (blocked or allowed) of a policy."""

    terms: "Terms"
    hosts: "Hosts"
    addresses: "Addresses"

    @classmethod
    def of(
        cls, terms: tuple[str, ...], hosts: tuple[str, ...], addresses: tuple[str, ...]
    ) -> "Lists":
        """Compile; equal term lists share one automaton."""
        return cls(_terms(terms), Hosts(hosts), Addresses(addresses))


class Terms:
    """Substrings, compared without case, as WordPress's "Disallowed Comment Keys" are.

    One pass over the text however many terms there are (Aho and Corasick, 1975). Blank
    terms are dropped; blanks around a term don't count.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        wanted = {term.strip().lower() for term in terms} - {""}
        self._automaton: Any = ahocorasick.Automaton()
        for term in wanted:
            self._automaton.add_word(term, term)
        self._automaton.make_automaton()

    def __bool__(self) -> bool:
        return len(self._automaton) > 0

    def hits(self, text: str) -> Iterator[Hit]:
        """Every occurrence in `text`, which must already be lower-cased."""
        for last, term in self._automaton.iter(text) if self else ():
            yield term, last + 1 - len(term), last + 1


@lru_cache(maxsize=64)
def _terms(terms: tuple[str, ...]) -> Terms:
    return Terms(terms)


class Hosts:
    """Host names; a name covers its subdomains, an ending such as `.ru` all names in it. URLs and
    `*.` in front are understood; what is no host is passed over."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = frozenset(_named(host) for host in hosts) - {""}

    def __contains__(self, host: str) -> bool:
        if not self._hosts or not host:
            return False
        labels = host.split(".")
        return any(".".join(labels[i:]) in self._hosts for i in range(len(labels)))


def _named(entry: str) -> str:
    """The host or the ending that an entry of a list names; empty if it names none."""
    host = entry.strip().removeprefix("*.").lstrip(".")
    if _LABEL.fullmatch(host):  # an ending, written as in any host that has it
        return host_of(f"a.{host}").removeprefix("a.")
    return host_of(host if "//" in host else f"http://{host}") if host else ""


_LABEL = re.compile(r"[^\W_][\w-]{0,62}")


class Addresses:
    """IPv4 and IPv6 addresses and networks; what is neither is passed over."""

    def __init__(self, addresses: Iterable[str]) -> None:
        networks = [network for a in addresses if (network := network_of(a))]
        self._by_prefix: dict[tuple[int, int], set[int]] = {}
        for net in networks:
            key = (net.max_prefixlen, net.max_prefixlen - net.prefixlen)
            self._by_prefix.setdefault(key, set()).add(int(net.network_address) >> key[1])

    def __contains__(self, address: str) -> bool:
        if not self._by_prefix or (found := parse_address(address)) is None:
            return False
        number, bits = int(found), found.max_prefixlen
        return any(
            bits == size and number >> shift in nets
            for (size, shift), nets in self._by_prefix.items()
        )


def network_of(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The network in `text`, of one address for an address; None for anything else."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


LONGEST_ADDRESS = 64
"""Characters; longer ones are all zone (`fe80::1%...`)."""


def parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in `text`, an IPv4-mapped IPv6 one as IPv4; None for anything else."""
    return _parsed(text) if len(text) <= LONGEST_ADDRESS else None


@lru_cache(maxsize=1024)  # each comment's address is wanted three times
def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped if mapped is not None else address


def first_terms(hits: Iterable[Hit], limit: int = 3) -> Sequence[Hit]:
    """The first hit of each of the first `limit` different terms."""
    found: dict[str, Hit] = {}
    for hit in hits:
        found.setdefault(hit[0], hit)
        if len(found) == limit:
            break
    return list(found.values())
