"""Plots: drawn for a width from rows, said in words, without styles or scripts."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.figures import share
from service.web.console import plots
from service.web.console.plots import NARROW, WIDE, Bin, Row, Share
from service.web.console.svg import Words, every, round_ticks, tag

WORDS = Words("A title", "What there is to see.", "across", "up")
ROWS = [Row(f"{n} May", 10 * n, n, 3) for n in range(31)]
SHARES = [Share("hidden text", share(9, 10)), Share("links", share(0, 0)),
          Share("rejected", share(1, 200), 0.02, "promise 2 %")]  # fmt: skip
BINS = [Bin(-7 + n / 4, n, 56 - n, 1) for n in range(56)]

DRAWN = {
    "traffic": lambda width: plots.traffic(width, ROWS, WORDS),
    "over days": lambda width: plots.over_days(width, [("1", 0.1), ("2", None), ("3", 0.3)],
                                               WORDS, 0.2),
    "shares": lambda width: plots.shares(width, SHARES, WORDS),
    "shares aside": lambda width: plots.shares(width, SHARES, WORDS, side=True),
    "reliability": lambda width: plots.reliability(width, [(0.2, share(3, 9))], WORDS),
    "learning": lambda width: plots.learning(
        width, [(20, share(8, 10), 0.7), (300, share(95, 100), 0.8)], WORDS, "newest"),
    "scores": lambda width: plots.scores(width, BINS, WORDS, (-1.0, 3.0),
                                         ("accept", "hold", "reject")),
}  # fmt: skip
EMPTY = {
    "traffic": lambda: plots.traffic(NARROW, [], WORDS),
    "over days": lambda: plots.over_days(NARROW, [("1", None)], WORDS, 0.2),
    "shares": lambda: plots.shares(NARROW, [], WORDS),
    "reliability": lambda: plots.reliability(NARROW, [], WORDS),
    "learning": lambda: plots.learning(NARROW, [], WORDS, "newest"),
    "scores": lambda: plots.scores(NARROW, [], WORDS, (9.0, 9.0), ("a", "h", "r")),
}


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("name", DRAWN)
def test_a_plot_is_one_svg_that_says_what_it_shows(name, width):
    root = ET.fromstring(DRAWN[name](width))  # noqa: S314 - our own
    assert root.attrib["viewBox"].startswith(f"0 0 {width} ")
    assert (root.attrib["role"], root[0].text, root[1].text) == ("img", WORDS[0], WORDS[1])


@pytest.mark.parametrize("name", DRAWN)
def test_a_plot_has_no_style_no_script_and_no_colour_of_its_own(name):
    drawn = DRAWN[name](NARROW)
    assert not re.search(r"\bstyle=|<script|<style|\son\w+=|#[0-9a-f]{3}\b", drawn)


@pytest.mark.parametrize("name", EMPTY)
def test_a_plot_of_nothing_is_still_a_plot(name):
    assert ET.fromstring(EMPTY[name]()).tag == "svg"  # noqa: S314
    assert "nan" not in EMPTY[name]()


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_is_drawn_beside_the_picture(name):
    for width in (NARROW, WIDE):
        root = ET.fromstring(DRAWN[name](width))  # noqa: S314
        places = [float(value) for node in root.iter() for key, value in node.attrib.items()
                  if key in {"x", "x1", "x2", "cx"}]  # fmt: skip
        assert places
        assert 0 <= min(places) <= max(places) <= width


def test_held_comments_are_told_by_pattern_and_not_by_colour_alone():
    drawn = plots.traffic(NARROW, ROWS, WORDS)
    assert f'<pattern id="hatch-{NARROW}"' in drawn
    assert f'fill="url(#hatch-{NARROW})"' in drawn


def test_a_bar_is_as_high_as_its_share_of_the_axis():
    root = ET.fromstring(plots.traffic(NARROW, [Row("a", 30, 0, 0), Row("b", 15, 0, 0)], WORDS))  # noqa: S314
    high, low = (float(r.attrib["height"]) for r in root.iter("rect")
                 if r.attrib.get("class") == "ham")  # fmt: skip
    assert high == pytest.approx(2 * low, abs=0.2)


def test_a_day_without_comments_breaks_the_line():
    whole = plots.over_days(NARROW, [("1", 0.1), ("2", 0.2), ("3", 0.1), ("4", 0.2)], WORDS, 0.2)
    broken = plots.over_days(
        NARROW, [("1", 0.1), ("2", 0.2), ("3", None), ("4", 0.2), ("5", 0.1)], WORDS, 0.2
    )
    assert whole.count('class="line"') == 1
    assert broken.count('class="line"') == 2


def test_words_in_a_plot_are_text_whatever_they_are():
    evil = '"><script>alert(1)</script>'
    drawn = plots.shares(NARROW, [Share(evil, share(1, 2))], Words(evil, evil))
    assert "<script" not in drawn
    assert ET.fromstring(drawn)[0].text == evil  # noqa: S314
    assert evil not in tag("g", class_=evil)


@given(st.floats(1e-6, 1e9))
def test_ticks_are_round_few_and_reach_the_top(top):
    ticks = round_ticks(top)
    assert ticks[0] == 0
    assert ticks[-1] >= top * (1 - 1e-6)
    assert 2 <= len(ticks) <= 6


@given(st.integers(1, 400), st.floats(50, 1200))
def test_labels_of_an_axis_never_overlap_and_the_newest_is_there(n, width):
    shown = every([str(i) for i in range(n)], width, 58)
    assert shown[-1][0] == n - 1
    assert len(shown) * 58 <= width + 58
