"""Comments exported by other systems, read by their own status fields, a piece at a time.

WordPress: WXR 1.x, https://github.com/WordPress/WordPress/blob/master/wp-admin/includes/export.php
(which leaves out what WordPress holds to be spam; plugins' exports have it).
Disqus: https://docs.disqus.com/developers/export/.
Remark42: https://remark42.com/docs/backup/backup/ (its JSON: backend/app/store/comment.go).
Isso's is a database and read in service/db/isso.py.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

from training.examples import MAX_ROW, Refused, row_of

CHUNK = 1 << 16
DEEPEST = 64

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Undecided:
    """A comment nobody has decided on yet, or whose text is gone: neither taken nor wrong."""

    line: int
    why: str


class BadExport(ValueError):
    """A file that is not what it should be; nothing after this place can be read."""


def remark42(lines: Iterator[str]) -> Iterator[tuple[int, Row | Undecided | Refused]]:
    """A Remark42 backup: users and posts in the first line, then a comment a line."""
    for line, text in enumerate(lines, 1):
        if not text.strip():
            continue
        told = row_of(text, line)
        if isinstance(told, Refused):
            yield line, told
        elif isinstance(told, dict) and "version" in told and "text" not in told:
            continue
        elif isinstance(told, dict) and told.get("delete"):
            yield line, Undecided(line, "deleted, its text is gone")
        else:
            yield line, _of_remark42(told) if isinstance(told, dict) else {}


def _of_remark42(told: Mapping[str, Any]) -> Row:
    user, place = _object(told.get("user")), _object(told.get("locator"))
    return {
        "label": "ham", "text": told.get("text"), "author": user.get("name"),
        "author_id": user.get("id"), "permalink": place.get("url"), "created_at": told.get("time"),
        "external_id": told.get("id"), "parent_id": told.get("pid"),
        "page_title": told.get("title"),
    }  # fmt: skip


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def wordpress(file: IO[bytes]) -> Iterator[tuple[int, Row | Undecided]]:
    """The comments of a WXR file: approved are ham, spam is spam, the trash is `other`."""
    for line, _, said, around in _elements(file, "comment", {"item"}):
        labels = {"1": "ham", "approve": "ham", "spam": "spam", "trash": "other",
                  "post-trashed": "other"}  # fmt: skip
        label = labels.get(said.get("comment_approved", "").strip())
        if label is None:
            yield line, Undecided(line, "waits for a moderator")
            continue
        yield line, {
            "label": label, "text": said.get("comment_content"),
            "type": said.get("comment_type") or "comment", "author": said.get("comment_author"),
            "author_email": said.get("comment_author_email"),
            "author_url": said.get("comment_author_url"),
            "author_ip": said.get("comment_author_IP"),
            "created_at": said.get("comment_date_gmt"), "external_id": said.get("comment_id"),
            "permalink": around.get("link"), "page_title": around.get("title"),
        }  # fmt: skip


def disqus(file: IO[bytes]) -> Iterator[tuple[int, Row | Undecided]]:
    """The posts of a Disqus export: `isSpam` is spam, `isDeleted` is `other`, the rest ham."""
    links: dict[str, str] = {}
    for line, name, said, _ in _elements(file, {"post", "thread"}, set()):
        if name == "thread":
            links[said.get("@id", "")] = said.get("link", "")
            continue
        spam, gone = (said.get(flag, "").strip() == "true" for flag in ("isSpam", "isDeleted"))
        if gone and not said.get("message", "").strip():
            yield line, Undecided(line, "deleted, its text is gone")
            continue
        yield line, {
            "label": "spam" if spam else "other" if gone else "ham", "text": said.get("message"),
            "author": said.get("author/name"), "author_email": said.get("author/email"),
            "author_ip": said.get("ipAddress"), "created_at": said.get("createdAt"),
            "external_id": said.get("@id"), "permalink": links.get(said.get("thread@id", "")),
        }  # fmt: skip


@dataclass
class _Reading:
    """What a parser has seen: open elements, the record under way, records that are finished.

    A record is a wanted element with its children's texts by name (`child`, `child/below`,
    `@id` and `child@id`); `around` has those of the enclosing element so far.
    """

    wanted: frozenset[str]
    enclosing: frozenset[str]
    path: list[str] = field(default_factory=list)
    record: dict[str, str] | None = None
    start: tuple[int, int] = (0, 0)
    around: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    size: int = 0
    finished: list[tuple[int, str, dict[str, str], dict[str, str]]] = field(default_factory=list)


def _elements(
    file: IO[bytes], wanted: str | set[str], enclosing: set[str]
) -> Iterator[tuple[int, str, dict[str, str], dict[str, str]]]:
    """Line, name and record of every wanted element, and what encloses it.

    Document types are refused, so no entity can be declared that grows.
    """
    names = frozenset({wanted} if isinstance(wanted, str) else wanted)
    reading = _Reading(names, frozenset(enclosing))
    parser = _parser(reading)
    try:
        while chunk := file.read(CHUNK):
            parser.Parse(chunk, False)
            yield from reading.finished
            reading.finished.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        yield from reading.finished
        raise BadExport(f"line {error.lineno}: {expat.ErrorString(error.code)}") from None


def _parser(reading: _Reading) -> Any:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refused(*_: object) -> None:
        raise BadExport(f"line {parser.CurrentLineNumber}: a document type is not read")

    def opened(name: str, attributes: dict[str, str]) -> None:
        _open(reading, name.rpartition(" ")[2], attributes, parser.CurrentLineNumber)

    parser.StartDoctypeDeclHandler = refused
    parser.StartElementHandler = opened
    parser.EndElementHandler = lambda _name: _close(reading)
    parser.CharacterDataHandler = lambda text: _add(reading, text)
    return parser


def _open(reading: _Reading, name: str, attributes: dict[str, str], line: int) -> None:
    reading.path.append(name)
    if len(reading.path) > DEEPEST:
        raise BadExport(f"line {line}: nested deeper than {DEEPEST}")
    if reading.record is None and name in reading.enclosing:
        reading.around = {}
    if reading.record is None and name in reading.wanted:
        reading.record, reading.start, reading.size = {}, (len(reading.path), line), 0
    identity = next((value for key, value in attributes.items() if key.endswith("id")), None)
    if reading.record is not None and identity is not None:
        reading.record.setdefault(f"{_name(reading)}@id", identity)
    reading.texts.clear()


def _name(reading: _Reading) -> str:
    return "/".join(reading.path[reading.start[0] :])


def _add(reading: _Reading, text: str) -> None:
    reading.size += len(text)
    if reading.size <= MAX_ROW:
        reading.texts.append(text)


def _close(reading: _Reading) -> None:
    text, depth = "".join(reading.texts), len(reading.path)
    reading.texts.clear()
    if reading.record is None:
        reading.size = 0
        if depth >= 2 and reading.path[-2] in reading.enclosing:
            reading.around.setdefault(reading.path[-1], text)
    elif depth > reading.start[0]:
        reading.record.setdefault(_name(reading), text)
    else:
        line, name = reading.start[1], reading.path[-1]
        record = reading.record if reading.size <= MAX_ROW else {}
        reading.finished.append((line, name, record, dict(reading.around)))
        reading.record = None
    reading.path.pop()


def kind_of(head: bytes) -> str:
    """The format a file begins like: sqlite, wordpress, disqus, remark42, or jsonl."""
    if head.startswith(b"SQLite format 3\0"):
        return "isso"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "disqus" if b"<disqus" in head else "wordpress"
    return "remark42" if _is_remark42(head.partition(b"\n")[0]) else "jsonl"


def _is_remark42(line: bytes) -> bool:
    try:
        told = _object(json.loads(line))
    except (ValueError, RecursionError):
        return line.startswith(b'{"version":') and b'"users"' in line
    return "locator" in told or ("version" in told and "users" in told)
