"""Use case 4: a moderator at the queue. Every act is one row of the audit log and can be
taken back as one, however many comments it settled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from model.comment import Label
from service.clock import Clock
from service.db import acts, audit_log, campaigns
from service.db.engine import Database
from service.db.sites import Site
from service.errors import Conflict, NotFound
from service.review import Overtaken, Review

MOST = 1000
"""Comments one act may settle."""
BATCH = 50
"""Comments per transaction of an act: a site's own writes wait no longer than that behind it."""
DECIDED = ("ham", "spam", "other", "keep")
"""The actions that are decisions about comments; `keep` leaves a comment held, for others."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did: its id, how many comments it settled, and those it came too late for."""

    act_id: str
    settled: int
    late: tuple[str, ...] = field(default=())


class Desk:
    """Decisions of people, one or many at a time, and their taking back."""

    def __init__(self, database: Database, review: Review, clock: Clock) -> None:
        self._database, self._review, self._clock = database, review, clock

    def decide(
        self, site: Site, comment_id: str, label: Label, who: str, *, seen: int, note: str = ""
    ) -> Done:
        """Say what one comment is. `seen`: how many entries about it the moderator saw.

        Raises NotFound, and Overtaken when somebody else was quicker.
        """
        with self._database.writing() as connection:
            act_id = audit_log.write(connection, site.id, who, label.value, comment_id,
                                     at=self._clock(), n=1)  # fmt: skip
            label_id = self._review.label_within(connection, site, comment_id, label,
                                                 source="console", moderator=who, note=note,
                                                 seen=seen)  # fmt: skip
            acts.add(connection, act_id, comment_id, label_id)
        return Done(act_id, 1)

    def decide_many(
        self,
        site: Site,
        comment_ids: Sequence[str],
        label: Label,
        who: str,
        *,
        subject: str = "",
        note: str = "",
    ) -> Done:
        """Say the same of many waiting comments; what others decided meanwhile is passed over.

        `subject` is what they have in common (a campaign's id). Raises Conflict for more than
        MOST of them.
        """
        if len(comment_ids) > MOST:
            raise Conflict(f"at most {MOST} comments at once")
        with self._database.writing() as connection:
            act_id = audit_log.write(connection, site.id, who, label.value, subject,
                                     at=self._clock(), n=len(comment_ids))  # fmt: skip
        late: list[str] = []
        for first in range(0, len(comment_ids), BATCH):
            batch = comment_ids[first : first + BATCH]
            late += self._settle(site, batch, label, act_id, who=who, note=note)
        return Done(act_id, len(comment_ids) - len(late), tuple(late))

    def _settle(
        self, site: Site, batch: Iterable[str], label: Label, act_id: str, *, who: str, note: str
    ) -> list[str]:
        late = []
        with self._database.writing() as connection:
            waiting = acts.still_waiting(connection, site.id, batch)
            for comment_id in batch:
                if comment_id not in waiting:
                    late.append(comment_id)
                    continue
                label_id = self._review.label_within(connection, site, comment_id, label,
                                                     source="console", moderator=who,
                                                     note=note)  # fmt: skip
                acts.add(connection, act_id, comment_id, label_id)
        return late

    def rule(self, site: Site, campaign_id: str, label: Label, who: str) -> Done:
        """Say what a whole campaign is: what waits of it, and what joins it in the next days."""
        with self._database.reading() as connection:
            members = campaigns.waiting(connection, site.id, campaign_id, MOST)
        if not members:
            raise NotFound("nothing of this campaign is waiting")
        done = self.decide_many(site, members, label, who, subject=campaign_id)
        with self._database.writing() as connection:
            campaigns.rule(connection, site.id, campaign_id, label, act_id=done.act_id,
                           now=self._clock())  # fmt: skip
        return done

    def follow(self, site: Site, ruling: campaigns.Ruling, comment_id: str) -> None:
        """Let a late-comer share what was said of its campaign."""
        with self._database.writing() as connection:
            if comment_id in acts.still_waiting(connection, site.id, [comment_id]):
                label_id = self._review.label_within(
                    connection, site, comment_id, ruling.label,
                    source="console", moderator=ruling.moderator,
                )  # fmt: skip
                acts.add(connection, ruling.act_id, comment_id, label_id)

    def keep(self, site: Site, comment_id: str, who: str) -> Done:
        """Leave a comment held and go on: it comes last for this moderator today."""
        with self._database.writing() as connection:
            acts.must_exist(connection, site.id, comment_id)
            act_id = audit_log.write(connection, site.id, who, "keep", comment_id,
                                     at=self._clock(), n=1)  # fmt: skip
        return Done(act_id, 0)

    def undo(self, site: Site, act_id: str, who: str) -> Done:
        """Take a whole act back: every label it gave that still stands, and its ruling.

        Raises NotFound if there is no such act, or it was taken back already.
        """
        with self._database.writing() as connection:
            acts.must_stand(connection, site.id, act_id, DECIDED)
            undone = audit_log.write(connection, site.id, who, "undo", act_id, at=self._clock())
            campaigns.unrule(connection, site.id, act_id)
            given = acts.labels_of(connection, act_id)
        for first in range(0, len(given), BATCH):
            with self._database.writing() as connection:
                for comment_id, label_id in given[first : first + BATCH]:
                    self._take_back(connection, site, comment_id, label_id, who)
        return Done(undone, len(given))

    def _take_back(
        self, connection: acts.Connection, site: Site, comment_id: str, label_id: str, who: str
    ) -> None:
        try:
            self._review.undo_within(connection, site, comment_id, label_id,
                                     source="console", moderator=who)  # fmt: skip
        except NotFound:
            return  # taken back by itself before, or purged

    def note(self, site: Site, comment_id: str, who: str, text: str) -> str:
        """Leave a note for colleagues; it teaches nothing."""
        now = self._clock()
        with self._database.writing() as connection:
            acts.must_exist(connection, site.id, comment_id)
            audit_log.write(connection, site.id, who, "note", comment_id, at=now)
            acts.add_note(connection, site.id, comment_id, who, text, at=now)
        return comment_id


__all__ = ["DECIDED", "MOST", "Desk", "Done", "Overtaken"]
