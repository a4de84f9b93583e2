"""A site with a month behind it: traffic, decisions, blind audit, models, campaigns and hosts."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

from model.comment import Comment, Label
from model.scorer import Explanation, Scored
from model.text import Reading
from model.verdict import Reason
from service.counting import count_days
from service.db import champions, rounds
from service.db.champions import ModelRow
from service.wiring import Parts

WORDS = ("boats", "harbour", "wind", "report", "yesterday", "because", "thank", "measured", "crew")


class CountingScorer:
    """Every `pills` speaks for spam, every `regatta` against it, each with 1.5 log-odds."""

    model = SimpleNamespace(
        id="base-counting",
        coverage_floor=0.0,
        card={"thresholds": {
            "accept_below": 0.2,
            "reject": [{"budget": 0.005, "reject_above": 0.97, "certificate": {
                "n": 812, "errors": 1, "bound": 0.0049, "confidence": 0.95, "source": "a blog"}}],
        }},
    )  # fmt: skip

    def score(self, reading: Reading, _comment: Comment) -> Scored:
        """The two words, counted."""
        words = reading.normal.split()
        weight = 1.5 * (words.count("pills") - words.count("regatta")) + (len(words) % 7 - 3) / 6
        return Scored(weight, None, (0, len(reading.normal)))

    def score_many(
        self, readings: Sequence[Reading], comments: Sequence[Comment], *, keep: bool = False
    ) -> list[Scored]:
        """Each alone."""
        return [*map(self.score, readings, comments)]

    def explain_many(
        self, _readings: Sequence[Reading], _comments: Sequence[Comment], several: Sequence[Scored]
    ) -> list[Explanation]:
        """One reason, and nothing beside it."""
        reasons = [(Reason("text", "words", scored.logit),) for scored in several]
        return [Explanation(reason, 0.0, 0.0) for reason in reasons]


def month(parts: Parts, clock: Any, live: Any, site_id: str, *, a_day: int = 12) -> None:
    """Fill the 30 days up to the clock's time, the same every time but for ids."""
    live.champion = CountingScorer()
    parts.sites.set_policy(site_id, {"audit_share": 0.1})
    site, random, now = parts.sites.get(site_id), Random(5), clock.now
    clock.now = now - timedelta(days=30)
    while clock.now < now - timedelta(hours=2):
        campaign = clock.now.day == 10
        for _ in range(a_day * (2 if campaign else 1)):
            comment, is_spam = _comment(random, campaign)
            told = parts.screening.screen(site, comment)
            if told.judgement.decision == "hold" or random.random() < 0.15:
                clock.now += timedelta(minutes=random.randint(2, 40))
                label = Label.SPAM if is_spam else Label.HAM
                if random.random() < 0.9:
                    parts.review.label(site, told.id, label, source="console", moderator="mo")
            clock.now += timedelta(minutes=random.randint(3, 20))
        clock.now += timedelta(days=1) - timedelta(
            hours=clock.now.hour, minutes=clock.now.minute
        ) + timedelta(hours=6)  # fmt: skip
    clock.now = now
    models(parts, clock, site_id)
    count_days(parts.database, now)


def _comment(random: Random, campaign: bool) -> tuple[Comment, bool]:
    is_spam = random.random() < (0.75 if campaign else 0.4)
    for_, against = ("pills", "regatta") if is_spam else ("regatta", "pills")
    words = [for_] * random.choice((0, 1, 2, 3, 3, 3, 4, 4, 5)) + [against] * (
        random.random() < 0.1
    )
    words += random.choices(WORDS, k=random.randint(8, 18))
    random.shuffle(words)
    host = (
        random.choice(("shop", "offers", "cheap")) if is_spam else random.choice(("boats", "news"))
    )
    link = f" https://{host}.example/{random.randint(1, 99)}" if random.random() < 0.4 else ""
    return Comment(content=" ".join(words).capitalize() + "." + link, author_ip="192.0.2.7",
                   author_name=random.choice(("Ida", "Bo", "Kim"))), is_spam  # fmt: skip


def models(parts: Parts, clock: Any, site_id: str) -> None:
    """Six rounds of training: the third was refused, the newest is champion."""
    for number, labels in enumerate((22, 48, 75, 110, 190, 320)):
        right = 0.78 + 0.19 * (1 - 22 / (22 + labels))
        promoted = number != 2
        report = {
            "lessons": labels, "learned_from": int(0.75 * labels), "contradicted": [],
            "challenger": _figures(right, labels), "champion": _figures(right - 0.04, labels),
            "changes": [{}] * (9 - number),
        }  # fmt: skip
        reason = "no worse anywhere" if promoted else "worse on language de beyond noise"
        at = clock.now - timedelta(days=25 - 4 * number)
        row = ModelRow(f"site-{number:012x}", f"{number:064x}", "b" * 64, promoted, reason,
                       {"labels": labels, "report": report}, at)  # fmt: skip
        with parts.database.writing() as connection:
            job = rounds.ask(connection, site_id, at)
            champions.add(connection, site_id, row)
            rounds.finish(connection, job, at, promoted=promoted, reason=reason, report=report,
                          model_id=row.id)  # fmt: skip
            if promoted:
                champions.promote(connection, site_id, row.id, "gate", at)


def _figures(right: float, labels: int) -> dict[str, Any]:
    def share(value: float) -> dict[str, Any]:
        return {"share": value, "lower": max(0, value - 2 / labels), "upper": value + 4 / labels,
                "n": labels // 4}  # fmt: skip

    return {"auc": right + 0.02, "wrong_side": share(1 - right), "good_rejected": share(0.0),
            "spam_accepted": share((1 - right) / 3), "held": share(0.1)}  # fmt: skip
