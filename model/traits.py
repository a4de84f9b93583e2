"""The traits of a comment's structure: what each is called, its bins, how it is said.

A trait takes one slot per bin, and every bin it reaches is set: three links also count as
one. Slots are a stored format: a new trait goes to the end, none is moved or removed.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SLOTS = 2_048
"""Indices kept for structure; those in use are a small part."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One measure: its `name`, the reason `code` it is told under, its `bins`, how to say it."""

    name: str
    code: str
    says: str
    bins: tuple[float, ...] = (1,)


ABOUT: dict[str, str] = {
    "action": "clicking, visiting or subscribing",
    "self": "the author's own site or channel",
    "money": "earning money",
    "gambling": "gambling",
    "pharma": "pills and diets",
    "adult": "sex and dating",
    "finance": "loans and investments",
    "goods": "goods for sale",
    "seo": "traffic and rankings",
    "praise": "how good the page is",
    "prize": "prizes and gifts",
    "contact": "getting in touch elsewhere",
    "hurry": "being quick",
    "appeal": "visiting or following what is the author's own",
}
"""What each concept of `model/concepts.py` is about, in its order, as a moderator reads it."""

TRAITS = (
    Trait("links", "links", "links: {n:.0f}", (1, 2, 3, 5, 10)),
    Trait("unknown", "links", "links to hosts not on the known-good list: {n:.0f}", (1, 2, 4)),
    Trait("shortened", "links", "shortened links: {n:.0f}"),
    Trait("strange", "links", "links to bare numbers or disguised hosts: {n:.0f}"),
    Trait("mismatch", "links", "link texts that name another host: {n:.0f}"),
    Trait("free_host", "links", "links to hosts where anybody gets a page: {n:.0f}"),
    Trait("odd_ending", "links", "links under cheap top-level domains: {n:.0f}"),
    Trait("deep", "links", "links to a page below a site's front: {n:.0f}", (1, 3)),
    Trait("link_share", "links", "{n:.0%} of the text is links", (0.2, 0.5, 0.9)),
    Trait("link_last", "links", "a link stands at the very end"),
    Trait("spelled_dot", "links", "a link with its dot spelled out"),
    Trait("bbcode", "markup", "BBCode tags: {n:.0f}", (1, 4)),
    Trait("trackback", "markup", "made like a trackback"),
    Trait("tags", "markup", "HTML tags: {n:.0f}", (1, 3, 10)),
    Trait("hidden", "hidden-text", "characters hidden from readers: {n:.0f}", (1, 20, 200)),
    Trait("invisible", "disguise", "invisible characters inside words: {n:.0f}", (1, 3, 10)),
    Trait("marks", "disguise", "piled-up accents: {n:.0f}", (1, 3, 10)),
    Trait("fancy", "disguise", "letters or digits drawn in fancy forms: {n:.0f}", (1, 4, 10, 20)),
    Trait(
        "confusable", "disguise", "letters posing as those of another script: {n:.0f}", (1, 3, 10)
    ),
    Trait("strange_share", "disguise", "{n:.0%} of the characters are disguised", (0.03, 0.1, 0.3)),
    Trait("split", "disguise", "tags inside words or around nothing: {n:.0f}", (1, 3, 10)),
    Trait("spaced", "disguise", "gaps inside words: {n:.0f}", (3, 8)),
    Trait("leet", "disguise", "digits or signs in place of letters: {n:.0f}", (1, 3, 6)),
    Trait("repeats", "repetition", "characters repeated for effect: {n:.0f}", (1, 5, 20)),
    Trait("repetition", "repetition", "{n:.0%} of the words are repetitions", (0.2, 0.4, 0.6, 0.8)),
    Trait("sums", "money", "sums of money: {n:.0f}", (1, 3)),
    Trait("phone", "contact", "telephone numbers: {n:.0f}"),
    Trait("mail", "contact", "e-mail addresses: {n:.0f}"),
    Trait("handle", "contact", "@handles: {n:.0f}"),
    Trait("digits", "numbers", "{n:.0%} digits", (0.02, 0.1, 0.3)),
    Trait("capitals", "shouting", "{n:.0%} capitals", (0.1, 0.3, 0.7)),
    Trait("exclamation", "shouting", "exclamation marks: {n:.0f}", (1, 3, 8)),
    Trait("question", "conversation", "question marks: {n:.0f}", (1, 3)),
    Trait("signs", "signs", "{n:.0%} signs", (0.05, 0.15, 0.4)),
    Trait("emoji", "emoji", "emoji: {n:.0f}", (1, 3, 8)),
    Trait("scripts", "scripts", "scripts in one text: {n:.0f}", (2, 3)),
    Trait("words", "length", "words: {n:.0f}", (2, 5, 10, 20, 40, 80, 160, 400)),
    Trait("lines", "length", "lines: {n:.0f}", (2, 5, 12)),
    *(
        Trait(name, "topic", f"words about {about}: {{n:.0f}}", (1, 2, 4))
        for name, about in ABOUT.items()
    ),
    Trait("topics", "topic", "usual topics of spam at once: {n:.0f}", (2, 3, 4, 6)),
    Trait("praise_share", "praise", "{n:.0%} of the words are stock praise", (0.05, 0.15, 0.3)),
    Trait("praise_link", "praise", "stock praise together with a link"),
    Trait("selling_name", "author", "the author's name advertises"),
    Trait("name_is_link", "author", "the author's name is a link"),
    Trait("name_in_host", "author", "the author's name repeats words of the author's host"),
    Trait("long_name", "author", "the author's name has {n:.0f} words", (3, 4)),
    Trait("author_deep", "author", "the author's link leads below a site's front"),
    Trait("author_host", "author", "hyphens or digits in the author's host: {n:.0f}", (1, 3)),
    Trait("author_free", "author", "the author's link leads where anybody gets a page"),
    Trait("signed", "author", "the text begins with the author's name"),
    Trait("numbered", "numbers", "words that end in a number: {n:.0f}", (1, 3)),
)

