"""Figures as one self-contained HTML page: a table and three drawings, no script, no address."""

import html
import io
from collections.abc import Mapping

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.figures import Interval, reliability
from model.verdict import Thresholds
from training.evaluate import NAMES, Result, between

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}td,th{padding:.2rem 1rem .2rem 0;text-align:left;"
    "border-bottom:1px solid #ddd;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}"
)


def page(title: str, result: Result, bounds: Thresholds, found: Mapping[str, Interval]) -> str:
    """The whole page. Drawings carry their numbers in the table: nothing is told by colour only."""
    rows = "".join(
        f"<tr><td>{said}</td><td>{found[name].estimate:.4g}</td>"
        f"<td>{between(found[name])}</td><td>{found[name].n}</td></tr>"
        for name, said in NAMES.items()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style><h1>{html.escape(title)}</h1>"
        f"<p>{int(result.is_spam.sum())} spam and {int((~result.is_spam).sum())} good comments. "
        f"Accepted below {bounds.accept_below:.4g}, rejected from {bounds.reject_above:.6g}.</p>"
        "<table><tr><th>figure</th><th>value</th><th>95 % interval</th><th>n</th></tr>"
        f"{rows}</table>{drawings(result, bounds)}</html>"
    )


def drawings(result: Result, bounds: Thresholds) -> str:
    """ROC curve, reliability diagram and the three-way split as one SVG element."""
    figure = Figure(figsize=(11, 3.8), layout="constrained")
    roc, reliable, three_way = figure.subplots(1, 3)
    _roc(roc, result)
    _reliability(reliable, result)
    _three_way(three_way, result, bounds)
    drawn = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "weir"}):
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    text = drawn.getvalue()
    return text[text.index("<svg") :]


def _roc(axes: Axes, result: Result) -> None:
    order = np.argsort(-result.probability, kind="stable")
    spam = result.is_spam[order]
    good_share = np.cumsum(~spam) / max((~spam).sum(), 1)
    axes.plot(np.r_[0, good_share], np.r_[0, np.cumsum(spam) / max(spam.sum(), 1)])
    axes.set(title="ROC", xlabel="share of good comments flagged", ylabel="share of spam caught")


def _reliability(axes: Axes, result: Result) -> None:
    said, seen, counts = reliability(result.is_spam, result.probability)
    axes.plot([0, 1], [0, 1], color="#999", linestyle=":")
    axes.scatter(said, seen, s=10 + 190 * counts / counts.max())
    axes.set(title="Calibration", xlabel="spam probability said", ylabel="share of spam seen")


def _three_way(axes: Axes, result: Result, bounds: Thresholds) -> None:
    accepted, rejected = result.decided(bounds)
    held = ~accepted & ~rejected
    for row, side in enumerate((result.is_spam, ~result.is_spam)):
        left = 0.0
        for chosen, hatch in ((accepted, ""), (held, "//"), (rejected, "xx")):
            width = float((chosen & side).sum() / max(side.sum(), 1))
            axes.barh(row, width, left=left, hatch=hatch, edgecolor="white")
            left += width
    axes.set_yticks([0, 1], ["spam", "good"])
    axes.legend(["accepted", "held", "rejected"], loc="upper center", ncols=3, fontsize="small")
    axes.set(title="Decisions", xlabel="share", ylim=(-0.6, 2.0))
