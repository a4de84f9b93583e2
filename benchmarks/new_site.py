"""A new site of comments the base has never seen: what is held, rejected wrongly, let through.

Each data set is played through the service as a site of its own, on a base fitted without it: in
time order where every row is dated, else in seeded shuffles. A moderator labels what is in
the queue (held, and the blind audit); rounds of training run as labels come. The promise counts
as broken once an anytime-valid lower bound on the share of good comments rejected exceeds the
budget. The reference, in the same run, is the base alone.
"""

import argparse
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from pydantic import SecretStr

from model import artifact
from model.artifact import BaseModel
from model.comment import Example, Label
from model.figures import anytime_lower
from model.judge import has_unknown_host
from model.live import BASE
from model.policy import NEVER, Policy
from model.scorer import Scorer
from model.text import read
from model.verdict import probability
from service.db import comments, rounds
from service.learning import Learning
from service.settings import Settings
from service.wiring import Parts, wire
from training import borrowed
from training.corpus import Corpus
from training.examples import capped, family, load, rule_of, unique
from training.fit import CONFIGURATIONS, fit, lessons
from training.spun import praise_spintax

SETS = ("youtube_uci", "wpblog_dmt", "sms_uci", "youtube_judol_id", "telegram_ru")
BUDGET, HELD, ACCEPTED, LEARNED = 0.005, 0.10, 0.05, 200
"""The promise, and what is wanted after LEARNED labels: shares of all held, of spam accepted."""

DECISIONS = ("accept", "hold", "reject")
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Played:
    """One run: per comment the truth, the decision (its place in DECISIONS), labels before it,
    those that said good, the spam probability by the text alone, whether that links to an
    unknown host, and what was asked of such a text to be rejected."""

    spam: NDArray[np.bool_]
    decided: NDArray[np.int8]
    labels: NDArray[np.int64]
    good: NDArray[np.int64]
    chances: NDArray[np.float64]
    linked: NDArray[np.bool_]
    asked: NDArray[np.float64]

    def broken(self) -> bool:
        """Whether at any moment the promise was provably broken."""
        wrong = np.cumsum((self.decided == 2)[~self.spam])
        return any(anytime_lower(int(k), n) > BUDGET for n, k in enumerate(wrong, 1))

    def rates(self, since: int) -> tuple[float, float, float, float]:
        """Shares from so many labels on: held of all, spam accepted, spam and good rejected."""
        late = self.labels >= since
        spam, good = self.decided[late & self.spam], self.decided[late & ~self.spam]
        shares = self.decided[late] == 1, spam == 0, spam == 2, good == 2
        held, accepted, caught, wrong = (
            float(share.mean()) if len(share) else np.nan for share in shares
        )
        return held, accepted, caught, wrong


