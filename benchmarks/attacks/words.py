"""Attacks on the meaning: good words around the spam, copies of good comments, other links."""

import re
import string
from collections.abc import Sequence
from random import Random

from benchmarks.attacks.letters import Change

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'\]]+", re.IGNORECASE)
_SYLLABLES = ("ba", "ne", "ro", "ti", "lu", "ka", "mi", "so", "ve", "da", "po", "ri")


def unknown_host(rng: Random, ending: str = "") -> str:
    """A host that nobody has ever seen."""
    name = "".join(rng.choices(_SYLLABLES, k=rng.randint(3, 5)))
    return f"{name}.{ending or rng.choice(('com', 'net', 'info', 'ru', 'xyz', 'shop'))}"


def good_words(good: Sequence[str], times: int, where: str) -> Change:
    """`times` good comments in `front`, `behind` or on `both` sides of the spam."""

    def change(text: str, rng: Random) -> str:
        extra = rng.choices(good, k=times)
        if where == "front":
            return "\n".join([*extra, text])
        if where == "behind":
            return "\n".join([text, *extra])
        return "\n".join([*extra[::2], text, *extra[1::2]])

    return change


def padded(good: Sequence[str]) -> dict[str, Change]:
    """Good-word attacks (Lowd and Meek, CEAS 2005), with whole sentences of good comments."""
    return {
        "good words x1": good_words(good, 1, "behind"),
        "good words x3": good_words(good, 3, "both"),
        "good words in front x5": good_words(good, 5, "front"),
        "good words behind x5": good_words(good, 5, "behind"),
        "good words in front x20": good_words(good, 20, "front"),
        "single good words x30": lambda text, rng: f"{text} {_single_words(good, 30, rng)}",
    }


def _single_words(good: Sequence[str], count: int, rng: Random) -> str:
    words = " ".join(rng.choices(good, k=12)).split()
    return " ".join(rng.choices(words, k=count)) if words else ""


def with_url(text: str, url: str) -> str:
    """`text` with its link replaced, or with one added where it had none."""
    replaced, count = _URL.subn(lambda _: url, text)
    return replaced if count else f"{text} {url}"


def _said(rng: Random) -> str:
    name, _, ending = unknown_host(rng, "com").partition(".")
    dot = rng.choice((" dot ", "(dot)", " . ", "[.]", " (.) ", " d0t "))
    return f"{name}{dot}{ending}"


def _short(rng: Random) -> str:
    key = "".join(rng.choices(string.ascii_letters + string.digits, k=7))
    host = rng.choice(("bit.ly", "tinyurl.com", "is.gd", "cutt.ly", "t.co", "ow.ly"))
    return f"https://{host}/{key}"


def _numeric(rng: Random) -> str:
    number = rng.randrange(2**24, 2**31)
    quads = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    return rng.choice((f"http://{quads}/win", f"http://{number}/win", f"http://0x{number:x}/win"))


def _punycode(rng: Random) -> str:
    name = "".join(rng.choices("аеорсухіѕ", k=6)).encode("punycode").decode()
    return f"http://xn--{name}.com/"


def _userinfo(rng: Random) -> str:
    return f"http://www.wikipedia.org@{unknown_host(rng)}/"


def _redirect(rng: Random) -> str:
    return f"https://www.google.com/url?q=http%3A%2F%2F{unknown_host(rng)}%2F"


def _dressed(rng: Random) -> str:
    host = unknown_host(rng, "com")
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in host)
    return rng.choice((wide, host.replace(".", "。"), "\u200b".join(host), host.replace(".", "․")))


LINKED: dict[str, Change] = {
    "shortener": lambda text, rng: with_url(text, _short(rng)),
    "numeric host": lambda text, rng: with_url(text, _numeric(rng)),
    "punycode host": lambda text, rng: with_url(text, _punycode(rng)),
    "user name in URL": lambda text, rng: with_url(text, _userinfo(rng)),
    "redirect of a good host": lambda text, rng: with_url(text, _redirect(rng)),
    "host in words (dot com)": lambda text, rng: with_url(text, _said(rng)),
    "host in disguise": lambda text, rng: with_url(text, _dressed(rng)),
    "link taken out": lambda text, rng: _URL.sub("", text) or text,
}
"""Other ways to lead the reader away."""


