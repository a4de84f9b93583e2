"""Other systems' exports: their own status fields decide, in pieces, and no entity grows."""

import io
import json
import tracemalloc
from collections.abc import Iterator

import pytest

from training.examples import MAX_ROW, Refused
from training.exports import CHUNK, BadExport, Undecided, disqus, kind_of, remark42, wordpress

WXR = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"
     xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Boats</title><wp:base_site_url>https://boats.example</wp:base_site_url>
<item><title>Regatta</title><link>https://boats.example/regatta/</link>
  <content:encoded><![CDATA[<p>the article</p>]]></content:encoded>
  {comments}
</item></channel></rss>"""
COMMENT = """<wp:comment>
  <wp:comment_id>{number}</wp:comment_id>
  <wp:comment_author><![CDATA[Ada]]></wp:comment_author>
  <wp:comment_author_email><![CDATA[ada@boats.example]]></wp:comment_author_email>
  <wp:comment_author_url>https://ada.example/</wp:comment_author_url>
  <wp:comment_author_IP><![CDATA[192.0.2.7]]></wp:comment_author_IP>
  <wp:comment_date><![CDATA[2024-05-01 12:00:00]]></wp:comment_date>
  <wp:comment_date_gmt><![CDATA[2024-05-01 10:00:00]]></wp:comment_date_gmt>
  <wp:comment_content><![CDATA[{text}]]></wp:comment_content>
  <wp:comment_approved><![CDATA[{approved}]]></wp:comment_approved>
  <wp:comment_type><![CDATA[{kind}]]></wp:comment_type>
  <wp:commentmeta><wp:meta_key>akismet_result</wp:meta_key><wp:meta_value>true</wp:meta_value>
  </wp:commentmeta>
</wp:comment>"""

DISQUS = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="7"><id>1</id><forum>boats</forum><link>https://boats.example/regatta/</link>
  <title>Regatta</title><message /><isDeleted>false</isDeleted></thread>
{posts}
</disqus>"""
POST = """<post dsq:id="{number}"><id>wp_id=1</id><message><![CDATA[{text}]]></message>
  <createdAt>2024-05-01T10:00:00Z</createdAt>
  <isDeleted>{deleted}</isDeleted><isSpam>{spam}</isSpam>
  <author><email>ada@boats.example</email><name>Ada</name></author>
  <ipAddress>192.0.2.7</ipAddress><thread dsq:id="7" /></post>"""


def wxr(*comments: tuple[str, str], kind: str = "comment") -> io.BytesIO:
    said = [
        COMMENT.format(number=n, text=text, approved=approved, kind=kind)
        for n, (text, approved) in enumerate(comments, 1)
    ]
    return io.BytesIO(WXR.replace("{comments}", "".join(said)).encode())


def posts(*said: tuple[str, str, str]) -> io.BytesIO:
    each = [
        POST.format(number=n, text=text, spam=spam, deleted=deleted)
        for n, (text, spam, deleted) in enumerate(said, 1)
    ]
    return io.BytesIO(DISQUS.replace("{posts}", "".join(each)).encode())


def test_wordpress_comments_carry_everything_that_was_sent() -> None:
    ((line, row),) = wordpress(wxr(("A <b>fine</b> regatta &amp; dinner", "1")))

    assert line == 7
    assert row == {
        "label": "ham", "text": "A <b>fine</b> regatta &amp; dinner", "type": "comment",
        "author": "Ada", "author_email": "ada@boats.example",
        "author_url": "https://ada.example/", "author_ip": "192.0.2.7",
        "created_at": "2024-05-01 10:00:00", "external_id": "1",
        "permalink": "https://boats.example/regatta/", "page_title": "Regatta",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("approved", "label"),
    [("1", "ham"), ("spam", "spam"), ("trash", "other"), ("0", None), ("", None)],
)
def test_wordpress_status_is_the_label(approved: str, label: str | None) -> None:
    ((_, row),) = wordpress(wxr(("text", approved)))

    assert (row["label"] if isinstance(row, dict) else None) == label
    assert isinstance(row, dict) or row == Undecided(7, "waits for a moderator")


@pytest.mark.parametrize(
    ("spam", "deleted", "label"),
    [("false", "false", "ham"), ("true", "false", "spam"), ("true", "true", "spam"),
     ("false", "true", "other")],
)  # fmt: skip
def test_disqus_flags_are_the_label(spam: str, deleted: str, label: str) -> None:
    ((_, row),) = disqus(posts(("<p>text</p>", spam, deleted)))

    assert isinstance(row, dict)
    assert row["label"] == label
    assert (row["author"], row["author_email"]) == ("Ada", "ada@boats.example")
    assert (row["permalink"], row["external_id"]) == ("https://boats.example/regatta/", "1")
    assert (row["author_ip"], row["created_at"]) == ("192.0.2.7", "2024-05-01T10:00:00Z")


