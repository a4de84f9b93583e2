"""Cases for the signals' tests, made of a text and whatever is said about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from model.case import Case, History, Tally
from model.comment import Comment
from model.policy import Policy
from model.signals import notice
from model.text import read
from model.verdict import Decision, Reason

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WORDS = "I have baked this bread twice and the crust came out better with more steam."


@dataclass(frozen=True)
class FakeScored:
    logit: float = 0.0
    coverage: float | None = None


def a_case(
    content: str = WORDS,
    history: History | None = None,
    policy: Mapping[str, Any] | None = None,
    coverage: float | None = None,
    **fields: Any,
) -> Case:
    return Case(
        comment=Comment(content=content, **fields),
        reading=read(content),
        scored=FakeScored(coverage=coverage),  # type: ignore[arg-type]
        history=history or History(),
        policy=Policy(**(policy or {})),
        now=NOW,
    )


def noticed(content: str = WORDS, **known: Any) -> dict[str, Reason]:
    return {reason.code: reason for reason in notice(a_case(content, **known))}


def decided(code: str, content: str = WORDS, **known: Any) -> Decision | None:
    reason = noticed(content, **known).get(code)
    return reason.decides if reason else None


def weight(code: str, content: str = WORDS, **known: Any) -> float:
    reason = noticed(content, **known).get(code)
    return reason.weight if reason else 0.0


APPROVED = History(author=Tally(ham=2))
