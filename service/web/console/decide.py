"""Deciding and taking back: one comment, many, a campaign. Works from forms and from scripts."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from model.comment import Label
from service.db import acts, comments, queue
from service.db.accounts import Role
from service.desk import MOST, Done, Overtaken
from service.errors import Conflict
from service.web import parts
from service.web.console import said
from service.web.console.language import N_, gettext, ngettext
from service.web.console.queue import Asked, asked
from service.web.console.routing import Route, Visit

SURE = 50
"""Above so many comments the number has to be typed."""
SAMPLE = 6
NAMES = {"ham": N_("Accepted"), "spam": N_("Spam"), "other": N_("Other"), "keep": N_("Kept"),
         "accepted": N_("Accepted"), "rejected": N_("Rejected"), "replaced": N_("Edited since"),
         "erased": N_("Erased"), "unjudged": N_("Not judged")}  # fmt: skip


def one(visit: Visit, comment_id: str) -> ResponseReturnValue:
    """Decide about one comment, or (with `campaign`) about all that are alike."""
    label, desk, who = request.form.get("label", ""), parts().desk, visit.moderator.name
    if label == "keep":
        return _done(visit, desk.keep(visit.site, comment_id, who), label, comment_id)
    if campaign := request.form.get("campaign", ""):
        done = desk.rule(visit.site, campaign, _label(label), who)
        return _done(visit, done, label, comment_id)
    seen = request.form.get("seen", "0")
    try:
        done = desk.decide(visit.site, comment_id, _label(label), who,
                           seen=int(seen) if seen.isdecimal() else 0)  # fmt: skip
    except Overtaken as late:
        return _late(visit, late, comment_id)
    return _done(visit, done, label, comment_id)


def many(visit: Visit) -> ResponseReturnValue:
    """Decide about the comments that were selected, or about all that match a filter."""
    label, wanted = _label(request.form.get("label", "")), asked()
    everything = request.form.get("all") == "1"
    with parts().database.reading() as connection:
        ids = (queue.ids(connection, visit.site.id, wanted.reason, MOST) if everything
               else list(dict.fromkeys(request.form.getlist("id"))))  # fmt: skip
    if not ids or len(ids) > MOST:
        raise Conflict(gettext("Select between 1 and 1000 comments."))
    if (everything or len(ids) > SURE) and request.form.get("typed", "").strip() != str(len(ids)):
        return _ask(visit, label, wanted, ids, everything=everything)
    done = parts().desk.decide_many(visit.site, ids, label, visit.moderator.name)
    return _done(visit, done, label.value, "")


def undo(visit: Visit, act_id: str) -> ResponseReturnValue:
    """Take a decision back, with all it settled."""
    done = parts().desk.undo(visit.site, act_id, visit.moderator.name)
    told = (
        ngettext("Taken back: %d comment.", "Taken back: %d comments.", done.settled) % done.settled
    )
    if _by_script():
        return {"told": told, "act": act_id}
    flash(told, "good")
    return redirect(_back(visit))


def note(visit: Visit, comment_id: str) -> ResponseReturnValue:
    """Leave a note for colleagues."""
    text = request.form.get("text", "").strip()[:2000]
    if not text:
        abort(400)
    parts().desk.note(visit.site, comment_id, visit.moderator.name, text)
    return redirect(url_for("comment.shown", site_id=visit.site.id, comment_id=comment_id))


def claim(visit: Visit, comment_id: str) -> ResponseReturnValue:
    """Say that one is looking at a comment; answers who else is."""
    with parts().database.writing() as connection:
        acts.must_exist(connection, visit.site.id, comment_id)
        other = acts.claim(connection, visit.site.id, comment_id, visit.moderator.name,
                           parts().clock())  # fmt: skip
    return {"other": other}


def _label(asked_for: str) -> Label:
    if asked_for not in list(Label):
        abort(400)
    return Label(asked_for)


def _ask(
    visit: Visit, label: Label, wanted: Asked, ids: list[str], *, everything: bool
) -> ResponseReturnValue:
    """Show a sample, and ask for the number to be typed."""
    step = max(1, len(ids) // SAMPLE)
    with parts().database.reading() as connection:
        sample = comments.read(connection, visit.site.id, ids[::step][:SAMPLE])
    texts = [(said.harmless(one.comment.author_name), said.plain(one.comment.content))
             for one in sample]  # fmt: skip
    page = render_template("confirm.html", label=label, wanted=wanted, sample=texts,
                           ids=[] if everything else ids, n=len(ids))  # fmt: skip
    return page, 409


def _done(visit: Visit, done: Done, label: str, comment_id: str) -> ResponseReturnValue:
    told: dict[str, Any] = {
        "act": done.act_id,
        "settled": done.settled,
        "late": list(done.late),
        "told": _told(done, label),
    }
    if _by_script():
        return told
    flash(told["told"], f"act {visit.site.id} {done.act_id}")
    return redirect(_back(visit))


def _told(done: Done, label: str) -> str:
    name = gettext(NAMES[label])
    told = name if done.settled < 2 else gettext("%(what)s: %(n)d comments") % {
        "what": name, "n": done.settled}  # fmt: skip
    if label == "other":
        told += gettext(", teaches nothing about spam")
    if done.late:
        n = len(done.late)
        told += (
            ngettext(
                "; %d was decided by others meanwhile", "; %d were decided by others meanwhile", n
            )
            % n
        )
    return told


def _late(visit: Visit, late: Overtaken, comment_id: str) -> ResponseReturnValue:
    what = gettext(NAMES[late.label.value]) if late.label else gettext("taken back")
    who = late.moderator or gettext("The site")
    told = gettext("%(who)s was quicker: %(what)s. Nothing has changed.") % {
        "who": who, "what": what}  # fmt: skip
    if _by_script():
        return {"told": told, "who": who, "label": late.label.value if late.label else ""}, 409
    flash(told, "bad")
    return redirect(url_for("queue.shown", site_id=visit.site.id, c=comment_id, **asked().address))


def _back(visit: Visit) -> str:
    return url_for("queue.shown", site_id=visit.site.id, **asked().address)


def _by_script() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


ROUTES = (
    Route("POST", "/{site_id}/comments/{comment_id}/decide", one, Role.MODERATOR),
    Route("POST", "/{site_id}/comments/{comment_id}/claim", claim, Role.MODERATOR),
    Route("POST", "/{site_id}/comments/{comment_id}/note", note, Role.MODERATOR),
    Route("POST", "/{site_id}/decide", many, Role.MODERATOR),
    Route("POST", "/{site_id}/acts/{act_id}/undo", undo, Role.MODERATOR),
)
