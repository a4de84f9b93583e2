"""The hand-written checks: each looks at a case and says one thing about it, or nothing.

`SIGNALS` reads as the policy: first what decides, in the order of precedence, then what
gives rise to doubt, then what only weighs. A field that was not sent never speaks.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from model.case import Case, History, Tally
from model.hosts import is_throwaway
from model.links import MAX_LINKS
from model.lists import Hit, first_terms
from model.verdict import Decision, Reason, Span
from model.writing import in_no_language, instead_of_words, quoted, script

__all__ = ["SIGNALS", "Case", "History", "Signal", "Tally", "notice"]

Signal = Callable[[Case], Reason | None]

TEST_NAMES = frozenset({"viagra-test-123", "akismet-guaranteed-spam"})
TEST_EMAIL = "akismet-guaranteed-spam@example.com"
TELLING_CHARS = 24
"""A shorter text ("Thanks!") is said by many people: what was said of it before only weighs."""
FLOOD_SENDERS = 10
BURST = 5
SHOWN_SPANS = 8


def notice(case: Case) -> tuple[Reason, ...]:
    """Everything the signals say of this case, in the order of precedence."""
    return tuple(reason for signal in SIGNALS if (reason := signal(case)) is not None)


# What the site itself says of the author.


def trusted_role(case: Case) -> Reason | None:
    """Roles may come as a comma list; the site's own server says them, not the commenter."""
    if not case.comment.author_role:
        return None
    for role in case.comment.author_role.lower().split(","):
        if role.strip() in case.policy.roles:
            return _accept("trusted-role", f"the site says the author is {quoted(role.strip())}")
    return None


def test_spam(case: Case) -> Reason | None:
    """The values Akismet's clients test with."""
    comment = case.comment
    if comment.author_name.strip().lower() in TEST_NAMES:
        return _reject("test-spam", "the author's name is one of Akismet's test values")
    if comment.author_email.strip().lower() == TEST_EMAIL:
        return _reject("test-spam", "the e-mail is Akismet's test value for spam")
    return None


# The site's lists and its moderators' word.


def allowed_address(case: Case) -> Reason | None:
    """An address or network on the site's allow list."""
    if case.comment.author_ip in case.policy.allowed.addresses:
        return _accept("allowed-address", f"{quoted(case.comment.author_ip)} is on the allow list")
    return None


def allowed_host(case: Case) -> Reason | None:
    """Every host named must be allowed: one good link must not carry in a bad one."""
    named, allowed = case.hosts, case.policy.allowed.hosts
    all_listed = len(case.reading.links) < MAX_LINKS
    if named and all_listed and all(host in allowed for host in named):
        return _accept("allowed-host", f"links only to allowed hosts: {_listed(named)}")
    return None


def allowed_term(case: Case) -> Reason | None:
    """Only what the reader sees counts: a hidden word must not open the door."""
    hits = first_terms(case.policy.allowed.terms.hits(case.reading.normal))
    if not hits:
        return None
    detail = f"contains the allowed {_terms_in_words(hits)}"
    return _accept("allowed-term", detail, _spans(case, hits))


def labelled_text(case: Case) -> Reason | None:
    """A moderator's word on this very text decides, unless the text is short or disputed."""
    ham, spam = case.history.text
    if bool(ham) == bool(spam):
        return None
    word, times = ("ham", ham) if ham else ("spam", spam)
    detail = f"a moderator has labelled this very text {word} ({times}×)"
    if not _is_telling(case):
        return Reason("labelled-text", f"{detail}, but it is short", 1.5 if spam else -1.5)
    return (_reject if spam else _accept)("labelled-text", detail)


def blocked_address(case: Case) -> Reason | None:
    """An address or network on the site's block list."""
    if case.comment.author_ip in case.policy.blocked.addresses:
        return _reject("blocked-address", f"{quoted(case.comment.author_ip)} is on the block list")
    return None


def blocked_host(case: Case) -> Reason | None:
    """One blocked host is enough, in the text or as the author's own link."""
    for link in case.reading.links:
        if link.host in case.policy.blocked.hosts:
            return _reject(
                "blocked-host", f"links to the blocked host {quoted(link.host)}", (link.span,)
            )
    if case.author_host in case.policy.blocked.hosts:
        detail = f"the author's link leads to the blocked host {quoted(case.author_host)}"
        return _reject("blocked-host", detail)
    return None


