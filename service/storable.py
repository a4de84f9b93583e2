"""Text as a database can hold it, how long it may be, and text for files and terminals."""

import json
import re
from dataclasses import fields, replace
from typing import Any

from model.comment import Comment

TEXT, URL, LINE, NAME = 65_536, 4000, 1000, 255
"""Code points of each kind of text at most: a comment, an address, a line such as an author's name
or e-mail, and what only names something (an id, a role, a language)."""

# PostgreSQL refuses NUL in text, and UTF-8 has no lone surrogates. Each becomes the one
# character that browsers show for it (WHATWG HTML 13.2.3.5), so code points keep their places.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_TEXTS = tuple(field.name for field in fields(Comment) if field.type in (str, "str"))


def storable_text(text: str) -> str:
    """`text` with every NUL and lone surrogate replaced by U+FFFD; same length."""
    return _UNSTORABLE.sub("\ufffd", text)


def storable(comment: Comment) -> Comment:
    """The comment as it is stored; judged is what was sent."""
    if not _UNSTORABLE.search("".join([getattr(comment, name) for name in _TEXTS])):
        return comment
    changed: dict[str, Any] = {
        name: storable_text(value)
        for name in _TEXTS
        if (value := getattr(comment, name)) and _UNSTORABLE.search(value)
    }
    return replace(comment, **changed)


def one_line(value: Any) -> str:
    """`value` as JSON in which whatever is not printable is escaped (RFC 8259, 7): nothing in it
    starts a line, moves a cursor or turns the text around it, in no reader and no terminal."""
    told = json.dumps(value, ensure_ascii=False)
    if told.isprintable():
        return told
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in told)
