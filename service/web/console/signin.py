"""Signing in and out."""

import pyotp
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.db import audit_log
from service.db.accounts import Moderator, Role
from service.web import parts
from service.web.console import session
from service.web.console.layout import sites_of
from service.web.console.routing import OPEN, SIGNED_IN, Route, Visit

LONGEST = 200
"""Characters of a name or password that are looked at: hashing costs by length."""
STEP = 30
"""Seconds an authenticator's code is for; the one before and after are good too (RFC 6238)."""


def home(moderator: Moderator) -> ResponseReturnValue:
    """Go on to a site's queue."""
    sites = sites_of(moderator)
    if not sites:
        return render_template("no_site.html")
    return redirect(url_for("queue.shown", site_id=sites[0].id))


def site(visit: Visit) -> ResponseReturnValue:
    """A site's address without a page: its queue."""
    return redirect(url_for("queue.shown", site_id=visit.site.id))


def form() -> ResponseReturnValue:
    """Ask who is there."""
    if session.moderator():
        return redirect(url_for("signin.home"))
    return render_template("sign_in.html", left=None, name="", next=request.args.get("next", ""))


def sign_in() -> ResponseReturnValue:
    """Let somebody in who knows name, password and, if they set one up, the code."""
    name, password, code = (request.form.get(one, "")[:LONGEST] for one in _FIELDS)
    name, address = name.strip(), request.remote_addr or ""
    if not parts().lockout.left(name, address):
        return _refused(name, 0)
    if not (parts().accounts.verify(name, password) and code_fits(name, code)):
        parts().lockout.failed(name, address)
        _log(name, "sign-in-refused")
        return _refused(name, parts().lockout.left(name, address))
    parts().lockout.succeeded(name, address)
    session.begin(name)
    _log(name, "signed-in")
    return redirect(inside(request.form.get("next", "")))


def sign_out(moderator: Moderator) -> ResponseReturnValue:
    """End this session."""
    session.end()
    _log(moderator.name, "signed-out")
    return redirect(url_for("signin.form"))


def code_fits(name: str, code: str) -> bool:
    """True if no code is asked of this moderator, or it is a good one not used before."""
    sealed, _used = parts().accounts.totp(name)
    if sealed is None:
        return True
    step = step_of(parts().keyring.unseal(sealed), code)
    return step is not None and parts().accounts.use_code(name, step)


def step_of(secret: str, code: str) -> int | None:
    """The time step a code was made for; None for a wrong one."""
    digits, now = code.replace(" ", ""), int(parts().clock().timestamp()) // STEP
    authenticator = pyotp.TOTP(secret)
    good = (step for step in (now, now - 1, now + 1)
            if pyotp.utils.strings_equal(authenticator.at(step * STEP), digits))  # fmt: skip
    return next(good, None)


def _refused(name: str, left: int) -> ResponseReturnValue:
    asked = request.form.get("next", "")
    page = render_template("sign_in.html", left=left, name=name, next=asked)
    return page, 401 if left else 429


def inside(path: str) -> str:
    """Where to go on: a page of this console, nowhere else."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\"))
    return request.script_root + path if safe else url_for("signin.home")


def _log(name: str, action: str) -> None:
    with parts().database.writing() as connection:
        audit_log.write(connection, audit_log.INSTANCE, name, action, at=parts().clock())


_FIELDS = ("name", "password", "code")
ROUTES = (
    Route("GET", "/", home, SIGNED_IN),
    Route("GET", "/{site_id}", site, Role.MODERATOR),
    Route("GET", "/sign-in", form, OPEN),
    Route("POST", "/sign-in", sign_in, OPEN),
    Route("POST", "/sign-out", sign_out, SIGNED_IN),
)
