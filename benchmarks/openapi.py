"""Does the server do what its OpenAPI document says? Generated requests by schemathesis.

Every operation gets lawful and unlawful requests in turn, and every answer is held against
the document: status, media type, headers, schema, lawful accepted and unlawful refused,
authentication really asked for.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import compress
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from service.app import create_app
from service.settings import Settings
from service.wiring import wire


@contextmanager
def served() -> Iterator[tuple[Any, str]]:
    """An application on a fresh SQLite database, and the token of its only site."""
    with tempfile.TemporaryDirectory() as folder:
        parts = wire(Settings(data_dir=Path(folder), rate_limit=0))
        token = parts.sites.add("site", "https://site.example").token
        yield create_app(parts), token
        parts.database.close()


def run(app: Any, token: str, examples: int, first: int = 0) -> Counter[str]:
    """Send `examples` requests of each kind to each operation; raises on the first failure.

    Returns how many answers of each status came.
    """
    described = schemathesis.openapi.from_wsgi("/openapi.json", app)
    seen: Counter[str] = Counter()
    for found in described.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        for mode in GenerationMode:
            if mode is GenerationMode.NEGATIVE and not _can_be_wrong(operation):
                continue
            strategy = operation.as_strategy(mode)
            if mode is GenerationMode.NEGATIVE:
                strategy = strategy.filter(_is_wrong)
            _each(strategy, token, examples, first, seen)
    return seen


def _can_be_wrong(operation: Any) -> bool:
    return bool(list(operation.body) or list(operation.query))


def _is_wrong(case: Any) -> bool:
    """Still unlawful as it is sent: we put the right token in, whatever was generated, and an
    extra parameter whose value is empty never gets on the wire."""
    wrong = {place.value for place, made in case.meta.components.items()
             if made.mode is GenerationMode.NEGATIVE}  # fmt: skip
    known = {parameter.name for parameter in case.operation.query}
    sent = {name for name, value in (case.query or {}).items() if value not in ([], {}, None)}
    if "body" in wrong or not sent <= known:
        return True
    mutations = case.meta.phase.data.mutations
    broken = {word for one in mutations for word in one.keywords if one.parameter in known}
    return "query" in wrong and bool(broken - {"additionalProperties"})


def _unsayable(case: Any, status: int) -> list[Any]:
    """No schema says that one number must not be above another, as thresholds must not, or how
    many bytes a body may have: unlawful ones that are also too large are told only that."""
    pairs = case.path.startswith("/v1/sites/self"), status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return [*compress((positive_data_acceptance, negative_data_rejection), pairs)]


def _each(strategy: Any, token: str, examples: int, first: int, seen: Counter[str]) -> None:
    headers = {"Authorization": f"Bearer {token}"}

    @seed(first)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def send(case: Any) -> None:
        answer = case.call(headers=headers)
        case.validate_response(
            answer, headers=headers, transport_kwargs={"headers": headers},
            excluded_checks=_unsayable(case, answer.status_code),
        )  # fmt: skip
        seen[str(answer.status_code)] += 1

    send()


def main() -> None:
    """Run until the number of cases is reached, and print how they were answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=500, help="per operation and kind")
    parser.add_argument("--seed", type=int, default=0, help="of what is generated")
    chosen = parser.parse_args()
    with served() as (app, token):
        seen = run(app, token, chosen.examples, chosen.seed)
    told = ", ".join(f"{count} x {status}" for status, count in sorted(seen.items()))
    print(f"{seen.total()} generated cases on every operation, 0 failures ({told})")


if __name__ == "__main__":
    main()
