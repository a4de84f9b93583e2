"""Where a site is, checked the same way for the console and the command line."""

import re
from urllib.parse import urlsplit

from service.errors import FieldError, Invalid
from service.storable import URL

_HOST = re.compile(r"\w[\w-]*(\.[\w-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
WRONG = "must be an address such as https://blog.example.org, or its host alone"


def site_url(written: str) -> str:
    """The address of a site's home page; a host alone is taken to speak https.

    It is shown, and links of the site are shortened by it; nothing connects to it. Raises Invalid.
    """
    url = written if "://" in written else f"https://{written}"
    if len(url) > URL or not _is_url(url):
        raise Invalid(f"/url: {WRONG}", (FieldError("/url", WRONG),))
    return url


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    told = url.isprintable() and " " not in url and parts.username is None
    return told and parts.scheme in ("http", "https") and bool(_HOST.fullmatch(host))
