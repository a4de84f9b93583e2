"""What if the limits moved: both thresholds tried on the site's own last days, and put in force."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from model.comment import Label
from model.figures import Interval
from model.policy import NEVER
from model.verdict import Thresholds, probability
from service import whatif
from service.db.accounts import Role
from service.web import learning, parts
from service.web.console import plots
from service.web.console.acts import act, to_comment
from service.web.console.language import N_, gettext, number
from service.web.console.pictures import Picture
from service.web.console.plots import HIGHEST, LOWEST, NARROW, WIDE, Bin
from service.web.console.routing import Route, Visit
from service.web.console.svg import Words
from service.whatif import Trial

DAYS = 30
STEP = 0.05
BINS = 56


@dataclass(frozen=True, slots=True)
class Limits:
    """Both thresholds as log-odds on the sliders; at the ends nothing is accepted or rejected."""

    low: float
    high: float

    @classmethod
    def of(cls, bounds: Thresholds) -> "Limits":
        """The sliders' places for thresholds."""
        return cls(*(_place(value) for value in (bounds.accept_below, bounds.reject_above)))

    @property
    def bounds(self) -> Thresholds:
        """The thresholds these places stand for."""
        low = 0.0 if self.low <= LOWEST else round(probability(self.low), 6)
        high = NEVER if self.high >= HIGHEST else round(probability(self.high), 6)
        return Thresholds(min(low, high), high)


def _place(chance: float) -> float:
    if not 0 < chance < 1:
        return LOWEST if chance <= 0 else HIGHEST
    exact = math.log(chance / (1 - chance))
    return min(HIGHEST, max(LOWEST, round(exact / STEP) * STEP))


def shown(visit: Visit) -> ResponseReturnValue:
    """The sliders, and what the limits they show would have done."""
    return render_template("limits.html", **_tried(visit))


def tried(visit: Visit) -> ResponseReturnValue:
    """The part of that page which changes with the sliders."""
    return render_template("tried.html", **_tried(visit))


def confirm(visit: Visit) -> ResponseReturnValue:
    """Say what putting these limits in force will do, and ask once more."""
    return render_template("limits_confirm.html", **_tried(visit))


def use(visit: Visit) -> ResponseReturnValue:
    """Put the limits in force; refused if labels say that the promise would be broken."""
    told = _tried(visit)
    if told["promise"] == "broken":
        abort(409)
    bounds = told["bounds"]
    changes = {"accept_below": bounds.accept_below, "reject_above": bounds.reject_above}
    parts().sites.set_policy(visit.site.id, changes, act(visit, "limits-set", **changes))
    flash(gettext("These limits are in force now."), "good")
    return redirect(url_for("limits.shown", site_id=visit.site.id))


def automatic(visit: Visit) -> ResponseReturnValue:
    """Let the limits come from the budgets and their certificate again."""
    changes = {"accept_below": None, "reject_above": None}
    parts().sites.set_policy(visit.site.id, changes, act(visit, "limits-automatic"))
    flash(gettext("The limits come from the budgets again."), "good")
    return redirect(url_for("limits.shown", site_id=visit.site.id))


def _tried(visit: Visit) -> dict[str, Any]:
    now = learning.promise(visit.site)["thresholds"]
    today = Limits.of(Thresholds(**now))
    limits = Limits(_asked("low", today.low), _asked("high", today.high))
    bounds = _exact(limits, today, Thresholds(**now))
    trial = parts().lookback.trial(visit.site, DAYS, visit.site.policy)
    after = trial.decisions(bounds)
    days = max(1, len(set(trial.days)))
    rate = whatif.good_rejected(trial, after)
    return {
        "limits": limits, "today": today, "bounds": bounds, "trial": trial, "days": days,
        "lowest": LOWEST, "highest": HIGHEST, "step": STEP, "in_100": _in_100,
        "bands": whatif.bands(trial, after), "rate": rate,
        "promise": _promise(visit.site.policy.reject_budget, rate),
        "minutes": whatif.queue_minutes(after) / days, "seconds": whatif.SECONDS_A_LOOK,
        "changed": int(np.count_nonzero(after != trial.before)),
        "changes": [(trial.ids[n], _DECISIONS[trial.before[n]], _DECISIONS[after[n]])
                    for n in np.flatnonzero(after != trial.before)[:12]],
        "to_comment": partial(to_comment, visit),
        "picture": _picture(trial, limits) if trial.ids else None,
    }  # fmt: skip


def _exact(limits: Limits, today: Limits, now: Thresholds) -> Thresholds:
    """The thresholds for these places; one that was not moved stays exactly what it is."""
    low, high = limits.bounds.accept_below, limits.bounds.reject_above
    low = now.accept_below if limits.low == today.low else low
    high = now.reject_above if limits.high == today.high else high
    return Thresholds(min(low, high), high)


_DECISIONS = ("accept", "hold", "reject")


def _asked(name: str, otherwise: float) -> float:
    try:
        value = float(request.values[name])
    except (KeyError, ValueError):
        return otherwise
    return (
        min(HIGHEST, max(LOWEST, round(value / STEP) * STEP)) if math.isfinite(value) else otherwise
    )


def _promise(budget: float, rate: Interval) -> str:
    if rate.upper <= budget:
        return "kept"
    return "broken" if rate.n and rate.estimate > budget else "unproven"


def _in_100(chance: float) -> str:
    return number(100 * chance, 2 if chance < 0.01 or chance > 0.99 else 1)


def _picture(trial: Trial, limits: Limits) -> Picture:
    rows = bins(trial)
    names = gettext("accept"), gettext("hold"), gettext("reject")
    words = Words(
        gettext("Scores of the last days and the two limits"),
        gettext("Histogram of the scores of %(n)s comments: those labelled good at the bottom, "
                "spam above, without a label on top; behind it the three decisions.")
        % {"n": number(len(trial.ids))},
        gettext("spam probability in 100"), gettext("comments"),
    )  # fmt: skip
    columns = gettext("Score from, in 100"), gettext("Good"), gettext("Spam"), gettext("No label")
    table = [(_in_100(probability(row.low)), row.good, row.spam, row.unsaid) for row in rows]
    draw = partial(plots.scores, rows=rows, words=words, limits=(limits.low, limits.high),
                   names=names)  # fmt: skip
    return Picture("scores", words, columns, table, draw, (NARROW, WIDE))


def bins(trial: Trial) -> list[Bin]:
    """Comments by score in steps of a quarter log-odd; the ends hold all beyond them."""
    edges = np.linspace(LOWEST, HIGHEST, BINS + 1)
    place = np.clip(np.searchsorted(edges, trial.totals, "right") - 1, 0, BINS - 1)
    counts = {
        kind: np.bincount(place[trial.labels == kind], minlength=BINS)
        for kind in (Label.HAM, Label.SPAM)
    }
    every = np.bincount(place, minlength=BINS)
    return [
        Bin(float(edges[n]), int(good), int(spam), int(all_ - good - spam))
        for n, (good, spam, all_) in enumerate(
            zip(counts[Label.HAM], counts[Label.SPAM], every, strict=True)
        )
    ]


ROUTES = (
    Route("GET", "/{site_id}/limits", shown, Role.TRAINER, nav=N_("Limits")),
    Route("GET", "/{site_id}/limits/tried", tried, Role.TRAINER),
    Route("GET", "/{site_id}/limits/confirm", confirm, Role.TRAINER),
    Route("POST", "/{site_id}/limits", use, Role.TRAINER),
    Route("POST", "/{site_id}/limits/automatic", automatic, Role.TRAINER),
)
