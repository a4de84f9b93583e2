"""Disguises of single letters: other alphabets, invisible characters, marks, leet, spacing, typos.

Links, tags and entities stay as they are: a disguised link leads nowhere.
"""

import re
import string
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random

from confusable_homoglyphs.confusables import (  # type: ignore[import-untyped]  # no types
    confusables_data,
)

Change = Callable[[str, Random], str]

_KEPT = re.compile(
    r"(<[^<>]{0,2000}>|(?:https?|ftp)://[^\s<>\"']+|www\.[^\s<>\"']+|&[#\w]{1,32};"
    r"|\b[\w.-]+\.(?:com|net|org|info|ru|cn|id|co|io|me|tk|ly|be|us|uk)\b[^\s<>\"']*)",
    re.IGNORECASE,
)


def outside_links(change: Change) -> Change:
    """`change` made to the words only."""

    def changed(text: str, rng: Random) -> str:
        pieces = _KEPT.split(text)
        pieces[::2] = [change(piece, rng) if piece else piece for piece in pieces[::2]]
        return "".join(pieces)

    return changed


def swapped(table: Mapping[str, Sequence[str]], share: float = 1.0) -> Change:
    """Each character of `table` replaced by one of its stand-ins, at a rate of `share`."""

    def change(text: str, rng: Random) -> str:
        return "".join(
            rng.choice(table[char]) if char in table and rng.random() < share else char
            for char in text
        )

    return outside_links(change)


def between(extras: Sequence[str], share: float, *, letters_only: bool = True) -> Change:
    """One of `extras` behind each letter, at a rate of `share`."""

    def change(text: str, rng: Random) -> str:
        return "".join(
            char + rng.choice(extras)
            if (char.isalpha() or not letters_only) and rng.random() < share
            else char
            for char in text
        )

    return outside_links(change)


def in_words(change: Callable[[str, Random], str], share: float = 1.0, shortest: int = 3) -> Change:
    """`change` made to words of letters, at a rate of `share`."""

    def one(match: re.Match[str], rng: Random) -> str:
        word = match.group()
        return change(word, rng) if len(word) >= shortest and rng.random() < share else word

    def changed(text: str, rng: Random) -> str:
        return re.sub(r"[^\W\d_]+", lambda match: one(match, rng), text)

    return outside_links(changed)


# Alphabets.


@cache
def confusables() -> dict[str, tuple[str, ...]]:
    """Unicode's confusables of single ASCII letters that are letters themselves (UTS 39)."""
    return {
        letter: tuple(
            found["c"]
            for found in confusables_data.get(letter, ())
            if len(found["c"]) == 1 and not found["c"].isascii() and found["c"].isalpha()
            and unicodedata.normalize("NFKC", found["c"]) == found["c"]
        )
        for letter in string.ascii_letters
    }  # fmt: skip


@cache
def held_out_confusables() -> dict[str, tuple[str, ...]]:
    """Stand-ins for single letters that are not in Unicode's table of letters.

    Signs, digits and shapes of UTS 39 that are no letters, and what the fonts below draw.
    """
    listed = confusables()
    return {
        letter: tuple(
            {
                found["c"]
                for found in confusables_data.get(letter, ())
                if len(found["c"]) == 1 and ord(found["c"]) > 127 and not found["c"].isalpha()
            }
            | {font[i] for font in DRAWN.values() if not font[i].isascii()} - {*listed[letter]}
        )
        for i, letter in enumerate(string.ascii_lowercase)
    }


DRAWN = {
    "currency": "₳฿₵ĐɆ₣₲ⱧłJ₭Ⱡ₥₦Ø₱QⱤ₴₮ɄV₩ӾɎⱫ",
    "strokes": "卂乃匚ᗪ乇千Ꮆ卄丨ﾌҜㄥ爪几ㄖ卩Ɋ尺丂ㄒㄩᐯ山乂ㄚ乙",
    "knight": "คც८ძ૯Բ૭ҺɿʆқՐɱՈ૦ƿҩՐς੮υ౮ω૪ע૨",
    "thai": "ค๒ς๔єŦﻮђเןкɭ๓ภ๏קợгรՇยשฬאץչ",
    "greek": "αвcδєƒﻭнιנкℓмησρqяѕтυνωχуz",
    "wide": "ᗩᗷᑕᗪEᖴGᕼIᒍKᒪᗰᑎOᑭᑫᖇᔕTᑌᐯᗯ᙭Yᘔ",
    "upside down": "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz",
    "hooks": "ąცƈɖɛʄɠɧıʝƙƖɱŋơ℘զཞʂɬų۷ῳҳყʑ",
}
"""Alphabets of the fancy-text generators on the web, drawn by eye from many scripts."""

