"""The visible text and its normal form: what a reader sees, whatever was done to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from model.links import pieces_with
from model.text import MAX_CHARS, host_of, read
from model.visible import may_be_markup
from tests.growth import grows_linearly

PIECES = [
    "<b>", "</b>", "<p>", "<br>", "<!--", "-->", "<![CDATA[", "]]>",
    "<a href='http://x.example/y'>",
    "</a>", '<span style="display: none">', "</span>", "<script>", "</script>", "<", ">",
    "&", ";",
    "&amp;", "&#118;", "&#x76", "&amp;amp;", "&nbsp;", "[url=http://a.example]", "[/url]",
    "c a s i n o",
    "v.i.a.g.r.a", "fr33", "ca$h", "сasinо", "привет", "казинo", "ｃａｓｉｎｏ", "𝕮𝖆𝖘",
    "\u200b", "\xad",
    "\u0301", "\ufdfa", "\ud800", "\0", "\r\n", "\t", "  ", "sooooo", "!!!!",
    "www.a.example", "नमस्ते",
    "한국어", "中文", "👍🏽", "\U000f0001", "\u2028", "İ", "ß", "Σ",
]  # fmt: skip
contents = st.one_of(
    st.text(st.characters(codec=None)),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=30).map("".join),
)


@given(contents)
def test_every_span_lies_inside_the_content_and_spans_never_go_back(content: str) -> None:
    reading = read(content)
    spans = [reading.content_span(i, i + 1) for i in range(len(reading.normal))]
    assert all(0 <= start <= end <= len(content) for start, end in spans)
    whole = reading.content_span(0, len(reading.normal))
    assert 0 <= whole[0] <= max(whole[1], whole[0]) <= len(content)


@given(contents)
def test_links_lie_inside_the_content(content: str) -> None:
    for link in read(content).links:
        assert 0 <= link.span[0] <= link.span[1] <= len(content)
        assert link.host == link.host.lower()
        assert "." in link.host or ":" in link.host


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="<&")))
def test_plain_ascii_is_seen_as_it_is(content: str) -> None:
    assert read(content).visible == content


@given(contents)
def test_the_normal_form_is_bounded_and_small(content: str) -> None:
    normal = read(content).normal
    assert len(normal) <= min(MAX_CHARS, 4 * len(content) + 1)
    assert normal == normal.lower()
    assert "  " not in normal


@pytest.mark.parametrize(
    "disguised",
    [
        "v<b></b>iagra", "vi<!-- nice day -->agra", "&#118;iagra", "&amp;#118;iagra",
        "v&#x69;agra",
        "v<b>i</b>agra", "vi\u200bagra", "v\u00adiagra", "vi\u2060agra",
        "v\U000e0101iagra", "ｖｉａｇｒａ", "𝓿𝓲𝓪𝓰𝓻𝓪",
        "ⓥⓘⓐⓖⓡⓐ", "🅥🅘🅐🅖🅡🅐", "🇻🇮🇦🇬🇷🇦", "ᴠɪᴀɢʀᴀ", "v̷̢i̶a̶g̶r̵a̴", "vіаgrа", "ＶІАＧＲА", "v i a g r a",
        "v.i.a.g.r.a", "v-i-a-g-r-a", "v1agra", "vi@gra", "viágrà", "VIAGRA",
        "\u202eargaiv\u202c", "⒱⒤⒜⒢⒭⒜", "\0viagra",
        "v\ud800iagra",
        "<span style='font-size: 0px'>good</span>viagra", "<i hidden>words</i>viagra",
        "<style>a{}</style>viagra", "<script>words</script>viagra",
        '<p style="DISPLAY : NONE">kind words</p>viagra',
    ],
)  # fmt: skip
def test_disguises_come_off(disguised: str) -> None:
    assert read(f"buy {disguised} now").normal.split() == ["buy", "viagra", "now"]


@pytest.mark.parametrize(
    "genuine",
    [
        "сколько стоит книга", "все хорошо, но где ёлка и йод", "καλημέρα σας",
        "नमस्ते दुनिया", "สวัสดีครับ",
        "λόγος και σκοπός", "αυτο το τραγουδι", "привет всем", "мама мыла раму", "ѕіль та вода",
        "안녕하세요", "今天天气很好", "გამარჯობა", "բարեւ ձեզ", "a < b and b > c",
        "see section 2.1, page 10",
    ],
)  # fmt: skip
def test_genuine_writing_stays_as_it_is(genuine: str) -> None:
    assert read(genuine).normal == genuine


def test_latin_letters_in_russian_words_become_russian() -> None:
    assert read("лучшee кaзинo для вас, заходите").normal == "лучшее казино для вас, заходите"


def test_decomposed_korean_and_russian_are_composed() -> None:
    assert read("한국 й").normal == read("한국 й").normal


@pytest.mark.parametrize(
    ("disguised", "words"),
    [
        ("v.i.a.g.r.a c-i-a-l-i-s", "viagra cialis"),
        ("f r e e   m o n e y", "free money"),
        ("₵₳₴ɨ₦Ø", "casino"), ("ƈąʂıŋơ", "casino"), ("ᑕᗩᔕIᑎO", "casino"),
        ("сαѕιησ", "casino"),
        ("ϲаѕіnо", "casino"),
    ],
)  # fmt: skip
def test_words_behind_dots_and_fancy_letters_are_words(disguised: str, words: str) -> None:
    assert read(f"best {disguised} here").normal == f"best {words} here"


def test_good_words_in_attributes_are_no_part_of_the_comment() -> None:
    plain, padded = (read(f"<img src='a.png'{more}>pills") for more in ("", " title='so kind'"))
    assert "kind" not in padded.normal + padded.markup
    assert plain.markup == "<img src=a.png>"


def test_the_text_of_a_link_behind_an_entity_escaped_twice_is_the_links_own() -> None:
    content = 'a &amp;#111; b &amp;amp; <a href="http://x.example/">buy &amp;#110;ow</a> ok'
    link = read(content).links[0]
    assert link.text == "buy now"
    assert content[slice(*link.span)].startswith("buy &amp;#110;ow")


def test_an_address_keeps_its_at_sign() -> None:
    assert read("write to anna@example.com").normal == "write to anna@example.com"


def test_blocks_part_words_and_inline_tags_do_not() -> None:
    assert read("<p>one</p><p>two</p>th<b>re</b>e").normal.split() == ["one", "two", "three"]


def test_a_tag_that_is_never_closed_hides_nothing() -> None:
    assert "secret" in read("nice <a secret").normal


def test_hidden_text_is_counted_and_not_read() -> None:
    reading = read('<span style="display:none">lovely</span>spam')
    assert reading.normal == "spam"
    assert reading.hidden == len("lovely")


@pytest.mark.parametrize("word", ["19th", "14kt", "16KB", "mp34", "area51"])
def test_a_number_beside_letters_is_no_disguise(word: str) -> None:
    assert "leet" not in read(f"the {word} here").undone


def test_what_was_undone_is_told_with_its_place() -> None:
    content = "саsinо ｂｏｎｕｓ w i n n e r ca$h4u"
    undone = read(content).undone
    assert [content[place] for place in undone["confusable"]] == ["с", "а", "о"]
    assert "".join(content[place] for place in undone["fancy"]) == "ｂｏｎｕｓ"
    assert [content[place] for place in undone["spaced"]] == [" "] * 5
    assert "$" in [content[place] for place in undone["leet"]]


@pytest.mark.parametrize(
    "content",
    [
        "co\xadop",
        "café",
        "👩‍👩‍👧 love",
        "naïve\xa0view",
        "na\u0303o",
        "\u200ewell said\u200f",
        "a\u200b b",
    ],
)
def test_ordinary_invisible_characters_and_accents_are_no_disguise(content: str) -> None:
    undone = read(content).undone
    assert not any(undone.values())


def test_tags_inside_words_are_counted_as_a_disguise_and_leave_no_markup() -> None:
    reading = read("v<b></b>ia<i class=x>gr</i>a and <em>more</em>")
    assert reading.undone == {"split": [8, 21]}
    assert reading.markup == "<em>"


def test_a_picture_of_nothing_is_not_seen() -> None:
    reading = read("pil<img alt='' title='how kind'>ls")
    assert reading.normal == "pills"
    assert len(reading.undone["split"]) == 1
    assert not reading.markup


def test_a_link_in_disguise_is_still_a_link() -> None:
    assert [link.host for link in read("ｈｔｔｐ：//shоp.exаmple.com/x").links] == [
        "shop.example.com"
    ]


def test_a_span_points_at_the_disguised_word() -> None:
    content = "buy <b>v&#105;a</b>gra now"
    reading = read(content)
    start = reading.normal.index("viagra")
    span = reading.content_span(start, start + len("viagra"))
    assert content[slice(*span)] == "v&#105;a</b>gra"


def test_the_same_text_in_disguise_has_the_same_template() -> None:
    assert read("Buy VIAGRA now").template == read("buy v&#105;ａgra  now").template
    assert read("Buy VIAGRA now").template != read("Buy aspirin now").template


@pytest.mark.parametrize(
    ("content", "hosts"),
    [
        ('<a href="HTTP://Shop.Example.COM:80/x">here</a>', ["shop.example.com"]),
        ("see http://user@evil.example/?a=b, ok", ["evil.example"]),
        ("[url=http://a.example/x]words[/url]", ["a.example"]),
        ("see shop。example。com and more", ["shop.example.com"]),
        ("www.example.org and example.net/page", ["www.example.org", "example.net"]),
        ("http://xn--mnchen-3ya.example/", ["münchen.example"]),
        ("http://203.0.113.7/x", ["203.0.113.7"]),
        ('<a href="javascript:x()">a</a> mailto:a@b.example', []),
        ("I like e.g. 3.14 and node.js", []),
    ],
)
def test_links_are_found(content: str, hosts: list[str]) -> None:
    assert [link.host for link in read(content).links] == hosts


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://Example.com.", "example.com"), ("//example.com/x", "example.com"),
        ("example.com", "example.com"), ("http:\\\\example.com\\x", "example.com"),
        ("http://a@b@example.com", "example.com"), ("ht\ntp://exa\tmple.com", "example.com"),
        ("http://[2001:db8::1]/x", "2001:db8::1"), ("http://ex%61mple.com", "example.com"),
        ("http://3405803783/x", "203.0.113.7"),
        ("http://0xcb007107/", "203.0.113.7"),
        ("2026", ""),
        ("http://ｅxample。com/x", "example.com"), ("http://example｡com", "example.com"),
        ("mailto:a@example.com", ""), ("javascript:alert(1)", ""), ("", ""), ("nonsense", ""),
    ],
)  # fmt: skip
def test_the_host_of_a_url_is_the_one_a_browser_goes_to(url: str, host: str) -> None:
    assert host_of(url) == host


@given(contents)
def test_any_text_may_stand_for_a_url(text: str) -> None:
    assert host_of(text) == host_of(text).lower()


HARD = [
    "<!--", '<a style="display:none">', "\ufdfa", "e\u0301\u0302", "<", "&", "&amp;",
    "<div>", "<b><p>",
    "<a '\">", "a ", "a1", "a@", "http://", "www.", "1 ", "\u200b", "аb", "[url=",
    "<![CDATA[", "@abc ",
    "\ud800", "xn--a.", "a.", '<a href="//x.co/y">z</a>', "\U000f0001>", "!",
]  # fmt: skip


@pytest.mark.parametrize("piece", HARD, ids=ascii)
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    small, large = (piece * (size // len(piece)) for size in (MAX_CHARS // 4, MAX_CHARS))
    assert grows_linearly(lambda: read(small), lambda: read(large))


@given(st.text(st.sampled_from("<3 >ab&!/\n\t\r\0é🎰\ud800\U000f0001"), max_size=12))
def test_without_markup_the_parser_leaves_a_text_as_it_is(text: str) -> None:
    if "<" in text and not may_be_markup(text):
        root = LexborHTMLParser(f"x{text}").root
        assert root is not None
        assert root.text() == f"x{text}"


def test_what_lies_beyond_the_cap_is_counted_but_not_read() -> None:
    reading = read("a" + " b" * MAX_CHARS)
    assert reading.unread == MAX_CHARS + 1


def test_what_many_signs_that_stand_for_phrases_push_out_is_unread() -> None:
    content = "\ufdfa" * (MAX_CHARS // 2) + "Buy pills"
    reading = read(content)
    assert "pills" not in reading.normal
    assert len("Buy pills") <= reading.unread < len(content)
    assert len(reading.normal) <= MAX_CHARS


@given(st.text("ab .:/", max_size=40), st.sets(st.sampled_from([".", "://", "a"])))
def test_the_pieces_with_a_mark_are_those_between_blanks(text: str, marks: set[str]) -> None:
    found = [text[start:end] for start, end in pieces_with(text, marks)]
    assert found == [piece for piece in text.split(" ") if any(mark in piece for mark in marks)]
