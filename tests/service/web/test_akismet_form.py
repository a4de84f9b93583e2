"""Forms as Akismet clients write them, the odd ones and the hostile ones too."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import quote_plus, unquote_to_bytes, urlencode

import pytest
import webencodings
from hypothesis import example, given
from hypothesis import strategies as st

from service.web import akismet_form
from service.web.akismet_form import MAX_FIELDS, TooManyFields, read_comment, read_form
from tests.growth import grows_linearly

REAL_CHARSETS = [
    ("ISO-8859-1", "Ein Café mit Gebäck, ñandú"),
    ("ISO-8859-2", "Zażółć gęślą jaźń"),
    ("windows-1251", "Спасибо за статью"),
    ("KOI8-R", "Спасибо за статью"),
    ("windows-1253", "Ευχαριστώ για το άρθρο"),
    ("windows-1255", "תודה על המאמר"),
    ("windows-1256", "شكرا على المقال"),
    ("windows-874", "ขอบคุณสำหรับบทความ"),
    ("Shift_JIS", "記事をありがとうございます"),
    ("EUC-JP", "記事をありがとうございます"),
    ("ISO-2022-JP", "記事をありがとうございます"),
    ("GBK", "谢谢你的文章"),
    ("gb18030", "谢谢你的文章"),
    ("Big5", "謝謝你的文章"),
    ("EUC-KR", "좋은 글 감사합니다"),
    ("UTF-16LE", "Thanks for this, schön"),
    ("UTF-8", "Thanks 🙂 for this"),
]


def test_a_key_without_value_is_an_empty_field():
    form = read_form(b"comment_author_url&comment_content=hello&api_key=abc")

    assert form.get("comment_author_url") == ""
    assert form.get("comment_content") == "hello"
    assert form.get("api_key") == "abc"


@pytest.mark.parametrize(
    "spelling",
    [
        b"comment_context=birds",
        b"comment_context[]=birds&comment_context[]=boats",
        b"comment_context%5B0%5D=birds&comment_context%5B1%5D=boats",
    ],
)
def test_an_array_may_be_spelt_in_three_ways(spelling):
    assert read_form(spelling + b"&blog=b").get("comment_context") == "birds"


def test_the_body_wins_over_the_query():
    form = read_form(b"api_key=body", b"api_key=query&format=csv")

    assert form.get("api_key") == "body"
    assert form.get("format") == "csv"


def test_of_two_values_the_first_counts_so_that_none_can_be_forged_behind_it():
    assert (
        read_form(b"comment_content=first&comment_content=second").get("comment_content") == "first"
    )


@pytest.mark.parametrize("name", ["user_role", "is_test", "recheck_reason", "guid"])
def test_behind_a_visitors_own_field_nobody_speaks_for_the_site(name):
    for spelt in (name, f"{name}[]", f"{name}[0", f"%{ord(name[0]):x}{name[1:]}"):
        body = f"comment_content=x&POST_a=1&{spelt}=1&POST_b=2"

        assert read_form(body.encode()).get(name) == ""


def test_before_the_visitors_fields_the_site_speaks():
    assert read_form(b"user_role=editor&POST_a=1").get("user_role") == "editor"


def test_an_empty_alias_lets_the_next_one_speak():
    form = read_form(b"comment_type=&content_type=reply")

    assert form.get("comment_type", "content_type") == "reply"


@pytest.mark.parametrize(("charset", "text"), REAL_CHARSETS)
@pytest.mark.parametrize("where", ["blog_charset", "charset", "Content-Type"])
def test_text_is_read_in_the_charset_the_blog_names(charset, text, where):
    kind = "application/x-www-form-urlencoded"
    body = "comment_content=" + quote_plus(webencodings.encode(text, charset))
    if where == "Content-Type":
        kind += f"; charset={charset}"
    else:
        body += f"&{where}={charset}"

    assert read_form(body.encode(), content_type=kind).get("comment_content") == text


@pytest.mark.parametrize(("charset", "text"), REAL_CHARSETS)
def test_utf_8_is_known_whatever_charset_is_named(charset, text):
    body = urlencode({"comment_content": text, "blog_charset": charset}).encode()

    assert read_form(body).get("comment_content") == text


@pytest.mark.parametrize(
    "charset", ["", "nonsense", "idna", "punycode", "unicode_escape", "rot13", "zlib", "utf-7"]
)
def test_an_unknown_or_unsafe_charset_means_utf_8_with_replacements(charset):
    body = b"comment_content=caf%E9+%C3%A9&blog_charset=" + charset.encode()

    assert read_form(body).get("comment_content") == "caf� é"


def test_multipart_is_understood():
    body = (
        b'--X\r\nContent-Disposition: form-data; name="comment_content"\r\n\r\na+b&c=%41 \xc3\xa9'
        b'\r\n--X\r\nContent-Disposition: form-data; name="blog"\r\n\r\nhttp://b.example\r\n--X--'
    )
    form = read_form(body, content_type="multipart/form-data; boundary=X")

    assert form.get("comment_content") == "a+b&c=%41 é"
    assert form.get("blog") == "http://b.example"


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "application/json"])
def test_the_content_type_is_not_needed(kind):
    assert read_form(b"blog=x", content_type=kind).get("blog") == "x"


@pytest.mark.parametrize("yes", ["1", "true", "True", "TRUE", "on", "yes"])
def test_these_spellings_mean_a_test(yes):
    assert read_form(f"is_test={yes}".encode()).flag("is_test")


@pytest.mark.parametrize("no", ["0", "", "false", "False", "no", "nonsense"])
def test_these_spellings_mean_no_test(no):
    assert not read_form(f"is_test={no}".encode()).flag("is_test")
    assert not read_form(b"is_test").flag("is_test")


@pytest.mark.parametrize("sent_as", ["trap", "POST_trap"])
def test_the_honeypot_is_the_field_that_is_named(sent_as):
    form = read_form(f"honeypot_field_name=trap&{sent_as}=buy+now".encode())

    assert form.honeypot() == "buy now"


def test_a_honeypot_that_stayed_empty_says_nothing():
    assert read_form(b"honeypot_field_name=trap&trap=").honeypot() == ""
    assert read_form(b"trap=buy").honeypot() == ""


def test_a_form_becomes_a_comment():
    body = urlencode(
        {
            "user_ip": "2001:db8::7",
            "user_agent": "Lynx",
            "permalink": "https://boats.example/regatta",
            "content_type": "forum-post",
            "comment_author": "Ada",
            "comment_author_email": "ada@example.org",
            "comment_author_url": "https://ada.example",
            "comment_content": "A fine race.",
            "comment_date_gmt": "2026-05-01 12:30:00",
            "comment_parent": "0",
            "user_ID": "17",
            "user_role": "editor",
            "blog_lang": "en",
            "is_test": "1",
        }
    )

    comment = read_comment(read_form(body.encode()))

    assert (comment.author_ip, comment.user_agent) == ("2001:db8::7", "Lynx")
    assert (comment.type, comment.content) == ("forum-post", "A fine race.")
    assert comment.author_name == "Ada"
    assert comment.author_email == "ada@example.org"
    assert comment.author_url == "https://ada.example"
    assert comment.permalink == "https://boats.example/regatta"
    assert (comment.parent_id, comment.author_id, comment.author_role) == ("", "17", "editor")
    assert comment.submitted_at == datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    assert comment.page_language == "en"
    assert comment.test


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-05-01T12:30:00Z", datetime(2026, 5, 1, 12, 30, tzinfo=UTC)),
        ("2026-05-01T14:30:00+02:00", datetime(2026, 5, 1, 12, 30, tzinfo=UTC)),
        ("0000-00-00 00:00:00", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("yesterday", None),
    ],
)
def test_a_time_is_utc_and_a_wrong_one_is_left_out(written, read):
    form = read_form(urlencode({"comment_date_gmt": written}).encode())

    assert read_comment(form).submitted_at == read


def as_wordpress_writes(comment, posted=(), headers=()):
    """A comment as the WordPress plugin puts it on the wire: `=` dropped where there is no value,
    the visitor's fields and headers copied, the key last."""
    fields = {
        "comment_post_ID": "7", "comment_author": "", "comment_author_email": "",
        "comment_author_url": "", "comment_content": "", "comment_type": "comment",
        "comment_parent": "0", "user_ID": "0", "user_ip": "2001:db8::7", "user_agent": "Lynx",
        "referrer": "", "blog": "https://boats.example", "blog_lang": "de_DE",
        "blog_charset": "UTF-8", "permalink": "https://boats.example/?p=7", **comment,
    }  # fmt: skip
    fields |= {f"POST_{name}": value for name, value in posted}
    fields |= {f"HTTP_{name}": value for name, value in headers}
    fields |= {"comment_post_modified_gmt": "2026-05-19 09:30:00", "api_key": "1d4dqu424wbs"}
    return re.sub(r"=(?=&|$)", "", urlencode(fields)).encode()


