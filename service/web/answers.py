"""What the native API answers, described for OpenAPI. Answers are built where they arise;
a test holds every one of them against these shapes."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from model.comment import Label
from model.verdict import Decision
from service.db.comments import State
from service.policies import PolicyChange
from service.web.shapes import COMMENT_ID

Id = Field(pattern=COMMENT_ID)


class Thresholds(BaseModel):
    """Accepted strictly below the first, rejected at or above the second."""

    accept_below: float
    reject_above: float


class Reason(BaseModel):
    """One additive part of the score, or a rule that decides."""

    code: str
    detail: str
    weight: float = Field(description="Log-odds, above zero towards spam")
    spans: list[tuple[int, int]] = Field(description="Code points of `content` as sent")
    decides: bool = False


class Models(BaseModel):
    """The models a judgement came from."""

    base: str
    site: str | None


class Judgement(BaseModel):
    """A decision with everything needed to check it."""

    decision: Decision
    spam_probability: float | None
    score: float | None = Field(description="Log-odds; weights + base + rest add up to it")
    probability_basis: Literal["balanced", "site"]
    thresholds: Thresholds
    reasons: list[Reason]
    base: float
    rest: float
    model: Models
    policy: str


class Answer(Judgement):
    """A judgement of one comment, on disk when `recorded`."""

    id: str = Id
    recorded: bool


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    class FieldError(BaseModel):
        """One wrong field, by JSON Pointer."""

        pointer: str
        detail: str

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None
    decision: Literal["hold"] | None = None
    recorded: Literal[False] | None = None


class BatchAnswer(BaseModel):
    """One result or problem per comment, in the order sent."""

    results: list[Answer | Problem]


class Author(BaseModel):
    """What is kept of an author: e-mail and address are stored as hashes only."""

    name: str
    url: str
    id: str
    role: str
    user_agent: str


class Stored(BaseModel):
    """A comment as it is kept."""

    id: str = Id
    state: State
    decision: Decision | None
    label: Label | None = None
    created_at: str = Field(json_schema_extra={"format": "date-time"})
    content: str
    type: str
    author: Author
    permalink: str
    parent_id: str
    page: dict[str, str]
    external_id: str
    submitted_at: str | None
    edit_of: str
    dialect: str
    judgement: Judgement | None


class CommentList(BaseModel):
    """One page, newest first."""

    comments: list[Stored]
    next_cursor: str | None = Field(description="Send as `cursor` for the next page")


class Event(BaseModel):
    """One thing that happened to a comment."""

    event: Literal["judged", "labelled", "label taken back"]
    at: str = Field(json_schema_extra={"format": "date-time"})
    judgement: Judgement | None = None
    label_id: str | None = None
    label: Label | None = None
    source: str | None = None
    moderator: str | None = None
    note: str | None = None


class History(BaseModel):
    """Everything that happened to a comment, oldest first."""

    id: str = Id
    events: list[Event]


class Labelled(BaseModel):
    """A label, as it was kept."""

    id: str
    comment_id: str = Id
    label: Label
    state: State


class Certificate(BaseModel):
    """What stands behind the rejecting threshold: measured on comments unseen."""

    budget: float
    reject_above: float | None
    n: int
    errors: int
    bound: float
    confidence: float
    source: str
    basis: Literal["base", "site", "borrowed"]
    linked_above: float | None = Field(
        description="The threshold for comments that link to an unknown host, if it is another"
    )
    per_part: float = Field(
        description="Log-odds more, times ln n, that a text takes which is read in n parts"
    )


class Expected(BaseModel):
    """What `accept_below` is expected to bring, on the comments the model was measured on: for
    the base sources it has never seen, half of their comments spam; else the site's labels."""

    held: float | None = Field(description="Share of all comments")
    spam_accepted: float | None = Field(description="Share of spam; null where hardly any was seen")
    good_accepted: float | None = Field(description="Share of good comments")


class ErrorShare(BaseModel):
    """A share with its exact 95 % interval; null where nothing was looked at."""

    share: float | None
    lower: float
    upper: float