def copied(text: str, rng: Random) -> str:
    """A good comment word for word, with the spammer's link: `text` is the good comment."""
    host = unknown_host(rng)
    return rng.choice(
        (f"{text} http://{host}/", f'{text} <a href="http://{host}/">more</a>', f"{text}\n{host}")
    )


def near_copy(text: str, rng: Random) -> str:
    """A good comment with a tenth of its words changed, and the spammer's link."""
    words = text.split(" ")
    for place in range(len(words)):
        if rng.random() < 0.1:
            words[place] = rng.choice(("really", "also", "this", "maybe", "well"))
    return copied(" ".join(words), rng)


TEMPLATES = (
    "{Hi|Hello|Hey} {there|all|friends}, {I|we} {just|recently} {found|discovered} a"
    " {great|superb|cheap} {shop|store|site} for {watches|handbags|sneakers}: http://{host}/",
    "{Earn|Make|Get} {300|500|900} {dollars|usd} {per|a|every} {day|week} {from home|online},"
    " {no|zero} {experience|skills} needed, {visit|see|open} http://{host}/",
    "{Great|Nice|Superb|Excellent} {post|article|write-up}! {I|We} {will|shall} {bookmark|share}"
    " it. {Visit|Check} my {site|blog|page} {too|as well} http://{host}/",
    "{Lost|Recovered} my {crypto|bitcoin|savings} {last year|in March}, {then|but}"
    " {an expert|a hacker} {helped|saved} me, {contact|write to} him on {whatsapp|telegram}"
    " +1555{n}{n}{n}{n}",
    "{Cheap|Discount|Quality} {pills|meds|tablets} {without|no} {prescription|doctor},"
    " {fast|free} {delivery|shipping} {worldwide|today}: http://{host}/",
    "{Play|Win|Bet} at the {best|number one} {casino|slots|poker room} {today|now}, {bonus|gift}"
    " of {100|200|500} {euros|dollars} {for|to} {new|all} {players|members} http://{host}/",
    "{Check out|Watch|Listen to} my {new|latest} {channel|video|cover|remix} {please|guys},"
    " {sub|subscribe} and I {will|gonna} {sub|subscribe} back {everyone|all}",
    "{Rank|Push} your {site|blog} {to|on} {page one|the top} of {google|search} with our"
    " {seo|backlink} {service|package}, {only|just} {9|19|49} {dollars|usd} http://{host}/",
    "{Need|Want} a {loan|credit}? {Bad|No} {credit|history} {is fine|ok}, {apply|ask} {now|today}"
    " and {receive|get} {money|cash} {within|in} {one|two} {hours|days}: http://{host}/",
    "{Hot|Single|Lonely} {girls|ladies} {near you|in your city} {want|wish} to {chat|meet}"
    " {tonight|now}, {free|no} {signup|registration} http://{host}/",
)
"""Spintax of ten campaigns, written for this file."""

_CHOICE = re.compile(r"\{([^{}]*)\}")


def spun(template: str, rng: Random) -> str:
    """One of the many texts a template stands for."""

    def pick(match: re.Match[str]) -> str:
        if match.group(1) == "host":
            return unknown_host(rng)
        return (
            str(rng.randint(0, 9))
            if match.group(1) == "n"
            else rng.choice(match.group(1).split("|"))
        )

    return _CHOICE.sub(pick, template)


def wordless(rng: Random) -> str:
    """No words to judge: a link, a picture, emoji, signs or nothing."""
    host = unknown_host(rng)
    return rng.choice(_WORDLESS).format(host)


_WORDLESS = (
    "", "   ", "\u200b\u200b", "...", "?!", "👍", "🔥🔥🔥", "😍 💋 👉", "<p></p>", "<!-- hello -->",
    "http://{0}/", "www.{0}", '<img src="http://{0}/a.png">', '<a href="http://{0}/">👉</a>',
    '<a href="http://{0}/"><img src="http://{0}/a.png"></a>', "[img]http://{0}/a.png[/img]",
    "[url=http://{0}/][/url]",
)  # fmt: skip
