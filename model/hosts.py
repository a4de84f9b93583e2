"""What is known of hosts before any site has said a word: a short good list, throw-away mail."""

from functools import cache, lru_cache

import tldextract

_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

KNOWN_GOOD = frozenset(
    """
    wikipedia.org wikimedia.org wiktionary.org wikidata.org wikibooks.org archive.org
    gutenberg.org openstreetmap.org creativecommons.org mozilla.org python.org php.net
    ruby-lang.org rust-lang.org go.dev golang.org nodejs.org kernel.org debian.org
    ubuntu.com archlinux.org gnu.org fsf.org apache.org postgresql.org sqlite.org mysql.com
    w3.org whatwg.org ietf.org rfc-editor.org ecma-international.org unicode.org iana.org
    icann.org iso.org ieee.org acm.org arxiv.org doi.org orcid.org crossref.org jstor.org
    nature.com science.org sciencedirect.com springer.com plos.org pnas.org bmj.com
    thelancet.com nejm.org cochrane.org pubmed.gov nih.gov cdc.gov nasa.gov noaa.gov
    usgs.gov loc.gov congress.gov whitehouse.gov gov.uk parliament.uk nhs.uk europa.eu
    bund.de service-public.fr admin.ch gc.ca gov.au govt.nz un.org who.int unicef.org
    unesco.org worldbank.org imf.org oecd.org redcross.org icrc.org amnesty.org eff.org
    bbc.co.uk bbc.com theguardian.com nytimes.com washingtonpost.com reuters.com apnews.com
    npr.org pbs.org economist.com ft.com wsj.com bloomberg.com cnn.com aljazeera.com dw.com
    spiegel.de zeit.de faz.net sueddeutsche.de tagesschau.de lemonde.fr liberation.fr
    elpais.com elmundo.es repubblica.it corriere.it publico.pt folha.uol.com.br asahi.com
    nhk.or.jp scmp.com theatlantic.com newyorker.com wired.com arstechnica.com
    theregister.com lwn.net smithsonianmag.com nationalgeographic.com britannica.com
    merriam-webster.com oed.com dictionary.com imdb.com stackoverflow.com stackexchange.com
    serverfault.com superuser.com microsoft.com apple.com ibm.com intel.com wordpress.org
    drupal.org discourse.org mit.edu harvard.edu stanford.edu berkeley.edu princeton.edu
    yale.edu ox.ac.uk cam.ac.uk ethz.ch xkcd.com snopes.com
    """.split()  # noqa: SIM905 - a list to be read, not 170 quoted lines
)
"""Registrable domains where strangers can't publish a page, or only under many eyes. Being
listed takes doubt away and nothing else: it never speaks for a comment."""


@lru_cache(maxsize=10_000)
def domain_of(host: str) -> str:
    """What one owner registers (`shop.example.co.uk` -> `example.co.uk`), or the host itself."""
    *_, name, ending = ("", *host.split("."))
    if name and ending in _plain_endings() and not _has_rule(host):
        return f"{name}.{ending}"
    return _suffixes(host).top_domain_under_public_suffix or host


@cache
def _rules() -> frozenset[str]:
    return frozenset(_suffixes.tlds)


def _has_rule(host: str) -> bool:
    """Whether a rule for more than its last label may apply to the host."""
    while "." in host:
        if host in _rules() or f"*.{host}" in _rules():
            return True
        host = host.partition(".")[2]
    return f"*.{host}" in _rules()


@cache
def _plain_endings() -> frozenset[str]:
    """Top-level domains under which anybody registers a name."""
    return frozenset(rule for rule in _rules() if rule.isascii() and rule.isalpha())


def is_known_good(domain: str) -> bool:
    """True when a link to this registrable domain is no reason for doubt."""
    return domain in KNOWN_GOOD


def is_throwaway(email: str) -> bool:
    """True for an address at a service that hands out mailboxes for minutes."""
    labels = email.rpartition("@")[2].strip().lower().split(".")
    return any(".".join(labels[i:]) in _throwaway() for i in range(max(1, len(labels) - 1)))


@cache
def _throwaway() -> frozenset[str]:
    from disposable_email_domains import blocklist  # noqa: PLC0415 - 10,000 names, when first asked

    return frozenset(blocklist)
