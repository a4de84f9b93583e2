"""Nothing that anybody writes may break reading, scoring or explaining a comment."""

from collections.abc import Iterator, Sequence
from math import fsum
from random import Random

from model.comment import Comment
from model.scorer import Scorer
from model.text import Reading, read

_STRANGE = (
    "\x00", "\ud800", "\udfff", "\ufffe", "\U0010ffff", "\u202e", "\u0301" * 40, "\ufdfa",
    "&#x110000;", "&amp;amp;", "<!--", "-->", "<a href=", "</", "<![CDATA[", "]]>", "<b hidden>",
    "\r\n", "\u2028", "\U000f0000", "http://", "xn--", "[url=", "&#", "𝐀", "ﬃ", "İ", "ß", "ǅ",
    "Å", "가", "각", "नि", "𓀀",
)  # fmt: skip


def strange_texts(texts: Sequence[str], count: int, seed: int) -> Iterator[str]:
    """Mutations of texts, and texts of random code points (lone surrogates too)."""
    rng = Random(seed)
    for number in range(count):
        if number % 4 == 0 or not texts:
            yield "".join(_any_char(rng) for _ in range(rng.randint(0, 300)))
        else:
            yield _mutated(rng.choice(texts), rng)


def _any_char(rng: Random) -> str:
    top = rng.choice((0x80, 0x300, 0x3000, 0x10000, 0x110000))
    return rng.choice(_STRANGE) if rng.random() < 0.05 else chr(rng.randrange(top))


def _mutated(text: str, rng: Random) -> str:
    for _ in range(rng.randint(1, 12)):
        place = rng.randint(0, len(text))
        cut = place + rng.choice((0, 0, 1, 2, 30))
        text = text[:place] + rng.choice(_STRANGE) * rng.choice((1, 1, 1, 3)) + text[cut:]
    return text


def faults(scorer: Scorer, text: str) -> list[str]:
    """What is wrong with how this text is read, scored and explained; empty if nothing."""
    comment = Comment(content=text)
    try:
        reading = read(text)
        scored = scorer.score(reading, comment)
        said = scorer.explain(reading, comment, scored)
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    found = [
        f"span {span} outside {len(text)}"
        for span in _spans(reading, [span for reason in said.reasons for span in reason.spans])
        if not 0 <= span[0] <= span[1] <= len(text)
    ]
    total = fsum((said.base, said.rest, *(reason.weight for reason in said.reasons)))
    if not abs(total - scored.logit) <= 1e-9:
        found.append(f"reasons sum to {total}, score is {scored.logit}")
    return found


def _spans(reading: Reading, shown: list[tuple[int, int]]) -> list[tuple[int, int]]:
    size = len(reading.normal)
    places = {0, size // 3, size // 2, size}
    return shown + [reading.content_span(a, b) for a in places for b in places if a < b]
