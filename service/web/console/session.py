"""Who is signed in: Flask-Login over a signed cookie, ended by a change of password.

The cookie holds the moderator's name and the epoch of their account. A new password, a reset
or a removal begins another epoch, so every older session ends at once, on all hosts.
"""

from datetime import timedelta

from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from service.db.accounts import Moderator
from service.web import parts

LASTS = timedelta(hours=12)


class _SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login (which has no types) keeps: its id is the epoch and the name."""

    def __init__(self, moderator: Moderator) -> None:
        self.moderator = moderator
        self.id = f"{moderator.epoch}:{moderator.name}"


class _Cookie(SecureCookieSessionInterface):
    """Secure wherever the page came by TLS; on plain HTTP a Secure cookie would be lost."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """True if this request, or the address others see, is https."""
        return request.is_secure or parts().settings.public_url.startswith("https://")


def register(app: Flask, path: str) -> None:
    """Give this application sessions."""
    app.secret_key = app.extensions["weir"].keyring.sessions
    app.session_interface = _Cookie()
    app.config.update(
        SESSION_COOKIE_NAME="weir",
        SESSION_COOKIE_PATH=path,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LASTS,
    )
    manager = LoginManager(app)
    manager.session_protection = None  # it would sign people out who change networks
    manager.user_loader(_load)


def _load(identity: str) -> _SignedIn | None:
    epoch, _, name = identity.partition(":")
    moderator = parts().accounts.get(name)
    return _SignedIn(moderator) if moderator and moderator.epoch == epoch else None


def moderator() -> Moderator | None:
    """Who is signed in, as the database knows them now."""
    return getattr(current_user, "moderator", None)


def begin(name: str) -> None:
    """Sign somebody in whose password was right. Whatever the session held before is gone."""
    session.clear()
    found = parts().accounts.get(name)
    if found is None:
        return
    session.permanent = True
    login_user(_SignedIn(found))


def end() -> None:
    """Sign out."""
    logout_user()
    session.clear()
