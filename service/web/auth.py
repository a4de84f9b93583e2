"""Who is asking: a bearer token makes a site."""

from flask import request

from service.db.sites import Site
from service.errors import NotAllowed
from service.web import parts
from service.wiring import Parts

LONGEST_TOKEN = 200


def site() -> Site:
    """The site whose token came with this request (RFC 6750). Raises NotAllowed."""
    return bearer(parts(), request.headers.get("Authorization", ""))


def bearer(using: Parts, authorization: str) -> Site:
    """The site of an Authorization header. Raises NotAllowed."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAllowed("send the site's token as `Authorization: Bearer TOKEN`")
    found = using.sites.by_token(token.strip()) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        raise NotAllowed("this token is not known here")
    return found
