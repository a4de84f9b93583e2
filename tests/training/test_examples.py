"""Reading labelled files, and deciding who teaches what."""

import csv
import gzip
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.comment import Comment, Example, Label
from training import examples as of
from training.examples import BadExamples, Refused, Source


def written(path, rows):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def spam(text, **fields):
    comment = Comment(content=text, **fields)
    return Example(comment=comment, label=Label.SPAM, source="harbour")


def test_a_row_becomes_an_example_whatever_it_calls_its_text(tmp_path):
    row = {
        "text": "Ahoy",
        "label": "HAM",
        "author": "Ann",
        "set": "harbour",
        "created_at": "2020-01-02T03:04:05Z",
    }
    path = written(
        tmp_path / "a.jsonl", [row, {"content": "Ahoy", "label": "spam", "author": None}]
    )
    first, second = of.read(path)
    assert (first.comment.content, first.label, first.source) == ("Ahoy", Label.HAM, "harbour")
    assert first.comment.submitted_at.isoformat() == "2020-01-02T03:04:05+00:00"
    assert (second.label, second.comment.author_name) == (Label.SPAM, "")


def test_gzip_and_csv_say_the_same_as_plain_lines(tmp_path):
    rows = [{"text": "one, two", "label": "ham"}, {"text": "three", "label": "spam"}]
    with (tmp_path / "a.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, ["text", "label"])
        table.writeheader()
        table.writerows(rows)
    plain = list(of.read(written(tmp_path / "a.jsonl", rows)))
    assert list(of.read(written(tmp_path / "a.jsonl.gz", rows))) == plain
    assert list(of.read(tmp_path / "a.csv")) == plain


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.jsonl"])
def test_a_byte_order_mark_in_front_of_a_file_is_passed_over(tmp_path, name):
    """Spreadsheets begin a CSV file with one."""
    text = "text,label\nAhoy,ham\n" if ".csv" in name else '{"text": "Ahoy", "label": "ham"}\n'
    opened = gzip.open if name.endswith(".gz") else open
    with opened(tmp_path / name, "wt", encoding="utf-8-sig") as file:
        file.write(text)
    (row,) = of.read(tmp_path / name)
    assert (row.comment.content, row.label) == ("Ahoy", Label.HAM)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{broken", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not an object"),
        ('{"label": "spam"}', "no text"),
        ('{"text": 7, "label": "spam"}', "no text"),
        ('{"text": " ", "label": "spam"}', "no text"),
        ('{"text": "a"}', "label must be"),
        ('{"text": "a", "label": ["spam"]}', "label must be"),
    ],
)
def test_a_bad_row_is_refused_by_number_and_the_others_stay(tmp_path, line, why):
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"text": "a", "label": "ham"}}\n\n{line}\n{{"text": "b", "label": "ham"}}\n')
    first, bad, last = of.read(path)
    assert (first.comment.content, last.comment.content) == ("a", "b")
    assert bad.line == 3
    assert why in bad.why


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(data)
    assert all(isinstance(row, (Example, Refused)) for row in of.read(path))


def test_training_data_with_a_bad_row_stop_the_build(tmp_path):
    written(tmp_path / "sms_uci.jsonl.gz", [{"text": "a", "label": "what"}])
    with pytest.raises(BadExamples, match=r"sms_uci\.jsonl\.gz, line 1: label must be"):
        of.load(tmp_path)
    with pytest.raises(BadExamples, match="holds none"):
        of.load(tmp_path, ["youtube_uci"])


def test_comments_known_to_be_mislabelled_neither_teach_nor_count(tmp_path):
    bad = min(of.MISLABELLED)
    rows = [{"id": name, "text": name, "label": "ham"} for name in (bad, "blog_haacked-1")]
    written(tmp_path / "blog_haacked.jsonl.gz", rows)
    assert [example.id for example in of.load(tmp_path)] == ["blog_haacked-1"]


def test_one_text_counts_once_and_contradictions_not_at_all():
    other = Example(comment=Comment(content="Hi"), label=Label.HAM, source="harbour")
    kept = of.unique([spam("Buy lamps"), spam("BUY  LAMPS"), spam("Hi"), other])
    assert [example.comment.content for example in kept] == ["Buy lamps"]


def test_caps_hold_and_do_not_depend_on_order(monkeypatch):
    rule = Source("blog", max_spam=10, max_trackbacks=0.3, campaign="lamps", max_campaign=4)
    monkeypatch.setattr(of, "SOURCES", {"harbour": rule})
    many = [spam(f"text {i}", type="trackback" if i % 2 else "comment") for i in range(40)]
    many += [spam(f"buy LAMPS {i}") for i in range(40)]
    kept = of.capped(many)
    assert len(kept) == 10
    assert sum(example.comment.type == "trackback" for example in kept) <= 3
    assert sum("LAMPS" in example.comment.content for example in kept) <= 4
    assert of.capped(many[::-1]) == kept
    assert of.capped(many, seed=1) != kept


def test_disguises_do_not_move_a_text_to_the_other_side_of_a_split():
    assert of.place(spam("buy lamps")) == of.place(spam("Ｂｕｙ ＬＡＭＰＳ"))
    assert of.place(spam("buy lamps")) != of.place(spam("buy lamps"), seed=1)


def test_places_are_spread_evenly():
    places = [of.place(spam(f"text {i}")) for i in range(2000)]
    assert 0.45 < sum(place < 0.5 for place in places) / 2000 < 0.55


def test_translations_stay_with_what_they_translate():
    assert of.family("sms_mt_de_fr_hi") == of.family("sms_uci")
    assert of.family("somewhere") == "somewhere"


def test_a_video_and_half_the_articles_are_the_parts_left_out_near():
    def parts(source):
        return {of.part(replace(spam("a"), source=source, group=str(page))) for page in range(12)}

    assert len(parts("youtube_uci")) == 12
    assert parts("wpblog_dmt") == {"wpblog_dmt/0", "wpblog_dmt/1"}
    assert parts("sms_uci") == {""}


def test_what_is_shipped_never_learns_from_the_set_kept_for_measuring():
    assert not of.SOURCES["telegram_ru"].teaches
