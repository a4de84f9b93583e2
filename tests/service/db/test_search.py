"""What a search finds is what reading every comment would find, the newest first."""

import random
from importlib import import_module

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from service.db import search
from service.db.engine import Database
from service.db.search import Entry

SITES = ("sit_AAAA", "sit_BBBB")
WORDS = ("ferry", "quay", "quayside", "quarter", "tide", "tidal")
PAGE = 4


@pytest.fixture
def said(database):
    """Comments of two sites in the order they came, each with a few of the words: the first
    ones say "harbour", the last ones do not."""
    chance = random.Random(7)
    words = [" ".join(chance.choices(WORDS, k=2)) + " harbour" * (n < 30) for n in range(60)]
    words[:2] = ["quayside", "quayside"]  # older than whatever says "quay"
    entries = [Entry(SITES[n % 2], f"cmt_{n}", said, page=0) for n, said in enumerate(words)]
    with database.writing() as connection:
        search.add(connection, entries)
    return entries


def read_all(said, site, words, *, beginning=False):
    def fits(entry):
        has = entry.words.split()
        *whole, last = words
        ends = any(one.startswith(last) for one in has) if beginning else last in has
        return entry.site_id == site and ends and all(one in has for one in whole)

    return [entry.comment_id for entry in reversed(said) if fits(entry)]


def pages(database, site, wanted):
    """All pages of a search, one after the other."""
    found, before = [], None
    with database.reading() as connection:
        while page := search.find(connection, site, wanted, PAGE, before):
            assert len(page) <= PAGE
            found += [comment_id for _, comment_id in page]
            before = page[-1][0]
    return found


@pytest.mark.parametrize("recent", [1, 7, 1000])
def test_every_page_together_is_all_there_is_however_few_are_looked_through_first(
    database, said, monkeypatch, recent
):
    monkeypatch.setattr(search, "RECENT", recent)
    for site in SITES:
        for words in (*((word,) for word in WORDS), ("ferry", "tide"), ("harbour",),
                      ("harbour", "quay")):  # fmt: skip
            assert pages(database, site, " ".join(words)) == read_all(said, site, words), words


@pytest.mark.parametrize("recent", [1, 7, 1000])
@pytest.mark.parametrize("wanted", ["quar", "quart", "quarte", "harb", "tida", "ferry harbou"])
def test_a_last_word_that_nobody_wrote_counts_as_a_beginning(
    database, said, monkeypatch, recent, wanted
):
    monkeypatch.setattr(search, "RECENT", recent)
    expected = read_all(said, SITES[0], wanted.split(), beginning=True)

    assert pages(database, SITES[0], wanted) == expected
    assert expected


def test_a_short_beginning_finds_nothing(database, said):
    with database.reading() as connection:
        assert search.find(connection, SITES[0], "qua", PAGE) == []


def test_what_was_findable_before_beginnings_were_indexed_is_still_found(sqlite_url):
    database = Database(sqlite_url)
    with database.writing() as connection:
        connection.execute(text("DROP TABLE indexed_words"))
        connection.execute(text("CREATE VIRTUAL TABLE indexed_words USING fts5(site, words)"))
        search.add(connection, [Entry(SITES[0], "cmt_1", "quayside", page=0)])
        with Operations.context(MigrationContext.configure(connection)):
            import_module("service.db.migrations.versions.0011_word_beginnings").upgrade()

    with database.reading() as connection:
        assert [one for _, one in search.find(connection, SITES[0], "quays", PAGE)] == ["cmt_1"]
    database.close()
