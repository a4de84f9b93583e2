"""One's own account: password, authenticator, language and time zone."""

from datetime import timedelta

import pyotp
from flask import current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from service.db import audit_log
from service.db.accounts import Moderator
from service.web import parts
from service.web.console import language, session, signin
from service.web.console.language import gettext
from service.web.console.layout import THEME, THEMES, sites_of
from service.web.console.routing import SIGNED_IN, Route

SHORTEST = 10
"""Characters of a password; NIST SP 800-63B asks for length and for no other rule."""


def shown(moderator: Moderator) -> ResponseReturnValue:
    """The account's page; first of all a password, while it is one that was shown once."""
    secret = cookie.setdefault("totp", pyotp.random_base32()) if not moderator.has_totp else ""
    return render_template(
        "account.html",
        sites=sites_of(moderator),
        languages=language.named(),
        zones=language.zones(),
        secret=secret,
        link=_link(moderator, secret) if secret else "",
        shortest=SHORTEST,
    )


def _link(moderator: Moderator, secret: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=moderator.name, issuer_name="Weir")


def password(moderator: Moderator) -> ResponseReturnValue:
    """Choose another password. Sessions elsewhere end; this one goes on."""
    old, new = (request.form.get(one, "") for one in ("old", "new"))
    if not _again(moderator, old):
        return _back(gettext("That is not your present password."), bad=True)
    if not SHORTEST <= len(new) <= signin.LONGEST or new == old:
        return _back(gettext("Choose another password of at least 10 characters."), bad=True)
    parts().accounts.change_password(moderator.name, new)
    session.begin(moderator.name)
    _log(moderator, "password-changed")
    return _back(gettext("The password is changed. Sessions elsewhere have ended."))


def totp(moderator: Moderator) -> ResponseReturnValue:
    """Begin or cease to ask for an authenticator's code."""
    if not _again(moderator, request.form.get("password", "")):
        return _back(gettext("That is not your present password."), bad=True)
    if moderator.has_totp:
        parts().accounts.set_totp(moderator.name, None)
        _log(moderator, "totp-off")
        return _back(gettext("Signing in asks for no code any more."))
    secret = cookie.get("totp", "")
    if not secret or signin.step_of(secret, request.form.get("code", "")) is None:
        return _back(gettext("That code does not fit; nothing has changed."), bad=True)
    parts().accounts.set_totp(moderator.name, parts().keyring.seal(secret))
    cookie.pop("totp", None)
    _log(moderator, "totp-on")
    return _back(gettext("From now on signing in asks for a code."))


def preferences(moderator: Moderator) -> ResponseReturnValue:
    """Choose language and time zone; empty leaves them to the browser."""
    tag, zone = (request.form.get(one, "") for one in ("language", "zone"))
    if (tag and tag not in language.LANGUAGES) or (zone and not language.is_zone(zone)):
        return _back(gettext("There is no such language or time zone."), bad=True)
    parts().accounts.prefer(moderator.name, language=tag, zone=zone)
    return _back(gettext("Saved."))


def appearance(_moderator: Moderator) -> ResponseReturnValue:
    """Choose light or dark for this browser; empty leaves it to the system."""
    theme = request.form.get("theme", "")
    answer = redirect(signin.inside(request.form.get("next", "")))
    if theme in THEMES:
        answer.set_cookie(THEME, theme, max_age=timedelta(days=365 if theme else 0),
                          path=current_app.config["SESSION_COOKIE_PATH"], httponly=True,
                          secure=request.is_secure, samesite="Lax")  # fmt: skip
    return answer


def _again(moderator: Moderator, password: str) -> bool:
    """Ask for the password as signing in does, pauses included."""
    address, lockout = request.remote_addr or "", parts().lockout
    if not lockout.left(moderator.name, address):
        return False
    if parts().accounts.verify(moderator.name, password[: signin.LONGEST]):
        return True
    lockout.failed(moderator.name, address)
    return False


def _back(told: str, *, bad: bool = False) -> ResponseReturnValue:
    flash(told, "bad" if bad else "good")
    return redirect(url_for("account.shown"))


def _log(moderator: Moderator, action: str) -> None:
    with parts().database.writing() as connection:
        audit_log.write(connection, audit_log.INSTANCE, moderator.name, action, at=parts().clock())


ROUTES = (
    Route("GET", "/account", shown, SIGNED_IN),
    Route("POST", "/account/password", password, SIGNED_IN),
    Route("POST", "/account/totp", totp, SIGNED_IN),
    Route("POST", "/account/preferences", preferences, SIGNED_IN),
    Route("POST", "/account/appearance", appearance, SIGNED_IN),
)
