"""The dashboard's plots: each is drawn by a function of (width, rows), and has a table behind it.

Rows are what the table shows, in numbers. Colours and patterns are the style sheet's: `ham`,
`hold` and `spam` mean decisions, whatever else is drawn is neutral.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from model.figures import Interval
from model.verdict import probability
from service.web.console.svg import Frame, Words, every, hint, round_ticks, tag, text

NARROW, WIDE = 340, 760
"""Pixels a plot is drawn for; the style sheet shows the one that fits its place."""


class Row(NamedTuple):
    """One day's comments by decision."""

    name: str
    accepted: int
    held: int
    rejected: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.accepted + self.held + self.rejected


class Share(NamedTuple):
    """A named share with its interval, and the goal it should stay below, if there is one."""

    name: str
    found: Interval
    goal: float | None = None
    note: str = ""


class Bin(NamedTuple):
    """Comments with a score (log-odds) from `low` on, by what is known of them."""

    low: float
    good: int
    spam: int
    unsaid: int


def percent(value: float) -> str:
    """A share as an axis says it."""
    return f"{100 * value:.3g} %"


def traffic(width: int, rows: Sequence[Row], words: Words) -> Markup:
    """Stacked bars of each day's decisions: accepted below, held hatched, rejected on top."""
    ticks = round_ticks(max((row.total for row in rows), default=0), 3)
    frame = Frame(width, 230, words, (0, len(rows)), (0, ticks[-1]), left=46)
    key = f"hatch-{width}"  # display: none around it would hide another's pattern
    frame.put(_hatch(key))
    bar = frame.across / max(len(rows), 1)
    for n, row in enumerate(rows):
        frame.put(_stack(frame, n, row, 0.72 * bar, key))
    names = every([row.name for row in rows], frame.across, 58)
    return frame.draw([(n + 0.5, name) for n, name in names],
                      [(value, f"{value:,.0f}") for value in ticks])  # fmt: skip


def _hatch(key: str) -> Markup:
    ground = tag("rect", width=5, height=5, class_="hold")
    stripe = tag("line", x1=0, x2=0, y1=0, y2=5, class_="stripe")
    pattern = tag("pattern", ground, stripe, id=key, width=5, height=5,
                  patternUnits="userSpaceOnUse", patternTransform="rotate(45)")  # fmt: skip
    return tag("defs", pattern)


def _stack(frame: Frame, n: int, row: Row, width: float, key: str) -> Markup:
    below, parts = 0, [hint(f"{row.name}: {row.accepted} + {row.held} + {row.rejected}")]
    for count, kind in ((row.accepted, "ham"), (row.held, "hatched"), (row.rejected, "spam")):
        top = frame.to_y(below + count)
        height = max(0.0, frame.to_y(below) - top - (1 if below else 0))
        parts.append(
            tag("rect", x=frame.to_x(n + 0.5) - width / 2, y=top, width=width, height=height,
                class_=kind, fill=f"url(#{key})" if kind == "hatched" else None)
        )  # fmt: skip
        below += count
    return tag("g", *parts)


def over_days(
    width: int, rows: Sequence[tuple[str, float | None]], words: Words, goal: float
) -> Markup:
    """A share day by day, with a dashed line where it should stay below; gaps where nothing was."""
    top = max([goal * 1.15, *(value for _, value in rows if value is not None)])
    ticks = round_ticks(top, 3)
    last = max(len(rows) - 1, 1)
    frame = Frame(width, 230, words, (0, last), (0, ticks[-1]), right=18, left=46)
    frame.put(frame.horizontal(goal, 0, last, "goal"))
    for part in _unbroken([(n, value) for n, (_, value) in enumerate(rows)]):
        frame.put(frame.path(part, "line"))
    small = len(rows) > 40
    for n, (name, value) in enumerate(rows):
        if value is not None:
            told = hint(f"{name}: {percent(value)}")
            frame.put(tag("circle", told, cx=frame.to_x(n), cy=frame.to_y(value),
                          r=2 if small else 3.5, class_="dot"))  # fmt: skip
    return frame.draw(every([name for name, _ in rows], frame.across, 64),
                      [(value, percent(value)) for value in ticks])  # fmt: skip


