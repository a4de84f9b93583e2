"""The README's picture: what becomes of good comments and of spam on each unseen source."""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape

BAR, ROW, LEFT, WIDTH, TOP = 12, 38, 165, 450, 58
"""Pixels: a bar's height, a source's height, the bars' left edge and full length, the first row."""

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #15201e }
  .quiet { fill: #5d6a67; font-size: 12px }
  .accept { fill: #0f6070 } .hold { fill: #c98a1b } .reject { fill: #ad3527 }
  .paper { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8eeec } .quiet { fill: #92a09d } .paper { fill: #0e1413 }
    .accept { fill: #74c6d6 } .hold { fill: #e3b55f } .reject { fill: #f28f7f }
  }
"""
PARTS = ("accept", "hold", "reject")


def three_way(unseen: Mapping[str, Any], sources: Iterable[str]) -> str:
    """An SVG with two bars a source, each split into accepted, held and rejected.

    `unseen` are a card's figures by source left out. The table below the picture says the
    same, so its description only says what to see.
    """
    rows = [_row(name, unseen[name], TOP + i * ROW) for i, name in enumerate(sources)]
    height = TOP + len(rows) * ROW + 4
    legend = "".join(_legend(part, LEFT + i * 100) for i, part in enumerate(PARTS))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 {height}" role="img" '
        'aria-labelledby="title about">\n'
        '<title id="title">What a new site sees on its first day</title>\n'
        '<desc id="about">For each source left out of training, the shares of good comments and '
        "of spam that are accepted, held and rejected: hardly a good comment is rejected, and "
        "most doubt is held.</desc>\n"
        f'<style>{STYLE}</style>\n<rect class="paper" width="680" height="{height}"/>\n'
        '<text x="8" y="24">Day one, nothing learned locally</text>\n'
        f"{legend}{''.join(rows)}</svg>\n"
    )


def _legend(part: str, x: int) -> str:
    named = {"accept": "accepted", "hold": "held", "reject": "rejected"}[part]
    return (
        f'<rect class="{part}" x="{x}" y="34" width="12" height="12" rx="2"/>'
        f'<text class="quiet" x="{x + 17}" y="44">{named}</text>\n'
    )


def _row(name: str, figures: Mapping[str, Any], y: int) -> str:
    label = f'<text x="8" y="{y + 18}">{escape(name)}</text>\n'
    return label + _bar("good", figures, y) + _bar("spam", figures, y + BAR + 2)


def _bar(kind: str, figures: Mapping[str, Any], y: int) -> str:
    accepted, rejected = (
        figures[f"{kind}_{part}"]["estimate"] for part in ("accepted", "rejected")
    )
    shares = (accepted, 1 - accepted - rejected, rejected)
    drawn, x = [], float(LEFT)
    for part, share in zip(PARTS, shares, strict=True):
        drawn.append(
            f'<rect class="{part}" x="{x:.1f}" y="{y}" width="{share * WIDTH:.1f}" height="{BAR}"/>'
        )
        x += share * WIDTH
    said = f'<text class="quiet" x="{LEFT + WIDTH + 8}" y="{y + 10}">{kind}</text>\n'
    return "".join(drawn) + said
