"""From untrusted bytes to checked shapes: the one door of the native API."""

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import RequestEntityTooLarge

from service.errors import FieldError, Invalid, Malformed, TooLarge, WrongType

S = TypeVar("S", bound=BaseModel)
MOST_ERRORS = 20
"""Errors told of one body; a thousand wrong items say no more."""

MOST_PARTS = 100_000
"""Names, objects and lists in one body: counting them is cheap, making them is not."""
DRAINED = 32 << 20
"""Bytes of a body over the limit that are read and thrown away."""


def read_body(shape: type[S], limit: int) -> S:
    """The JSON body of this request, at most `limit` bytes, as this shape.

    Raises WrongType, TooLarge, Malformed and Invalid.
    """
    if request.mimetype != "application/json":
        raise WrongType("send the body as application/json")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise WrongType("send the body without a content encoding")
    return check(shape, parse(raw_body(limit)))


def raw_body(limit: int) -> bytes:
    """The bytes of this request's body. Raises TooLarge for more than `limit` of them, and
    Malformed if they come to no end, as in a wrong chunk."""
    request.max_content_length = limit
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        _drain()
        raise TooLarge("the body is over the limit") from None
    except Exception:  # each server has errors of its own for a body it cannot read
        raise Malformed("the body could not be read") from None
    if len(body) < (request.content_length or 0):
        raise Malformed("the body ends before its length")
    return body


def read_query(shape: type[S]) -> S:
    """The query string of this request as this shape; each name at most once."""
    lists = request.args.to_dict(flat=False)
    twice = [name for name, values in lists.items() if len(values) > 1]
    if twice:
        raise Invalid(
            "a parameter was sent twice", (FieldError(f"/{_escaped(twice[0])}", "twice"),)
        )
    return check(shape, {name: values[0] for name, values in lists.items()})


def _drain() -> None:
    # A client that is still sending does not read: closing now would lose it the answer.
    left = DRAINED
    with suppress(Exception):
        while left > 0 and (piece := request.environ["wsgi.input"].read(1 << 16)):
            left -= len(piece)


def parse(body: bytes) -> Any:
    """JSON (RFC 8259) with its ambiguities refused: names sent twice, NaN, other encodings. A
    byte order mark in front is passed over, as its section 8.1 allows."""
    if body.count(b'":') + body.count(b"{") + body.count(b"[") > MOST_PARTS:
        raise Malformed(f"the JSON has more than {MOST_PARTS} parts")
    try:
        return _DECODER.decode(body.decode("utf-8-sig"))
    except RecursionError:
        raise Malformed("the JSON is nested too deeply") from None
    except UnicodeDecodeError:
        raise Malformed("the body is not UTF-8") from None
    except ValueError as error:
        raise Malformed(f"the body is not JSON: {error}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice in one object")
    return found


def _not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_not_json)


def check(shape: type[S], value: object) -> S:
    """The value as this shape. Raises Invalid with a JSON Pointer to each wrong field."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from None


def invalid(error: ValidationError) -> Invalid:
    """pydantic's errors as ours."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    told = tuple(_told(details[:MOST_ERRORS]))
    return Invalid("; ".join(f"{e.pointer or '/'}: {e.detail}" for e in told[:3]), told)


def _told(details: Iterable[ErrorDetails]) -> Iterable[FieldError]:
    for detail in details:
        pointer = "".join(f"/{_escaped(str(part))}" for part in detail["loc"])
        told = _IN_WORDS_OF_JSON.get(detail["type"], detail["msg"])
        yield FieldError(
            pointer, told.removeprefix("Value error, ").replace(" after validation", "")
        )


# The client sent JSON and knows of no class and no list of ours.
_IN_WORDS_OF_JSON = {
    "model_type": "Input should be an object", "list_type": "Input should be an array",
}  # fmt: skip


def _escaped(part: str) -> str:
    shown = part.encode("utf-8", "replace").decode()[:100]
    return shown.replace("~", "~0").replace("/", "~1")