def _unbroken(points: Sequence[tuple[int, float | None]]) -> list[list[tuple[float, float]]]:
    parts: list[list[tuple[float, float]]] = [[]]
    for x, value in points:
        if value is None:
            parts.append([])
        else:
            parts[-1].append((x, value))
    return [part for part in parts if len(part) > 1]


def shares(
    width: int, rows: Sequence[Share], words: Words, top: float = 1.0, *, side: bool = False
) -> Markup:
    """Shares as dots between their bounds, one below the other, their goals as dashes.

    With `side` the names stand left of the lines where there is room, else above them.
    """
    side = side and width > NARROW
    step = 30 if side else 50
    frame = Frame(width, step * len(rows) + 34, words, (0, top), (0, len(rows)), top=4,
                  left=180 if side else 8, right=56 if side else 16)  # fmt: skip
    for n, row in enumerate(rows):
        frame.put(_whisker(frame, len(rows) - n - (0.5 if side else 0.66), row, top, side=side))
    ticks = round_ticks(top, 4)
    return frame.draw([(v, percent(v)) for v in ticks if v <= top], [])  # fmt: skip


def _whisker(frame: Frame, y: float, row: Share, top: float, *, side: bool) -> Markup:
    found, at = row.found, frame.to_y(y)
    name = (frame.left - 12, at + 4, "end") if side else (frame.to_x(0), at - 14, "start")
    marks = [text(name[0], name[1], row.name, at=name[2], class_="strong" if row.goal else None)]
    if side:
        marks.append(frame.horizontal(y, 0, top, "grid"))
        marks.append(text(frame.width - 2, at + 4, f"{found.n:,}", at="end"))
    if row.goal is not None and row.goal <= top:
        goal = frame.to_x(row.goal)
        marks.append(tag("line", x1=goal, x2=goal, y1=at - 9, y2=at + 9, class_="goal"))
        late = goal > frame.width * 0.7
        marks.append(text(goal + (-6 if late else 6), at + 18, row.note,
                          at="end" if late else "start"))  # fmt: skip
    if found.n:
        marks.append(frame.horizontal(y, found.lower, min(found.upper, top), "whisk"))
    if found.n and found.estimate <= top:
        marks.append(tag("circle", cx=frame.to_x(found.estimate), cy=at, r=5, class_="dot"))
    return tag("g", *marks)


def reliability(width: int, rows: Sequence[tuple[float, Interval]], words: Words) -> Markup:
    """What was predicted against what was found; on the dotted diagonal the two are the same."""
    frame = Frame(width, 230, words, (0, 1), (0, 1), left=34)
    frame.put(frame.path([(0, 0), (1, 1)], "alt"))
    for said, found in rows:
        frame.put(frame.vertical(said, found.lower, found.upper, "whisk"))
        told = hint(f"{100 * said:.0f}: {100 * found.estimate:.0f} ({found.n})")
        frame.put(tag("circle", told, cx=frame.to_x(said), cy=frame.to_y(found.estimate), r=4,
                      class_="dot"))  # fmt: skip
    ticks = [(n / 4, f"{25 * n}") for n in range(5)]
    return frame.draw(ticks, ticks[::2])