def main() -> None:
    """Print each site's promise and shares; `--plot` draws both curves as SVG."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    options.add_argument("--shuffles", type=int, default=20)
    options.add_argument("--most", type=int, default=2_500, help="comments of one run")
    options.add_argument("--bases", type=Path, default=Path(tempfile.gettempdir()) / "weir-bases",
                         help="where bases fitted without one set are kept")  # fmt: skip
    options.add_argument(
        "--evidence",
        action="store_true",
        help="print what training/borrowed.py lends, measured anew",
    )
    options.add_argument("--plot", type=Path, help="SVG to write")
    given = options.parse_args()
    data = os.environ.get("WEIR_TRAINING_DATA")
    if not data:
        print("skipped: WEIR_TRAINING_DATA is not set")
        return
    told: dict[str, list[Played]] = {}
    print(f"{'':18}{'runs':>5}{'broken':>8}{'held':>8}{'spam in':>8}{'caught':>8}{'good out':>9}"
          f"   after {LEARNED} labels; base alone in brackets")  # fmt: skip
    for name in given.sets:
        base = base_without(name, Path(data), given.bases)
        orders = [arranged(load(Path(data), [name]), seed) for seed in range(given.shuffles)]
        told[name] = [play(base, order[: given.most], n) for n, order in enumerate(orders)]
        print(_row(name, told[name], play(base, orders[0][: given.most], learns=False)))
        if given.evidence:
            print(f"    {evidence(told[name])}")
    if given.plot:
        plot(told, given.plot)


def base_without(name: str, data: Path, kept: Path) -> BaseModel:
    """The shipped base as it would be had this data set never been seen; fitted once and kept.

    Calibration and thresholds are the shipped ones: the strictest source decides them, and
    each counts as much as the others.
    """
    shipped = artifact.load(BASE)
    if not rule_of(name).teaches:
        return shipped
    folder = kept / f"{shipped.digest[:12]}-{name}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        corpus = Corpus.of(capped(unique(load(data)), 0))
        chosen = CONFIGURATIONS["shipped"]
        taught = lessons(corpus, chosen.plan, 0, praise_spintax(data)).without(family(name))
        model = fit(taught, chosen)
        card = shipped.card | {"left_out": name}
        left = replace(model, scale=shipped.scale, offset=shipped.offset, card=card)
        artifact.save(left, folder)
    return artifact.load(folder)


def arranged(examples: Sequence[Example], seed: int) -> list[Example]:
    """A site's comments in the order they come: shuffled; of a flood of spam, 1,000 spread
    evenly among all the good ones."""
    told = unique(examples)
    numbers = np.random.default_rng(seed)
    if told[0].source == "wpblog_dmt":
        spam = [one for one in told if one.label is Label.SPAM]
        chosen = numbers.choice(len(spam), min(1_000, len(spam)), replace=False)
        told = [one for one in told if one.label is Label.HAM] + [spam[n] for n in chosen]
    return [told[n] for n in numbers.permutation(len(told))]


def evidence(runs: Sequence[Played]) -> str:
    """What training/borrowed.py says of a source: by step the good comments of a run that came
    while it was in force, and how many of them its threshold lost, in the mean."""
    steps = borrowed.STEPS
    told = []
    for step, after in zip(steps, [*(s.good for s in steps[1:]), np.inf], strict=True):
        found = []
        for run in runs:
            here = (run.labels >= borrowed.ENOUGH) & (run.good >= step.good) & (run.good < after)
            here &= ~run.spam
            least = np.where(run.linked, np.minimum(step.linked, run.asked), step.threshold)
            found.append((int(here.sum()), int(np.sum(run.chances[here] >= least[here]))))
        told.append(f"{step.good}: {np.mean(found, axis=0).round(2).tolist()}")
    return "; ".join(told)


def play(
    base: BaseModel, examples: Sequence[Example], seed: int = 0, *, learns: bool = True
) -> Played:
    """Send every comment to the service; a moderator empties the queue after each. Which comments
    the audit draws hangs on their ids, so `seed` decides it: equal runs are equal."""
    with patch("service.clock._chance", Random(seed).randbytes):
        return _played(base, examples, learns=learns)


def _played(base: BaseModel, examples: Sequence[Example], *, learns: bool) -> Played:
    now = [START]
    decided: list[int] = []
    labelled: list[tuple[int, int]] = []
    chances: list[float] = []
    asked: list[float] = []
    given = good = learned = 0
    scorer = Scorer(base)
    with tempfile.TemporaryDirectory(dir=_fast()) as folder:
        parts = wire(
            Settings(data_dir=Path(folder), secret_key=SecretStr("measure" * 5)),
            clock=lambda: now[0],
            live=SimpleNamespace(scorer=lambda: scorer),  # type: ignore[arg-type]
        )
        site = parts.sites.add("new", "https://new.example")
        parts.sites.set_policy(site.id, {"reject_budget": BUDGET, "hold_budget": HELD})
        for example in examples:
            now[0] += timedelta(minutes=10)
            labelled.append((given, good))
            current = parts.sites.get(site.id)
            told = parts.screening.screen(current, example.comment)
            serving = parts.serving.scorer(current)
            chances.append(_chance(serving, example))
            asked.append(_asked_of_links(serving, current.policy))
            decided.append(DECISIONS.index(told.judgement.decision.value))
            if learns and _waits(parts, site.id, told.id):
                parts.review.label(current, told.id, example.label, source="console",
                                   moderator="ada")  # fmt: skip
                given += 1
                good += example.label is Label.HAM
            if given - learned >= max(5, learned // 10):
                _round(parts, site.id)
                learned = given
        parts.database.close()
    spam = np.array([one.label is Label.SPAM for one in examples], np.bool_)
    labels, good_labels = np.array(labelled, np.int64).T
    linked = np.array([has_unknown_host(read(one.comment.content)) for one in examples], np.bool_)
    return Played(spam, np.array(decided, np.int8), labels, good_labels, np.array(chances), linked,
                  np.array(asked))  # fmt: skip


def _asked_of_links(scorer: Scorer | None, policy: Policy) -> float:
    proof = policy.under(scorer.model.card).certificate if scorer else None
    return proof.linked_above if proof and proof.linked_above else NEVER


def _chance(scorer: Scorer | None, example: Example) -> float:
    assert scorer is not None
    return probability(scorer.score(read(example.comment.content), example.comment).logit)


def _waits(parts: Parts, site_id: str, comment_id: str) -> bool:
    """Whether the comment is in the queue: held, or drawn for the audit."""
    with parts.database.reading() as connection:
        kept = comments.get(connection, site_id, comment_id)
    return kept is not None and (kept.state == "held" or kept.sample.audited is not None)


def _round(parts: Parts, site_id: str) -> None:
    with parts.database.writing() as connection:
        job = rounds.ask(connection, site_id, parts.clock())
        rounds.start(connection, job, parts.clock())
    learning = Learning(parts.database, parts.live, parts.store, parts.serving, parts.clock)
    learning.retrain(parts.sites.get(site_id), job)


def _fast() -> str | None:
    """Memory, where there is some: nothing here needs to outlive the run."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