def blocked_term(case: Case) -> Reason | None:
    """Substrings without case in the text (as sent and undisguised) and in every author field.

    The fields are those of WordPress's "Disallowed Comment Keys".
    """
    terms = case.policy.blocked.terms
    if not terms:
        return None
    if hits := first_terms(terms.hits(case.reading.normal)):
        detail = f"the text contains the blocked {_terms_in_words(hits)}"
        return _reject("blocked-term", detail, _spans(case, hits))
    for where, text in _searched(case):
        if hits := first_terms(terms.hits(text.lower())):
            return _reject("blocked-term", f"{where} contains the blocked {_terms_in_words(hits)}")
    return None


def honeypot(case: Case) -> Reason | None:
    """People can't see the field; programs fill in every field."""
    if case.comment.honeypot.strip():
        return _reject("honeypot", "the form field that people can't see was filled in")
    return None


def flood(case: Case) -> Reason | None:
    """Many mouths, one text, and something to click: a campaign."""
    senders = case.history.text_senders
    if case.fresh and _is_telling(case) and case.hosts and senders >= FLOOD_SENDERS:
        return _reject("flood", f"{senders} other senders have posted this same text with a link")
    return None


# Doubts.


def unlearned_language(case: Case) -> Reason | None:
    """A model that does not know the words must neither publish nor condemn.

    A bare link is in no language: once a site's own score decides, it speaks of that too. The
    base's certificate counts nothing as rejected that the base does not know.
    """
    coverage, floor = case.scored.coverage, case.coverage_floor
    if coverage is None or coverage >= floor:
        return None
    if case.basis != "base" and in_no_language(case.reading):
        return None
    detail = f"the model knows {coverage:.0%} of this text ({script(case.reading.visible)})"
    return _doubt("unlearned-language", f"{detail}, too little to judge it")


def no_words(case: Case) -> Reason | None:
    """Nothing but a link, a picture, emoji or signs, from somebody unknown."""
    if case.history.knows_author or (what := instead_of_words(case.reading)) is None:
        return None
    return _doubt("no-words", f"{what}, from an author nothing is known of")


def unread(case: Case) -> Reason | None:
    """Enough harmless words in front would let anything behind them be published unseen."""
    rest = case.reading.unread
    if not rest:
        return None
    end = len(case.comment.content)
    detail = f"the last {rest} characters are beyond what is read of a comment"
    return _doubt("unread", detail, ((end - rest, end),))


def unknown_host(case: Case) -> Reason | None:
    """Copied text plus a link looks like a good comment: only the host tells them apart."""
    if case.history.knows_author:
        return None
    unknown = [link for link in case.reading.links if not case.knows_host(link.host, link.domain)]
    if not unknown:
        return None
    names = _listed(dict.fromkeys(link.host for link in unknown))
    spans = tuple(link.span for link in unknown[:SHOWN_SPANS])
    return _doubt("unknown-host", f"links to {names}; host and author are unknown here", spans)


def edit_added_links(case: Case) -> Reason | None:
    """Get a harmless comment published, then edit the advertisement in."""
    before, now = case.history.edited_links, len(case.reading.links)
    if case.history.edited is not Decision.ACCEPT or now <= before:
        return None
    detail = f"the accepted comment had {before} links, the edited one has {now}"
    return _doubt("edit-added-links", detail)


# What only weighs.


def known_author(case: Case) -> Reason | None:
    """Approved by a moderator weighs more than accepted without complaint."""
    if not case.history.knows_author:
        return None
    ham, accepted = case.history.author.ham, case.history.author_accepted
    weight = -2.0 - 0.5 * min(ham, 4) if ham else -1.0
    detail = f"{ham} comments by this author approved by moderators, {accepted} more accepted"
    return Reason("known-author", detail, weight)


def spam_author(case: Case) -> Reason | None:
    """The author's own record; with as much good in it as bad it says nothing."""
    ham, spam = case.history.author
    if spam <= ham:
        return None
    detail = f"{spam} comments by this author were labelled spam, {ham} ham"
    return Reason("spam-author", detail, _balance(ham, spam))


def host_record(case: Case) -> Reason | None:
    """What moderators said of comments linking to these hosts; the worst host speaks."""
    if not case.history.hosts:
        return None
    known = case.history.hosts
    records = [
        (_balance(*known[d]), d, known[d]) for d in case.hosts.values() if any(known.get(d, ()))
    ]
    if not records:
        return None
    weight, domain, (ham, spam) = max(records)
    if not weight:
        return None
    code = "spam-host" if weight > 0 else "known-host"
    detail = f"comments linking to {quoted(domain)}: {ham} labelled ham, {spam} spam"
    return Reason(code, detail, max(weight, -0.5))