def test_what_wordpress_writes_is_read():
    comment = {"comment_author": "Grace", "comment_content": "Größe & Länge = 12 m?"}
    posted = [(f"field_{n}", "x" * n) for n in range(300)] + [("comment", "Größe")]
    headers = [(f"X_{n}", "a=b&c;d") for n in range(300)]

    form = read_form(
        as_wordpress_writes(comment, posted, headers),
        content_type="application/x-www-form-urlencoded; charset=UTF-8",
    )
    read = read_comment(form)

    assert form.get("api_key") == "1d4dqu424wbs"
    assert (read.author_name, read.content) == ("Grace", "Größe & Länge = 12 m?")
    assert (read.author_email, read.parent_id, read.author_id) == ("", "", "")
    assert (read.author_ip, read.page_language) == ("2001:db8::7", "de_DE")


def test_too_many_fields_are_refused():
    with pytest.raises(TooManyFields):
        read_form(b"&".join([b"a=1"] * (MAX_FIELDS + 2)))
    with pytest.raises(TooManyFields):
        read_form(b"--X\r\n\r\n" * (MAX_FIELDS + 2), content_type="multipart/form-data; boundary=X")


@given(st.binary(max_size=400), st.binary(max_size=60), st.text(max_size=60))
@example(b"--\xff", b"", "multipart/form-data; boundary*=utf-8''%ff")
@example(b"a", b"", 'multipart/form-data; boundary="\ud800"')
def test_any_bytes_make_a_comment(body, query, content_type):
    comment = read_comment(read_form(body, query, content_type))

    assert isinstance(comment.content, str)


