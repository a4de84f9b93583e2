"""Finding comments by their words: SQLite's FTS5 or PostgreSQL's tsvector, filled by the worker.

Neither is touched when a comment is recorded: the worker reads what is new a moment later, so
the path of a comment stays as short as it was. Erasing and purging take words out at once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, text

from service.db.comments import Stored
from service.db.schema import indexed
from service.storable import storable_text

LONGEST = 10_000
"""Characters of a comment that can be found; more are padding."""
MOST_WORDS = 8
BEGINNING = 4
RECENT = 20_000
"""Places that PostgreSQL looks through one by one before it asks its index."""
WORDS = "indexed_words"
_END = 1 << 62
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A comment as it is found: words of its text and author, and the page it stands under."""

    site_id: str
    comment_id: str
    words: str
    page: int


def words_of(stored: Stored) -> str:
    """What a comment can be found by: its text, who signed it, and their link."""
    comment = stored.comment
    said = f"{comment.author_name} {comment.author_url} {comment.content[:LONGEST]}"
    return " ".join(_WORD.findall(said))


def add(connection: Connection, entries: Sequence[Entry]) -> None:
    """Make comments findable, the first of them the oldest."""
    if not entries:
        return
    rows = [
        {"site_id": entry.site_id, "comment_id": entry.comment_id, "page": entry.page}
        for entry in entries
    ]
    connection.execute(indexed.insert(), rows)
    words = [
        {"comment": entry.comment_id, "site": _site(entry.site_id), "words": entry.words}
        for entry in entries
    ]
    connection.execute(_ADD[connection.dialect.name], words)


def find(
    connection: Connection, site_id: str, wanted: str, limit: int, before: int | None = None
) -> list[tuple[int, str]]:
    """(place, id) of the newest comments with all these words.

    Where there is none, the last word counts as a beginning if it is long enough: shorter ones
    begin too many words to be looked up quickly. `before`: the place where the last page ended.
    Empty for a wish without a word.
    """
    words = _WORD.findall(storable_text(wanted))[:MOST_WORDS]
    if not words:
        return []
    values: dict[str, Any] = {"site_id": site_id, "most": limit, "before": before or _END}
    for beginning in (False, True)[: 1 + (len(words[-1]) >= BEGINNING)]:
        values["wish"] = _WISH[connection.dialect.name](_site(site_id), words, beginning)
        rows = _found(connection, values)
        if rows or (before and _found(connection, values | {"before": _END, "most": 1})):
            return rows
    return []


def _found(connection: Connection, values: dict[str, Any]) -> list[tuple[int, str]]:
    """A full page from the first way of looking that fills one, else all that the last found."""
    found: list[tuple[int, str]] = []
    for way in _FIND[connection.dialect.name]:
        rows = connection.execute(way, values | {"recent": RECENT})
        found = [(row.number, row.comment_id) for row in rows]
        if len(found) == values["most"]:
            break
    return found


def under(connection: Connection, site_id: str, page: int, limit: int) -> list[str]:
    """The newest comments under a page."""
    i = indexed.c
    query = indexed.select().with_only_columns(i.comment_id)
    query = query.where(i.site_id == site_id, i.page == page)
    return list(connection.execute(query.order_by(i.number.desc()).limit(limit)).scalars())


def forget(connection: Connection, ids: Sequence[str]) -> None:
    """Take comments out: they are gone, or were erased."""
    rows = connection.execute(indexed.select().where(indexed.c.comment_id.in_(ids))).all()
    if not rows:
        return
    numbers = {"numbers": [row.number for row in rows]}
    connection.execute(_FORGET[connection.dialect.name], numbers)
    connection.execute(indexed.delete().where(indexed.c.comment_id.in_(ids)))


def _site(site_id: str) -> str:
    """A site's id as one word of the index, so that a search never leaves the site."""
    return f"s{site_id.rpartition('_')[2].lower()}"


def _match(site: str, words: Sequence[str], beginning: bool) -> str:
    quoted = " AND ".join(f'"{word}"' for word in words) + "*" * beginning
    return f"site : {site} AND words : ({quoted})"


def _query(site: str, words: Sequence[str], beginning: bool) -> str:
    return " & ".join(f"'{word}'" for word in (site, *words)) + ":*" * beginning


# ruff: noqa: S608 - the one name put into these is a constant
_ADD = {
    "sqlite": text(
        f"INSERT INTO {WORDS} (rowid, site, words)"
        " SELECT i.number, :site, :words FROM indexed i WHERE i.comment_id = :comment"
    ),
    "postgresql": text(
        f"INSERT INTO {WORDS} (number, site_id, words)"
        " SELECT i.number, i.site_id, to_tsvector('simple', :words) || :site ::tsvector"
        " FROM indexed i WHERE i.comment_id = :comment"
    ),
}
_WISH = {"sqlite": _match, "postgresql": _query}
# FTS5 walks its matches from the newest on, and stops when a page is full. A GIN index gives all
# matches or none, and common words have a million: the newest comments are read first, in their
# own order. Only what is rare among them goes to the index; "+ 0" keeps the planner there.
_FIND = {
    "sqlite": (
        text(
            f"SELECT i.number, i.comment_id FROM {WORDS} w JOIN indexed i ON i.number = w.rowid"
            f" WHERE {WORDS} MATCH :wish AND w.rowid < :before AND i.site_id = :site_id"
            " ORDER BY w.rowid DESC LIMIT :most"
        ),
    ),
    "postgresql": tuple(
        text(
            "SELECT i.number, i.comment_id FROM indexed i JOIN"
            f" (SELECT w.number FROM ({among}) w"
            " WHERE w.words @@ to_tsquery('simple', :wish) AND w.site_id = :site_id"
            f" ORDER BY {order} DESC LIMIT :most) w USING (number) ORDER BY i.number DESC"
        )
        for among, order in (
            (f"SELECT * FROM {WORDS} WHERE number < :before ORDER BY number DESC LIMIT :recent",
             "w.number"),
            (f"SELECT * FROM {WORDS} WHERE number < :before", "w.number + 0"),
        )
    ),
}  # fmt: skip
_FORGET = {
    "sqlite": text(f"DELETE FROM {WORDS} WHERE rowid IN :numbers"),
    "postgresql": text(f"DELETE FROM {WORDS} WHERE number IN :numbers"),
}
_FORGET = {
    name: told.bindparams(bindparam("numbers", expanding=True)) for name, told in _FORGET.items()
}
