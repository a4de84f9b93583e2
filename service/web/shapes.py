"""What the native API reads and answers: checked by pydantic, described by OpenAPI."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from model.comment import Comment, Label
from model.lists import parse_address
from model.verdict import REASONS
from service.db.comments import State
from service.policies import Days, Milliseconds, PolicyChange
from service.storable import LINE, NAME, TEXT, URL

MOST_IN_BATCH = 1000
COMMENT_ID = r"^cmt_[0-9A-HJKMNP-TV-Z]{26}$"
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d{1,9})?\d*([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    matched = _RFC3339.fullmatch(value) if isinstance(value, str) and len(value) < 64 else None
    if matched is None:
        raise ValueError("must be a date-time as RFC 3339 writes it, such as 2026-01-31T09:30:00Z")
    day, clock, fraction, zone = matched.groups()
    clock = clock[:-2] + "59" if clock.endswith(":60") else clock  # a leap second
    when = datetime.fromisoformat(f"{day}T{clock}{fraction or ''}{zone.upper()}")
    try:
        return when.astimezone(UTC)
    except OverflowError:
        return when.replace(tzinfo=UTC)


def _code(value: str) -> str:
    if value not in REASONS:
        raise ValueError(f"{value!r} is no reason code; docs/reasons.md lists them")
    return value


Code = Annotated[str, AfterValidator(_code), WithJsonSchema({"enum": list(REASONS)})]


def _address(value: str) -> str:
    if value and parse_address(value) is None:
        raise ValueError("must be an IPv4 or IPv6 address, or empty")
    return value


def _with_text(value: str) -> str:
    if not value.strip():
        raise ValueError("has no text to learn from")
    return value


Moment = Annotated[
    datetime | None,
    BeforeValidator(_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}),
]
Address = Annotated[
    str,
    Field(max_length=64),
    AfterValidator(_address),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": 0},
                {"type": "string", "format": "ipv4"},
                {"type": "string", "format": "ipv6"},
            ]
        }
    ),
]
Line = Annotated[str, Field(max_length=LINE)]
Url = Annotated[str, Field(max_length=URL)]
Name = Annotated[str, Field(max_length=NAME)]
Text = Annotated[str, Field(max_length=TEXT)]


class Shape(BaseModel):
    """Types are meant as written: `"5"` is no number. Unknown fields are passed over."""

    model_config = ConfigDict(strict=True, frozen=True)


class Author(Shape):
    """Who wrote the comment, as far as the site knows."""

    name: Line = ""
    email: Line = ""
    url: Url = ""
    ip: Address = ""
    user_agent: Line = ""
    id: Name = Field("", description="The site's own id of a logged-in author")
    role: Name = Field("", description="The author's role on the site, such as `administrator`")


class Page(Shape):
    """Where the comment stands."""

    title: Line = ""
    language: Name = ""


class Form(Shape):
    """What the comment form noticed."""

    honeypot: Line = Field("", description="Content of a field that people cannot see")
    elapsed_ms: Milliseconds | None = Field(
        None, description="Milliseconds from showing the form to sending it"
    )


class CommentIn(Shape):
    """A comment; only `content` is required, and what is missing is never evidence."""

    content: Text = Field(description="Text or HTML as the reader would see it")
    type: Name = "comment"
    author: Author = Author()
    permalink: Url = ""
    parent_id: Name = ""
    page: Page = Page()
    external_id: Name = Field("", description="The site's own id: sent twice, recorded once")
    submitted_at: Moment = None
    form: Form = Form()
    edit_of: str = Field(
        "", pattern=r"^(cmt_[0-9A-HJKMNP-TV-Z]{26})?$",
        description="Id of the comment this replaces; one that is not there, as after purging, "
        "leaves it a comment like any other",
    )  # fmt: skip
    test: bool = Field(False, description="Judge, but record nothing")

    def comment(self) -> Comment:
        """The same in the words of all three rooms."""
        author, page, form = self.author, self.page, self.form
        return Comment(
            content=self.content,
            type=self.type,
            author_name=author.name,
            author_email=author.email,
            author_url=author.url,
            author_ip=author.ip,
            author_id=author.id,
            author_role=author.role,
            user_agent=author.user_agent,
            permalink=self.permalink,
            parent_id=self.parent_id,
            page_title=page.title,
            page_language=page.language,
            external_id=self.external_id,
            submitted_at=self.submitted_at,
            honeypot=form.honeypot,
            elapsed_ms=form.elapsed_ms,
            edit_of=self.edit_of,
            test=self.test,
        )


class BatchIn(Shape):
    """Many comments at once; each is checked on its own."""

    comments: list[Any] = Field(
        max_length=MOST_IN_BATCH,
        json_schema_extra={
            "items": {
                "anyOf": [
                    {"$ref": "#/components/schemas/CommentIn"},
                    {"description": "Anything else: answered with its problem, in its place"},
                ]
            }
        },
    )
    explain: bool = Field(False, description="Give reasons with every judgement")


class LabelIn(Shape):
    """What a person says a comment is."""

    label: Annotated[Label, Field(strict=False)]
    moderator: Name = ""
    note: Line = ""


class LessonIn(CommentIn, LabelIn):
    """A comment the service has never seen, with what a person says it is."""

    content: Annotated[Text, AfterValidator(_with_text)] = Field(
        description="Text or HTML as the reader would see it; of nothing nothing is learned",
        # What is a blank, regular expressions do not agree on: so none of what is one in any.
        json_schema_extra={"pattern": r"[^\s\u001c-\u001f\u0085]"},
    )


class ListQuery(Shape):
    """Which comments to list."""

    model_config = ConfigDict(strict=False, extra="forbid")

    state: State | None = Field(None, description="Where the comment stands now")
    decision: Literal["accept", "hold", "reject"] | None = Field(
        None, description="What Weir decided at first"
    )
    reason: Code | None = Field(None, description="Code of a reason that was given")
    author: Line | None = Field(None, description="Name, id or e-mail address, whole")
    host: Line | None = Field(None, description="Registrable domain linked to")
    permalink: Url | None = Field(None, description="Address of the page, whole")
    text: Name | None = Field(None, description="Part of the content, without case")
    since: Moment = Field(None, description="Received then or later")
    until: Moment = Field(None, description="Received before then")
    cursor: str | None = Field(
        None, pattern=COMMENT_ID, description="The page before's `next_cursor`"
    )
    limit: int = Field(50, ge=1, le=200, description="Most comments on a page")


class SitePatch(Shape):
    """What to change of a site; the policy's fields that are left out stay."""

    policy: PolicyChange


class WhatIfIn(Shape):
    """A policy to try on the last days; its fields that are left out are the site's own."""

    policy: PolicyChange
    days: Days = 30


# What is always taken; service/targets.py says what else is, and what the operator may allow.
_WEBHOOK_URL = (
    r"^https://[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+(:[1-9][0-9]{0,3})?(/[A-Za-z0-9._~/-]*)?$"
)


class WebhookIn(Shape):
    """Where to send which events."""

    url: str = Field(
        max_length=2000, description="https, and a host whose addresses are all public",
        json_schema_extra={"pattern": _WEBHOOK_URL},
    )  # fmt: skip
    events: list[Literal["comment.decided", "comment.labelled", "model.promoted"]] = Field(
        min_length=1, max_length=3
    )


class StatsQuery(Shape):
    """How far back to count."""

    model_config = ConfigDict(strict=False, extra="forbid")

    days: int = Field(30, ge=1, le=366, description="Days to look back, today among them")
