"""The least that each step of a question costs here: gunicorn alone, a record, a history, a score.

A bare WSGI application under `weir serve`, without Flask, keys, checks, rules or figures: it
takes together who waits as the product does and puts one row of three columns on disk, FULL. What
the product costs beyond the last step is its own; what the last step costs nobody here can save.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson

from benchmarks.endpoint import ECHO, alternate, contender, lines
from benchmarks.server import Server
from model.comment import Comment
from model.live import Live
from model.scorer import Explanation
from model.text import read
from service.db.direct import Cursor
from service.db.engine import Database
from service.jointly import Jointly
from service.settings import load

STEPS = ("gunicorn", "record", "history", "score", "reasons")
_COUNTS = ", ".join(
    f"(SELECT count(*) FROM (SELECT 1 FROM traces WHERE key = ? AND state = {state} LIMIT 20))"  # noqa: S608 - a number of this file
    for state in (1, 2, 3)
)


class Bare:
    """Answers posted JSON after as many of STEPS as it is told."""

    def __init__(self, steps: int) -> None:
        self._steps, settings = steps, load()
        self._database = Database(settings.database, threads=settings.threads)
        with self._database.direct.reading() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS bare (said TEXT, score REAL, why TEXT)")
        self._database.close()
        self._scorer: Any = Live().scorer()
        self._jointly: Jointly[str, bytes] = Jointly(self._answered, 16)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = b"ready"
        if environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            if self._steps > 1:
                body = self._jointly.ask(orjson.loads(body)["content"])
        start("200 OK", [("Content-Length", str(len(body)))])
        return (body,)

    def _answered(self, texts: Sequence[str], relieved: Callable[[], None]) -> list[bytes]:
        judged = [(0.0, b"[]")] * len(texts)
        if self._steps > 2:
            with self._database.direct.reading() as cursor:
                for one in texts:
                    cursor.execute(f"SELECT {_COUNTS}", (hash(one),) * 3).fetchone()
        if self._steps > 3:
            judged = self._scored(texts)
        relieved()
        rows = [
            (said, score, why.decode()) for said, (score, why) in zip(texts, judged, strict=True)
        ]
        self._database.group_commit.write(_insert, rows)
        return [b'{"score": %f, "reasons": %b}' % one for one in judged]

    def _scored(self, texts: Sequence[str]) -> list[tuple[float, bytes]]:
        sent, readings = [Comment(content=one) for one in texts], [*map(read, texts)]
        scored = self._scorer.score_many(readings, sent, keep=True)
        if len(STEPS) > self._steps:
            return [(one.logit, b"[]") for one in scored]
        told = self._scorer.explain_many(readings, sent, scored)
        return [(one.logit, _reasons(why)) for one, why in zip(scored, told, strict=True)]


def _reasons(told: Explanation) -> bytes:
    return orjson.dumps([(r.code, r.detail, r.weight, r.spans) for r in told.reasons])


def _insert(cursor: Cursor, rows: Sequence[Any]) -> None:
    cursor.executemany("INSERT INTO bare VALUES (?, ?, ?)", rows)


def main() -> None:
    """Each step beside an echo of Flask's and the product."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=500, help="per round")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    bare = "import benchmarks.floor, service.app"
    bare += "\nservice.app.create_app = lambda: benchmarks.floor.Bare({})"
    preludes = {"echo": ECHO, "weir": ""}
    preludes |= {f"up to {name}": bare.format(n) for n, name in enumerate(STEPS, 1)}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        contenders = []
        for name, prelude in preludes.items():
            server = stack.enter_context(Server(folder / name, prelude=prelude))
            contenders.append(contender(name, server))
        found = alternate(contenders, chosen.requests, chosen.rounds)
    print("\n".join(lines(found)))


if __name__ == "__main__":
    main()
