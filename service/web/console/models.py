"""The site's models: which one judges, how good each was, promoting, rolling back, training."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from model.figures import Interval
from service.db import champions, figures, rounds
from service.db.accounts import Role
from service.db.champions import BASE, ModelRow, Promotion
from service.errors import Conflict
from service.web import learning, parts
from service.web.console.acts import act
from service.web.console.language import N_, gettext
from service.web.console.routing import Route, Visit

MOST = 40
"""Models and rounds shown; older ones stay in the registry."""


def shown(visit: Visit) -> ResponseReturnValue:
    """The champion, its challengers, and the rounds of training."""
    with parts().database.reading() as connection:
        rows = champions.of_site(connection, visit.site.id)
        entries = champions.log(connection, visit.site.id)
        trained = figures.finished_rounds(connection, visit.site.id, most=MOST, spread=False)
        waiting = rounds.waiting(connection, visit.site.id)
        labels = figures.lessons(connection, visit.site.id)
    return render_template(
        "models.html", models=[_told(row, entries) for row in rows[:MOST]], older=len(rows) - MOST,
        base=_base(), base_judges=not champions.champion_of(entries), log=entries[::-1][:MOST],
        rounds=trained[::-1], waiting=waiting, before=_before(entries), labels=labels,
        promise=learning.promise(visit.site),
    )  # fmt: skip


def _told(row: ModelRow, entries: list[Promotion]) -> dict[str, Any]:
    report = row.card.get("report", {})
    figures_of = report.get("challenger") or {}
    return {
        "id": row.id, "at": row.at, "passed": row.passed, "reason": row.reason,
        "labels": row.card.get("labels", report.get("lessons")),
        "champion": row.id == champions.champion_of(entries),
        "withdrawn": row.id in champions.withdrawn(entries),
        "auc": figures_of.get("auc"),
        **{name: interval(figures_of.get(name)) for name in SHARES},
    }  # fmt: skip


SHARES = ("wrong_side", "good_rejected", "spam_accepted", "held")
"""The figures of a report that are shares, in the order of the table."""


def interval(told: dict[str, Any] | None) -> Interval | None:
    """A share of a report as an interval; None where nothing was counted."""
    if not told or told.get("share") is None:
        return None
    return Interval(told["share"], told["lower"], told["upper"], told["n"])


def _base() -> str:
    scorer = parts().live.scorer()
    return scorer.model.id if scorer else ""


def _before(entries: list[Promotion]) -> str | None:
    """The model a rollback would bring back: the base's name for the base alone, None if none."""
    current = champions.champion_of(entries)
    if not current:
        return None
    gone = {*champions.withdrawn(entries), current}
    earlier = [one.model_id for one in entries if one.event == "promoted"]
    left = [one for one in earlier if one not in gone]
    return (left[-1] or BASE) if left else None


def ask_promote(visit: Visit, model_id: str) -> ResponseReturnValue:
    """Say what promoting this model will do, and ask once more."""
    return render_template("model_confirm.html", act="promote", model=_found(visit, model_id),
                           model_id=model_id)  # fmt: skip


def ask_rollback(visit: Visit) -> ResponseReturnValue:
    """Say what rolling back will do, and ask once more."""
    with parts().database.reading() as connection:
        entries = champions.log(connection, visit.site.id)
    before = _before(entries)
    if before is None:
        abort(409)
    return render_template("model_confirm.html", act="rollback", before=before, model=None,
                           model_id=champions.champion_of(entries))  # fmt: skip


def _found(visit: Visit, model_id: str) -> dict[str, Any] | None:
    with parts().database.reading() as connection:
        row = champions.find(connection, visit.site.id, model_id)
        entries = champions.log(connection, visit.site.id)
    if row is None and model_id != BASE:
        abort(404)
    return _told(row, entries) if row else None


def promote(visit: Visit) -> ResponseReturnValue:
    """Put a model in force."""
    wanted = request.form.get("model", "")
    with parts().database.writing() as connection:
        champions.promote(connection, visit.site.id, wanted, visit.moderator.name, parts().clock())
        act(visit, "model-promoted", wanted)(connection)
    flash(gettext("%(model)s judges from now on.") % {"model": wanted}, "good")
    return redirect(url_for("models.shown", site_id=visit.site.id))


def rollback(visit: Visit) -> ResponseReturnValue:
    """Withdraw the champion for good."""
    try:
        with parts().database.writing() as connection:
            now = champions.roll_back(connection, visit.site.id, visit.moderator.name,
                                      parts().clock())  # fmt: skip
            act(visit, "model-rolled-back", now)(connection)
    except Conflict as none_left:
        flash(str(none_left), "bad")
    else:
        flash(gettext("%(model)s judges again.") % {"model": now}, "good")
    return redirect(url_for("models.shown", site_id=visit.site.id))


def retrain(visit: Visit) -> ResponseReturnValue:
    """Ask for a round of training; the background worker runs it."""
    with parts().database.writing() as connection:
        if rounds.waiting(connection, visit.site.id) is None:
            job = rounds.ask(connection, visit.site.id, parts().clock())
            act(visit, "retrain-asked", job)(connection)
    flash(gettext("A round of training waits for the worker; it takes seconds."), "good")
    return redirect(url_for("models.shown", site_id=visit.site.id))


ROUTES = (
    Route("GET", "/{site_id}/models", shown, Role.TRAINER, nav=N_("Models")),
    Route("GET", "/{site_id}/models/rollback", ask_rollback, Role.TRAINER),
    Route("GET", "/{site_id}/models/promote/{model_id}", ask_promote, Role.TRAINER),
    Route("POST", "/{site_id}/models/promote", promote, Role.TRAINER),
    Route("POST", "/{site_id}/models/rollback", rollback, Role.TRAINER),
    Route("POST", "/{site_id}/models/retrain", retrain, Role.TRAINER),
)
