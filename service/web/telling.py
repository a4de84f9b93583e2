"""Stored things in the native API's words."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import orjson

from model.comment import Label
from service import logs
from service.clock import moment
from service.db.comments import Stored
from service.db.labels import LabelRow
from service.db.sites import Site, policy_to
from service.metrics import decision_meter
from service.screening import Screened

_log = logs.logger(__name__)


def time(when: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def answered(screened: Screened, *, explain: bool = True) -> bytes:
    """The answer to one comment: the stored judgement with its id in front."""
    recorded = b"true" if screened.recorded else b"false"
    judgement = screened.answer if explain else _unexplained(screened.answer)
    return b'{"id":"%b","recorded":%b,%b' % (screened.id.encode(), recorded, judgement[1:])


def note(screened: Screened, dialect: str) -> None:
    """Count a judgement; where every request is logged, one line: codes and weights, no text."""
    judgement = screened.judgement
    decision_meter(dialect, judgement.decision)()
    if not logs.detailed():
        return
    weights = {reason.code: round(reason.weight, 3) for reason in judgement.reasons}
    said = {"decision": judgement.decision.value, "score": judgement.score, "reasons": weights}
    _log.debug("judged", id=screened.id, replayed=screened.replayed, **said)


def _unexplained(judgement: bytes) -> bytes:
    """With nothing but what decided; all else that the score is made of is in `rest`."""
    told = orjson.loads(judgement)
    shown = [reason for reason in told["reasons"] if reason.get("decides")]
    if told["score"] is not None:
        told["rest"] = told["score"] - told["base"] - sum(reason["weight"] for reason in shown)
    return orjson.dumps(told | {"reasons": shown})


def comment(stored: Stored, label: Label | None = None) -> dict[str, Any]:
    """A comment as it is kept, with its newest judgement."""
    sent = stored.comment
    return {
        "id": stored.id,
        "state": stored.state,
        "decision": stored.decision,
        "label": label,
        "created_at": time(stored.at),
        "content": sent.content,
        "type": sent.type,
        "author": {
            "name": sent.author_name,
            "url": sent.author_url,
            "id": sent.author_id,
            "role": sent.author_role,
            "user_agent": sent.user_agent,
        },
        "permalink": sent.permalink,
        "parent_id": sent.parent_id,
        "page": {"title": sent.page_title, "language": sent.page_language},
        "external_id": sent.external_id,
        "submitted_at": time(sent.submitted_at) if sent.submitted_at else None,
        "edit_of": sent.edit_of,
        "dialect": stored.dialect,
        "judgement": orjson.Fragment(stored.answer) if stored.answer else None,
    }


def events(judged: Iterable[Any], said: Iterable[LabelRow]) -> list[dict[str, Any]]:
    """Everything that happened to a comment, oldest first."""
    told = [*_judged(judged), *_said(said)]
    return sorted(told, key=lambda event: event["at"])


def _judged(rows: Iterable[tuple[datetime, str]]) -> Iterator[dict[str, Any]]:
    for at, answer in rows:
        yield {"event": "judged", "at": time(at), "judgement": orjson.Fragment(answer)}


def _said(rows: Iterable[LabelRow]) -> Iterator[dict[str, Any]]:
    for row in rows:
        what = "labelled" if row.label else "label taken back"
        said = {"label": row.label, "moderator": row.moderator, "note": row.note}
        about = {"event": what, "at": time(row.at), "label_id": row.undoes or row.id}
        yield about | {"source": row.source} | (said if row.label else {})


def site(of: Site) -> dict[str, Any]:
    """A site with its whole policy."""
    return {
        "id": of.id,
        "name": of.name,
        "url": of.url,
        "created_at": time(moment(of.created_at)),
        "policy": policy_to(of.policy),
        "policy_version": of.policy.version,
    }
