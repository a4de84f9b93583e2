"""What Weir answers: a decision, its score, and the reasons that add up to it."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from model.quick import quick

Basis = Literal["balanced", "site"]
Span = tuple[int, int]


class Decision(StrEnum):
    """The three answers. HOLD means a person should look."""

    ACCEPT = "accept"
    HOLD = "hold"
    REJECT = "reject"


@quick
@dataclass(frozen=True, slots=True)
class Reason:
    """One additive part of a score, or a rule that overrides it.

    `weight` is in log-odds, above zero towards spam. `spans` count code points of the
    content as sent. `decides` is set when the rule settles the decision whatever the score.
    """

    code: str
    detail: str
    weight: float = 0.0
    spans: tuple[Span, ...] = ()
    decides: Decision | None = None


@quick
@dataclass(frozen=True, slots=True)
class Thresholds:
    """Spam probabilities: accepted strictly below the first, rejected at or above the second."""

    accept_below: float
    reject_above: float


@quick
@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision with everything needed to check it.

    Shown reasons' weights + `base` + `rest` = `score` (log-odds). `score` is None when
    nothing was scored; then `base` and `rest` are 0.
    """

    decision: Decision
    score: float | None
    spam_probability: float | None
    probability_basis: Basis
    thresholds: Thresholds
    reasons: tuple[Reason, ...]
    base: float
    rest: float
    base_model: str
    site_model: str | None
    policy: str


def probability(score: float) -> float:
    """The spam probability of log-odds `score`: 1 / (1 + exp(-score)), without overflow."""
    if score >= 0:
        return 1.0 / (1.0 + math.exp(-score))
    odds = math.exp(max(score, -700.0))
    return odds / (1.0 + odds)


def log_odds(chance: float) -> float:
    """The log-odds of a probability, infinite at 0 and 1."""
    if 0 < chance < 1:
        return math.log(chance) - math.log1p(-chance)
    return math.inf if chance >= 1 else -math.inf


REASONS: dict[str, str] = {
    # Rules that decide, in the order of their precedence.
    "trusted-role": "The site says the author holds a role that its policy trusts.",
    "test-spam": "The comment carries one of Akismet's agreed test values for spam.",
    "allowed-address": "The sender's address is on the site's list of allowed addresses.",
    "allowed-host": "Every host the comment names is on the site's list of allowed hosts.",
    "allowed-term": "The text contains a term from the site's list of allowed terms.",
    "labelled-text": "A moderator has already labelled a comment with this very text.",
    "blocked-address": "The sender's address is on the site's list of blocked addresses.",
    "blocked-host": "The comment names a host on the site's list of blocked hosts.",
    "blocked-term": "The comment contains a term from the site's list of blocked terms.",
    "honeypot": "A form field that people can't see was filled in.",
    "flood": "The same text, with a link, came from many different senders.",
    # Doubts: a person should look.
    "unlearned-language": "The text is in a language or script the model has not learned.",
    "emergency-hold": "It would be rejected, but the site's emergency switch is on.",
    "no-words": "The comment has no words to judge, and nothing is known of its author.",
    "unread": "The comment goes on beyond what is read of one.",
    "unknown-host": "An author nothing is known of links to a host nothing is known of.",
    "edit-added-links": "An accepted comment was edited and has more links than before.",
    "uncertified": "Other signs make it look like spam, but the text alone is not certain enough.",
    "hold-first": "The score would reject it, but this site rejects nothing by score yet.",
    # Signs that weigh.
    "known-author": "The site has published comments by this author before.",
    "spam-author": "A moderator has labelled comments by this author as spam.",
    "known-host": "A moderator has approved comments linking to this host.",
    "spam-host": "A moderator has labelled comments linking to this host as spam.",
    "author-link": "The author's own link leads to a host nothing is known of.",
    "same-text": "The same text was sent before by somebody else.",
    "throwaway-mail": "The e-mail address belongs to a throw-away mail service.",
    "burst": "Many comments came from the same address within minutes.",
    "too-fast": "The form was sent back faster than a person fills it in.",
    "taught-author": "What this site's labels have taught of the author's name.",
    "taught-host": "What this site's labels have taught of a host the comment names.",
    # Parts of the text's own score.
    "text": "Words and turns of phrase, as the model has learned them.",
    "links": "How many links there are, and where they lead.",
    "markup": "The HTML and BBCode around the words.",
    "hidden-text": "Text that is sent, but not shown to a reader.",
    "disguise": "Letters replaced, joined or spaced out so that words are not recognised.",
    "repetition": "Words or characters said again and again.",
    "money": "Sums of money.",
    "contact": "Telephone numbers, e-mail addresses and handles.",
    "numbers": "The share of digits.",
    "shouting": "Capitals and exclamation marks.",
    "signs": "The share of signs that are neither letters nor digits.",
    "emoji": "How many emoji there are.",
    "scripts": "Several scripts in one text.",
    "length": "How long the text is.",
    "topic": "Words of the topics that spam is usually about, in several languages.",
    "praise": "Stock praise, as spam uses it to look welcome.",
    "author": "How the author's name and link are made.",
    "conversation": "Questions, as people ask them in a conversation.",
    # Nothing was scored.
    "deadline": "The judgement was not ready in time.",
    "model-unavailable": "No trained model could be loaded.",
}
"""Every reason code Weir may give, with its meaning: the closed list of docs/reasons.md."""
