"""The OpenAPI 3.1 document, made from the same routes and shapes that serve requests."""

import re
from typing import Any

from openapi_pydantic import OpenAPI
from openapi_pydantic.util import PydanticSchema, construct_open_api_with_schema_class
from pydantic import BaseModel

from service import __version__
from service.storable import NAME
from service.web.answers import Problem
from service.web.routing import Route
from service.web.shapes import CommentIn

REASONS = {
    401: "No token, or an unknown one",
    404: "No such thing, or another site's",
    409: "Used for different content",
    413: "Over the size limit",
    415: "Not application/json",
    422: "Readable, but wrong",
    429: "Over the rate limit",
    400: "Not readable",
    503: "Nothing could be recorded: hold the comment and try again",
}
_PATTERNS = {
    "comment_id": "cmt_ and a ULID",
    "label_id": "lbl_ and a ULID",
    "job_id": "job_ and a ULID",
    "webhook_id": "hook_ and a ULID",
}


def document(routes: tuple[Route, ...]) -> dict[str, Any]:
    """The document as a JSON object."""
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    described = OpenAPI.model_validate(
        {
            "openapi": "3.1.0",
            "info": {"title": "Weir", "version": __version__},
            "servers": [{"url": "/"}],
            "paths": paths,
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        }
    )
    complete = construct_open_api_with_schema_class(described, [Problem, CommentIn])
    told: dict[str, Any] = complete.model_dump(mode="json", by_alias=True, exclude_none=True)
    return told


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": (route.handler.__doc__ or "").strip().rstrip("."),
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_headers(route)],
        "responses": {str(route.status): _answer(route)}
        | {str(status): _problem(status) for status in sorted(_problems(route))},
    }
    if route.body is not None:
        content = {"application/json": {"schema": _schema(route.body)}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _problems(route: Route) -> set[int]:
    body = {400, 413, 415, 422} if route.body else set()
    query = {422} if route.query else set()
    return {401, 429, 503} | body | query | set(route.problems)


def _answer(route: Route) -> dict[str, Any]:
    if route.answer is None:
        return {"description": "Done"}
    content = {"application/json": {"schema": _schema(route.answer)}}
    return {"description": "The answer", "content": content}


def _problem(status: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _schema(Problem)}}
    return {"description": REASONS[status], "content": content}


def _schema(shape: type[BaseModel]) -> Any:
    return PydanticSchema(schema_class=shape)


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "description": _PATTERNS[name],
         "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]  # fmt: skip


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template="#/components/schemas/{model}")
    inline = schema.pop("$defs", {})
    return [
        {"name": name, "in": "query", "required": False,
         "description": one["description"], "schema": _present(one, inline)}
        for name, one in schema["properties"].items()
    ]  # fmt: skip


def _present(schema: dict[str, Any], inline: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema when it is there: never null, with nothing to look up elsewhere."""
    chosen = next(one for one in schema.get("anyOf", [schema]) if one.get("type") != "null")
    reference = chosen.get("$ref", "").rpartition("/")[2]
    found = inline.get(reference, chosen)
    told_elsewhere = ("default", "title", "description")
    return {key: value for key, value in found.items() if key not in told_elsewhere}


def _headers(route: Route) -> list[dict[str, Any]]:
    if not route.idempotent:
        return []
    what = "Sent again with the same key, the same answer comes back and nothing is recorded"
    schema = {"type": "string", "maxLength": NAME}
    return [{"name": "Idempotency-Key", "in": "header", "required": False,
             "description": what, "schema": schema}]  # fmt: skip
