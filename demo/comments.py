"""What readers wrote: the news site's own little database."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path


class Status(StrEnum):
    """Where a comment stands on this site.

    UNASKED: the filter could not be reached; it waits as HELD does, and is asked about later.
    """

    PUBLISHED = "published"
    HELD = "held"
    REJECTED = "rejected"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A comment as it left the form. `email` is asked for and never shown."""

    content: str
    name: str
    email: str
    url: str = ""
    ip: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Draft):
    """A comment with its number, its time and where it stands. `weir_id` is Weir's name for it,
    empty until it was seen in Weir's list."""

    number: int
    at: datetime
    status: Status
    weir_id: str = ""


_COLUMNS = ", ".join(field.name for field in fields(Comment))
_TABLE = """
create table if not exists comments (
  number integer primary key, at text not null, status text not null, content text not null,
  name text not null, email text not null, url text not null, ip text not null,
  user_agent text not null, weir_id text not null default '')
"""


class Comments:
    """All comments of the site, in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._write(_TABLE)

    def add(self, draft: Draft, at: datetime) -> Comment:
        """Keep a new comment, about which nobody has been asked yet."""
        row = asdict(draft) | {"at": at.isoformat(), "status": Status.UNASKED}
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        number = self._write(f"insert into comments ({names}) values ({marks})", row)  # noqa: S608
        return Comment(number=number, at=at, status=Status.UNASKED, **asdict(draft))

    def settle(self, number: int, status: Status) -> None:
        """Say where a comment stands from now on."""
        self._write("update comments set status = ? where number = ?", (status, number))

    def note(self, number: int, weir_id: str) -> None:
        """Remember under which id Weir knows a comment."""
        self._write("update comments set weir_id = ? where number = ?", (weir_id, number))

    def remove(self, number: int) -> None:
        """Forget a comment: it was erased."""
        self._write("delete from comments where number = ?", (number,))

    def all(self) -> list[Comment]:
        """Every comment, oldest first."""
        query = f"select {_COLUMNS} from comments order by at, number"  # noqa: S608
        with closing(sqlite3.connect(self._path)) as connection:
            return [_comment(row) for row in connection.execute(query)]

    def visible(self, mine: Iterable[int]) -> list[Comment]:
        """What a reader may see: what is published, and of their own what still waits."""
        own = set(mine)
        return [
            one for one in self.all()
            if one.status is Status.PUBLISHED
            or (one.number in own and one.status is not Status.REJECTED)
        ]  # fmt: skip

    def _write(self, statement: str, values: object = ()) -> int:
        with closing(sqlite3.connect(self._path)) as connection, connection:
            return int(connection.execute(statement, values).lastrowid or 0)  # type: ignore[arg-type]


def _comment(row: tuple[object, ...]) -> Comment:
    values = dict(zip((field.name for field in fields(Comment)), row, strict=True))
    at = datetime.fromisoformat(str(values.pop("at"))).astimezone(UTC)
    return Comment(at=at, status=Status(str(values.pop("status"))), **values)  # type: ignore[arg-type]
