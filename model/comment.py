"""What a site sends and what a person says of it: the words all three rooms share."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from model.quick import quick


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment as a site sent it.

    Only `content` is required. An empty string, or None, means *not sent*, and what is not
    sent is never evidence. Text is kept as sent: explanations point into `content` by
    code point.
    """

    content: str
    type: str = "comment"
    author_name: str = ""
    author_email: str = ""
    author_url: str = ""
    author_ip: str = ""
    author_id: str = ""
    author_role: str = ""
    user_agent: str = ""
    permalink: str = ""
    parent_id: str = ""
    page_title: str = ""
    page_language: str = ""
    external_id: str = ""
    submitted_at: datetime | None = None
    honeypot: str = ""
    elapsed_ms: int | None = None
    edit_of: str = ""
    test: bool = False


class Label(StrEnum):
    """What a person says a comment is. OTHER (rude, off-topic) moderates, but teaches no spam."""

    SPAM = "spam"
    HAM = "ham"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled comment, as training and evaluation see it.

    `source` names where it came from (a data set, a site), `group` what it hangs below
    (article, video) and `cluster` its near-duplicates: splits never cut through a cluster.
    """

    comment: Comment
    label: Label
    source: str = ""
    group: str = ""
    cluster: str = ""
    language: str = ""
    id: str = ""
