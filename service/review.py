"""Use case 2: someone tells the truth about a comment."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, Literal

from model.comment import Comment, Label
from model.text import read
from service.clock import Clock, new_id
from service.db import comments, idempotency, labels, outbox
from service.db.direct import cursor_of
from service.db.engine import Connection, Database, Taken
from service.db.history import same_text, traces_of
from service.db.idempotency import Claim, claims_of, claims_of_lesson
from service.db.sites import Site
from service.errors import Conflict, NotFound
from service.keyring import Keyring
from service.storable import storable, storable_text

GOOD_WORDS_A_DAY = 3

Source = Literal["api", "akismet", "console", "import"]


class Overtaken(Conflict):
    """Somebody has said something of the comment since it was looked at."""

    def __init__(self, moderator: str, label: Label | None) -> None:
        super().__init__("somebody else has decided about this comment meanwhile")
        self.moderator, self.label = moderator, label


@dataclass(frozen=True, slots=True)
class Taught:
    """What `teach` stored."""

    comment_id: str
    label_id: str


class Review:
    """Labels and their taking back. Each also settles where the comment stands."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database, self._keyring, self._clock = database, keyring, clock

    def label(
        self,
        site: Site,
        comment_id: str,
        label: Label,
        *,
        source: Source,
        moderator: str = "",
        note: str = "",
    ) -> str:
        """Say what a comment is; returns the label's id. Raises NotFound, and Conflict for one
        that was erased.

        The newest label that was not taken back counts. Who says within a day what they said
        last, while nobody has said anything since, repeats a request and says nothing new.
        """
        entry = self._entry(comment_id, label, source, moderator, note)
        with self._database.writing() as connection:
            return self._add(connection, site, entry, repeatable=True)

    def label_within(
        self,
        connection: Connection,
        site: Site,
        comment_id: str,
        label: Label,
        *,
        source: Source,
        moderator: str,
        note: str = "",
        seen: int | None = None,
    ) -> str:
        """The same in a transaction under way. Raises Overtaken if more than the `seen` entries
        have been made about the comment: somebody else was quicker."""
        entry = self._entry(comment_id, label, source, moderator, note)
        return self._add(connection, site, entry, seen)

    def undo(self, site: Site, comment_id: str, label_id: str, *, source: Source = "api") -> str:
        """Take a label back: the comment stands as if it had never been said.

        Raises NotFound if there is no such label, or it was taken back already.
        """
        with self._database.writing() as connection:
            return self.undo_within(connection, site, comment_id, label_id, source=source)

    def undo_within(
        self,
        connection: Connection,
        site: Site,
        comment_id: str,
        label_id: str,
        *,
        source: Source,
        moderator: str = "",
    ) -> str:
        """The same in a transaction under way."""
        now = self._clock()
        entry = labels.LabelRow(
            new_id("lbl", now), comment_id, None, label_id, source, moderator, "", now
        )
        return self._add(connection, site, entry)

    def teach(
        self,
        site: Site,
        comment: Comment,
        label: Label,
        *,
        source: Source,
        moderator: str = "",
        note: str = "",
        idempotency_key: str = "",
    ) -> Taught:
        """Keep a comment the service has never judged, with its label.

        Under a name that is known, an idempotency key or the site's own id, nothing is kept twice,
        and a label that is in force is not given again. Raises Conflict for a name that stands
        for something else.
        """
        claims = claims_of_lesson(comment, idempotency_key, label)
        said = partial(self._taught, site, comment, label, claims, source=source,
                       moderator=moderator, note=note)  # fmt: skip
        try:
            return said()
        except Taken:  # somebody was first with a name
            return said()

    def _taught(
        self, site: Site, comment: Comment, label: Label, claims: tuple[Claim, ...], **how: Any
    ) -> Taught:
        with self._database.writing() as connection:
            cursor = cursor_of(connection)
            for claim in (*claims_of(comment, ""), *claims):
                held = idempotency.held_by(cursor, site.id, claim)
                if held and (known := self._meant(connection, site, claim, held, comment)):
                    return self._said(connection, site, known, label, claim.of_request, **how)
            taught = self.teach_within(connection, site, comment, label, **how)
            for claim in claims:
                idempotency.take(cursor, site.id, claim, taught.comment_id, self._clock())
            return taught

    def _meant(
        self, connection: Connection, site: Site, claim: Claim, held: tuple[bytes, str],
        comment: Comment,
    ) -> str | None:  # fmt: skip
        """The comment under a name; None if an edit takes the name over. What the site said of
        its author when it was judged need not be said again."""
        fingerprint, known = held
        if claim.of_request:
            same = fingerprint == claim.fingerprint
        else:
            stored = comments.get(connection, site.id, known)
            same = stored is not None and stored.comment.content == storable(comment).content
        if not same and not claim.movable:
            raise Conflict(idempotency.USED)
        return known if same else None

    def _said(
        self, connection: Connection, site: Site, known: str, label: Label, repeated: bool,
        **how: Any,
    ) -> Taught:  # fmt: skip
        """What the same request has said before, or now the newest word on a comment."""
        said = labels.of_comment(connection, site.id, known)
        if repeated:
            return Taught(known, next(row.id for row in said if row.label is label))
        now = labels.entry_in_force(said)
        if now is not None and now.label is label:
            return Taught(known, now.id)
        return Taught(known, self.label_within(connection, site, known, label, **how))

    def teach_within(
        self,
        connection: Connection,
        site: Site,
        comment: Comment,
        label: Label,
        *,
        source: Source,
        moderator: str = "",
        note: str = "",
    ) -> Taught:
        """The same in a transaction under way."""
        now = self._clock()
        reading = read(comment.content)
        record = comments.Record(
            id=new_id("cmt", now),
            site_id=site.id,
            comment=comment,
            links=len(reading.links),
            traces=traces_of(self._keyring, site.id, comment, reading),
            dialect=source,
            at=now,
        )
        entry = self._entry(record.id, label, source, moderator, note)
        comments.insert_records(cursor_of(connection), [record])
        self._add(connection, site, entry)
        return Taught(record.id, entry.id)

    def match(self, site: Site, comment: Comment) -> str | None:
        """The newest comment with this content by this author; None if there is none."""
        with self._database.reading() as connection:
            return self.match_within(connection, site, comment)

    def match_within(self, connection: Connection, site: Site, comment: Comment) -> str | None:
        """The same as a transaction under way sees it."""
        seen = traces_of(self._keyring, site.id, comment, read(comment.content))
        found = comments.read(connection, site.id, same_text(connection, seen))
        return next((old.id for old in found if _same(old.comment, comment)), None)

    def _entry(
        self, comment_id: str, label: Label, source: Source, moderator: str, note: str
    ) -> labels.LabelRow:
        now = self._clock()
        return labels.LabelRow(
            new_id("lbl", now), comment_id, label, None, source, moderator, note, now
        )

    def _add(
        self, connection: Connection, site: Site, entry: labels.LabelRow, seen: int | None = None,
        *, repeatable: bool = False,
    ) -> str:  # fmt: skip
        """Add an entry, and let all that follows from it follow; returns its id, or that of the
        one before it if it only repeats that."""
        stored = comments.get(connection, site.id, entry.comment_id, lock=True)
        if stored is None:
            raise NotFound("there is no such comment")
        said = labels.of_comment(connection, site.id, stored.id)
        if seen is not None and len(said) != seen:
            raise Overtaken(said[-1].moderator, said[-1].label)
        if entry.undoes and not labels.stands(said, entry.undoes):
            raise NotFound("there is no such label, or it was taken back already")
        if repeatable and said and _repeats(entry, said[-1]):
            return said[-1].id
        if entry.label and stored.state is comments.State.ERASED:
            raise Conflict("this comment was erased: nothing can be learned from it any more")
        labels.add(connection, site.id, entry, len(said) + 1)
        label = labels.in_force([*said, entry])
        alone = label is Label.HAM and self._is_one_too_many(connection, site, stored, entry)
        state = comments.set_standing(connection, stored, stored.decision, label, alone=alone)
        if site.subscribed:
            event = {"id": stored.id, "label": label, "state": state, "source": entry.source}
            outbox.add(cursor_of(connection), site.id, "comment.labelled", comment_id=stored.id,
                       body=event, at=entry.at)  # fmt: skip
        return entry.id

    def _is_one_too_many(
        self, connection: Connection, site: Site, stored: comments.Stored, entry: labels.LabelRow
    ) -> bool:
        """True for good words on a text that a site's key has praised often enough today.

        Until a moderator agrees a key may lift a text GOOD_WORDS_A_DAY times: whoever stole it
        must not be able to have a campaign of his own published.
        """
        if entry.source != "akismet":
            return False
        seen = traces_of(self._keyring, site.id, stored.comment, read(stored.comment.content))
        others = [one for one in same_text(connection, seen) if one != stored.id]
        said = map(labels.entry_in_force, labels.of_comments(connection, others).values())
        praise = [row for row in said if row and row.label is Label.HAM]
        if any(row.source != "akismet" for row in praise):
            return False
        today = [row for row in praise if entry.at - row.at < timedelta(days=1)]
        return len(today) >= GOOD_WORDS_A_DAY


def _repeats(entry: labels.LabelRow, last: labels.LabelRow) -> bool:
    moderator, note = storable_text(entry.moderator), storable_text(entry.note)
    same = replace(entry, id=last.id, at=last.at, moderator=moderator, note=note)
    return same == last and entry.at - last.at < timedelta(days=1)


def _same(old: Comment, new: Comment) -> bool:
    new = storable(new)
    return old.content == new.content and old.author_name == new.author_name