def test_what_disqus_has_blanked_is_undecided() -> None:
    ((line, row),) = disqus(posts(("", "false", "true")))
    assert row == Undecided(line, "deleted, its text is gone")


def test_remark42_keeps_what_was_published() -> None:
    backup = [
        {"version": 1, "users": [], "posts": []},
        {"id": "c1", "pid": "", "text": "<p>A fine regatta</p>", "orig": "A fine regatta",
         "user": {"name": "Ada", "id": "github_1", "ip": "f00"}, "time": "2024-05-01T10:00:00Z",
         "locator": {"site": "boats", "url": "https://boats.example/regatta/"}},
        {"id": "c2", "pid": "c1", "text": "", "user": {}, "locator": {}, "delete": True},
    ]  # fmt: skip
    lines = iter([*map(json.dumps, backup), "not json", "", "7"])

    first, gone, wrong, number = remark42(lines)

    assert first == (2, {
        "label": "ham", "text": "<p>A fine regatta</p>", "author": "Ada", "author_id": "github_1",
        "permalink": "https://boats.example/regatta/", "created_at": "2024-05-01T10:00:00Z",
        "external_id": "c1", "parent_id": "", "page_title": None,
    })  # fmt: skip
    assert gone == (3, Undecided(3, "deleted, its text is gone"))
    assert wrong == (4, Refused(4, "not JSON"))
    assert number == (6, {})


BOMB = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
<rss><channel><item><comment><comment_approved>1</comment_approved>
<comment_content>&b;</comment_content></comment></item></channel></rss>"""


@pytest.mark.parametrize("read", [wordpress, disqus])
def test_a_file_that_declares_entities_is_refused_before_any_grows(read) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadExport, match="document type"):
        list(read(io.BytesIO(BOMB)))


def test_a_broken_file_says_where_after_what_could_be_read() -> None:
    whole = wxr(("one", "1"), ("two", "1")).getvalue()
    cut = whole[: whole.rindex(b"two")]

    rows = wordpress(io.BytesIO(cut))

    assert isinstance(next(rows)[1], dict)
    with pytest.raises(BadExport, match=r"line \d+"):
        next(rows)


def test_nesting_has_an_end() -> None:
    with pytest.raises(BadExport, match="nested deeper"):
        list(wordpress(io.BytesIO(b"<a>" * 100_000)))


def test_a_comment_too_long_to_be_one_is_empty_and_the_next_is_read() -> None:
    long, short = wordpress(wxr(("x" * (MAX_ROW + 1), "1"), ("short", "1")))

    assert isinstance(long[1], Undecided)
    assert isinstance(short[1], dict)
    assert short[1]["text"] == "short"


class Endless(io.RawIOBase):
    """A WXR file of so many comments that is nowhere whole."""

    def __init__(self, comments: int) -> None:
        head, tail = WXR.split("{comments}")
        comment = COMMENT.format(number=1, text="y" * 500, approved="1", kind="comment")
        self._pieces = iter([head, *([comment] * comments), tail])

    def read(self, size: int = -1) -> bytes:
        taken: list[str] = []
        while sum(map(len, taken)) < CHUNK and (piece := next(self._pieces, None)) is not None:
            taken.append(piece)
        return "".join(taken).encode()


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(comments: int) -> int:
        rows: Iterator[object] = wordpress(Endless(comments))  # type: ignore[arg-type]
        tracemalloc.start()
        assert sum(1 for _ in rows) == comments
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    assert peak(8_000) < 1.5 * peak(2_000) + 2**20


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"SQLite format 3\0...", "isso"),
        (WXR[:300].encode(), "wordpress"),
        (b"\xef\xbb\xbf" + DISQUS[:100].encode(), "disqus"),
        (b'{"version":1,"users":[],"posts":[]}\n{"id": "1"}', "remark42"),
        (b'{"version":1,"users":[{"id": "cut', "remark42"),
        (b'{"id":"1","locator":{"url":""}}\n', "remark42"),
        (b'{"text": "a", "label": "ham"}\n', "jsonl"),
        (b"text,label\na,ham\n", "jsonl"),
        (b"", "jsonl"),
    ],
)
def test_a_file_tells_what_wrote_it(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind
