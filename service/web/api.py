"""The native API: what sites ask in JSON. Every operation is a row of ROUTES."""

from collections import Counter
from datetime import timedelta
from typing import Any

import orjson
from flask import Blueprint, request

from service import audits
from service.db import comments, labels, listing
from service.db.activity import Count, activity
from service.db.sites import Key, Site
from service.errors import FieldError, Invalid, NotFound, RequestError, WeirError
from service.metrics import LABELS
from service.screening import Screened
from service.storable import NAME
from service.web import answers, learning, parts, telling, webhooks
from service.web.errors import problem
from service.web.reading import check
from service.web.routing import Route, serve
from service.web.shapes import (
    BatchIn,
    CommentIn,
    LabelIn,
    LessonIn,
    ListQuery,
    SitePatch,
    StatsQuery,
)
from service.wiring import Parts


def judge_comment(site: Site, body: CommentIn) -> bytes:
    """Judge one comment and record it."""
    return judged(parts(), site, body, request.headers.get("Idempotency-Key", ""))


def judged(
    using: Parts, site: Site, body: CommentIn, name: str, *, key: Key | None = None
) -> bytes:
    """The answer to one comment sent under the Idempotency-Key `name`, or under none; `key` as in
    `Screening.screen`."""
    screened = using.screening.screen(site, body.comment(), idempotency_key=_short(name), key=key)
    telling.note(screened, "json")
    return telling.answered(screened)


def _name() -> str:
    """The Idempotency-Key of this request, or ""."""
    return _short(request.headers.get("Idempotency-Key", ""))


def _short(name: str) -> str:
    if len(name) > NAME:
        raise Invalid("Idempotency-Key is too long", (FieldError("", f"over {NAME}"),))
    return name


def judge_batch(site: Site, body: BatchIn) -> bytes:
    """Judge up to 1,000 comments; each gets its result or its problem, in order."""
    name = _name()
    _must_fit(len(body.comments), parts().limiter.per_minute)
    parts().limiter.spend(site.id, max(1, len(body.comments)), paid=1)  # by the routing
    checked = [_checked(one) for one in body.comments]
    good = [(place, one) for place, one in enumerate(checked) if isinstance(one, CommentIn)]
    names = [f"{name}\n{place}" for place, _one in good] if name else ()
    sent = [one.comment() for _place, one in good]
    judged = iter(parts().screening.screen_many(site, sent, idempotency_keys=names))
    results = [next(judged) if isinstance(one, CommentIn) else one for one in checked]
    return orjson.dumps({"results": [_result(one, body.explain) for one in results]})


def _must_fit(size: int, per_minute: int) -> None:
    """Raises Invalid for more comments than one minute ever takes: to wait would be no use."""
    if size > per_minute > 0:
        wrong = f"{size} comments at once, and no minute takes more than {per_minute}"
        raise Invalid(f"{wrong}; send smaller batches", (FieldError("/comments", wrong),))


def _checked(one: Any) -> CommentIn | RequestError:
    try:
        return check(CommentIn, one)
    except RequestError as refused:
        return refused


def _result(one: Screened | WeirError, explain: bool) -> Any:
    if isinstance(one, WeirError):
        return problem(one)
    telling.note(one, "json")
    return orjson.Fragment(telling.answered(one, explain=explain))


def list_comments(site: Site, query: ListQuery) -> bytes:
    """List comments, newest first."""
    said = query.model_dump(exclude={"cursor", "limit"})
    filters = listing.Filters(**said, before=query.cursor)
    with parts().database.reading() as connection:
        found = listing.find(connection, parts().keyring, site.id, filters, query.limit + 1)
        page = found[: query.limit]
        said_of = labels.of_comments(connection, [one.id for one in page])
    more = page[-1].id if len(found) > query.limit else None
    told = [telling.comment(one, labels.in_force(said_of.get(one.id, []))) for one in page]
    return orjson.dumps({"comments": told, "next_cursor": more})


def get_comment(site: Site, comment_id: str) -> bytes:
    """One comment with its newest judgement."""
    with parts().database.reading() as connection:
        found = comments.get(connection, site.id, comment_id)
        said = labels.of_comment(connection, site.id, comment_id) if found else []
    return orjson.dumps(telling.comment(_existing(found), labels.in_force(said)))


def get_history(site: Site, comment_id: str) -> bytes:
    """Everything that happened to a comment."""
    with parts().database.reading() as connection:
        _existing(comments.get(connection, site.id, comment_id))
        judged = comments.judgements_of(connection, comment_id)
        said = labels.of_comment(connection, site.id, comment_id)
    return orjson.dumps({"id": comment_id, "events": telling.events(judged, said)})


