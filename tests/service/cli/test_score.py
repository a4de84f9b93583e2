"""`weir score`, `weir evaluate` and `weir model`: the shipped base on files."""

import gzip
import json
import math
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from model.verdict import Decision
from tests.service.cli.conftest import Weir

TEXTS = ["What a fine regatta", "cheap pills https://pills.example now", "", "Ahoi 👋 wie geht's"]


def jsonl(rows: list[Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_line_is_answered_in_its_place(weir: Weir) -> None:
    rows = [{"id": n, "text": text} for n, text in enumerate(TEXTS * 200)]

    told = lines(weir("score", "-", input=jsonl(rows)).out)

    assert [row["id"] for row in told] == list(range(len(rows)))
    assert set(told[0]) == {"id", "decision", "spam_probability", "score", "model"}
    assert {row["decision"] for row in told} <= set(Decision)


def test_equal_comments_get_equal_answers_wherever_they_stand(weir: Weir) -> None:
    told = lines(weir("score", input=jsonl([{"text": text} for text in TEXTS * 100])).out)

    assert all(told[n] == told[n % len(TEXTS)] for n in range(len(told)))


def test_an_explanation_adds_up_to_the_score(weir: Weir) -> None:
    told = lines(weir("score", "--explain", input=jsonl([{"text": text} for text in TEXTS])).out)

    for row in told:
        parts = [row["base"], row["rest"], *(reason["weight"] for reason in row["reasons"])]
        assert math.fsum(parts) == pytest.approx(row["score"], abs=1e-9)


def test_gzipped_files_are_read_by_content_not_by_name(weir: Weir, tmp_path: Path) -> None:
    file = tmp_path / "comments"
    file.write_bytes(gzip.compress(jsonl([{"content": "Ahoy"}]).encode()))

    assert len(lines(weir("score", file).out)) == 1
    assert len(lines(weir("score", input=file.read_bytes()).out)) == 1


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_byte_order_mark_in_front_is_passed_over(weir: Weir, pack: Callable[..., bytes]) -> None:
    (told,) = lines(weir("score", input=pack(b'\xef\xbb\xbf{"id": 1, "text": "Ahoy"}\n')).out)

    assert told["id"] == 1


def test_a_line_that_is_no_comment_is_answered_too(weir: Weir) -> None:
    text = '{"id": 1, "text": "good"}\nnot json\n[]\n{"id": 4}\n\n{"id": 5, "text": "good"}\n'

    done = weir("score", input=text)

    told = lines(done.out)
    assert [row.get("error") for row in told] == [
        None,
        "not JSON",
        "not an object",
        "no text",
        None,
    ]
    assert [row.get("line") for row in told] == [None, 2, 3, 4, None]
    assert (done.code, done.err) == (1, "weir: 3 of 5 lines are no comments\n")


def test_a_cut_off_gzip_file_fails_in_one_line(weir: Weir, tmp_path: Path) -> None:
    file = tmp_path / "cut.gz"
    file.write_bytes(gzip.compress(jsonl([{"text": "x" * 99}] * 999).encode())[:-20])

    done = weir("score", file)

    assert (done.code, len(done.err.splitlines())) == (1, 1)


def test_a_file_that_is_not_there_fails_in_one_line(weir: Weir, tmp_path: Path) -> None:
    done = weir("score", tmp_path / "nothing.jsonl")

    assert (done.code, done.err) == (
        1,
        f"weir: {tmp_path}/nothing.jsonl: No such file or directory\n",
    )


def test_nothing_in_nothing_out(weir: Weir) -> None:
    assert weir("score", input="").out == ""


def test_without_a_site_no_database_is_opened(weir: Weir, tmp_path: Path) -> None:
    weir("score", input=jsonl([{"text": "Ahoy"}]))

    assert not (tmp_path / "data").exists()


def test_with_a_site_its_policy_holds(weir: Weir, site: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "terms").write_text("regatta\n")
    weir("site", "set", "boats", "--blocked-terms", tmp_path / "terms")

    told = lines(
        weir("score", "--site", "boats", "--explain", input=jsonl([{"text": TEXTS[0]}])).out
    )

    assert told[0]["decision"] == "reject"
    assert told[0]["reasons"][0]["code"] == "blocked-term"


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "labelled.jsonl"
    good = [{"text": f"Thank you for report {n} of the regatta", "label": "ham"} for n in range(40)]
    spam = [{"text": f"Cheap pills, order {n} today!!!", "label": "spam"} for n in range(40)]
    file.write_text(jsonl([*good, *spam, {"text": "no label"}]))
    return file


def test_an_evaluation_gives_every_figure_with_n_and_interval(weir: Weir, labelled: Path) -> None:
    told = weir("evaluate", labelled, "--json").json

    assert (told["comments"], told["spam"], told["refused"]) == (80, 40, 1)
    for figure in told["figures"].values():
        assert figure["lower"] <= figure["estimate"] <= figure["upper"]
        assert figure["n"] in (40, 80)


def test_an_evaluation_for_people_names_model_and_file(weir: Weir, labelled: Path) -> None:
    done = weir("evaluate", labelled)

    assert "on labelled.jsonl" in done.out
    assert "80 comments, 1 rows left out" in done.out


class Addresses(HTMLParser):
    """Everything a page would load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note scripts, and links that are loaded."""
        self.found += [tag] if tag in ("script", "link", "iframe", "img") else []


def test_the_page_stands_alone(weir: Weir, labelled: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"

    assert weir("evaluate", labelled, "--html", page).code == 0

    addresses = Addresses()
    addresses.feed(page.read_text())
    assert addresses.found == []
    assert "<svg" in page.read_text()


def test_a_file_without_labels_cannot_be_evaluated(weir: Weir, tmp_path: Path) -> None:
    file = tmp_path / "bare.jsonl"
    file.write_text(jsonl([{"text": "no label"}]))

    assert weir("evaluate", file).err == f"weir: {file} holds no labelled comment\n"


def test_the_model_in_force_is_listed_and_shown(weir: Weir) -> None:
    listed = weir("model", "list", "--json").json

    shown = weir("model", "show", listed[0]["id"], "--json").json
    assert shown["id"] == listed[0]["id"]
    assert weir("model", "show", "base-nowhere").err == "weir: there is no model 'base-nowhere'\n"