_FORMS = {
    "fullwidth": (0xFF21, 0xFF41),
    "bold": (0x1D400, 0x1D41A),
    "bold italic": (0x1D468, 0x1D482),
    "bold script": (0x1D4D0, 0x1D4EA),
    "bold fraktur": (0x1D56C, 0x1D586),
    "double-struck": (0, 0x1D552),
    "sans": (0x1D5A0, 0x1D5BA),
    "sans bold": (0x1D5D4, 0x1D5EE),
    "sans bold italic": (0x1D63C, 0x1D656),
    "monospace": (0x1D670, 0x1D68A),
    "circled": (0x24B6, 0x24D0),
    "parenthesised": (0, 0x249C),
    "squared": (0x1F130, 0x1F130),
    "negative circled": (0x1F150, 0x1F150),
    "negative squared": (0x1F170, 0x1F170),
    "regional": (0x1F1E6, 0x1F1E6),
}
"""Where the capital and the small letters of an alphabet begin; 0 where it has no capitals."""

_SMALL_CAPS = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡxʏᴢ"
_RAISED = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖ𐞥ʳˢᵗᵘᵛʷˣʸᶻ"


def _alphabet(capitals: int, small: int) -> dict[str, str]:
    lower = {letter: chr(small + i) for i, letter in enumerate(string.ascii_lowercase)}
    upper = {
        letter: chr((capitals or small) + i) for i, letter in enumerate(string.ascii_uppercase)
    }
    return lower | upper


def _font(font: str) -> dict[str, str]:
    lower = dict(zip(string.ascii_lowercase, font, strict=True))
    return lower | {letter.upper(): drawn for letter, drawn in lower.items()}


COMPATIBLE: dict[str, Change] = {
    **{name: swapped(_alphabet(*starts)) for name, starts in _FORMS.items()},
    "small caps": swapped(_font(_SMALL_CAPS)),
    "raised": swapped(_font(_RAISED)),
}
"""The same letters in another form: a reader reads on without noticing."""

FANCY: dict[str, Change] = {name: swapped(_font(font)) for name, font in DRAWN.items()}
"""Alphabets that only resemble letters."""


# What draws nothing.


