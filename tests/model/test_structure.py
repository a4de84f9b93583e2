"""Traits that mean the same on every site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.comment import Comment
from model.concepts import TERMS
from model.structure import Structure
from model.text import Reading, read
from model.traits import SLOTS, TRAIT_OF, TRAITS, never_good_slots, said, slots


def measure(reading: Reading, comment: Comment) -> dict[str, float]:
    return Structure(reading, comment).measure(reading.part(0, len(reading.normal)))


def traits(content: str, **fields: str) -> dict[str, float]:
    return {
        name: n
        for name, n in measure(read(content), Comment(content=content, **fields)).items()
        if n
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("links", "see http://a.example/"), ("unknown", "see http://a.example/"),
        ("shortened", "http://bit.ly/x1"), ("strange", "http://203.0.113.9/"),
        ("strange", "http://xn--80ak6aa92e.com/"), ("strange", "http://bank.example@evil.example"),
        ("mismatch", '<a href="http://evil.example">www.bank.example</a>'),
        ("free_host", "http://me.blogspot.com"), ("odd_ending", "http://a.xyz/"),
        ("deep", "http://a.example/buy"), ("link_last", "look: http://a.example"),
        ("spelled_dot", "go to spam dot com"), ("spelled_dot", "spam(.)com"),
        ("bbcode", "[url=http://a.example]x[/url]"), ("trackback", "[...] said so [...]"),
        ("tags", "<b>x</b>"), ("hidden", "<i hidden>x</i>"), ("invisible", "vi\u200bagra"),
        ("fancy", "ｗｏｒｄ"), ("confusable", "sраm"), ("spaced", "w o r d s"), ("leet", "v1agra"),
        ("numbered", "lucky88"),
        ("split", "v<b></b>iagra"), ("marks", "z\u0301\u0302\u0303algo"), ("repeats", "soooooo"),
        ("repetition", "buy now " * 8), ("sums", "only $5"), ("phone", "call +49 170 1234567"),
        ("mail", "a@b.example"),
        ("handle", "ask @someone"), ("digits", "12345"), ("capitals", "BUY IT"),
        ("exclamation", "yes!"), ("question", "why?"), ("signs", "***"), ("emoji", "🎉"),
        ("scripts", "hello привет"), ("lines", "a\nb"), ("gambling", "best casino"),
        ("gambling", "казино"), ("money", "赚钱"), ("praise_link", "great post http://a.example"),
    ],
)  # fmt: skip
def test_a_trait_is_noticed(name: str, content: str) -> None:
    assert traits(content).get(name, 0) >= next(t for t in TRAITS if t.name == name).bins[0]


@pytest.mark.parametrize(
    ("content", "sums"),
    [("$5 £ 6 7€ 8 usd", 4), ("rp 5 5rp, 5 euros 5eur", 4), ("1$2$3", 2), ("5 万, 五万", 1),
     ("carp 5 5rub.", 1), ("$ five 5 rubles rp r5", 0), ("5  $", 0), ("$$5", 1)],
)  # fmt: skip
def test_sums_of_money_are_counted(content: str, sums: int) -> None:
    assert traits(content).get("sums", 0) == sums


def test_plain_talk_has_no_suspicious_trait() -> None:
    found = traits("I went there last week and it rained all day long.")
    assert set(found) <= {"words", "lines", "scripts", "signs", "capitals", "repetition"}


@pytest.mark.parametrize(
    "address", ["http://a.example/watch?v=Ab3c1d2E9&t=00m41s", "http://a.example/2014/08/27/x_1-2/"]
)
def test_digits_and_signs_of_an_address_are_not_those_of_the_words(address: str) -> None:
    found, plain = traits(f"look here {address} now"), traits("look here now")
    assert found.get("digits", 0) == plain.get("digits", 0)
    assert found.get("signs", 0) <= plain.get("signs", 0)
    assert "leet" not in found


@pytest.mark.parametrize(
    "number",
    ["3000000000 people", "[ 4711.204815] ready", "2031-05-06 11 o'clock", "version 1.20345678"],
)
def test_a_round_number_a_fraction_or_a_date_is_no_telephone(number: str) -> None:
    assert "phone" not in traits(number)


@pytest.mark.parametrize(
    "number", ["+1 555 123 4567", "0171-2345678", "555.123.4567", "17012345678"]
)
def test_a_telephone_is_found_however_it_is_written(number: str) -> None:
    assert traits(f"call {number} now")["phone"] == 1


def test_words_that_end_in_a_number_are_counted_outside_of_addresses() -> None:
    assert traits("lucky88 and Star777 but mp3 and http://a.example/page22")["numbered"] == 2


def test_having_an_author_is_no_trait() -> None:
    content = "I went there last week."
    assert (
        traits(content, author_name="Anna", author_url="http://anna.example").keys() - {"long_name"}
        == traits(content).keys()
    )
    plain = Comment(content=content, author_name="Anna", author_url="http://anna.example")
    assert slots(measure(read(content), plain)) == slots(
        measure(read(content), Comment(content=content))
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("selling_name", {"author_name": "Casino Bonus"}),
        ("name_is_link", {"author_name": "www.a.example.com"}),
        ("name_in_host", {"author_name": "cheap shoes", "author_url": "http://cheap-shoes.example"}),
        ("long_name", {"author_name": "best shoes in town"}),
        ("author_deep", {"author_url": "http://a.example/buy"}),
        ("author_host", {"author_url": "http://a-1-b.example"}),
        ("author_free", {"author_url": "http://me.blogspot.com"}),
        ("signed", {"author_name": "hello"}),
    ],
)  # fmt: skip
def test_how_the_author_is_made_is_noticed(name: str, fields: dict[str, str]) -> None:
    assert traits("Hello there", **fields)[name]


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("ＣＡＳＩＮＯ ＢＯＮＵＳ！", "CASINO BONUS!"),
        ("саsinо", "casino"), ("c&#97;sino", "casino"),
        ("ca<b></b>sino", "casino"),
        ("ca\u200bsino", "casino"), ("ca<i hidden>good words</i>sino", "casino"),
    ],
)  # fmt: skip
def test_a_disguise_changes_no_trait_but_its_own(disguised: str, plain: str) -> None:
    disguises = {t.name for t in TRAITS if t.code in ("disguise", "hidden-text")}
    found = traits(disguised)
    assert {name: n for name, n in found.items() if name not in disguises} == traits(plain)


@given(st.text(st.characters(codec=None)), st.text(), st.text())
def test_no_slot_is_set_twice_and_all_can_be_said(content: str, name: str, url: str) -> None:
    comment = Comment(content=content, author_name=name, author_url=url)
    found = slots(measure(read(content), comment))
    assert len(found) == len(set(found))
    assert all(said(name, n) for name, n in measure(read(content), comment).items())


def test_all_traits_fit_and_have_different_names() -> None:
    assert len(TRAIT_OF) <= SLOTS
    assert len({trait.name for trait in TRAITS}) == len(TRAITS)


def test_disguises_are_the_slots_that_never_speak_for_a_comment() -> None:
    names = {TRAIT_OF[slot].name for slot in never_good_slots()}
    assert {"hidden", "invisible", "confusable", "fancy", "leet", "split"} <= names
    assert not names & {"links", "words", "question"}


def test_every_term_is_written_in_normal_form() -> None:
    terms = [
        t for all_ in TERMS.values() for t in " ".join(all_.split()).replace("| ", "|").split("|")
    ]
    assert [term for term in terms if read(term).normal != term] == []


def test_what_nobody_sees_in_a_link_does_not_change_how_much_is_link() -> None:
    plain, dressed = (
        f'Please see <a href="http://a.example/">{t}</a>' for t in ("this", "th\xadis")
    )
    shares = [measure(read(text), Comment(content=text)) for text in (plain, dressed)]
    assert shares[0] == shares[1]


PIECES = [
    "I walked along the river and looked at the boats for a while.",
    "Click here to win: http://cheap-pills.example/buy?x=1 now!",
    'Look <b>here</b>, <a href="http://a.example/x">my channel</a>!',
    "ｂｏｎｕｓ and vi\u200bagra for $5, call +49 170 1234567",
    "ca$h h1dden in the caaaaasino [b]today[/b] @someone wrote",
    "这个网站很好，加微信 12345678 免费领取",
    "OH NO!!! WHY? 🎉",
]


@pytest.mark.parametrize("around", [0, 1, 2])
@pytest.mark.parametrize("piece", PIECES)
def test_a_part_has_the_structure_of_what_stands_in_it(piece: str, around: int) -> None:
    """Good words before and behind lend it nothing."""
    kind = "A kind word or two about the weather we had. " * 3 * around
    content = f"{kind}{piece} {kind}"
    reading, alone = read(content), measure(read(piece), Comment(content=piece))
    start = len(read(kind).normal)
    span = (start, start + len(read(piece).normal))
    found = Structure(reading, Comment(content=content)).measure(reading.part(*span))
    assert {n: v for n, v in found.items() if v} == {n: v for n, v in alone.items() if v}


@given(st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join))
def test_what_stands_somewhere_is_found_in_one_half_or_the_other(content: str) -> None:
    reading = read(content)
    structure = Structure(reading, Comment(content=content))
    middle = len(reading.normal) // 2
    whole, first, last = (
        structure.measure(reading.part(*span))
        for span in ((0, len(reading.normal)), (0, middle), (middle, len(reading.normal)))
    )
    for name in ("links", "tags", "fancy", "leet", "sums", "phone", "handle", "exclamation"):
        assert first.get(name, 0) + last.get(name, 0) == whole.get(name, 0)


def test_the_places_of_a_part_lie_in_it() -> None:
    content = " ".join(PIECES)
    reading = read(content)
    start = reading.normal.index("look here")
    structure = Structure(reading, Comment(content=content))
    window = (start, start + 22)
    several = [structure.places(window, trait.name) for trait in TRAITS]
    told = [content[slice(*span)] for spans in several for span in spans]
    assert sorted(told) == ["my channel", "my channel"]
