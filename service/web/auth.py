"""Who is asking: a bearer token makes a site."""

from flask import request

from service.db.sites import Key, Site
from service.errors import NotAllowed
from service.web import parts
from service.wiring import Parts

LONGEST_TOKEN = 200


def site() -> Site:
    """The site whose token came with this request (RFC 6750). Raises NotAllowed."""
    return bearer(parts(), request.headers.get("Authorization", ""))


def bearer(using: Parts, authorization: str) -> Site:
    """The site of an Authorization header. Raises NotAllowed."""
    token = _token(authorization)
    if not token:
        raise NotAllowed("send the site's token as `Authorization: Bearer TOKEN`")
    found = using.sites.by_token(token.strip()) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        raise NotAllowed("this token is not known here")
    return found


def recalled(using: Parts, authorization: str) -> Key | None:
    """The token of an Authorization header, if this process has seen it before."""
    return using.sites.recalled("token", _token(authorization).strip())


def _token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return token if scheme.lower() == "bearer" else ""
