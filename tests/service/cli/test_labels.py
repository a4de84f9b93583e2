"""`weir labels import` of other systems' exports, whose format it finds out by itself."""

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from model.comment import Comment, Label
from service.cli.labels import AT_ONCE
from service.cli.open import instance
from service.db.engine import Database
from tests.service.cli.conftest import Weir
from tests.training.test_exports import posts, wxr

pytestmark = pytest.mark.usefixtures("site")


def imported(weir: Weir, path: Path, *more: str) -> dict[str, int]:
    return weir("labels", "import", "--site", "boats", path, "--json", *more).json  # type: ignore[no-any-return]


def isso(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE threads (id INTEGER PRIMARY KEY, uri, title)")
        connection.execute(
            "CREATE TABLE comments (tid, id INTEGER PRIMARY KEY, parent, created FLOAT, modified,"
            " mode INTEGER, remote_addr, text, author, email, website, voters)"
        )
        connection.execute("INSERT INTO threads VALUES (1, '/regatta', 'Regatta')")
        for number, (mode, text) in enumerate([(1, "fine"), (2, "who knows"), (4, "")], 1):
            row = (1, number, None, 1714557600.0, None, mode, "192.0.2.0", text, "Ada", None, None)
            connection.execute(f"INSERT INTO comments VALUES ({'?,' * 11} '')", row)  # noqa: S608
    return path


def test_a_wordpress_export_becomes_labels(weir: Weir, tmp_path: Path) -> None:
    path = tmp_path / "boats.xml"
    path.write_bytes(wxr(("A fine regatta", "1"), ("Pills", "spam"), ("Hm", "0")).getvalue())

    assert imported(weir, path) == {
        "added": 2, "already_there": 0, "undecided": 1, "refused": 0, "refusals": [],
    }  # fmt: skip
    assert imported(weir, path)["already_there"] == 2


def test_a_gzipped_disqus_export_becomes_labels(weir: Weir, tmp_path: Path) -> None:
    path = tmp_path / "export.xml.gz"
    said = posts(("<p>A fine regatta</p>", "false", "false"), ("<p>Pills</p>", "true", "false"))
    path.write_bytes(gzip.compress(said.getvalue()))

    assert imported(weir, path)["added"] == 2


def test_an_isso_database_becomes_labels_and_stays_as_it_is(weir: Weir, tmp_path: Path) -> None:
    path = isso(tmp_path / "comments.db")
    before = path.read_bytes()

    counts = imported(weir, path)

    assert (counts["added"], counts["undecided"], counts["refused"]) == (1, 2, 0)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("comments.db")] == [
        "comments.db"
    ]


def test_a_database_of_somebody_else_is_refused_in_one_line(weir: Weir, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE things (id)")

    done = weir("labels", "import", "--site", "boats", path)

    assert done.code == 1
    assert "no database of Isso" in done.err


def test_a_remark42_backup_becomes_labels(weir: Weir, tmp_path: Path) -> None:
    path = tmp_path / "backup.gz"
    path.write_bytes(gzip.compress(
        b'{"version":1,"users":[],"posts":[]}\n'
        b'{"id":"1","text":"fine","user":{"name":"Ada"},"locator":{"url":"/r"},"time":""}\n'
        b'{"id":"2","text":"","user":{},"locator":{"url":"/r"},"delete":true}\n'
    ))  # fmt: skip

    counts = imported(weir, path)
    assert (counts["added"], counts["undecided"]) == (1, 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("labelled.csv", "text,label\nA fine regatta,ham\n"),
        ("labelled.jsonl", '{"text": "A fine regatta", "label": "ham"}\n'),
        ("backup", '{"version":1,"users":[]}\n{"id":"1","text":"A fine regatta","locator":{}}\n'),
    ],
)
def test_a_byte_order_mark_in_front_is_passed_over(
    weir: Weir, tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8-sig")

    counts = imported(weir, path)
    assert (counts["added"], counts["refused"]) == (1, 0)


def test_the_format_can_be_said(weir: Weir, tmp_path: Path) -> None:
    path = tmp_path / "labelled.txt"
    path.write_text("text,label\nA fine regatta,ham\n")

    assert imported(weir, path, "--format", "csv")["added"] == 1


def test_what_comes_before_a_broken_end_is_kept_and_the_break_is_named(
    weir: Weir, tmp_path: Path
) -> None:
    path = tmp_path / "cut.xml"
    whole = wxr(("A fine regatta", "1"), ("Another", "1")).getvalue()
    path.write_bytes(whole[: whole.rindex(b"Another")])

    done = weir("labels", "import", "--site", "boats", path)

    assert done.code == 1
    assert done.out.startswith("1 added, 0 already there, 1 refused")
    assert "the rest cannot be read" in done.out


def test_doubtful_labels_are_listed(weir: Weir, tmp_path: Path) -> None:
    path = tmp_path / "labelled.jsonl"
    path.write_text(
        '{"text": "A fine regatta", "label": "ham"}\n'
        '{"text": "A fine regatta", "label": "spam", "author": "Bob"}\n'
    )
    weir("labels", "import", "--site", "boats", path)

    told = weir("labels", "check", "--site", "boats")
    found = weir("labels", "check", "--site", "boats", "--json").json

    assert told.code == 0
    assert told.out.startswith("1 texts labelled both ways\n  cmt_")
    assert [sorted(one.values()) for one in found["contradictions"]] == [["ham", "spam"]]
    assert found["suspects"] == []
    assert found["by"].startswith("nothing: fewer than 5")


def test_what_moderators_said_on_every_site_can_be_taken_out_together(
    weir: Weir, tmp_path: Path
) -> None:
    weir("site", "add", "ponds", "--url", "https://ponds.example")
    with instance() as parts:
        for name, source in (("boats", "console"), ("ponds", "console"), ("ponds", "akismet")):
            site = parts.sites.get(name)
            comment = Comment(content=f"A regatta on {name} {source}", author_email="a@b.example")
            parts.review.teach(site, comment, Label.HAM, source=source)  # type: ignore[arg-type]

    rows = [json.loads(line) for line in weir("labels", "export", "--all-trusted").out.splitlines()]

    assert {(row["set"], row["text"], row["label"]) for row in rows} == {
        ("site-1", "A regatta on boats console", "ham"),
        ("site-2", "A regatta on ponds console", "ham"),
    }
    assert "b.example" not in str(rows)
    assert weir("labels", "export").code == 2
    assert weir("labels", "export", "--site", "boats", "--all-trusted").code == 2


def test_many_labels_share_a_transaction(
    weir: Weir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "many.jsonl"
    rows = ({"text": f"Berth {n} is free", "label": "ham"} for n in range(AT_ONCE + 1))
    path.write_text("\n".join(map(json.dumps, rows)))
    transactions, writing = [], Database.writing
    monkeypatch.setattr(Database, "writing", lambda db: transactions.append(1) or writing(db))

    assert imported(weir, path)["added"] == AT_ONCE + 1
    assert len(transactions) == 2
    assert imported(weir, path)["already_there"] == AT_ONCE + 1


def test_the_same_comment_twice_in_one_file_is_one_label(weir: Weir, tmp_path: Path) -> None:
    path = tmp_path / "twice.jsonl"
    path.write_text(2 * (json.dumps({"text": "Berth 9 is free", "label": "ham"}) + "\n"))

    counts = imported(weir, path)

    assert (counts["added"], counts["already_there"]) == (1, 1)
