"""What a text is written in, and what stands there when there are no words: for people to read."""

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.text import Reading

LOOKED_AT = 400
"""Characters that are enough to name a script."""

QUOTED = 60
"""Characters of a stranger's words that are repeated in a sentence."""

_READABLE = re.compile(r"[^\W_]")
_SPOKEN = {"Cjk": "Chinese characters", "Hangul": "Korean letters (Hangul)"}


def quoted(text: str) -> str:
    """Somebody else's words inside a sentence of ours: short, on one line, storable anywhere."""
    shown = "".join(char if char.isprintable() else "\ufffd" for char in text[:QUOTED])
    return f"“{shown}…”" if len(text) > QUOTED else f"“{shown}”"


def script(text: str) -> str:
    """The script most letters belong to, in words: "Cyrillic letters", "no letters"."""
    names = Counter(
        unicodedata.name(char, "unnamed").split()[0].capitalize()
        for char in text[:LOOKED_AT]
        if char.isalpha()
    )
    if not names:
        return "no letters"
    name = names.most_common(1)[0][0]
    return _SPOKEN.get(name, f"{name} letters")


def instead_of_words(reading: "Reading") -> str | None:
    """What the comment is made of when it has no word or number to read, else None."""
    if not reading.links and _READABLE.search(reading.visible):
        return None
    left = [token for token in reading.visible.split() if not _is_address(token)]
    named = {word for link in reading.links for word in link.text.split()}
    if any(_READABLE.search(token) for token in left if token not in named):
        return None
    if reading.links:
        return f"nothing but {_count(len(reading.links), 'link')}"
    pictures = reading.content.lower().count("<img")
    if pictures:
        return f"nothing but {_count(pictures, 'picture')}"
    return _signs("".join(left)[:LOOKED_AT])


def in_no_language(reading: "Reading") -> bool:
    """Whether there is nothing to tell a language by: bare addresses, pictures and signs. Words
    that a link stands on are words."""
    bare = all(link.text == link.url for link in reading.links)
    return bare and instead_of_words(reading) is not None


def _is_address(token: str) -> bool:
    return "://" in token or token.lower().startswith("www.")


def _signs(text: str) -> str:
    """Emoji and punctuation by name: "only emoji: 2 × 😀 (grinning face)"."""
    seen = "".join(char for char in text if char.isprintable())
    emoji = Counter(char for char in text if unicodedata.category(char) == "So")
    if emoji:
        listed = (
            f"{n} × {c} ({unicodedata.name(c, 'unnamed').lower()})" for c, n in emoji.most_common(3)
        )
        return f"only emoji: {', '.join(listed)}"
    return f"only the signs {quoted(seen)}" if seen else "an empty text"


def _count(number: int, thing: str) -> str:
    return f"one {thing}" if number == 1 else f"{number} {thing}s"