NEVER_GOOD = frozenset({"disguise", "hidden-text"})
"""Codes whose slots may not speak for a comment: training clips their weights at zero, so that
no disguise lowers a spam's score."""

FIRST: dict[str, int] = {}
TRAIT_OF: list[Trait] = []
for _trait in TRAITS:
    FIRST[_trait.name] = len(TRAIT_OF)
    TRAIT_OF += [_trait] * len(_trait.bins)
FIRST_OF = [FIRST[_trait.name] for _trait in TRAIT_OF]
"""The first slot of each slot's trait."""

_REACHED: dict[str, tuple[tuple[float, ...], tuple[tuple[int, ...], ...]]] = {
    trait.name: (
        trait.bins,
        tuple(tuple(range(FIRST[trait.name], FIRST[trait.name] + n))
              for n in range(len(trait.bins) + 1)),
    )
    for trait in TRAITS
}  # fmt: skip
"""Each trait's bins, and the slots that are set when so many of them are reached."""


def slots(measured: Mapping[str, float]) -> list[int]:
    """The slots that are set by these values, in no order; a trait not named is zero."""
    found: list[int] = []
    for name, n in measured.items():
        if n:
            bins, reached = _REACHED[name]
            found += reached[bisect_right(bins, n)]
    return found


def never_good_slots() -> list[int]:
    """The slots that must not have a negative weight."""
    return [slot for slot, trait in enumerate(TRAIT_OF) if trait.code in NEVER_GOOD]


def said(name: str, n: float) -> str:
    """A trait's value in words."""
    return TRAIT_OF[FIRST[name]].says.format(n=n)


def codes() -> Iterator[str]:
    """The reason codes in use."""
    yield from dict.fromkeys(trait.code for trait in TRAITS)
