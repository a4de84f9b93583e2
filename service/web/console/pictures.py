"""What the dashboard's figures look like: each plot with its words, its rows and its table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from model.figures import Interval
from model.policy import Policy
from model.verdict import Decision
from service.figures import Figures
from service.web.console import plots
from service.web.console.language import day, gettext, number, percent
from service.web.console.plots import NARROW, WIDE, Row, Share
from service.web.console.svg import Words, round_ticks
from service.web.console.verdict import chip

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot in every width it may be shown in, and the table of what it shows."""

    name: str
    words: Words
    columns: tuple[str, ...]
    table: Sequence[Sequence[Cell]]
    draw: Callable[[int], Markup]
    widths: tuple[int, ...] = (NARROW, WIDE)

    @property
    def svg(self) -> Markup:
        """The plot in all widths; the style sheet shows the one that fits."""
        return Markup().join(self.draw(width) for width in self.widths)


def of(found: Figures, policy: Policy) -> dict[str, Picture]:
    """Every picture there is something to show in, by name."""
    drawn = (
        traffic(found), held(found, policy), errors(found, policy), reliability(found),
        learning(found), precision(found),
    )  # fmt: skip
    return {one.name: one for one in drawn if one.table}


def traffic(found: Figures) -> Picture:
    """Comments a day by decision."""
    rows = [
        Row(day(one.day), one.decided[Decision.ACCEPT], one.decided[Decision.HOLD],
            one.decided[Decision.REJECT])
        for one in found.days
    ]  # fmt: skip
    most = max(rows, key=lambda row: row.total)
    words = Words(
        gettext("Comments a day by decision"),
        gettext("Stacked bars: accepted below, held in the middle, rejected on top. "
                "Most comments, %(n)s, came on %(day)s.")
        % {"n": number(most.total), "day": most.name},
        y=gettext("comments"),
    )  # fmt: skip
    columns = gettext("Day"), gettext("Accepted"), gettext("Held"), gettext("Rejected")
    return Picture("traffic", words, columns, [tuple(row) for row in rows if found.comments],
                   lambda width: plots.traffic(width, rows, words))  # fmt: skip


def held(found: Figures, policy: Policy) -> Picture:
    """Share held each day, against the budget."""
    rows = [
        (day(one.day), one.decided[Decision.HOLD] / one.decided.total() if one.decided else None)
        for one in found.days
    ]
    over = sum(share is not None and share > policy.hold_budget for _, share in rows)
    words = Words(
        gettext("Share of comments held"),
        gettext("A line over the days; dashed the budget of %(budget)s. "
                "Over it on %(n)s of %(days)s days.")
        % {"budget": percent(policy.hold_budget), "n": over, "days": len(rows)},
        y=gettext("of comments"),
    )  # fmt: skip
    table = [(name, percent(share)) for name, share in rows if found.comments]
    return Picture(
        "held", words, (gettext("Day"), gettext("Held")), table,
        lambda width: plots.over_days(width, rows, words, policy.hold_budget),
    )  # fmt: skip


def errors(found: Figures, policy: Policy) -> Picture:
    """What the blind audit found, against the promise."""
    promise = gettext("promise %(share)s") % {"share": percent(policy.reject_budget, 2)}
    told = (
        (gettext("good comments rejected"), found.good_rejected, policy.reject_budget, promise),
        (gettext("spam accepted"), found.spam_accepted, None, ""),
        (gettext("rejects looked at that are good"), found.wrong_rejects, None, ""),
        (gettext("accepted ones looked at that are spam"), found.wrong_accepts, None, ""),
    )
    rows = [Share(name, seen, goal, note) for name, seen, goal, note in told if seen]
    top = round_ticks(min(1.0, 1.1 * max([0.02, *(row.found.upper for row in rows)])))[-1]
    said = "; ".join(f"{row.name}: {bounds(row.found, 2)}" for row in rows)
    words = Words(gettext("Measured error rates against the promise"), said)
    table = [(row.name, *_bounds(row.found)) for row in rows]
    return Picture("errors", words, (gettext("Error"), *_bound_columns()), table,
                   lambda width: plots.shares(width, rows, words, min(top, 1.0)))  # fmt: skip


def reliability(found: Figures) -> Picture:
    """Predicted against found."""
    rows = found.reliability
    words = Words(
        gettext("Reliability diagram"),
        gettext("Dots show the share found to be spam for each predicted probability; "
                "on the dotted diagonal the two are the same. %(n)s comments.")
        % {"n": number(sum(seen.n for _, seen in rows))},
        gettext("predicted, in 100"), gettext("found spam, in 100"),
    )  # fmt: skip
    return Picture("reliability", words, (gettext("Predicted"), *_bound_columns()),
                   [(percent(said), *_bounds(seen)) for said, seen in rows],
                   lambda width: plots.reliability(width, rows, words))  # fmt: skip


def learning(found: Figures) -> Picture:
    """What the site's own labels bring."""
    rows = [(one.labels, one.right, one.before) for one in found.learning]
    last = rows[-1] if rows else None
    words = Words(
        gettext("Learning curve"),
        gettext("Right on comments not yet seen: %(share)s at %(n)s labels.")
        % {"share": percent(last[1].estimate), "n": number(last[0])} if last else "",
        gettext("labels from this site"), gettext("on the right side"),
    )  # fmt: skip
    columns = (gettext("Labels"), *_bound_columns(), gettext("Model before"))
    return Picture("learning", words, columns,
                   [(number(n), *_bounds(right), percent(old)) for n, right, old in rows],
                   lambda width: plots.learning(width, rows, words, gettext("newest")))  # fmt: skip


def precision(found: Figures) -> Picture:
    """How often each reason stood on spam."""
    rows = [Share(chip(code), seen) for code, seen in found.reasons]
    words = Words(
        gettext("Precision of each reason"),
        gettext("From %(first)s down to %(last)s.")
        % {"first": _said(rows[0]), "last": _said(rows[-1])} if rows else "",
    )  # fmt: skip
    return Picture("precision", words, (gettext("Reason"), *_bound_columns()),
                   [(row.name, *_bounds(row.found)) for row in rows],
                   lambda width: plots.shares(width, rows, words, side=True),
                   (NARROW, WIDE))  # fmt: skip


def _said(row: Share) -> str:
    return f"{row.name}, {percent(row.found.estimate)}"


def bounds(found: Interval, digits: int = 1) -> str:
    """A share with its interval in words."""
    told = {"share": percent(found.estimate, digits), "lower": percent(found.lower, digits),
            "upper": percent(found.upper, digits)}  # fmt: skip
    return gettext("%(share)s, between %(lower)s and %(upper)s") % told


def _bound_columns() -> tuple[str, str, str, str]:
    return gettext("Found"), gettext("95 % from"), gettext("to"), gettext("Comments")


def _bounds(found: Interval) -> tuple[str, str, str, int]:
    return percent(found.estimate, 2), percent(found.lower, 2), percent(found.upper, 2), found.n
