"""Disguises in HTML: entities, hidden elements, split tags, trackback and BBCode shapes."""

import html
import re
from html.entities import codepoint2name
from random import Random

from benchmarks.attacks.letters import Change

_TAG = re.compile(r"(<[^<>]{0,2000}>)")

CHATTER = (
    "The weather in our valley was mild and we walked along the river before lunch.",
    "My neighbour repaired the old clock; it now runs four minutes fast, which suits her.",
    "I disagree with the second paragraph: the measurements were taken in winter.",
    "Grandmother kept the recipe in a tin, beside the buttons and the spare keys.",
    "The library closes at six on Thursdays, so bring the books back by then.",
    "We compared both versions of the compiler and the newer one was slower here.",
    "Does anybody know whether the museum is open during the renovation?",
    "Our train stood outside the station for an hour and nobody said why.",
    "Chapter four is the best part, although the ending left me puzzled.",
    "You might try a smaller pan; the crust came out crisp when I did that.",
)
"""Harmless sentences, written for this file."""


def outside_tags(change: Change) -> Change:
    """`change` made to what stands between tags."""

    def changed(text: str, rng: Random) -> str:
        pieces = _TAG.split(text)
        pieces[::2] = [change(piece, rng) if piece else piece for piece in pieces[::2]]
        return "".join(pieces)

    return changed


_NAMED = {chr(code): f"&{name};" for code, name in codepoint2name.items()}
_NAMED |= {"\t": "&Tab;", "\n": "&NewLine;", "!": "&excl;", "$": "&dollar;", ".": "&period;",
           "%": "&percnt;", ",": "&comma;", ":": "&colon;", "?": "&quest;",
           "/": "&sol;"}  # fmt: skip


def _decimal(char: str, rng: Random) -> str:
    return f"&#{'0' * rng.choice((0, 0, 2))}{ord(char)};"


def _hexadecimal(char: str, rng: Random) -> str:
    return rng.choice((f"&#x{ord(char):x};", f"&#X{ord(char):04X};"))


def _unclosed(char: str, rng: Random) -> str:
    return f"&#{ord(char)}"


def _as_entities(text: str, rng: Random, how: str, share: float) -> str:
    """Characters as entities; those already written as one are first spoken, once."""
    said = html.unescape(text)
    out = []
    for place, char in enumerate(said):
        follows_digit = said[place + 1 : place + 2].isalnum() or said[place + 1 : place + 2] == ";"
        if char in "<&":
            out.append(html.escape(char))
        elif rng.random() >= share or char.isspace() or ord(char) > 0xFFFF:
            out.append(char)
        elif how == "named":
            out.append(_NAMED.get(char, char))
        elif how == "unclosed":
            out.append(char if follows_digit else _unclosed(char, rng))
        else:
            out.append((_decimal if how == "decimal" else _hexadecimal)(char, rng))
    return "".join(out)


def entities(how: str, share: float = 1.0) -> Change:
    """Everything as decimal, hexadecimal, named or unclosed entities."""
    return outside_tags(lambda text, rng: _as_entities(text, rng, how, share))


def _twice(text: str, rng: Random) -> str:
    return _as_entities(text, rng, "decimal", 0.5).replace("&", "&amp;")


ENTITIES: dict[str, Change] = {
    "entities named": entities("named"),
    "entities decimal": entities("decimal"),
    "entities hexadecimal 50 %": entities("hexadecimal", 0.5),
    "entities unclosed": entities("unclosed"),
    "entities twice": outside_tags(_twice),
}

