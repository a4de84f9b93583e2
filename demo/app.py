"""The news site: one article, its comments, and a form to leave a reply."""

import logging
import re
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask, Response, redirect, render_template, request, session
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as Redirect

from demo.comments import Comment, Comments, Draft, Status
from demo.moderation import ARTICLE, Moderation
from demo.site import Site, open_site

CSP = "; ".join((
    "default-src 'none'", "style-src 'self'", "img-src 'self'", "form-action 'self'",
    "base-uri 'none'", "frame-ancestors 'none'",
))  # fmt: skip
LENGTHS = {"comment": 65_525, "author": 245, "email": 100, "url": 200}
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+", re.ASCII)


def serve(folder: Path, listener: socket.socket) -> None:
    """Answer readers on a socket that listens already, until the process is told to stop."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app, (host, port) = create_app(*open_site(folder)), listener.getsockname()[:2]
    make_server(host, port, app, threaded=True, fd=listener.fileno()).serve_forever()


def create_app(site: Site, comments: Comments, moderation: Moderation) -> Flask:
    """The WSGI application of one site."""
    app = Flask(__name__)
    app.secret_key = site.cookie_key
    app.config |= {"SESSION_COOKIE_SAMESITE": "Lax", "MAX_CONTENT_LENGTH": 1 << 18,
                   "PERMANENT_SESSION_LIFETIME": timedelta(days=365),
                   "SESSION_COOKIE_NAME": "ledger"}  # fmt: skip

    @app.get("/")
    def front() -> Redirect:
        return redirect(ARTICLE)

    @app.get(ARTICLE)
    def article() -> str:
        moderation.follow()
        return page(session.pop("notice", ""))

    @app.post("/comments")
    def reply() -> tuple[str, int] | Redirect:
        sent = {name: request.form.get(name, "").strip() for name in LENGTHS}
        wrong = _wrong(sent)
        if wrong:
            return page(form=sent, wrong=wrong), 400
        kept = comments.add(_draft(sent), datetime.now(UTC))
        status = moderation.ask(kept)
        _remember(kept, bool(request.form.get("save")))
        if status is Status.REJECTED:
            session["notice"] = "Your comment was not published: it looks like spam to us."
            return redirect(f"{ARTICLE}#respond", 303)
        return redirect(f"{ARTICLE}#comment-{kept.number}", 303)

    def page(notice: str = "", form: dict[str, str] | None = None,
             wrong: dict[str, str] | None = None) -> str:  # fmt: skip
        mine = session.get("mine", ())
        return render_template(
            "article.html", comments=comments.visible(mine), notice=notice, wrong=wrong or {},
            form=form or session.get("commenter", {}), saved="commenter" in session,
            published=site.published, weir=site.account.weir, lengths=LENGTHS,
        )  # fmt: skip

    app.after_request(_careful)
    app.template_filter("day")(_day)
    app.template_filter("colour")(lambda name: sum(map(ord, name)) % 6)
    app.template_filter("paragraphs")(_paragraphs)
    return app


def _wrong(sent: dict[str, str]) -> dict[str, str]:
    """What is wrong with a form, by field, in words for its writer."""
    asked = {"comment": "a comment", "author": "your name", "email": "an email address"}
    wrong = {name: f"Please enter {what}." for name, what in asked.items() if not sent[name]}
    if sent["email"] and not _EMAIL.fullmatch(sent["email"]):
        wrong["email"] = "Please enter a valid email address."
    for name, most in LENGTHS.items():
        if len(sent[name]) > most:
            wrong[name] = f"Please use at most {most:,} characters."
    return wrong


def _draft(sent: dict[str, str]) -> Draft:
    url = sent["url"] if re.match(r"https?://", sent["url"]) else ""
    if sent["url"] and not url:
        url = f"http://{sent['url']}"
    return Draft(
        content=sent["comment"], name=sent["author"], email=sent["email"], url=url,
        ip=request.remote_addr or "", user_agent=request.headers.get("User-Agent", "")[:1000],
    )  # fmt: skip


def _remember(comment: Comment, save: bool) -> None:
    """Whose browser this is: it may see its own waiting comments, and have its form filled in."""
    session.permanent = True
    session["mine"] = [*session.get("mine", ()), comment.number][-50:]
    session.pop("commenter", None)
    if save:
        session["commenter"] = {
            "author": comment.name, "email": comment.email, "url": comment.url
        }  # fmt: skip


def _careful(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CSP
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response


def _day(at: datetime) -> str:
    half = "pm" if at.hour >= 12 else "am"
    return f"{at:%B} {at.day}, {at.year} at {at.hour % 12 or 12}:{at:%M} {half}"


def _paragraphs(text: str) -> list[list[str]]:
    """Text as paragraphs of lines; the template escapes each."""
    return [block.splitlines() for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))]
