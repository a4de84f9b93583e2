"""Names under which a site may send a comment twice and have it recorded once."""

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime

import orjson
from sqlalchemy import bindparam, select, text

from model.comment import Comment
from service.clock import milliseconds
from service.db.direct import Cursor, Prepared
from service.db.schema import idempotency
from service.storable import storable

USED = "this key or external_id was used for different content"
VOLATILE = frozenset({"user_agent", "author_ip", "submitted_at", "honeypot", "elapsed_ms"})
"""What may differ when a site sends the same comment again."""
_LASTING = tuple(field.name for field in fields(Comment) if field.name not in VOLATILE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A name for one comment: a client's `Idempotency-Key`, or the site's own id for it.

    `movable`: an edit takes the site's id over from the comment it edits. `of_request`: the name
    of one request, not of the comment it is about.
    """

    key: bytes
    fingerprint: bytes
    movable: bool = False
    of_request: bool = False


def claims_of(comment: Comment, idempotency_key: str) -> tuple[Claim, ...]:
    """The names a comment comes with; none if neither was sent."""
    if not idempotency_key and not comment.external_id:
        return ()
    fingerprint = _fingerprint(comment)
    found = []
    if idempotency_key:
        found.append(Claim(_digest(f"header:{idempotency_key}"), fingerprint))
    if comment.external_id:
        movable = bool(comment.edit_of)
        found.append(Claim(_digest(f"external:{comment.external_id}"), fingerprint, movable))
    return tuple(found)


def claims_of_lesson(comment: Comment, idempotency_key: str, label: str) -> tuple[Claim, ...]:
    """The names that a comment sent with its label comes with. Another label is another request,
    and the site's own id stays free for when the comment is to be judged."""
    found = []
    if idempotency_key:
        said = hashlib.sha256(_fingerprint(comment) + label.encode()).digest()
        found.append(Claim(_digest(f"header:{idempotency_key}"), said, of_request=True))
    if comment.external_id:
        movable = bool(comment.edit_of)
        found.append(Claim(_digest(f"lesson:{comment.external_id}"), b"", movable))
    return tuple(found)


def _fingerprint(comment: Comment) -> bytes:
    kept = storable(comment)
    return hashlib.sha256(orjson.dumps([getattr(kept, name) for name in _LASTING])).digest()


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:16]


def take(cursor: Cursor, site_id: str, claim: Claim, comment_id: str, now: datetime) -> None:
    """Put a comment under a name; raises Taken if another one holds it."""
    row = {"site_id": site_id, "key": claim.key, "fingerprint": claim.fingerprint,
           "comment_id": comment_id, "at": milliseconds(now)}  # fmt: skip
    (_MOVE if claim.movable else _TAKE).run(cursor, row)


def held_by(cursor: Cursor, site_id: str, claim: Claim) -> tuple[bytes, str] | None:
    """Fingerprint and id of the comment under a name; None if the name is free."""
    row = _HELD.run(cursor, {"of_site": site_id, "of_key": claim.key}).fetchone()
    return (bytes(row[0]), row[1]) if row else None


_NAMES = ", ".join(idempotency.c.keys())
_TAKE_SQL = (
    f"INSERT INTO idempotency ({_NAMES}) VALUES (:site_id, :key, :fingerprint, :comment_id, :at)"  # noqa: S608
)
_TAKE = Prepared(text(_TAKE_SQL))
_MOVE = Prepared(
    text(
        f"{_TAKE_SQL} ON CONFLICT (site_id, key) DO UPDATE "
        "SET fingerprint = excluded.fingerprint, comment_id = excluded.comment_id"
    )
)
_HELD = Prepared(
    select(idempotency.c.fingerprint, idempotency.c.comment_id).where(
        idempotency.c.site_id == bindparam("of_site"), idempotency.c.key == bindparam("of_key")
    )
)
