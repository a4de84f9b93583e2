"""Everything a site has, in order, a page at a time: for exports of any size."""

from collections.abc import Iterator

from sqlalchemy import bindparam, select

from model.comment import Label
from service.db import comments, labels
from service.db.comments import State, Stored
from service.db.engine import Database
from service.db.labels import LabelRow
from service.db.schema import comments as comments_table

PAGE = 500


def every(database: Database, site_id: str) -> Iterator[tuple[Stored, list[LabelRow]]]:
    """All comments of a site, oldest first, each with everything that was said of it."""
    after = ""
    while True:
        with database.reading() as connection:
            page = {"of_site": site_id, "after": after, "most": PAGE}
            ids = list(connection.execute(_IDS, page).scalars())
            found = {stored.id: stored for stored in comments.read(connection, site_id, ids)}
            said = {one: labels.of_comment(connection, site_id, one) for one in ids}
        if not ids:
            return
        yield from ((found[one], said[one]) for one in ids if one in found)
        after = ids[-1]


def labelled(database: Database, site_id: str) -> Iterator[tuple[Stored, Label]]:
    """The comments of a site that have a label in force, oldest first."""
    for stored, said in every(database, site_id):
        label = labels.in_force(said)
        if label and stored.state is not State.ERASED:
            yield stored, label


_IDS = (
    select(comments_table.c.id)
    .where(comments_table.c.site_id == bindparam("of_site"))
    .where(comments_table.c.id > bindparam("after"))
    .order_by(comments_table.c.id)
    .limit(bindparam("most"))
)
