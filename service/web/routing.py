"""One declarative table: what Flask serves is what OpenAPI describes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response
from pydantic import BaseModel

from service.web import auth, parts
from service.web.reading import read_body, read_query
from service.web.shapes import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation. `handler(site, ...)` gets `body`, `query` and the path's parameters,
    and its docstring is the operation's summary. `problems`: statuses beyond what any
    operation may answer. A body may have `body_factor` times the usual limit.
    """

    method: str
    path: str
    handler: Callable[..., bytes]
    answer: type[BaseModel] | None
    body: type[Shape] | None = None
    query: type[Shape] | None = None
    status: int = 200
    problems: tuple[int, ...] = ()
    body_factor: int = 1
    idempotent: bool = False

    @property
    def name(self) -> str:
        """The operation's id."""
        return self.handler.__name__


def serve(blueprint: Blueprint, routes: tuple[Route, ...]) -> None:
    """Let a blueprint answer these routes."""
    for route in routes:
        rule = route.path.replace("{", "<").replace("}", ">")
        blueprint.add_url_rule(rule, route.name, _view(route), methods=[route.method])


def _view(route: Route) -> Callable[..., Response]:
    def view(**inputs: Any) -> Response:
        site = auth.site()
        parts().limiter.spend(site.id)
        if route.body is not None:
            limit = parts().settings.max_body_bytes * route.body_factor
            inputs["body"] = read_body(route.body, limit)
        if route.query is not None:
            inputs["query"] = read_query(route.query)
        told = route.handler(site, **inputs)
        response = Response(told, route.status, content_type="application/json")
        if not told:
            del response.headers["Content-Type"]
        return response

    return view
