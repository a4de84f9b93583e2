"""`weir score`: judge a file of comments, without a database unless a site is named."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from service.cli.failures import Failed
from service.cli.lines import read_in_batches
from service.cli.memory import collect_rarely, keep_memory
from service.cli.open import instance

if TYPE_CHECKING:
    from model.case import History
    from model.comment import Comment
    from model.policy import Policy
    from model.scorer import Explanation, Scorer
    from model.text import Reading
    from model.verdict import Judgement


@click.command()
@click.argument("file", default="-", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--site", help="Judge by this site's policy and what it already knows.")
@click.option("--explain", is_flag=True, help="Say why, in reasons that add up to the score.")
def score(file: Path, site: str | None, explain: bool) -> None:
    """Judge comments: JSON Lines in (FILE, gzipped or not; - is standard input), JSON Lines out.

    One line out for each line in, in the same order. A line that is no comment gets an
    "error", and the exit code is 1 at the end. Nothing is recorded.
    """
    total = refused = 0
    keep_memory()
    with _outlook(site) as outlook:
        collect_rarely()
        for batch in read_in_batches(file):
            answers = [*_answers(batch, outlook, explain)]
            click.echo("\n".join(map(json.dumps, answers)))
            total += len(answers)
            refused += sum("error" in answer for answer in answers)
    if refused:
        raise Failed(f"{refused} of {total} lines are no comments")


@dataclass(frozen=True)
class _Outlook:
    """What comments are judged by: a scorer, a policy, and what is known of their authors."""

    scorer: "Scorer"
    policy: "Policy"
    known: "Callable[[Comment, Reading], History]"


@contextmanager
def _outlook(site: str | None) -> Iterator[_Outlook]:
    from model.case import History
    from model.live import Live
    from model.policy import Policy

    if site is None:
        yield _Outlook(_trusted(Live().scorer()), Policy(), lambda comment, reading: History())
        return
    with instance() as parts:
        from service.db.history import Asked, histories, traces_of

        found = parts.sites.get(site)

        def known(comment: "Comment", reading: "Reading") -> History:
            seen = traces_of(parts.keyring, found.id, comment, reading)
            with parts.database.direct.reading() as cursor:
                asked = [Asked(found.id, seen, comment.edit_of)]
                return histories(cursor, asked, parts.clock())[0]

        yield _Outlook(_trusted(parts.serving.scorer(found)), found.policy, known)


def _trusted(scorer: "Scorer | None") -> "Scorer":
    if scorer is None:
        raise Failed("the base model cannot be loaded, see the log")
    return scorer


def _answers(
    batch: Iterable[tuple[int, str]], outlook: _Outlook, explain: bool
) -> Iterator[dict[str, Any]]:
    from model.judge import judge
    from model.plain import read_many
    from service.clock import system_clock
    from training.examples import Refused, comment_of, row_of

    rows = [row_of(text, line) for line, text in batch]
    sent = [comment_of(row, line) for row, (line, _) in zip(rows, batch, strict=True)]
    comments = [comment for comment in sent if not isinstance(comment, Refused)]
    readings = read_many([comment.content for comment in comments])
    scores = outlook.scorer.score_many(readings, comments, keep=explain)
    told: Sequence[Explanation | None] = [None] * len(scores)
    if explain:
        told = outlook.scorer.explain_many(readings, comments, scores)
    scored = iter(zip(readings, scores, told, strict=True))
    for row, comment in zip(rows, sent, strict=True):
        given = row.get("id") if isinstance(row, dict) else None
        if isinstance(comment, Refused):
            yield {"id": given, "error": comment.why, "line": comment.line}
            continue
        reading, text_score, why = next(scored)
        known, now = outlook.known(comment, reading), system_clock()
        judgement = judge(
            comment, reading, known, outlook.policy, outlook.scorer, now,
            explain=explain, scored=text_score, told=why,
        )  # fmt: skip
        yield {"id": given, **_told(judgement, explain)}


def _told(judgement: "Judgement", explain: bool) -> dict[str, Any]:
    from service.answer import to_json

    told: dict[str, Any] = orjson.loads(to_json(judgement))
    shown = ["decision", "spam_probability", "score", "model"]
    shown += ["reasons", "base", "rest"] if explain else []
    return {name: told[name] for name in shown}
