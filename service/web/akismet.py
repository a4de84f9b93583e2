"""The Akismet protocol: what its clients send, and the exact bytes they expect back.

Answers are HTTP 200 with a bare word, `invalid` included: clients compare bodies byte for byte
and take any other status for a breakdown. docs/akismet.md lists every answer and why.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import wraps

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from model.comment import Comment, Label
from model.verdict import Decision
from service import errors, logs
from service.db.sites import Key, Site
from service.metrics import LABELS
from service.storable import NAME, TEXT
from service.web import parts, telling
from service.web.akismet_account import account
from service.web.akismet_form import Form, TooManyFields, read_comment
from service.web.akismet_key import View, keyed, keyed_by, text
from service.web.errors import when_to_return
from service.web.shapes import COMMENT_ID
from service.wiring import Parts

log = logs.logger(__name__)
akismet = Blueprint("akismet", __name__)
akismet.register_blueprint(account)

THANKS = "Thanks for making the web a better place."
RECHECK_AFTER = 30 * 24 * 3600
"""Seconds. WordPress may publish what nobody decided after twice this time, so it is long."""


def missing_in(form: Form) -> str | None:
    """The first field that is not there and that every comment must come with."""
    return next((name for name in ("blog", "user_ip") if not form.get(name)), None)


def complete(view: View) -> View:
    """Let a view answer only if the fields are there that every comment must come with."""

    @wraps(view)
    def answer(site: Site, form: Form) -> Response:
        missing = missing_in(form)
        if missing is None:
            return view(site, form)
        return text(f"Missing required field: {missing}.", debug_help=f'Empty "{missing}" value')

    return answer


@akismet.get("/1.1/test")
def test() -> Response:
    """Whether this server can be reached."""
    return text("connected")


@akismet.post("/1.1/verify-key")
@keyed_by("key", "api_key")  # WordPress asks about a new key while still sending its old one
def verify_key(_site: Site, _form: Form) -> Response:
    """Whether the key is good."""
    return text("valid")


@akismet.post("/1.1/comment-check")
@keyed
@complete
def comment_check(site: Site, form: Form) -> Response:
    """Judge a comment."""
    word, headers = judged(parts(), site, form)
    return text(word, **headers)


def judged(
    using: Parts, site: Site, form: Form, *, key: Key | None = None
) -> tuple[str, dict[str, str]]:
    """A verdict in the protocol's words and headers (see `text`); `key` as in `Screening.screen`.

    What is too long, or could not be written, is held and gets no guid.
    """
    comment = read_comment(form)
    if len(comment.content) > TEXT:
        return _verdict(site, Decision.HOLD, {})
    try:
        if form.get("recheck_reason"):  # the same comment again, not a second one
            comment = replace(comment, edit_of=using.review.match(site, comment) or "")
        screened = using.screening.screen(site, comment, dialect="akismet", key=key)
    except errors.StorageError as error:
        log.error("storage failed", problem=str(error))
        return _verdict(site, Decision.HOLD, {})
    telling.note(screened, "akismet")
    return _verdict(site, screened.judgement.decision, {"guid": screened.id})


_SPAM, _HAM = "true", "false"
_HOLDS: dict[str, tuple[str, dict[str, str]]] = {
    "spam-queue": (_SPAM, {}),
    "wordpress-pending": (_HAM, {"error": "A moderator has to look at this comment"}),
    "wordpress-recheck": (_HAM, {"recheck_after": str(RECHECK_AFTER)}),
    "ham": (_HAM, {}),
}


def _verdict(site: Site, decision: Decision, guid: dict[str, str]) -> tuple[str, dict[str, str]]:
    """A decision in the protocol's words. WordPress rechecks only what it has a guid for."""
    if decision is Decision.ACCEPT:
        return _HAM, guid
    if decision is Decision.REJECT:
        return _SPAM, {"pro_tip": "discard", **guid}
    hold = site.policy.akismet_hold
    if hold == "wordpress-recheck" and not guid:
        hold = "wordpress-pending"
    body, headers = _HOLDS[hold]
    return body, {**headers, **guid}


@akismet.post("/1.1/submit-spam")
@keyed
@complete
def submit_spam(site: Site, form: Form) -> Response:
    """Somebody says that this is spam."""
    return _submit(site, form, Label.SPAM)


@akismet.post("/1.1/submit-ham")
@keyed
@complete
def submit_ham(site: Site, form: Form) -> Response:
    """Somebody says that this is good."""
    return _submit(site, form, Label.HAM)


def _submit(site: Site, form: Form, label: Label) -> Response:
    """Label the comment meant; one never seen is kept as an example. A test teaches nothing."""
    comment = read_comment(form)
    if not comment.test and len(comment.content) <= TEXT:
        _learn(site, form, comment, label)
    return text(THANKS)


def _learn(site: Site, form: Form, comment: Comment, label: Label) -> None:
    LABELS.labels("akismet", label).inc()
    review, reporter = parts().review, form.get("reporter")[:NAME]
    for known in filter(None, _meant(site, form, comment)):
        with suppress(errors.NotFound):
            with suppress(errors.Conflict):  # it was erased: nobody learns from it again
                review.label(site, known, label, source="akismet", moderator=reporter)
            return
    review.teach(site, comment, label, source="akismet", moderator=reporter)


def _meant(site: Site, form: Form, comment: Comment) -> Iterator[str | None]:
    """Which comment a report is about: by its guid, else by what it says and who wrote it."""
    yield form.get("guid") if re.match(COMMENT_ID, form.get("guid")) else None
    yield parts().review.match(site, comment)


# Whatever goes wrong, it is told as text: clients show it to people, and none reads HTML.


@akismet.errorhandler(errors.TooLarge)
@akismet.errorhandler(TooManyFields)
def _too_large(_error: Exception) -> Response:
    return text("Request too large.", debug_help="The request has too many bytes or fields")


@akismet.errorhandler(errors.Malformed)
def _unreadable(error: errors.Malformed) -> Response:
    return text(f"{error.title}.", debug_help=str(error))


@akismet.errorhandler(errors.TooMany)
@akismet.errorhandler(errors.StorageError)
def _later(error: errors.TooMany | errors.StorageError) -> Response:
    answer = text(f"{error.title}.", debug_help=error.title)
    answer.status_code = error.status
    answer.headers.update(when_to_return(error))
    return answer


@akismet.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> Response:
    answer = text(f"{error.name}.", debug_help=error.name)
    answer.status_code = error.code or 500
    if isinstance(error, MethodNotAllowed):
        answer.allow.update(error.valid_methods or ())
    return answer


@akismet.errorhandler(Exception)
def _defect(error: Exception) -> Response:
    log.error("a request failed", error=type(error).__name__, where=logs.places(error))
    return _later(errors.StorageError())


_ANY = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@akismet.route("/1.1/<path:name>", methods=_ANY)
@akismet.route("/1.2/<path:name>", methods=_ANY)
def _unknown(name: str) -> Response:
    """Errors of routing never reach a blueprint, so what nobody else answers comes here."""
    path = request.path.rstrip("/")  # routing is not strict about it
    rules = [rule for rule in current_app.url_map.iter_rules() if rule.rule == path]
    if not rules:
        raise NotFound
    methods = {"OPTIONS"}.union(*(rule.methods or () for rule in rules))
    if request.method != "OPTIONS":
        raise MethodNotAllowed(methods)
    answer = text("")
    answer.allow.update(methods)
    return answer
