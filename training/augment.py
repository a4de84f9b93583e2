"""What the data sets lack, made from what they have: harmless links, disguises, cut, joined
and padded texts; and what is expanded from templates.

Good comments with a harmless link hardly occur in any set, so a model trained without these
rejects 94 % of them; disguised spam occurs in two sets only. Made examples keep the source,
group and cluster of what they were made from: a split never separates the two.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from model.comment import Example, Label
from model.confusables import LATIN
from model.hosts import KNOWN_GOOD
from training import spun
from training.spun import WORDS, Random
from training.spun import host as unknown_host

Change = Callable[[str, Random], str]


@dataclass(frozen=True, slots=True)
class Plan:
    """How many examples of each kind are made, as shares of the spam or of the good ones.

    Measured in EXPERIMENTS.md; `unknown` is the share of harmless links whose host is not on
    the list of known-good ones, `drawn` the share of good ones disguised; `praise` and the
    `template_`s are numbers of comments, `good_windows` of the worst windows taken from every
    long good comment.
    """

    links: float = 0.25
    unknown: float = 0.5
    disguises: float = 0.25
    drawn: float = 0.02
    harmless_signs: float = 0.03
    cut: float = 0.05
    joined: float = 0.05
    padded: float = 0.10
    praise: int = 600
    template_spam: int = 1200
    template_good: int = 900
    good_windows: int = 4


def augmented(
    examples: Sequence[Example], seed: int, praise: str = "", plan: Plan | None = None
) -> list[Example]:
    """The made examples only, in a fixed order. `praise` is spintax, one template a paragraph."""
    random, plan = np.random.default_rng(seed), plan or Plan()
    good = [example for example in examples if example.label is Label.HAM]
    spam = [example for example in examples if example.label is Label.SPAM]
    made = [
        *_changed(good, plan.links, partial(with_link, unknown=plan.unknown), random),
        *_changed(good, plan.harmless_signs, _with_harmless_signs, random),
        *_changed(good, plan.drawn, disguised, random),
        *_changed(good, plan.cut, _cut, random),
        *_changed(spam, plan.cut, _cut, random),
        *_changed(spam, plan.disguises, disguised, random),
    ]
    for source in sorted({example.source for example in examples}):
        own, theirs = _of(source, good), _of(source, spam)
        if own:  # only the source's own words, so that leaving it out leaves out all of them
            texts = [_text(example) for example in own]
            made += _changed(own, plan.joined, partial(_behind, texts), random)
            made += _changed(theirs, plan.padded, partial(_behind, _sentences(own)), random)
    made += spun.praise(praise, plan.praise, random)
    return made + spun.from_templates(plan.template_spam, plan.template_good, random)


def with_link(text: str, random: Random, unknown: float = 0.2) -> str:
    """The text with a link such as good commenters give, here and there at the end or within."""
    url = _harmless_url(random, unknown)
    shown = _pick(["this page", "here", "the article", "my post", "source", url, url], random)
    link = _pick(_LINKS, random).format(url=url, shown=shown)
    sentence = _pick(_POINTERS, random).format(link)
    return f"{text} {sentence}" if random.random() < 0.8 else f"{sentence} {text}"


def disguised(text: str, random: Random) -> str:
    """The text as spammers write it past filters: one or two disguises, in part or throughout."""
    for number in random.choice(len(_DISGUISES), size=random.integers(1, 3), replace=False):
        text = _DISGUISES[number](text, random)
    return text


def _changed(
    examples: Sequence[Example], share: float, change: Change, random: Random
) -> list[Example]:
    chosen = random.permutation(len(examples))[: round(share * len(examples))]
    return [_with_text(examples[i], change(_text(examples[i]), random)) for i in np.sort(chosen)]


def _of(source: str, examples: Sequence[Example]) -> list[Example]:
    return [example for example in examples if example.source == source]


def _with_text(example: Example, text: str) -> Example:
    return replace(example, comment=replace(example.comment, content=text))


def _text(example: Example) -> str:
    return example.comment.content


def _pick(choices: Sequence[str], random: Random) -> str:
    return choices[int(random.integers(len(choices)))]


def _harmless_url(random: Random, unknown: float) -> str:
    known = random.random() >= unknown
    host = _pick(_HOSTS, random) if known else _pick([unknown_host(random), *_POPULAR], random)
    path = "/".join(_pick(WORDS, random) for _ in range(random.integers(0, 4)))
    query = f"?id={random.integers(1, 10**5)}&page=2"
    end = _pick(["", "", "/", ".html", query, "#part-2"], random)
    start = _pick(["https://", "https://", "https://www.", "http://", "http://www."], random)
    return f"{start}{host}/{path}{end}"


def _with_harmless_signs(text: str, random: Random) -> str:
    """Invisible characters that honest keyboards and editors produce."""
    sign = _pick(["\N{SOFT HYPHEN}", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH JOINER}"], random)
    if sign == "\N{NO-BREAK SPACE}":
        return text.replace(" ", sign, 3)
    if sign == "\N{ZERO WIDTH JOINER}":
        return f"{text} \N{WOMAN}{sign}\N{PERSONAL COMPUTER}"
    return _LONG_WORD.sub(lambda word: word[0][:4] + sign + word[0][4:], text, count=3)


def _cut(text: str, random: Random) -> str:
    words = text.split(" ")
    kept = int(random.integers(min(8, len(words)), len(words) + 1))
    return " ".join(words[:kept]) or text


def _behind(texts: Sequence[str], text: str, random: Random) -> str:
    """The text behind one to three others."""
    first = [_pick(texts, random) for _ in range(random.integers(1, 4))]
    return " ".join([*first, text])


def _sentences(examples: Sequence[Example]) -> list[str]:
    """First sentences of good comments: what spam is padded with."""
    firsts = (_SENTENCE.match(_text(example)) for example in examples)
    return [found[0] for found in firsts if found] or ["Thanks."]


def _each(table: dict[str, str], share: float) -> Change:
    def change(text: str, random: Random) -> str:
        hit = random.random(len(text)) < share
        return "".join(table.get(char, char) if hit[i] else char for i, char in enumerate(text))

    return change


def _drawn(first_capital: int, first_small: int) -> dict[str, str]:
    """An alphabet drawn in another style, by its first code points."""
    capitals = {chr(65 + i): chr(first_capital + i) for i in range(26)}
    return capitals | {chr(97 + i): chr(first_small + i) for i in range(26)}


def _sprinkled(text: str, random: Random) -> str:
    signs = _pick(["\u200b", "\u200d", "\u2060", "\u00ad", "\ufe0f", "\u0336", "\u0301"], random)
    hit = random.random(len(text)) < 0.3
    return "".join(c + signs if hit[i] and c.isalpha() else c for i, c in enumerate(text))


def _spaced(text: str, random: Random) -> str:
    gap = _pick([" ", ".", "-", "*"], random)
    return _LONG_WORD.sub(lambda word: gap.join(word[0]), text, count=3)


def _tagged(text: str, random: Random) -> str:
    tag = _pick(["<b></b>", "<!-- -->", "<i></i>"], random)
    return _LONG_WORD.sub(lambda word: word[0][:3] + tag + word[0][3:], text, count=6)


def _as_entities(text: str, random: Random) -> str:
    hit = random.random(len(text)) < 0.5
    return "".join(f"&#{ord(c)};" if hit[i] and c.isalpha() else c for i, c in enumerate(text))


_LONG_WORD = re.compile(r"[^\W\d_]{6,}")
_SENTENCE = re.compile(r"[^.!?\n。！？]{10,120}[.!?。！？]")
_HOSTS = sorted(KNOWN_GOOD)
_POPULAR = (
    "youtube.com", "github.com", "twitter.com", "amazon.com", "flickr.com", "medium.com",
    "blogspot.com", "wordpress.com", "facebook.com", "google.com",
)  # fmt: skip
"""Where good commenters lead as often as spammers."""
_LINKS = (
    "{url}", "{url}", "{url}", '<a href="{url}">{shown}</a>',
    '<a href="{url}" rel="nofollow">{shown}</a>',
    '<a href="{url}" rel="nofollow noopener" title="{url}">{shown}</a>', "[here]({url})",
)  # fmt: skip
"""A link as it is typed, and as comment systems render it."""
_POINTERS = (
    "Check out {}", "Have you seen {}?", "You might want to look at {}", "I wrote about it: {}",
    "P.S. {}",
    "{}", "{}", "See {}", "Source: {}", "There is more in {} if you want the details.",
    "I read about it in {} last year.", "It is explained at {}", "cf. {}", "({})",
    "Here is the documentation: {}", "As {} says, it depends.", "参见 {}", "详见 {}", "Siehe {}",
    "Lihat {}", "Подробнее: {}", "Ver {}", "Voir {}",
)  # fmt: skip
_POSING = {letter: like for like, letter in LATIN.items()}
_DISGUISES: tuple[Change, ...] = (
    _each(_drawn(0x1D400, 0x1D41A), 1.0),  # mathematical bold
    _each(_drawn(0x1D5D4, 0x1D5EE), 1.0),  # mathematical sans-serif bold
    _each(_drawn(0xFF21, 0xFF41), 1.0),  # full width
    _each(_drawn(0x24B6, 0x24D0), 0.6),  # circled
    _each(_POSING, 0.5),
    _each(dict(zip("oieast", "013457", strict=True)), 0.6),
    _sprinkled,
    _spaced,
    _tagged,
    _as_entities,
)
