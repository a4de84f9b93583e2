"""Who speaks Akismet to us, and how we answer: keys in, bare words out."""

from collections.abc import Callable, Mapping
from functools import wraps

from flask import Response, request

from service.db.sites import Key, Site
from service.web import parts
from service.web.akismet_form import Form, read_form
from service.web.reading import raw_body
from service.wiring import Parts

PLAIN_TEXT = "text/plain; charset=utf-8"
BODY_FACTOR = 4
"""Quoted text takes up to three times its bytes, and WordPress sends it twice."""
KEY_CHARS = 12

View = Callable[[Site, Form], Response]


def text(body: str, **headers: str) -> Response:
    """Exactly these bytes; `pro_tip="discard"` becomes `X-akismet-pro-tip: discard`."""
    return Response(body, content_type=PLAIN_TEXT, headers=named(headers))


def named(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers under the names that the protocol gives them."""
    return {f"X-akismet-{name.replace('_', '-')}": value for name, value in headers.items()}


def keyed_by(*names: str) -> Callable[[View], Callable[[], Response]]:
    """Let a view answer for the site whose key stands in one of these fields, or as the first
    label of the host (`KEY.rest.akismet.com`); any other key is `invalid`."""

    def keyed(view: View) -> Callable[[], Response]:
        @wraps(view)
        def answer() -> Response:
            form = _form()
            host = request.headers.get("Host", "")
            site = site_of(parts(), form, names, host)
            if site is None:
                return text("invalid", debug_help=_why_not(form, names, host))
            parts().limiter.spend(site.id)
            return view(site, form)

        return answer

    return keyed


KEY_FIELDS = ("api_key", "key")
keyed = keyed_by(*KEY_FIELDS)


def _form() -> Form:
    body = raw_body(parts().settings.max_body_bytes * BODY_FACTOR)
    return read_form(body, request.query_string, request.headers.get("Content-Type", ""))


def site_of(using: Parts, form: Form, names: tuple[str, ...], host: str) -> Site | None:
    """The site whose key stands in one of these fields, or in front of the host's name."""
    key = _key(form, names, host)
    return using.sites.by_akismet_key(key) if len(key) == KEY_CHARS else None


def recalled(using: Parts, form: Form, names: tuple[str, ...], host: str) -> Key | None:
    """The key that stands there, if this process has seen it before."""
    return using.sites.recalled("akismet", _key(form, names, host).lower())


def _why_not(form: Form, names: tuple[str, ...], host: str) -> str:
    """Without a field it is the host's name, and most of those were never meant as a key."""
    if form.get(*names) or len(_key(form, names, host)) == KEY_CHARS:
        return "No site here has this key"
    return f'No key was sent: it goes into the field "{names[0]}"'


def _key(form: Form, names: tuple[str, ...], host: str) -> str:
    return form.get(*names) or host.partition(":")[0].partition(".")[0]
