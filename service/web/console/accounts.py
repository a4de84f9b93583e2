"""Who may do what on this site."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.db import audit_log
from service.db.accounts import EVERYWHERE, Moderator, Role
from service.errors import Conflict
from service.web import parts
from service.web.console.language import N_, gettext
from service.web.console.routing import Route, Visit

ROLES = (N_("moderator"), N_("trainer"), N_("admin"))


def shown(visit: Visit) -> ResponseReturnValue:
    """Everybody who may do something here."""
    return _page(visit)


def add(visit: Visit) -> ResponseReturnValue:
    """A new account with a role on this site, whose one-time password is shown this once.

    A name that has an account already keeps it and gets the role.
    """
    name, role = request.form.get("name", "").strip()[:200], _role()
    if not name or role is None:
        abort(400)
    try:
        password = parts().accounts.add(name, role, visit.site.id)
    except Conflict:
        return _admit(visit, name, role)
    _log(visit, "account-added", name, role=role.value)
    return _page(visit, name, password)


def _admit(visit: Visit, name: str, role: Role) -> ResponseReturnValue:
    person = parts().accounts.get(name)
    if person and person.role_on(visit.site.id):
        flash(gettext("This account is in the list already."), "bad")
    else:
        parts().accounts.set_role(name, role, visit.site.id)
        _log(visit, "role-changed", name, role=role.value)
        flash(gettext("There was an account of this name; it may now open this site."), "good")
    return redirect(url_for("accounts.shown", site_id=visit.site.id))


def change(visit: Visit) -> ResponseReturnValue:
    """Give somebody another role on this site, or none."""
    person, role = _person(visit), _role()
    if person.name == visit.moderator.name:
        flash(gettext("Somebody else has to change your own role."), "bad")
        return redirect(url_for("accounts.shown", site_id=visit.site.id))
    parts().accounts.set_role(person.name, role, visit.site.id)
    _log(visit, "role-changed", person.name, role=role.value if role else None)
    flash(gettext("Saved."), "good")
    return redirect(url_for("accounts.shown", site_id=visit.site.id))


def reset(visit: Visit) -> ResponseReturnValue:
    """A new one-time password for somebody who lost theirs."""
    person = _person(visit)
    if not may_reset(visit.moderator, person):
        abort(403)
    password = parts().accounts.reset(person.name)
    _log(visit, "password-reset", person.name)
    return _page(visit, person.name, password)


def may_reset(admin: Moderator, person: Moderator) -> bool:
    """True if the admin rules every site the person may see: a new password opens them all."""
    return all(admin.role_on(site_id) is Role.ADMIN for site_id in person.roles)


def _page(visit: Visit, name: str = "", password: str = "") -> ResponseReturnValue:
    people = [one for one in parts().accounts.list() if one.role_on(visit.site.id)]
    return render_template("accounts.html", people=people, everywhere=EVERYWHERE, new_name=name,
                           new_password=password, may_reset=may_reset)  # fmt: skip


def _person(visit: Visit) -> Moderator:
    person = parts().accounts.get(request.form.get("name", ""))
    if person is None or person.role_on(visit.site.id) is None:
        abort(404)
    return person


def _role() -> Role | None:
    asked = request.form.get("role", "")
    return Role(asked) if asked in list(Role) else None


def _log(visit: Visit, action: str, name: str, **detail: object) -> None:
    with parts().database.writing() as connection:
        audit_log.write(connection, visit.site.id, visit.moderator.name, action, name,
                        at=parts().clock(), **detail)  # fmt: skip


ROUTES = (
    Route("GET", "/{site_id}/accounts", shown, Role.ADMIN, nav=N_("Accounts")),
    Route("POST", "/{site_id}/accounts", add, Role.ADMIN),
    Route("POST", "/{site_id}/accounts/role", change, Role.ADMIN),
    Route("POST", "/{site_id}/accounts/reset", reset, Role.ADMIN),
)