def author_link(case: Case) -> Reason | None:
    """Half of good blog commenters have a link of their own: it can only weigh a little."""
    host = case.author_host
    if not host or case.history.knows_author or case.knows_host(host, case.hosts[host]):
        return None
    return Reason("author-link", f"the author's link leads to {quoted(host)}, unknown here", 0.2)


def same_text(case: Case) -> Reason | None:
    """Grows with the number of other senders, if the text is long enough to be telling."""
    senders = case.history.text_senders
    if not senders or not case.fresh or not _is_telling(case):
        return None
    detail = f"{senders} other senders have posted this same text in the last 7 days"
    return Reason("same-text", detail, min(0.75 * math.log2(1 + senders), 3.0))


def throwaway_mail(case: Case) -> Reason | None:
    """A mailbox for ten minutes is made for those who don't want an answer."""
    if case.comment.author_email and is_throwaway(case.comment.author_email):
        host = case.comment.author_email.rpartition("@")[2]
        return Reason("throwaway-mail", f"{quoted(host)} is a throw-away mail service", 1.0)
    return None


def burst(case: Case) -> Reason | None:
    """Weighs little: a school, or a proxy the site forgot to declare, is one address too."""
    recent = case.history.address_recent
    if recent < BURST or not case.fresh:
        return None
    detail = f"{recent} other comments from this address in the last 10 minutes"
    return Reason("burst", detail, min(0.5 * math.log2(2 * recent / BURST), 2.0))


def too_fast(case: Case) -> Reason | None:
    """Zero stands for *not measured*, as in the API's own example."""
    elapsed = case.comment.elapsed_ms
    if not elapsed or not 0 < elapsed < case.policy.min_elapsed_ms:
        return None
    return Reason("too-fast", f"the form was sent back after {elapsed} ms", 2.0)


SIGNALS: tuple[Signal, ...] = (
    # 1. The site vouches for the author, or the client is testing.
    trusted_role, test_spam,
    # 2. Allow lists, and what a moderator said of this very text.
    allowed_address, allowed_host, allowed_term, labelled_text,
    # 3. Block lists and traps.
    blocked_address, blocked_host, blocked_term, honeypot, flood,
    # 4. Doubt: a person should look.
    unlearned_language, no_words, unread, unknown_host, edit_added_links,
    # 5. Weights.
    known_author, spam_author, host_record, author_link, same_text, throwaway_mail, burst,
    too_fast,
)  # fmt: skip


def _accept(code: str, detail: str, spans: tuple[Span, ...] = ()) -> Reason:
    return Reason(code, detail, spans=spans, decides=Decision.ACCEPT)


def _reject(code: str, detail: str, spans: tuple[Span, ...] = ()) -> Reason:
    return Reason(code, detail, spans=spans, decides=Decision.REJECT)


def _doubt(code: str, detail: str, spans: tuple[Span, ...] = ()) -> Reason:
    return Reason(code, detail, spans=spans, decides=Decision.HOLD)


def _balance(ham: int, spam: int) -> float:
    """Log-odds of spam after these labels, each outcome given one label in advance."""
    return max(-4.0, min(4.0, 1.5 * math.log((spam + 1) / (ham + 1))))


def _is_telling(case: Case) -> bool:
    return len(case.reading.normal) >= TELLING_CHARS


def _searched(case: Case) -> Iterator[tuple[str, str]]:
    """Where a blocked term may hide besides the undisguised text, in a moderator's words."""
    comment = case.comment
    yield "the text as sent", comment.content
    yield "the author's name", comment.author_name
    yield "the author's link", comment.author_url
    yield "the e-mail address", comment.author_email
    yield "the sender's address", comment.author_ip
    yield "the user agent", comment.user_agent


def _terms_in_words(hits: Sequence[Hit]) -> str:
    named = _listed(term for term, _, _ in hits)
    return f"terms {named}" if len(hits) > 1 else f"term {named}"


def _spans(case: Case, hits: Sequence[Hit]) -> tuple[Span, ...]:
    return tuple(case.reading.content_span(start, end) for _, start, end in hits)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(quoted(word) for word in islice(words, 3))
