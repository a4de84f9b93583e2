"""Use case 1: a site asks about a comment."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress, repeat

from model.case import History
from model.comment import Comment
from model.judge import judge, undecided
from model.scorer import Explanation, Scored, Scorer
from model.text import Reading, read
from model.verdict import Judgement
from service import answer
from service.clock import Clock, new_id
from service.db import comments, idempotency, outbox
from service.db.direct import Cursor
from service.db.engine import Database, Taken
from service.db.history import Asked, Traces, histories, traces_of
from service.db.idempotency import Claim, claims_of
from service.db.sites import Key, Site
from service.errors import Conflict, RequestError, StorageError, WeirError
from service.jointly import Jointly
from service.keyring import Keyring
from service.sampling import audit_share, sample
from service.serving import Serving

MOST_TOGETHER = 16
"""Comments judged in one go; more would save no more, and the first of them would wait longer."""
LONG_TOGETHER = 2**14
"""Characters after which a batch is judged in another go: each has its time from there on."""


_Text = tuple[Scored, Explanation]
"""What a text alone says, and why."""


class Outdated(Exception):
    """The key that a site was recalled by is not good any more, or the site has changed."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What a site is told: `answer` is the judgement as JSON, exactly as it was stored."""

    id: str
    judgement: Judgement
    answer: bytes
    recorded: bool
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class _Question:
    """A comment to be judged, the names it comes with, and when it was asked about."""

    site: Site
    comment: Comment
    claims: tuple[Claim, ...]
    dialect: str
    since: float
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A question with what its text and its author are, before anybody has judged it."""

    asked: _Question
    reading: Reading
    traces: Traces
    scorer: Scorer | None


@dataclass(frozen=True, slots=True)
class _Judged:
    """A comment with its judgement, ready to be written under its names."""

    asked: _Question
    record: comments.Record
    judgement: Judgement

    def screened(self) -> Screened:
        recorded = not self.record.comment.test
        return Screened(self.record.id, self.judgement, self.record.answer, recorded)


class Screening:
    """Judges comments and records them: one query, no open transaction, one durable write.

    Comments that are sent at the same moment go through all of it together.
    """

    def __init__(
        self, database: Database, keyring: Keyring, serving: Serving, clock: Clock, deadline_ms: int
    ) -> None:
        self._database, self._keyring, self._serving = database, keyring, serving
        self._clock, self._seconds = clock, deadline_ms / 1000
        self._jointly = Jointly(self._screened, MOST_TOGETHER)

    def screen(
        self,
        site: Site,
        comment: Comment,
        *,
        idempotency_key: str = "",
        dialect: str = "json",
        key: Key | None = None,
    ) -> Screened:
        """Judge and record one comment; the same answer again for one that was sent before.

        `key`: what the site is only recalled by; then Outdated is raised, and nothing done, if it
        is not good any more. Raises Conflict for an idempotency key (or external id) used for
        something else, and StorageError when nothing could be written: then nothing was recorded.
        """
        return self._jointly.ask(_question(site, comment, idempotency_key, dialect, key))

    def screen_many(
        self,
        site: Site,
        many: Sequence[Comment],
        *,
        idempotency_keys: Sequence[str] = (),
        dialect: str = "json",
    ) -> list[Screened | WeirError]:
        """Judge many, in order, and record them in one write; one refused harms no other.

        `idempotency_keys`: one for each, or none at all. What was refused stands in its place, as
        `screen` would raise it; raised is a defect, and what went wrong with all. A comment's time
        begins when its part of them is taken up.
        """
        prepared: list[_Prepared] = []
        keys = iter(idempotency_keys or repeat(""))
        for part in _parts(many):
            prepared += self._prepared([_question(site, one, next(keys), dialect) for one in part])
        told = self._recorded(prepared)
        failed = [one for one in told if not isinstance(one, Screened | RequestError)]
        for one in failed:
            if len(failed) == len(told) or not isinstance(one, WeirError):
                raise one
        return [one for one in told if isinstance(one, Screened | WeirError)]

    def _screened(
        self, asked: Sequence[_Question], relieved: Callable[[], None]
    ) -> list[Screened | Exception]:
        """Answer these; while they go to disk, the next are judged."""
        prepared = self._prepared(asked)
        relieved()
        return self._recorded(prepared)

    def _prepared(self, asked: Sequence[_Question]) -> "list[_Prepared]":
        """Each of these judged, or answered as before; if it comes to that, one by one, so that
        what is wrong with one harms no other."""
        try:
            return self._judged_or_replayed(asked)
        except Exception as error:
            if len(asked) == 1:
                return [error]
        each: list[_Prepared] = []
        for one in asked:
            last = each[-1] if each else None
            # A database that is out of order is not asked for each of them.
            each += (
                [StorageError(str(last))]
                if isinstance(last, StorageError)
                else (self._prepared([one]))
            )
        return each

    def _judged_or_replayed(self, asked: Sequence[_Question]) -> "list[_Prepared]":
        with self._database.direct.reading() as cursor:
            keys = {one.key.hash: one.key for one in asked if one.key}
            gone = {hashed for hashed, key in keys.items() if not key.is_good(cursor)}
            before = [
                Outdated() if one.key and one.key.hash in gone else _before(cursor, one)
                for one in asked
            ]
            fresh = [one for one, held in zip(asked, before, strict=True) if held is None]
            judged = iter(self._judged(cursor, fresh))
        return [next(judged) if held is None else held for held in before]

    def _judged(self, cursor: Cursor, asked: Sequence[_Question]) -> list[_Judged]:
        now = self._clock()
        read_ones = [self._read(one) for one in asked]
        in_time = [one.scorer is not None and not self._is_late(one) for one in read_ones]
        to_judge = [*compress(read_ones, in_time)]
        cases = zip(_histories(cursor, to_judge, now), _scores(to_judge), strict=True)
        return [
            self._in_full(one, self._judgement(one, next(cases) if is_in_time else None, now), now)
            for one, is_in_time in zip(read_ones, in_time, strict=True)
        ]

    def _read(self, asked: _Question) -> _Read:
        reading = read(asked.comment.content)
        seen = traces_of(self._keyring, asked.site.id, asked.comment, reading)
        return _Read(asked, reading, seen, self._serving.scorer(asked.site))

    def _judgement(
        self, one: _Read, case: tuple[History, _Text] | None, now: datetime
    ) -> Judgement:
        """By what its site knows and what it scores; none of both if it is too late for it."""
        policy = one.asked.site.policy
        if one.scorer is None:
            return undecided("model-unavailable", policy)
        if case is not None:
            known, (scored, told) = case
            judgement = judge(one.asked.comment, one.reading, known, policy, one.scorer, now,
                              scored=scored, told=told)  # fmt: skip
            if not self._is_late(one):
                return judgement
        return undecided("deadline", policy)

    def _is_late(self, one: _Read) -> bool:
        return time.monotonic() - one.asked.since > self._seconds

    def _in_full(self, one: _Read, judgement: Judgement, now: datetime) -> _Judged:
        identity, site = new_id("cmt", now), one.asked.site
        lot = self._keyring.lot(identity)
        record = comments.Record(
            id=identity,
            site_id=site.id,
            comment=one.asked.comment,
            links=len(one.reading.links),
            traces=one.traces,
            dialect=one.asked.dialect,
            at=now,
            judgement=judgement,
            answer=answer.to_json(judgement),
            sample=sample(lot, judgement.decision, self._audit_share(one)),
        )
        return _Judged(one.asked, record, judgement)

    def _audit_share(self, one: _Read) -> float:
        site, card = one.asked.site, one.scorer.model.card if one.scorer else {}
        good = 0 if site.lacks_good else card.get("good_labels")
        return audit_share(site.policy.audit_share, good)

    def _recorded(self, prepared: "Sequence[_Prepared]") -> list[Screened | Exception]:
        """What is to be written, on disk."""
        real = [one for one in prepared if isinstance(one, _Judged) and not one.record.comment.test]
        second = _second(real)
        kept = [one for one in real if one.record.id not in second]
        refused = self._database.group_commit.write(_insert, kept) if kept else []
        outcomes: dict[str, Exception | None] = dict.fromkeys(second, Taken())
        outcomes |= {one.record.id: error for one, error in zip(kept, refused, strict=True)}
        return [
            self._told(one, outcomes.get(one.record.id)) if isinstance(one, _Judged) else one
            for one in prepared
        ]

    def _told(self, one: _Judged, refused: Exception | None) -> Screened | Exception:
        if not isinstance(refused, Taken):
            return refused or one.screened()
        try:  # somebody was first
            with self._database.direct.reading() as cursor:
                held = _before(cursor, one.asked)
        except StorageError as error:
            return error
        return held or StorageError("the comment could not be recorded")


_Prepared = _Judged | Screened | Exception
"""What came of a question before anything was written."""


def _parts(many: Sequence[Comment]) -> Iterator[Sequence[Comment]]:
    """What is judged in one go of a batch; a few thousand characters fill it."""
    first, size = 0, 0
    for place, comment in enumerate(many):
        if size > LONG_TOGETHER:
            yield many[first:place]
            first, size = place, 0
        size += len(comment.content) + 64
    yield many[first:]


def _question(
    site: Site, comment: Comment, idempotency_key: str, dialect: str, key: Key | None = None
) -> _Question:
    claims = () if comment.test else claims_of(comment, idempotency_key)
    return _Question(site, comment, claims, dialect, time.monotonic(), key)


def _histories(cursor: Cursor, many: Sequence[_Read], now: datetime) -> list[History]:
    wanted = [Asked(one.asked.site.id, one.traces, one.asked.comment.edit_of) for one in many]
    return histories(cursor, wanted, now)


def _scores(many: Sequence[_Read]) -> Iterator[_Text]:
    """Each one's score and its parts, in order; those of one model are scored in one pass."""
    by_scorer: dict[Scorer, list[_Read]] = defaultdict(list)
    for one in many:
        if one.scorer is not None:
            by_scorer[one.scorer].append(one)
    passes = {scorer: iter(_scored(scorer, mine)) for scorer, mine in by_scorer.items()}
    return (next(passes[one.scorer]) for one in many if one.scorer is not None)