def learning(
    width: int, rows: Sequence[tuple[int, Interval, float | None]], words: Words, newest: str
) -> Markup:
    """Right decisions by how many labels there were, with bounds; dotted what answered before.

    The labels' axis is logarithmic: the first fifty bring more than the next five hundred.
    """
    most = max((labels for labels, _, _ in rows), default=1)

    def place(labels: float) -> float:
        return math.log2(labels / 10 + 1)

    low = min([found.lower for _, found, _ in rows] + [0.9])
    floor = max(0.0, math.floor(low * 10) / 10)
    frame = Frame(width, 230, words, (0, place(most * 1.05)), (floor, 1), left=44)
    frame.put(frame.path([(place(n), found.estimate) for n, found, _ in rows], "line"))
    before = [(place(n), old) for n, _, old in rows if old is not None]
    if len(before) > 1:
        frame.put(frame.path(before, "alt"))
    for labels, found, _ in rows:
        told = hint(f"{labels}: {percent(found.estimate)}")
        frame.put(frame.vertical(place(labels), found.lower, found.upper, "whisk thin"))
        frame.put(tag("circle", told, cx=frame.to_x(place(labels)), cy=frame.to_y(found.estimate),
                      r=4, class_="dot"))  # fmt: skip
    if rows:
        labels, found, _ = rows[-1]
        frame.put(text(frame.to_x(place(labels)), frame.to_y(found.upper) - 6, newest,
                       at="end", class_="strong"))  # fmt: skip
    marks = [n for n in (0, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000) if n <= most]
    room = every([f"{n:,}" for n in marks], frame.across, 44)
    step = next(s for s in (0.05, 0.1, 0.25, 0.5) if (1 - floor) / s <= 4)
    steps = [1 - n * step for n in range(round((1 - floor) / step) + 1)]
    return frame.draw([(place(marks[n]), name) for n, name in room],
                      [(value, percent(value)) for value in steps])  # fmt: skip


LOWEST, HIGHEST = -7.0, 7.0
"""Log-odds between which scores are drawn: 0.1 and 99.9 in 100."""


def scores(
    width: int,
    rows: Sequence[Bin],
    words: Words,
    limits: tuple[float, float],
    names: tuple[str, str, str],
) -> Markup:
    """How many comments have which score, on the ground of the three decisions.

    `limits`: the two thresholds in log-odds, `names`: the three decisions. Grey are those that
    nobody has labelled.
    """
    ticks = round_ticks(max((row.good + row.spam + row.unsaid for row in rows), default=0), 3)
    frame = Frame(width, 280, words, (LOWEST, HIGHEST), (0, ticks[-1]), left=46, right=18)
    low, high = (min(max(limit, LOWEST), HIGHEST) for limit in limits)
    for (start, end), kind, name in zip(
        ((LOWEST, low), (low, high), (high, HIGHEST)), ("ham", "hold", "spam"), names,
        strict=True,
    ):  # fmt: skip
        frame.put(_zone(frame, start, end, kind, name))
    for n, row in enumerate(rows):
        end = rows[n + 1].low if n + 1 < len(rows) else HIGHEST
        frame.put(_column(frame, row, end))
    for limit in (low, high):
        frame.put(frame.vertical(limit, 0, ticks[-1], "thr"))
    marks = [(z, _in_100(z)) for z in (-6, -4, -2, 0, 2, 4, 6)]
    return frame.draw(marks,
                      [(value, f"{value:,.0f}") for value in ticks])  # fmt: skip


def _zone(frame: Frame, start: float, end: float, kind: str, name: str) -> Markup:
    left, right = frame.to_x(start), frame.to_x(end)
    ground = tag("rect", x=left, y=float(frame.top), width=max(0.0, right - left),
                 height=frame.foot - frame.top, class_=f"z{kind}")  # fmt: skip
    if right - left < 8 * len(name) + 4:
        return ground
    return ground + text((left + right) / 2, frame.top + 16, name, at="middle", class_="strong")


def _column(frame: Frame, row: Bin, end: float) -> Markup:
    left, right = frame.to_x(row.low), frame.to_x(end)
    below, parts = 0, [hint(f"{row.good} + {row.spam} + {row.unsaid}")]
    for count, kind in ((row.good, "ham"), (row.spam, "spam"), (row.unsaid, "unsaid")):
        if count:
            top = frame.to_y(below + count)
            parts.append(tag("rect", x=left + 0.5, y=top, width=right - left - 1,
                             height=frame.to_y(below) - top, class_=kind))  # fmt: skip
        below += count
    return tag("g", *parts) if below else Markup()


def _in_100(logit: float) -> str:
    value = 100 * probability(logit)
    return f"{value:.1f}" if value < 1 or value > 99 else f"{value:.0f}"
