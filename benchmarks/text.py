"""Hard texts of up to the cap and beyond: CPU time to read and score, and how it grows."""

import argparse
import time

from benchmarks.score import a_scorer
from model.comment import Comment
from model.scorer import Scorer
from model.text import MAX_CHARS, read

FAMILIES = {
    "comments": "<!--", "cdata": "<![CDATA[", "hidden elements": '<a style="display:none">',
    "nested blocks": "<div>", "nested formatting": "<b><p>", "tables": "<table>x",
    "unclosed quotes": "<a '\">", "open tags": "<a ", "less-than": "<", "split words": "a<b></b>",
    "links": '<a href="//x.co/y">z</a>', "bare links": "http://a.b/ ", "schemes": "http://",
    "www": "www.", "dots": "a.", "punycode": "xn--a.", "mail": "a@", "handles": "@abc ",
    "bbcode": "[url=", "entities": "&amp;", "double entities": "&amp;#118;", "ampersands": "&",
    "expanding": "\ufdfa", "mark towers": "e\u0301\u0302\u0303", "marks only": "\u0301",
    "zero width": "\u200b", "bidi": "\u202e", "lookalikes": "а", "mixed scripts": "аb",
    "fullwidth": "ａ", "mathematical": "𝕒", "hangul parts": "ᄀ", "surrogates": "\ud800",
    "controls": "\0", "private use": "\U000f0001>", "line ends": "\r\n", "blanks": " ",
    "spaced letters": "a ", "dotted letters": "a. b- ", "leet": "a1", "leet at": "a@1",
    "one letter": "a", "digits": "1", "telephone": "1 ", "money": "$1 ", "bangs": "!",
    "emoji": "👍", "chinese": "中", "devanagari": "क्", "stock phrases": "click here ",
    "known words": "casino ", "long words": "abcdefghij" * 30 + " ",
}  # fmt: skip
"""52 families; each is one piece, repeated."""

SIZES = (MAX_CHARS // 16, MAX_CHARS // 4, MAX_CHARS, 4 * MAX_CHARS)
LIMIT = 0.050


def main() -> None:
    """Print the slowest families; exit 1 if one is too slow or grows too fast."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    scorer = a_scorer()
    rows = []
    for name, piece in FAMILIES.items():
        times = [seconds(scorer, piece * (size // len(piece))) for size in SIZES]
        growth = (times[2] - 0.002) / times[1]  # 2 ms of what any call costs here
        rows.append((max(times), growth, name, times))
    print(f"{'family':<18} " + " ".join(f"{size:>8,}" for size in SIZES) + "  growth 8k to 32k")
    for _, growth, name, times in sorted(rows, reverse=True)[:12]:
        print(f"{name:<18} " + " ".join(f"{t * 1e3:5.1f} ms" for t in times) + f"  {growth:.1f}")
    slow = [name for worst, _, name, _ in rows if worst >= LIMIT]
    steep = [name for _, growth, name, _ in rows if growth > 5]
    print(f"{len(FAMILIES)} families x {len(SIZES)} sizes: slower than 50 ms {slow or 'none'}; "
          f"more than fivefold time for fourfold text {steep or 'none'}")  # fmt: skip
    if slow or steep:
        raise SystemExit(1)


def seconds(scorer: Scorer, content: str) -> float:
    """CPU time of this thread, the best of five."""
    times = []
    for _ in range(5):
        start = time.thread_time()
        scorer.score(read(content), Comment(content=content))
        times.append(time.thread_time() - start)
    return min(times)


if __name__ == "__main__":
    main()