def _row(name: str, runs: Sequence[Played], alone: Played) -> str:
    rates = np.array([run.rates(LEARNED) for run in runs])
    held, accepted, caught, wrong = np.nanmean(rates, axis=0)
    broken = sum(run.broken() for run in runs)
    met = "met" if not broken and held < HELD and accepted < ACCEPTED else "NOT met"
    base = alone.rates(0)
    return (f"{name:18}{len(runs):5}{broken:8}{held:8.1%}{accepted:8.1%}{caught:8.1%}{wrong:9.2%}"
            f"   {met}   ({base[0]:.1%} held, {base[1]:.1%} of spam in)")  # fmt: skip


def plot(told: dict[str, list[Played]], path: Path) -> None:
    """Draw, by comments seen, the share held and the share of spam accepted of the last 200."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    held, accepted = figure.subplots(1, 2, sharey=True)
    for name, runs in told.items():
        for axes, of in ((held, _held), (accepted, _accepted)):
            axes.plot(np.nanmean([_rolling(*of(run)) for run in runs], axis=0), label=name)
    for axes, wanted, title in (
        (held, HELD, "held, of all"),
        (accepted, ACCEPTED, "spam accepted"),
    ):
        axes.axhline(wanted, color="grey", linestyle=":")
        axes.set(title=f"{title} (of the last 200 comments)", xlabel="comments", ylim=(0, 1))
    held.legend(fontsize=8)
    figure.savefig(path, format="svg", metadata={"Date": None})


def _held(run: Played) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return run.decided == 1, np.ones(len(run.spam), np.bool_)


def _accepted(run: Played) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return (run.decided == 0) & run.spam, run.spam


def _rolling(hits: NDArray[np.bool_], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    def last(values: NDArray[np.bool_]) -> NDArray[np.float64]:
        total = np.cumsum(values, dtype=np.float64)
        return np.asarray(total - np.r_[np.zeros(min(200, len(total))), total[:-200]])

    return np.asarray(last(hits) / np.maximum(last(counted), 1))


if __name__ == "__main__":
    main()
