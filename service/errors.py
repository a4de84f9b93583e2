"""What can go wrong, said once: each error knows its HTTP status and its words.

WeirError
├── SettingsError          the start is refused (no HTTP status)
├── StorageError           the database cannot answer or write        503
└── RequestError           the client can mend it
    ├── NotAllowed         no key, or one we do not know              401
    ├── NotFound           no such thing, or another site's           404
    ├── Conflict           it would contradict what is there          409
    ├── TooLarge           body over the limit                        413
    ├── WrongType          not application/json                       415
    ├── Malformed          not readable at all                        400
    ├── Invalid            readable, but fields are wrong             422
    └── TooMany            over the rate                              429
"""

from dataclasses import dataclass
from typing import ClassVar


class WeirError(Exception):
    """Anything Weir refuses or fails to do, in words that can be shown to a person."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"


class SettingsError(WeirError):
    """A setting is wrong: the start stops with this one line."""


class StorageError(WeirError):
    """The database cannot answer or cannot write. `retry_after` is in seconds."""

    status = 503
    title = "Not available now"
    retry_after = 5


class RequestError(WeirError):
    """The client sent something we cannot do."""

    status = 400
    title = "Bad request"


class Malformed(RequestError):
    """The body cannot be read at all."""

    title = "Malformed request"


class NotAllowed(RequestError):
    """No key, or one we do not know."""

    status = 401
    title = "Unauthorized"


class NotFound(RequestError):
    """There is no such thing, or it belongs to another site."""

    status = 404
    title = "Not found"


class Conflict(RequestError):
    """It would contradict what is there: a name or an idempotency key used for something else, a
    comment that was erased."""

    status = 409
    title = "Conflict"


class TooLarge(RequestError):
    """The body is over the limit."""

    status = 413
    title = "Content too large"


class WrongType(RequestError):
    """The body is not of a media type we read."""

    status = 415
    title = "Unsupported media type"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: a JSON Pointer (RFC 6901) to it, and what is wrong."""

    pointer: str
    detail: str


class Invalid(RequestError):
    """Readable, but one or more fields are wrong."""

    status = 422
    title = "Invalid request"

    def __init__(self, detail: str, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail)
        self.errors = errors


class TooMany(RequestError):
    """Over the allowed rate of `limit` a minute. `retry_after` is in seconds."""

    status = 429
    title = "Too many requests"

    def __init__(self, detail: str, retry_after: int, limit: int) -> None:
        super().__init__(detail)
        self.retry_after, self.limit = retry_after, limit