class Looked(ErrorShare):
    """Decisions drawn for the blind audit, how many got a label, how many were wrong."""

    drawn: int
    looked_at: int
    wrong: int


class Audit(BaseModel):
    """How often automatic decisions were wrong, by the blind audit: of the last 90 days, or of
    those asked for. What follows for all comments of these days counts the held ones in."""

    accepted: Looked
    rejected: Looked
    good_rejected: ErrorShare = Field(description="Share of all good comments")
    spam_accepted: ErrorShare = Field(description="Share of all spam")


class SiteAnswer(BaseModel):
    """The site this token belongs to."""

    id: str
    name: str
    url: str
    created_at: str = Field(json_schema_extra={"format": "date-time"})
    policy: PolicyChange
    policy_version: str
    thresholds: Thresholds
    expected: Expected | None = Field(description="Null where thresholds are set by hand")
    certificate: Certificate | None = Field(description="Null where `reject_above` is set by hand")
    audit: Audit
    good_labels_missing: int = Field(
        description="Good comments still to be labelled for a certificate of the site's own"
    )


class ModelRow(BaseModel):
    """One trained model; `passed` and `reason` are what the gate said of a site's own."""

    id: str
    kind: Literal["base", "site"]
    champion: bool
    card: dict[str, Any]
    withdrawn: bool = False
    passed: bool | None = None
    reason: str | None = None
    created_at: str | None = None


class Job(BaseModel):
    """A round of training, run by the background worker."""

    id: str
    state: Literal["waiting", "promoted", "refused"]
    requested_at: str = Field(json_schema_extra={"format": "date-time"})
    finished_at: str | None
    model: str | None
    reason: str
    report: dict[str, Any] = Field(description="Figures of champion and challenger, unseen")


class WrongRejects(BaseModel):
    """Good comments among those rejected, estimated from the labels on them (95 %)."""

    labelled: int
    expected: float | None
    lower: float | None
    upper: float | None


class Changed(BaseModel):
    """A comment that would have changed side."""

    id: str = Id
    was: Decision = Field(alias="from")
    to: Decision


class WhatIf(BaseModel):
    """What another policy would have decided, beside what was decided."""

    comments: int
    thresholds: Thresholds
    before: dict[str, int]
    after: dict[str, int]
    days: list[dict[str, Any]]
    wrong_rejects: WrongRejects
    queue_minutes: float
    changed: int
    changes: list[Changed]


class ModelList(BaseModel):
    """The models that judge this site's comments."""

    models: list[ModelRow]


class Stats(BaseModel):
    """What the last days came to."""

    since: str = Field(json_schema_extra={"format": "date"})
    until: str = Field(json_schema_extra={"format": "date"})
    comments: int
    decisions: dict[str, int]
    labels: dict[str, int] = Field(description="Judged comments by the label in force")
    false_rejects: int = Field(description="Rejected, then labelled ham")
    missed_spam: int = Field(description="Accepted, then labelled spam")
    days: list[dict[str, Any]]
    audit: Audit


class WebhookRow(BaseModel):
    """One subscription, and how it fares."""

    id: str
    url: str
    events: list[Literal["comment.decided", "comment.labelled", "model.promoted"]]
    state: Literal["active", "failing", "dead"] = Field(
        description="`dead` after three days without success, or when the receiver said 410"
    )
    created_at: str = Field(json_schema_extra={"format": "date-time"})
    delivered_at: str | None
    failing_since: str | None
    died_at: str | None
    error: str = Field(description="Why the last attempt failed; empty if it did not")
    waiting: int = Field(description="Events still to be delivered")
    dropped: int = Field(description="Events that were given up")


class WebhookList(BaseModel):
    """All webhooks of a site, oldest first."""

    webhooks: list[WebhookRow]


class NewWebhook(WebhookRow):
    """A webhook just made."""

    secret: str = Field(description="`whsec_...`, to check signatures with; shown this once")
