"""Labels in and out, export, erasing and purging from the command line."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.service.cli.conftest import Weir

ROWS: list[dict[str, str]] = [
    {
        "id": "c-17",
        "text": "A fine regatta, thank you.",
        "lang": "en",
        "label": "ham",
        "author": "Ada",
        "created_at": "2026-05-01T10:00:00+00:00",
    },
    {
        "text": "Cheap pills here",
        "label": "spam",
        "author_url": "https://pills.example",
        "author_email": "p@pills.example",
    },
    {"text": "You are all fools", "label": "other"},
]


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.fixture
def taught(weir: Weir, site: dict[str, str], labelled: Path) -> Weir:
    """`weir`, after the three rows were imported."""
    assert weir("labels", "import", "--site", "boats", labelled).code == 0
    return weir


def test_an_import_says_what_was_added(weir: Weir, site: dict[str, str], labelled: Path) -> None:
    done = weir("labels", "import", "--site", "boats", labelled)

    assert (done.code, done.out) == (0, "3 added, 0 already there, 0 refused\n")


def test_a_second_import_adds_nothing(taught: Weir, labelled: Path) -> None:
    counts = taught("labels", "import", "--site", "boats", labelled, "--json").json

    assert counts == {"added": 0, "already_there": 3, "refused": 0, "refusals": []}


def test_a_changed_label_is_added_to_the_comment_that_is_there(
    taught: Weir, labelled: Path
) -> None:
    labelled.write_text(json.dumps(ROWS[0] | {"label": "spam"}) + "\n")

    assert taught("labels", "import", "--site", "boats", labelled, "--json").json["added"] == 1
    told = lines(taught("export", "--site", "boats").out)
    assert len(told) == 3
    assert [said["label"] for said in told[0]["labels"]] == ["ham", "spam"]


def test_refused_rows_are_named_and_the_rest_is_added(
    weir: Weir, site: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "mixed.jsonl"
    path.write_text('{"text": "good", "label": "ham"}\nnot json\n{"text": "x", "label": "maybe"}\n')

    done = weir("labels", "import", "--site", "boats", path)

    assert done.code == 1
    assert done.out.startswith("1 added, 0 already there, 2 refused\n  line 2: not JSON\n  line 3:")
    assert done.err == "weir: 2 rows were refused\n"


def test_gzipped_csv_is_read_too(weir: Weir, site: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "labelled.csv.gz"
    path.write_bytes(gzip.compress(b"text,label\r\nhello boats,ham\r\n"))

    assert weir("labels", "import", "--site", "boats", path, "--json").json["added"] == 1


def test_exported_labels_are_what_was_imported_but_for_the_e_mail(taught: Weir) -> None:
    told = lines(taught("labels", "export", "--site", "boats").out)

    kept = [{k: v for k, v in row.items() if k != "author_email"} for row in ROWS]
    assert [{k: row[k] for k in want} for row, want in zip(told, kept, strict=True)] == kept
    assert "author_email" not in told[1]


def test_labels_taken_out_go_into_another_site(taught: Weir, tmp_path: Path) -> None:
    taught("site", "add", "ships", "--url", "https://ships.example")
    file = tmp_path / "out.jsonl"

    taught("labels", "export", "--site", "boats", file)

    assert taught("labels", "import", "--site", "ships", file, "--json").json["added"] == 3


def test_an_export_tells_all_that_is_kept(taught: Weir) -> None:
    told = lines(taught("export", "--site", "boats").out)

    assert [row["comment"]["text"] for row in told] == [row["text"] for row in ROWS]
    assert [row["state"] for row in told] == ["accepted", "rejected", "rejected"]
    assert told[0]["labels"][0]["source"] == "import"


def test_erasing_a_comment_leaves_an_empty_row(taught: Weir) -> None:
    first = lines(taught("export", "--site", "boats").out)[0]

    assert taught("erase", "--comment", first["id"], "--json").json == {"erased": 1}

    told = lines(taught("export", "--site", "boats").out)
    assert (told[0]["id"], told[0]["state"]) == (first["id"], "erased")
    assert told[0]["comment"]["text"] == ""
    assert "Ada" not in json.dumps(told)


def test_what_was_erased_teaches_no_more(taught: Weir) -> None:
    first = lines(taught("export", "--site", "boats").out)[0]

    taught("erase", "--comment", first["id"])

    assert len(lines(taught("labels", "export", "--site", "boats").out)) == 2


def test_erasing_a_person_finds_them_by_e_mail_in_any_case(taught: Weir) -> None:
    done = taught("erase", "--author-email", "P@Pills.Example", "--json")

    assert done.json == {"erased": 1}
    assert "pills" not in taught("export", "--site", "boats").out


def test_erasing_what_is_not_there(taught: Weir) -> None:
    assert taught("erase", "--author-email", "nobody@example.org", "--json").json == {"erased": 0}
    assert taught("erase", "--comment", "cmt_none").err == "weir: there is no comment 'cmt_none'\n"
    assert taught("erase").code == 2


def test_purging_keeps_what_is_young(taught: Weir) -> None:
    assert taught("purge", "--older-than", "1", "--json").json == {"deleted": 0}
    assert len(lines(taught("export", "--site", "boats").out)) == 3


def test_purging_needs_to_know_how_old(taught: Weir) -> None:
    assert taught("purge").code == 2


def test_a_site_nobody_knows_is_refused(weir: Weir, labelled: Path) -> None:
    done = weir("labels", "import", "--site", "nowhere", labelled)

    assert (done.code, done.err) == (1, "weir: there is no site 'nowhere'\n")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.jsonl.gz", gzip.compress(b'{"text": "x", "label": "ham"}\n' * 999)[:-9]),
        ("no.jsonl.gz", b"not gzipped at all"),
        ("long.csv", b"text,label\n" + b"x" * (1 << 21) + b",ham\n"),
    ],
)
def test_a_damaged_file_fails_in_one_line(
    weir: Weir, site: dict[str, str], tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)

    done = weir("labels", "import", "--site", "boats", tmp_path / name)

    assert (done.code, len(done.err.splitlines())) == (1, 1)