_HIDERS = {
    "display:none": '<span style="display:none">{}</span>',
    "DISPLAY : none": '<div style="DISPLAY : none !important">{}</div>',
    "an entity in its style": '<span style="display:&#110;one">{}</span>',
    "a hidden form field": '<textarea style="display:none">{}</textarea>',
    "aria-hidden": '<div aria-hidden="true" style="display:none">{}</div>',
    "the hidden attribute": "<p hidden>{}</p>",
    "a hidden option": "<option hidden>{}</option>",
    "visibility": '<span style="visibility:hidden">{}</span>',
    "font size 0": '<span style="font-size:0px">{}</span>',
    "font size 0 in white": '<span style="font-size:0;color:#fff">{}</span>',
    "opacity 0": '<i style="opacity:0">{}</i>',
    "a far position": '<div style="position:absolute;left:-9999px">{}</div>',
    "height 0": '<div style="height:0;overflow:hidden">{}</div>',
    "width 0": '<span style="width:0;height:0;overflow:hidden;display:inline-block">{}</span>',
    "a clip path": '<span style="clip-path:inset(100%)">{}</span>',
    "template": "<template>{}</template>",
    "noscript": "<noscript>{}</noscript>",
    "style": "<style>{}</style>",
    "script": "<script>/* {} */</script>",
    "title": "<title>{}</title>",
    "a closed dialog": "<dialog>{}</dialog>",
    "a field's value": '<input type="hidden" value="{}">',
    "a picture's title": '<img alt="" title="{}">',
}


def _between_words(text: str, rng: Random, extras: tuple[str, ...], share: float) -> str:
    words = re.split(r"(\s+)", text)
    return "".join(
        word + rng.choice(extras).format(rng.choice(CHATTER))
        if word.strip() and rng.random() < share else word
        for word in words
    )  # fmt: skip


def hidden(*hiders: str, share: float = 0.3) -> Change:
    """Harmless sentences where nobody sees them."""
    return outside_tags(lambda text, rng: _between_words(text, rng, hiders, share))


def _inside_words(text: str, rng: Random, extras: tuple[str, ...], share: float) -> str:
    def one(match: re.Match[str]) -> str:
        word = match.group()
        if rng.random() >= share:
            return word
        place = rng.randint(1, len(word) - 1)
        return word[:place] + rng.choice(extras) + word[place:]

    return re.sub(r"(?<![&#\w./@-])[a-zA-Z]{4,}(?![\w./@;-])", one, text)


def inside(*extras: str, share: float = 0.6) -> Change:
    """Something nobody sees inside words."""
    return outside_tags(lambda text, rng: _inside_words(text, rng, extras, share))


HIDDEN: dict[str, Change] = {
    **{f"hidden by {name}": hidden(hider) for name, hider in _HIDERS.items()},
    "hidden, any": hidden(*_HIDERS.values()),
    "comments between words": hidden("<!-- {} -->"),
    "CDATA and declarations": hidden("<![CDATA[ {} ]]>", "<?php {} ?>", "<!ELEMENT {}>"),
    "comments in words": inside("<!-- x -->", "<!---->", "<!-->"),
    "hidden letters in words": inside(
        '<span style="display:none">xq</span>', "<b hidden>r</b>", "<style>a{}</style>"
    ),
}
"""What no reader sees, though a filter may read it."""

SPLIT: dict[str, Change] = {
    "split by empty tags": inside("<b></b>", "<i></i>", "<span></span>", "<font color=red></font>"),
    "split by tags": inside("<b>", "</b>", "<u><i>", "</span>", "<x-y>", "<wbr>"),
    "split by broken tags": inside("<b/>", "<\n>"[:0] + "<i >", "</ b>", "<!x>"),
}


def _trackback(text: str, rng: Random) -> str:
    title = rng.choice(CHATTER)[:30]
    return f"<strong>{title}</strong>\n\n[...] {text} [...]"


def _bbcode(text: str, rng: Random) -> str:
    linked = re.sub(r"(https?://[^\s<\"\[]+)", r"[url=\1]here[/url]", text)
    return f"[b]{linked}[/b] [url]http://{rng.randint(10, 99)}-offers.example.com/[/url]"


def _linked(text: str, rng: Random) -> str:
    return re.sub(
        r"(?<![\"'=>/])(https?://[^\s<\"]+)", r'<a href="\1" rel="nofollow">here</a>', text
    )


SHAPED: dict[str, Change] = {
    "trackback": _trackback,
    "BBCode": _bbcode,
    "links behind words": _linked,
    "bold and italic": inside("</b><b>", "<em></em>", share=0.2),
}
"""Other ways to write the same comment; spam in these shapes is common."""
