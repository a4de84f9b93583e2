"""Error rates from the blind audit: what was drawn and looked at, and nothing else, counts."""

from datetime import date

import pytest

from model.comment import Comment, Label
from model.figures import share
from model.verdict import Decision
from service.audits import error_rates
from service.db.activity import Count
from service.db.archive import every
from service.keyring import Keyring
from service.taught import lessons_of
from service.wiring import Parts
from tests.conftest import GOOD, SPAM

DAY = date(2026, 5, 20)


def count(decision: Decision, label: Label | None, n: int, audited: bool = False) -> Count:
    return Count(DAY, decision, label, n, audited)


def test_without_an_audit_nothing_is_claimed() -> None:
    found = error_rates([count(Decision.ACCEPT, Label.SPAM, 5), count(Decision.HOLD, None, 3)])

    assert found["accepted"] == {
        "drawn": 0, "looked_at": 0, "wrong": 0, "share": None, "lower": 0.0, "upper": 1.0,
    }  # fmt: skip
    assert found["good_rejected"] == {"share": None, "lower": 0.0, "upper": 1.0}


def test_only_labels_on_what_was_drawn_count() -> None:
    found = error_rates(
        [
            count(Decision.REJECT, Label.HAM, 40),  # reported by those it hit: not at random
            count(Decision.REJECT, Label.HAM, 1, audited=True),
            count(Decision.REJECT, Label.SPAM, 48, audited=True),
            count(Decision.REJECT, Label.OTHER, 1, audited=True),
            count(Decision.REJECT, None, 10, audited=True),
        ]
    )["rejected"]

    exact = share(1, 49)
    assert (found["drawn"], found["looked_at"], found["wrong"]) == (60, 49, 1)
    assert (found["share"], found["lower"], found["upper"]) == (
        exact.estimate, exact.lower, exact.upper,
    )  # fmt: skip


def test_the_share_of_good_comments_rejected_counts_all_good_ones() -> None:
    """100 rejected, 4 % of them good; 900 accepted, all good; 46 of the held were good."""
    found = error_rates(
        [
            count(Decision.REJECT, None, 50),
            count(Decision.REJECT, Label.HAM, 2, audited=True),
            count(Decision.REJECT, Label.SPAM, 48, audited=True),
            count(Decision.ACCEPT, None, 400),
            count(Decision.ACCEPT, Label.HAM, 500, audited=True),
            count(Decision.HOLD, Label.HAM, 46),
            count(Decision.HOLD, Label.SPAM, 30),
        ]
    )

    assert found["good_rejected"]["share"] == pytest.approx(4 / (4 + 900 + 46))
    assert found["good_rejected"]["lower"] < 4 / 950 < found["good_rejected"]["upper"] < 0.02
    assert found["spam_accepted"]["share"] == 0.0
    assert 0 < found["spam_accepted"]["upper"] < 0.07


def test_a_good_comment_found_among_the_rejected_speaks_for_those_not_drawn(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keyring, "lot", lambda self, comment_id: 0.0)
    site = parts.sites.add("boats", "https://boats.example")
    audited = parts.sites.set_policy(site.id, {"audit_share": 0.05})
    for content, label in ((SPAM, Label.HAM), (f"{SPAM} now", Label.SPAM), (GOOD, Label.HAM)):
        sent = parts.screening.screen(audited, Comment(content=content))
        parts.review.label(audited, sent.id, label, source="console")

    taught = lessons_of(every(parts.database, site.id))

    assert sorted(lesson.stands_for for lesson in taught.lessons) == [1, 1, 20]
