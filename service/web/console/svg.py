"""SVG without styles or scripts: elements, scales, and a frame with axes to draw in."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from markupsafe import Markup, escape

Scale = Callable[[float], float]
Tick = tuple[float, str]


def tag(name: str, *inside: str, **attributes: object) -> Markup:
    """One element. `class_` and the like lose their underscore, others become hyphens; numbers
    are rounded to a tenth of a pixel."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{told}>{Markup().join(inside)}</{name}>")  # noqa: S704 - escaped above


def _number(value: object) -> object:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value


def text(x: float, y: float, words: str, *, at: str = "start", class_: str | None = None) -> Markup:
    """Words on a plot; `at` is start, middle or end."""
    return tag("text", escape(words), x=x, y=y, text_anchor=at, class_=class_)


def hint(words: str) -> Markup:
    """What a pointer resting on the element around it is told."""
    return tag("title", escape(words))


def linear(first: float, last: float, low: float, high: float) -> Scale:
    """Maps first..last to low..high."""
    size = (last - first) or 1.0
    return lambda value: low + (value - first) / size * (high - low)


def round_ticks(top: float, steps: int = 4) -> list[float]:
    """0 and up to the first round number at or above `top`, in about so many steps."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / steps
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - 1e-9))
    return [n * step for n in range(math.ceil(top / step - 1e-9) + 1)]


def every(labels: Sequence[str], width: float, room: float) -> list[tuple[int, str]]:
    """As many of the labels as have `room` pixels each, the last always among them."""
    step = max(1, math.ceil(len(labels) * room / max(width, 1)))
    last = len(labels) - 1
    return [(n, label) for n, label in enumerate(labels) if (last - n) % step == 0]


class Words(NamedTuple):
    """What a picture says of itself: its title, its description and the names of its axes."""

    title: str
    description: str
    x: str = ""
    y: str = ""


@dataclass(slots=True)
class Frame:
    """A plot's ground: axes, grid and scales. What is put on it is drawn in that order."""

    width: int
    height: int
    words: Words
    x: tuple[float, float]
    y: tuple[float, float]
    left: int = 40
    right: int = 14
    top: int = 26
    marks: list[Markup] = field(default_factory=list)

    @property
    def foot(self) -> float:
        """Where the horizontal axis lies."""
        return self.height - (42 if self.words.x else 24)

    @property
    def across(self) -> float:
        """Pixels of the drawing's width."""
        return self.width - self.left - self.right

    def to_x(self, value: float) -> float:
        """A value's horizontal place."""
        return linear(*self.x, self.left, self.width - self.right)(value)

    def to_y(self, value: float) -> float:
        """A value's vertical place."""
        return linear(*self.y, self.foot, self.top)(value)

    def put(self, *marks: Markup) -> None:
        """Draw these on top."""
        self.marks.extend(marks)

    def path(self, points: Iterable[tuple[float, float]], class_: str) -> Markup:
        """A line through these values."""
        told = "L".join(f"{self.to_x(x):.1f} {self.to_y(y):.1f}" for x, y in points)
        return tag("path", d=f"M{told}", class_=class_)

    def vertical(self, x: float, low: float, high: float, class_: str) -> Markup:
        """An upright line at x from one value to another."""
        at = self.to_x(x)
        return tag("line", x1=at, x2=at, y1=self.to_y(low), y2=self.to_y(high), class_=class_)

    def horizontal(self, y: float, low: float, high: float, class_: str) -> Markup:
        """A level line at y from one value to another."""
        at = self.to_y(y)
        return tag("line", x1=self.to_x(low), x2=self.to_x(high), y1=at, y2=at, class_=class_)

    def draw(self, x_ticks: Iterable[Tick], y_ticks: Iterable[Tick]) -> Markup:
        """The whole picture, with what it shows said in words first."""
        ground = [
            Markup().join((
                self.horizontal(value, *self.x, "grid"),
                text(self.left - 7, self.to_y(value) + 4, label, at="end"),
            ))
            for value, label in y_ticks
        ]  # fmt: skip
        names = [text(self.to_x(v), self.foot + 16, label, at="middle") for v, label in x_ticks]
        names.append(self.horizontal(self.y[0], *self.x, "axis"))
        if self.words.x:
            middle = self.left + self.across / 2
            names.append(text(middle, self.height - 4, self.words.x, at="middle"))
        if self.words.y:
            names.append(text(0, 11, self.words.y))
        return tag(
            "svg", hint(self.words.title), tag("desc", escape(self.words.description)),
            *ground, *names, *self.marks,
            viewBox=f"0 0 {self.width} {self.height}", role="img", class_=f"at-{self.width}",
        )  # fmt: skip
