"""What honest people do to good comments: links, quotes, code, capitals, emoji, other scripts."""

import re
from random import Random

from benchmarks.attacks.letters import Change
from benchmarks.attacks.words import unknown_host

KNOWN_PAGES = (
    "https://en.wikipedia.org/wiki/Weir", "https://www.bbc.co.uk/news/science-environment",
    "https://stackoverflow.com/questions/11227809", "https://www.nytimes.com/section/books",
    "https://docs.python.org/3/library/re.html", "https://www.nature.com/articles/d41586",
    "https://archive.org/details/texts", "https://www.gutenberg.org/ebooks/2701",
)  # fmt: skip

CODE = (
    "<pre><code>for i in range(10):\n    print(i ** 2)\n</code></pre>",
    "`SELECT name FROM users WHERE id = 7;`",
    "```\nif (x != null) { return x.size() - 1; }\n```",
    "    $ grep -rn 'main(' src | wc -l\n    42",
)

SENTENCES = {
    "German": "Die Brücke wurde letztes Jahr saniert, seitdem fährt der Bus wieder über den Fluss.",
    "French": "Je ne suis pas d'accord avec l'auteur : le chapitre sur l'hiver était trop long.",
    "Spanish": "Mi abuela preparaba este plato con menos sal y mucho más limón.",
    "Portuguese": "O museu fecha às segundas, mas a exposição vale muito a visita.",
    "Polish": "Wczoraj padał deszcz, więc zostaliśmy w domu i czytaliśmy książki.",
    "Turkish": "Dün akşam köprüde uzun süre bekledik ama otobüs gelmedi.",
    "Greek": "Το βιβλίο μου άρεσε πολύ, αν και το τέλος ήταν κάπως βιαστικό.",
    "Russian": "Вчера весь день шёл дождь, поэтому мы остались дома и читали.",
    "Ukrainian": "Мені сподобалася стаття, але другий розділ варто було б скоротити.",
    "Arabic": "أعجبني المقال كثيرا لكن الفصل الثاني كان طويلا بعض الشيء.",
    "Hebrew": "הספר היה מעניין מאוד אבל הסוף קצת ממהר לדעתי.",
    "Hindi": "कल पूरे दिन बारिश हुई इसलिए हम घर पर रहकर किताबें पढ़ते रहे।",
    "Thai": "เมื่อวานฝนตกทั้งวัน เราเลยอยู่บ้านอ่านหนังสือกัน",
    "Chinese": "昨天下了一整天的雨，所以我们待在家里看书。",
    "Japanese": "昨日は一日中雨だったので、家で本を読んでいました。",
    "Korean": "어제는 하루 종일 비가 와서 집에서 책을 읽었습니다.",
    "Indonesian": "Kemarin hujan sepanjang hari, jadi kami tinggal di rumah dan membaca buku.",
    "Vietnamese": "Hôm qua trời mưa cả ngày nên chúng tôi ở nhà đọc sách.",
}
"""One harmless sentence per language, written for this file."""

_EMOJI = (
    "\U0001f469\u200d\U0001f4bb", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u2764\ufe0f",
    "\U0001f44d\U0001f3fd", "\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f600",
)  # fmt: skip


def with_known_link(text: str, rng: Random) -> str:
    """A link to a page of good standing, written out or behind a word."""
    url = rng.choice(KNOWN_PAGES)
    return rng.choice((f"{text} {url}", f"{url} {text}", f'{text} (<a href="{url}">source</a>)'))


def with_unknown_link(text: str, rng: Random) -> str:
    """A link to somebody's page that nobody here knows."""
    url = f"https://{unknown_host(rng, rng.choice(('org', 'de', 'net', 'com')))}/notes/2019/bridge"
    return rng.choice((f"{text} {url}", f'{text} I wrote about it <a href="{url}">here</a>.'))


def _quoted(text: str, rng: Random) -> str:
    first = text.split("\n", maxsplit=1)[0][:120]
    return rng.choice((f"<blockquote>{first}</blockquote>{text}", f"> {first}\n\n{text}"))


def _softened(text: str, rng: Random) -> str:
    return re.sub(r"([a-z]{4})([a-z]{4})", "\\1\xad\\2", text)


def _glued_blanks(text: str, rng: Random) -> str:
    return re.sub(" ", lambda _: rng.choice((" ", " ", "\xa0", "\u202f")), text)


def _joined_emoji(text: str, rng: Random) -> str:
    return f"{text} {rng.choice(_EMOJI)}"


def _slang(text: str, rng: Random) -> str:
    for word, short in (
        ("great", "gr8"),
        ("later", "l8r"),
        ("to", "2"),
        ("you", "u"),
        ("for", "4"),
    ):
        text = re.sub(rf"\b{word}\b", short, text, flags=re.IGNORECASE)
    return text


STRESSES: dict[str, Change] = {
    "known link": with_known_link,
    "unknown link": with_unknown_link,
    "code block": lambda text, rng: f"{text}\n{rng.choice(CODE)}",
    "quotation": _quoted,
    "capitals": lambda text, rng: text.upper(),
    "exclamation": lambda text, rng: f"{text.rstrip('.')}!!!",
    "chat spelling": _slang,
    "one word": lambda text, rng: (text.split() or [""])[0],
}
"""Honest changes that a reader sees."""

INVISIBLE: dict[str, Change] = {
    "joined emoji": _joined_emoji,
    "soft hyphens": _softened,
    "no-break spaces": _glued_blanks,
    "byte order mark": lambda text, rng: f"\ufeff{text}",
    "direction marks": lambda text, rng: f"\u200e{text}\u200f",
    "emoji selectors": lambda text, rng: f"{text} \u2764\ufe0f",
}
"""Characters that honest keyboards, editors and browsers put in."""

PLAIN: dict[str, Change] = {
    "joined emoji": lambda text, rng: _joined_emoji(text, rng).replace("\u200d", ""),
    "emoji selectors": lambda text, rng: f"{text} \u2764",
}
"""What an invisible stress is compared with where it brings something visible along."""
