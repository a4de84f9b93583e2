"""HTTP: the native API, the Akismet protocol, and what operators watch. Flask lives here."""

from typing import cast

from flask import current_app

from service.wiring import Parts


def parts() -> Parts:
    """The parts of the process that answers this request."""
    return cast(Parts, current_app.extensions["weir"])