@cache
def ignorable() -> tuple[str, ...]:
    """Every Default_Ignorable_Code_Point (DerivedCoreProperties.txt, Unicode 16), assigned or not.

    Without U+202D and U+202E, which draw nothing but turn round what follows (see
    `overridden`). Of the 4,096 in plane 14 a sample is taken.
    """
    ranges = (
        (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
        (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202C), (0x2060, 0x206F),
        (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
        (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE007F),
        (0xE0100, 0xE01EF), (0xE0FF0, 0xE0FFF),
    )  # fmt: skip
    return tuple(chr(code) for first, last in ranges for code in range(first, last + 1))


_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
_BIDI = "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069"


def overridden(text: str, rng: Random) -> str:
    """Words written backwards inside a right-to-left override: shown as the words themselves."""
    return "".join(
        f"\u202e{piece[::-1]}\u202c" if piece.isalpha() and piece.isascii() and len(piece) > 2
        else piece
        for piece in re.split(r"(\W+)", text)
    )  # fmt: skip


INVISIBLE: dict[str, Change] = {
    "zero width 30 %": between(_ZERO_WIDTH, 0.3),
    "every ignorable 30 %": between(ignorable(), 0.3),
    "every ignorable 100 %": between(ignorable(), 1.0),
    "soft hyphens 30 %": between("\xad", 0.3),
    "selectors 50 %": between([chr(0xFE00 + i) for i in range(16)], 0.5),
    "bidi marks 30 %": between(_BIDI, 0.3),
    "controls 20 %": between([chr(code) for code in (1, 2, 5, 8, 0x0E, 0x1B, 0x7F, 0x81)], 0.2),
    "tags 50 %": between([chr(0xE0061 + i) for i in range(26)], 0.5),
}
"""Characters that draw nothing."""

BACKWARDS: dict[str, Change] = {"right-to-left override": outside_links(overridden)}


# Marks, leet, spacing, spelling.

_MARKS = [
    chr(code) for code in (*range(0x300, 0x34F), *range(0x350, 0x370), *range(0x1DC4, 0x1DF0))
]
_ENCLOSING = [chr(code) for code in (0x20DD, 0x20DE, 0x20DF, 0x20E0, 0x20E3, 0x20D2, 0x20E5)]


def _towers(text: str, rng: Random) -> str:
    return "".join(
        char + "".join(rng.choices(_MARKS, k=rng.randint(1, 6))) if char.isalpha() else char
        for char in text
    )


MARKED: dict[str, Change] = {
    "one mark 100 %": between(_MARKS, 1.0),
    "towers": outside_links(_towers),
    "struck through": between(["\u0336", "\u0335", "\u0338"], 1.0),
    "enclosed": between(_ENCLOSING, 0.7),
    "accented": swapped({
        "a": "àáâãäåāăą", "c": "çćĉċč", "d": "ďđ", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ",
        "i": "ìíîïĩīĭį", "k": "ķ", "l": "ĺļľł", "n": "ñńņňŋ", "o": "òóôõöøōŏő", "r": "ŕŗř",
        "s": "śŝşš", "t": "ţťŧ", "u": "ùúûüũūŭůűų", "w": "ŵẁẃẅ", "y": "ýÿŷ", "z": "źżž",
    }),
}  # fmt: skip

_LEET = {
    "a": ["4", "@"], "b": ["8", "|3"], "c": ["(", "<"], "e": ["3", "€"], "g": ["6", "9"],
    "h": ["#"],
    "i": ["1", "!", "|"], "l": ["1", "|", "£"], "o": ["0", "()"], "s": ["5", "$"], "t": ["7", "+"],
    "z": ["2"], "v": ["\\/"],
}  # fmt: skip
_SIMPLE_LEET = {"a": "4@", "e": "3", "i": "1!", "l": "1", "o": "0", "s": "5$", "t": "7", "b": "8"}

LEET: dict[str, Change] = {
    "leet 30 %": swapped(_SIMPLE_LEET, 0.3),
    "leet 60 %": swapped(_SIMPLE_LEET, 0.6),
    "hard leet 60 %": swapped(_LEET, 0.6),
}


def _apart(gaps: Sequence[str]) -> Callable[[str, Random], str]:
    return lambda word, rng: rng.choice(gaps).join(word)


def _wide(text: str, rng: Random) -> str:
    return "   ".join(" ".join(word) for word in text.split(" "))


SPACED: dict[str, Change] = {
    "spaced words 50 %": in_words(_apart([" "]), 0.5),
    "dotted words 50 %": in_words(_apart([".", "-", "_", "*"]), 0.5),
    "odd gaps 50 %": in_words(_apart(["\u2009", "\u00a0", "\u3000", "~", "|", "/", "·", "•"]), 0.5),
    "all spaced": outside_links(_wide),
}


def _split_once(word: str, rng: Random) -> str:
    place = rng.randint(1, len(word) - 1)
    return word[:place] + rng.choice([" ", ".", "-", "*", "_"]) + word[place:]


def _typo(word: str, rng: Random) -> str:
    place = rng.randrange(len(word) - 1)
    before, a, b, after = word[:place], word[place], word[place + 1], word[place + 2 :]
    letter = rng.choice(string.ascii_lowercase)
    return before + rng.choice([b + a, a, a + a + b, a + letter + b, letter + b]) + after


def _stretched(word: str, rng: Random) -> str:
    place = rng.randrange(len(word))
    return word[:place] + word[place] * rng.randint(2, 6) + word[place + 1 :]


SPELLED: dict[str, Change] = {
    "repeated letters 50 %": in_words(_stretched, 0.5),
    "words split once 50 %": in_words(_split_once, 0.5, shortest=4),
    "typos 25 %": in_words(_typo, 0.25),
    "typos 50 %": in_words(_typo, 0.5),
    "vowels out 30 %": in_words(lambda word, _: re.sub(r"(?<=.)[aeiou](?=.)", "", word), 0.3, 4),
    "capitals at random": outside_links(
        lambda text, rng: "".join(rng.choice((char.upper(), char.lower())) for char in text)
    ),
}

CONFUSED: dict[str, Change] = {
    "confusables 50 %": lambda text, rng: _confused(text, rng, 0.5),
    "confusables 100 %": lambda text, rng: _confused(text, rng, 1.0),
}
HELD_OUT: dict[str, Change] = {
    "unlisted lookalikes 50 %": lambda text, rng: _held_out(text, rng, 0.5),
    "unlisted lookalikes 100 %": lambda text, rng: _held_out(text, rng, 1.0),
}


def _confused(text: str, rng: Random, share: float) -> str:
    return swapped({k: v for k, v in confusables().items() if v}, share)(text, rng)


def _held_out(text: str, rng: Random, share: float) -> str:
    table = {k: v for k, v in held_out_confusables().items() if v}
    return swapped(table | {k.upper(): v for k, v in table.items()}, share)(text, rng)


def _mixed(text: str, rng: Random) -> str:
    for change in (
        swapped(_SIMPLE_LEET, 0.2), swapped({k: v for k, v in confusables().items() if v}, 0.4),
        between(_ZERO_WIDTH, 0.2), between(_MARKS, 0.1),
    ):  # fmt: skip
        text = change(text, rng)
    return text


MIXED: dict[str, Change] = {"lookalikes + invisible + marks + leet": _mixed}
