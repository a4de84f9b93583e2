"""Scores and reasons in words, and the bar that shows where a score lies."""

import math
import re
from dataclasses import dataclass

from model.verdict import Judgement, Reason
from service.web.console.language import N_, gettext, percent

CHIPS = {
    "trusted-role": N_("trusted role"), "test-spam": N_("test value"),
    "allowed-address": N_("allowed address"), "allowed-host": N_("allowed host"),
    "allowed-term": N_("allowed term"), "labelled-text": N_("text decided before"),
    "blocked-address": N_("blocked address"), "blocked-host": N_("blocked host"),
    "blocked-term": N_("blocked term"), "honeypot": N_("hidden field filled in"),
    "flood": N_("same text, many senders"), "unlearned-language": N_("language not learned"),
    "no-words": N_("no words to judge"), "unread": N_("longer than is read"),
    "unknown-host": N_("link host never seen"), "edit-added-links": N_("link added by edit"),
    "uncertified": N_("not certain enough"), "hold-first": N_("site rejects nothing yet"),
    "emergency-hold": N_("emergency switch"),
    "known-author": N_("author known"), "spam-author": N_("author sent spam"),
    "known-host": N_("link host approved"), "spam-host": N_("link host of spam"),
    "author-link": N_("author's own link"), "same-text": N_("same text before"),
    "throwaway-mail": N_("throw-away mail"), "burst": N_("many from one address"),
    "too-fast": N_("form filled too fast"), "taught-author": N_("learned: author"),
    "taught-host": N_("learned: host"), "text": N_("words"), "links": N_("links"),
    "markup": N_("markup"), "hidden-text": N_("hidden text"), "disguise": N_("disguised letters"),
    "repetition": N_("repetition"), "money": N_("money"), "contact": N_("contact details"),
    "numbers": N_("digits"), "shouting": N_("shouting"), "signs": N_("signs"),
    "emoji": N_("emoji"), "scripts": N_("mixed scripts"), "length": N_("length"),
    "topic": N_("spam topic"), "praise": N_("stock praise"), "author": N_("author's name"),
    "conversation": N_("conversation"), "deadline": N_("not judged in time"),
    "model-unavailable": N_("no model"),
}  # fmt: skip
"""Each reason in two or three words, as the chip that filters by it."""
_WIDE = 6.0
_CITED = re.compile(r"“[^“”]*”(?:, “[^“”]*”)*|\([^()]*\)|\d+(?:\.\d+)?%?")


@dataclass(frozen=True, slots=True)
class Bar:
    """Places on the bar in percent: both limits, and the score."""

    low: float
    high: float
    at: float


def chip(code: str) -> str:
    """A reason's chip in the visitor's language; a new reason shows its code."""
    return gettext(CHIPS[code]) if code in CHIPS else code


def told(reason: Reason) -> str:
    """A reason in the visitor's language. The catalogue has its sentence with `{}` for each
    number, quotation and parenthesis; a sentence that it lacks stays as it is."""
    if reason.code == "text":
        return reason.detail  # a word of the comment
    translated = gettext(_CITED.sub("{}", reason.detail)).split("{}")
    cited = [_cited(found[0]) for found in _CITED.finditer(reason.detail)]
    if len(translated) != len(cited) + 1:
        return reason.detail or chip(reason.code)
    pairs = zip(translated, [*cited, ""], strict=True)
    return "".join(part for pair in pairs for part in pair) or chip(reason.code)


def _cited(words: str) -> str:
    return percent(float(words[:-1]) / 100, 0) if words.endswith("%") else words


def bar(judgement: Judgement) -> Bar | None:
    """Where the score lies between the limits; None where nothing was scored."""
    if judgement.score is None:
        return None
    bounds = judgement.thresholds
    low, high = (_place(odds(share)) for share in (bounds.accept_below, bounds.reject_above))
    return Bar(low, high, _place(judgement.score))


def in_words(judgement: Judgement) -> str:
    """How much it looks like spam."""
    score, bounds = judgement.score, judgement.thresholds
    if score is None:
        return gettext("Not judged")
    if score >= odds(bounds.reject_above):
        return gettext("Almost surely spam")
    steps = ((-0.7, N_("Rather fine")), (0.7, N_("Could be either")), (2.0, N_("Rather spam")))
    if score < min(odds(bounds.accept_below), steps[0][0]):  # accepted need not mean likely fine
        return gettext("Likely fine")
    return gettext(next((words for limit, words in steps if score < limit), N_("Likely spam")))


def ruling(judgement: Judgement) -> str:
    """What the decision came from, in a few words."""
    if any(reason.decides for reason in judgement.reasons):
        return gettext("a rule decides, whatever the score")
    if judgement.decision == "hold":
        return gettext("between the limits, so held")
    if judgement.decision == "reject":
        return gettext("above the upper limit, so rejected")
    return gettext("below the lower limit, so accepted")


def for_and_against(judgement: Judgement) -> tuple[list[Reason], list[Reason]]:
    """The three strongest reasons each way; what decides comes first on the side of spam."""
    ordered = sorted(judgement.reasons, key=lambda one: (one.decides is None, -abs(one.weight)))
    base = Reason("base", gettext("where every comment starts"), judgement.base)
    up = [one for one in ordered if one.weight > 0 or (one.decides and one.decides != "accept")]
    down = [one for one in [*ordered, base] if one not in up and one.weight <= 0]
    return up[:3], sorted(down, key=lambda one: (one.decides is None, one.weight))[:3]


def odds(share: float) -> float:
    """A probability in log-odds."""
    if not 0 < share < 1:
        return math.inf if share >= 1 else -math.inf
    return math.log(share / (1 - share))


def in_100(share: float) -> str:
    """A probability as "98.5"; one that is never reached as "never"."""
    if share >= 1:
        return gettext("never")
    digits = 1 if 0 < share < 0.1 or 0.9 < share < 1 else 0
    return f"{share * 100:.{digits}f}"


def signed(weight: float) -> str:
    """A weight with its sign, a real minus."""
    return f"{'+' if weight >= 0 else '−'}{abs(weight):.2f}"


def _place(score: float) -> float:
    return round(min(99.0, max(1.0, (score + _WIDE) / (2 * _WIDE) * 100)), 1)
