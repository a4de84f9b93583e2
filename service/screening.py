"""Use case 1: a site asks about a comment."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from model.comment import Comment
from model.judge import judge, undecided
from model.scorer import Scored, Scorer
from model.text import Reading, read
from model.verdict import Judgement
from service import answer
from service.clock import Clock, new_id
from service.db import comments, idempotency, outbox
from service.db.direct import Cursor
from service.db.engine import Database, Taken
from service.db.history import Traces, history, traces_of
from service.db.idempotency import Claim, claims_of
from service.db.sites import Site
from service.errors import Conflict, RequestError, StorageError
from service.keyring import Keyring
from service.sampling import sample
from service.serving import Serving


@dataclass(frozen=True, slots=True)
class Screened:
    """What a site is told: `answer` is the judgement as JSON, exactly as it was stored."""

    id: str
    judgement: Judgement
    answer: bytes
    recorded: bool
    replayed: bool = False


class _Text(NamedTuple):
    """A comment's text, and who scores it; its score too where many were scored at once."""

    reading: Reading
    scorer: Scorer | None = None
    scored: Scored | None = None


@dataclass(frozen=True, slots=True)
class _Judged:
    """A comment with its judgement, ready to be written under its names."""

    record: comments.Record
    judgement: Judgement
    claims: tuple[Claim, ...]

    def screened(self) -> Screened:
        recorded = not self.record.comment.test
        return Screened(self.record.id, self.judgement, self.record.answer, recorded)


class Screening:
    """Judges comments and records them: one query, no open transaction, one durable write."""

    def __init__(
        self, database: Database, keyring: Keyring, serving: Serving, clock: Clock, deadline_ms: int
    ) -> None:
        self._database, self._keyring, self._serving = database, keyring, serving
        self._clock, self._seconds = clock, deadline_ms / 1000

    def screen(
        self, site: Site, comment: Comment, *, idempotency_key: str = "", dialect: str = "json"
    ) -> Screened:
        """Judge and record one comment; the same answer again for one that was sent before.

        Raises Conflict for an idempotency key (or external id) used for something else, and
        StorageError when nothing could be written: then nothing was recorded.
        """
        prepared = self._prepare(site, comment, idempotency_key, dialect)
        if isinstance(prepared, Screened):
            return prepared
        try:
            self._record(site, [prepared])
        except Taken:
            return self._somebody_was_first(site, prepared.claims)
        return prepared.screened()

    def screen_many(
        self, site: Site, many: Sequence[Comment], *, dialect: str = "json"
    ) -> list[Screened | RequestError]:
        """Judge many, in order, and record them in one write; one refused harms no other."""
        prepared = [
            self._prepare_or_refuse(site, comment, dialect, text)
            for comment, text in zip(many, self._texts(site, many), strict=True)
        ]
        try:
            self._record(site, [one for one in prepared if isinstance(one, _Judged)])
        except Taken:  # a name twice in this batch, or taken meanwhile: then one by one
            return [self._screen_or_refuse(site, comment, dialect) for comment in many]
        return [one.screened() if isinstance(one, _Judged) else one for one in prepared]

    def _texts(self, site: Site, many: Sequence[Comment]) -> list[_Text]:
        """Every comment's text, all scored in one pass."""
        scorer = self._serving.scorer(site)
        readings = [read(comment.content) for comment in many]
        if scorer is None:
            return [_Text(reading) for reading in readings]
        scored = scorer.score_many(readings, many, keep=True)
        return [_Text(reading, scorer, one) for reading, one in zip(readings, scored, strict=True)]

    def _prepare_or_refuse(
        self, site: Site, comment: Comment, dialect: str, text: _Text
    ) -> _Judged | Screened | RequestError:
        try:
            return self._prepare(site, comment, "", dialect, text)
        except RequestError as refused:
            return refused

    def _screen_or_refuse(
        self, site: Site, comment: Comment, dialect: str
    ) -> Screened | RequestError:
        try:
            return self.screen(site, comment, dialect=dialect)
        except RequestError as refused:
            return refused

    def _prepare(
        self,
        site: Site,
        comment: Comment,
        idempotency_key: str,
        dialect: str,
        text: _Text | None = None,
    ) -> _Judged | Screened:
        claims = () if comment.test else claims_of(comment, idempotency_key)
        replayed = self._replay(site, claims) if claims else None
        return replayed or self._judge(site, comment, claims, dialect, text)

    def _judge(
        self,
        site: Site,
        comment: Comment,
        claims: tuple[Claim, ...],
        dialect: str,
        text: _Text | None,
    ) -> _Judged:
        started, now = time.monotonic(), self._clock()
        text = text or _Text(read(comment.content), self._serving.scorer(site))
        reading = text.reading
        seen = traces_of(self._keyring, site.id, comment, reading)
        judgement = self._judgement(site, comment, text, seen, started)
        identity = new_id("cmt", now)
        lot = self._keyring.lot(identity)
        record = comments.Record(
            id=identity,
            site_id=site.id,
            comment=comment,
            links=len(reading.links),
            traces=seen,
            dialect=dialect,
            at=now,
            judgement=judgement,
            answer=answer.to_json(judgement),
            sample=sample(lot, judgement.decision, site.policy.audit_share),
        )
        return _Judged(record, judgement, claims)

    def _judgement(
        self, site: Site, comment: Comment, text: _Text, seen: Traces, started: float
    ) -> Judgement:
        reading, scorer, scored = text
        now = self._clock()
        if scorer is None:
            return undecided("model-unavailable", site.policy)
        with self._database.direct.reading() as cursor:
            known = history(cursor, site.id, seen, comment.edit_of, now)
        late = self._is_late(started)
        if not late:
            judgement = judge(comment, reading, known, site.policy, scorer, now, scored=scored)
            if not self._is_late(started):
                return judgement
        return undecided("deadline", site.policy)

    def _is_late(self, started: float) -> bool:
        return time.monotonic() - started > self._seconds

    def _record(self, site: Site, many: Sequence[_Judged]) -> None:
        kept = [one for one in many if not one.record.comment.test]
        if kept:
            self._database.together.write(lambda cursor: _insert(cursor, site, kept))

    def _replay(self, site: Site, claims: tuple[Claim, ...]) -> Screened | None:
        with self._database.direct.reading() as cursor:
            for claim in claims:
                held = idempotency.held_by(cursor, site.id, claim)
                if held and held[0] == claim.fingerprint:
                    return _again(comments.first_answer(cursor, held[1]), held[1])
                if held and not claim.movable:
                    raise Conflict("this key or external_id was used for different content")
        return None

    def _somebody_was_first(self, site: Site, claims: tuple[Claim, ...]) -> Screened:
        replayed = self._replay(site, claims)
        if replayed is None:
            raise StorageError("the comment could not be recorded")
        return replayed


def _insert(cursor: Cursor, site: Site, many: Sequence[_Judged]) -> None:
    for one in many:
        record = one.record
        for claim in one.claims:
            idempotency.take(cursor, record.site_id, claim, record.id, record.at)
        comments.insert_record(cursor, record)
        if site.subscribed:
            told = {"id": record.id, "decision": one.judgement.decision}
            outbox.add(cursor, site.id, "comment.decided", comment_id=record.id,
                       body=told, at=record.at)  # fmt: skip


def _again(stored: str, comment_id: str) -> Screened:
    return Screened(comment_id, answer.from_json(stored), stored.encode(), True, replayed=True)
