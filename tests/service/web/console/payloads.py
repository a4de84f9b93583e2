"""Comment text as an attack: markup, scripts, bidi, CSS and encodings, in 200 variants.

Each carries the word MARK, so that a test can tell where it came out. They are made from parts,
seeded, so that every run tries the same ones.
"""

import random

MARK = "vandal"
TAGS = (
    "<script>{}</script>", "<ScRiPt src=//x.example>{}</ScRiPt>", "<img src=x onerror={}>",
    "<svg onload={}>", "<svg><script>{}</script></svg>", "<math><mtext><style><img onerror={}>",
    "<iframe srcdoc='<script>{}</script>'></iframe>", "<a href='javascript:{}'>link</a>",
    "<body onload={}>", "<style>*{{display:none}}{}</style>", "<link rel=stylesheet href=//x>{}",
    "<base href=//x.example>{}", "<form action=//x><button>{}</button></form>",
    "<input autofocus onfocus={}>", "<details open ontoggle={}>", "<video><source onerror={}>",
    "<object data='data:text/html,{}'></object>", "<meta http-equiv=refresh content='0;{}'>",
    "</div></main><h1>{}</h1>", "</textarea><script>{}</script>", "</title><script>{}</script>",
    "\"><script>{}</script>", "' onmouseover='{}", "\" autofocus onfocus=\"{}", "--><script>{}",
    "]]><script>{}</script>", "{{{{ {} }}}}", "{{% raw %}}{}", "${{{}}}", "&lt;script&gt;{}",
    "&#60;script&#62;{}", "%3Cscript%3E{}", "\\u003cscript\\u003e{}", "<!--{}", "<![CDATA[{}",
    "\x3cscript\x3e{}", "<scr\x00ipt>{}</script>", "<\u202escript>{}", "\u2066{}\u2069",
    "\u202e{}\u202c", "\u200f{}\u200e", "\ufeff{}", "<p style='position:fixed;inset:0'>{}</p>",
    "<p style=\"background:url(//x)\">{}</p>", "<div class='btn accept'>{}</div>",
    "=HYPERLINK(\"//x\";\"{}\")", "\r\nSet-Cookie: a={}", "<marquee>{}</marquee>",
    "javascript:{}", "data:text/html,<script>{}</script>",
)  # fmt: skip
SAID = (MARK, f"alert('{MARK}')", f"{MARK}=1", f"parent.{MARK}()")


def payloads(n: int = 200, seed: int = 1) -> list[str]:
    """`n` of them, the same for the same seed."""
    every = [tag.format(said) for tag in TAGS for said in SAID]
    return random.Random(seed).sample(every, n)