def _scored(scorer: Scorer, many: Sequence[_Read]) -> list[_Text]:
    readings, sent = [one.reading for one in many], [one.asked.comment for one in many]
    scored = scorer.score_many(readings, sent, keep=True)
    return [*zip(scored, scorer.explain_many(readings, sent, scored), strict=True)]


def _second(many: Sequence[_Judged]) -> set[str]:
    """Ids of those that come under a name which one in front of them takes: written together,
    they would have all of them written one by one."""
    taken: set[tuple[str, bytes]] = set()
    second = set()
    for one in many:
        names = {(one.record.site_id, claim.key): claim.movable for claim in one.asked.claims}
        if any(name in taken and not movable for name, movable in names.items()):
            second.add(one.record.id)
        taken |= names.keys()
    return second


def _insert(cursor: Cursor, many: Sequence[_Judged]) -> None:
    """Write them, and tell those who want to hear of it."""
    for one in many:
        record, site = one.record, one.asked.site
        for claim in one.asked.claims:
            idempotency.take(cursor, site.id, claim, record.id, record.at)
        if site.subscribed:
            told = {"id": record.id, "decision": one.judgement.decision}
            outbox.add(cursor, site.id, "comment.decided", comment_id=record.id,
                       body=told, at=record.at)  # fmt: skip
    comments.insert_records(cursor, [one.record for one in many])


def _before(cursor: Cursor, asked: _Question) -> Screened | Conflict | None:
    """What a comment's names stand for already; None if they are free."""
    for claim in asked.claims:
        held = idempotency.held_by(cursor, asked.site.id, claim)
        if held and held[0] == claim.fingerprint:
            return _again(comments.first_answer(cursor, held[1]), held[1])
        if held and not claim.movable:
            return Conflict(idempotency.USED)
    return None


def _again(stored: str, comment_id: str) -> Screened:
    return Screened(comment_id, answer.from_json(stored), stored.encode(), True, replayed=True)