def _existing(found: comments.Stored | None) -> comments.Stored:
    if found is None:
        raise NotFound("there is no such comment")
    return found


def add_label(site: Site, comment_id: str, body: LabelIn) -> bytes:
    """Say what a comment is."""
    entry = parts().review.label(
        site, comment_id, body.label, source="api", moderator=body.moderator, note=body.note
    )
    return _labelled(site, comment_id, entry, body)


def remove_label(site: Site, comment_id: str, label_id: str) -> bytes:
    """Take a label back."""
    parts().review.undo(site, comment_id, label_id)
    return b""


def teach(site: Site, body: LessonIn) -> bytes:
    """Teach from content the service has never seen."""
    taught = parts().review.teach(
        site, body.comment(), body.label, source="api", moderator=body.moderator, note=body.note,
        idempotency_key=_name(),
    )  # fmt: skip
    return _labelled(site, taught.comment_id, taught.label_id, body)


def _labelled(site: Site, comment_id: str, label_id: str, body: LabelIn) -> bytes:
    LABELS.labels("api", body.label).inc()
    with parts().database.reading() as connection:
        stored = _existing(comments.get(connection, site.id, comment_id))
    told = {"id": label_id, "comment_id": comment_id, "label": body.label, "state": stored.state}
    return orjson.dumps(told)


def get_site(site: Site) -> bytes:
    """The site this token belongs to."""
    return orjson.dumps(telling.site(site) | learning.promise(site))


def change_site(site: Site, body: SitePatch) -> bytes:
    """Change the site's policy."""
    changed = parts().sites.set_policy(site.id, body.policy.changes())
    return orjson.dumps(telling.site(changed) | learning.promise(changed))


def get_stats(site: Site, query: StatsQuery) -> bytes:
    """What the last days came to, by decision and label in force."""
    until = parts().clock().date() + timedelta(days=1)
    since = until - timedelta(days=query.days)
    with parts().database.reading() as connection:
        counts = activity(connection, site.id, since, until)
    told = {**_summed(counts), "audit": audits.error_rates(counts)}
    return orjson.dumps({"since": since, "until": until, **told})


def _summed(counts: list[Count]) -> dict[str, Any]:
    decisions: Counter[str] = Counter()
    said: Counter[str] = Counter()
    days: dict[str, Counter[str]] = {}
    pairs: Counter[tuple[str, str]] = Counter()
    for count in counts:
        decisions[count.decision] += count.comments
        days.setdefault(count.day.isoformat(), Counter())[count.decision.value] += count.comments
        if count.label:
            said[count.label] += count.comments
            pairs[count.decision, count.label] += count.comments
    return {
        "comments": decisions.total(),
        "decisions": {name: decisions[name] for name in ("accept", "hold", "reject")},
        "labels": {name: said[name] for name in ("spam", "ham", "other")},
        "false_rejects": pairs["reject", "ham"],
        "missed_spam": pairs["accept", "spam"],
        "days": [{"day": day, "decisions": dict(each)} for day, each in sorted(days.items())],
    }


ROUTES = (
    Route(method="POST", path="/v1/comments", handler=judge_comment, body=CommentIn,
          answer=answers.Answer, problems=(409,), idempotent=True),
    Route(method="POST", path="/v1/comments/batch", handler=judge_batch, body=BatchIn,
          answer=answers.BatchAnswer, body_factor=4, idempotent=True),
    Route(method="GET", path="/v1/comments", handler=list_comments, query=ListQuery,
          answer=answers.CommentList),
    Route(method="GET", path="/v1/comments/{comment_id}", handler=get_comment,
          answer=answers.Stored, problems=(404,)),
    Route(method="GET", path="/v1/comments/{comment_id}/history", handler=get_history,
          answer=answers.History, problems=(404,)),
    Route(method="POST", path="/v1/comments/{comment_id}/labels", handler=add_label, body=LabelIn,
          answer=answers.Labelled, status=201, problems=(404, 409)),
    Route(method="DELETE", path="/v1/comments/{comment_id}/labels/{label_id}",
          handler=remove_label, answer=None, status=204, problems=(404,)),
    Route(method="POST", path="/v1/labels", handler=teach, body=LessonIn,
          answer=answers.Labelled, status=201, problems=(409,), idempotent=True),
    Route(method="GET", path="/v1/sites/self", handler=get_site, answer=answers.SiteAnswer),
    Route(method="PATCH", path="/v1/sites/self", handler=change_site, body=SitePatch,
          answer=answers.SiteAnswer),
    *learning.ROUTES,
    *webhooks.ROUTES,
    Route(method="GET", path="/v1/stats", handler=get_stats, query=StatsQuery,
          answer=answers.Stats),
)  # fmt: skip

api = Blueprint("api", __name__)
serve(api, ROUTES)