NAMES = st.from_regex(r"\A[^\[\x00-\x1f\ud800-\udfff]{1,20}\Z")
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@given(st.dictionaries(NAMES.filter(lambda name: not name.startswith("POST_")), TEXTS))
def test_what_a_browser_would_write_is_read_back(fields):
    form = read_form(urlencode(fields).encode())

    assert {name: form.get(name) for name in fields} == fields


@given(
    st.lists(st.sampled_from([b"%", b"4", b"1", b"%E9", b"%zz", b"g", b"\xff", b"%a"]), max_size=40)
)
def test_long_text_is_unquoted_as_the_standard_library_would(pieces):
    raw = b"".join(pieces) or b"%"

    assert akismet_form._unquote_long(raw) == unquote_to_bytes(raw)


@given(st.binary(max_size=300), st.sampled_from([charset for charset, _ in REAL_CHARSETS]))
def test_no_bytes_break_any_charset(raw, charset):
    body = b"comment_content=" + raw.replace(b"&", b"") + f"&blog_charset={charset}".encode()

    assert isinstance(read_form(body).get("comment_content"), str)


HOSTILE = {
    "keys": lambda n: (b"&".join(b"k%d=1" % i for i in range(n // 8)), ""),
    "separators": lambda n: (b"&" * n, ""),
    "escapes": lambda n: (b"comment_content=" + b"%E4" * (n // 3), ""),
    "long names": lambda n: (b"&".join([b"%41" * (n // 900)] * 300), ""),
    "boundaries": lambda n: (b"--X" * (n // 3), "multipart/form-data; boundary=X"),
    "dashes": lambda n: (b"-" * n, "multipart/form-data; boundary=-"),
    "part names": lambda n: (b"--X" + b'; name="' * (n // 8), "multipart/form-data; boundary=X"),
    "half escapes": lambda n: (b"comment_content=" + b"%%" * (n // 2), ""),
}


def _read(body, content_type):
    with suppress(TooManyFields):
        read_comment(read_form(body, content_type=content_type))


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_no_faster_than_the_form(name):
    small, large = (HOSTILE[name](n) for n in (1 << 18, 1 << 20))

    assert grows_linearly(lambda: _read(*small), lambda: _read(*large))
