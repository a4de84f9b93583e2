"""Isso's database, read as labelled comments: `mode` says what a moderator has decided.

https://github.com/isso-comments/isso/blob/master/isso/db/comments.py: 1 is published, 2 waits,
4 is deleted and has no text any more.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from service.errors import Malformed

PUBLISHED = 1
_COMMENTS = """
    SELECT c.id, c.parent, c.created, c.mode, c.remote_addr, c.text, c.author, c.email, c.website,
           t.uri, t.title
    FROM comments c LEFT JOIN threads t ON t.id = c.tid ORDER BY c.id
"""


def rows(path: Path) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Number, mode and fields (by the keys of an import) of every comment.

    The file is opened for reading only. Raises Malformed.
    """
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            for row in connection.execute(_COMMENTS):
                yield row[0], row[3], _fields(row)
    except sqlite3.Error as error:
        raise Malformed(f"{path.name} is no database of Isso: {error}") from None


def _fields(row: tuple[Any, ...]) -> dict[str, Any]:
    number, parent, created, _, address, text, author, email, website, uri, title = row
    at = datetime.fromtimestamp(created, UTC).isoformat() if isinstance(created, float) else ""
    return {
        "label": "ham", "text": text, "author": author, "author_email": email,
        "author_url": website, "author_ip": address, "created_at": at, "permalink": uri,
        "page_title": title, "external_id": number, "parent_id": parent,
    }  # fmt: skip
