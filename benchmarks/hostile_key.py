"""One hostile key: 160 spam comments of its own campaign reported as good.

Two sites, each taught by a moderator. The key of one calls every comment of a campaign good, as a
thief of the key or its owner might. Then the same number of new variants come: how many are
caught (not published), before a moderator agrees and after one has; and whether any score on the
other site has changed by a bit. The reference, in the same run, is the campaign before the reports.
"""

import argparse
import os
import random
import tempfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from pydantic import SecretStr

from benchmarks.new_site import START, _fast, _round
from model import artifact
from model.comment import Comment, Example, Label
from model.live import BASE
from model.scorer import Scorer
from model.text import read
from model.verdict import Decision
from service.db.sites import Site
from service.settings import Settings
from service.wiring import Parts, wire
from training.examples import load, unique

REPORTS, TAUGHT, PROBES = 160, 300, 500
CAUGHT = 0.9
_SHOPS = ("harbour", "meadow", "orchard", "lantern", "anchor", "gable", "willow", "pebble")
_ENDS = ("spring", "summer", "autumn", "winter")


def main() -> None:
    """Print the share of the campaign caught at each stage, and the scores moved elsewhere."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=3)
    given = options.parse_args()
    data = os.environ.get("WEIR_TRAINING_DATA")
    if not data:
        print("skipped: WEIR_TRAINING_DATA is not set")
        return
    videos, messages = (unique(load(Path(data), [name])) for name in ("youtube_uci", "sms_uci"))
    scorer = Scorer(artifact.load(BASE))
    print(f"{'seed':>4}{'before':>9}{'reported':>10}{'agreed':>9}   scores moved elsewhere")
    for seed in range(given.seeds):
        before, reported, agreed, moved = attacked(scorer, videos, messages, random.Random(seed))
        met = "met" if reported >= CAUGHT and not moved else "NOT met"
        print(f"{seed:4}{before:9.1%}{reported:10.1%}{agreed:9.1%}   {moved} of {PROBES}   {met}")


def attacked(
    scorer: Scorer, ours: list[Example], theirs: list[Example], chance: random.Random
) -> tuple[float, float, float, int]:
    """Shares of the campaign caught before the reports, after them, and once a moderator has
    agreed; and how many of the other site's scores moved."""
    now = [START]
    with tempfile.TemporaryDirectory(dir=_fast()) as folder:
        parts = wire(
            Settings(data_dir=Path(folder), secret_key=SecretStr("measure" * 5)),
            clock=lambda: now[0],
            live=SimpleNamespace(scorer=lambda: scorer),  # type: ignore[arg-type]
        )
        added = [parts.sites.add(name, f"https://{name}.example") for name in ("a", "b")]
        here, there = (parts.sites.get(site.id) for site in added)
        shuffled = [chance.sample(each, len(each)) for each in (ours, theirs)]
        for site, examples in zip((here, there), shuffled, strict=True):
            teach(parts, site, examples[:TAUGHT])
        probes = [one.comment for one in shuffled[1][TAUGHT : TAUGHT + PROBES]]
        stages = [caught(parts, here, chance)]
        scores = [score(parts, there, probe) for probe in probes]
        for source, number in (("akismet", REPORTS), ("console", 1)):
            report(parts, here, chance, source, number)
            now[0] += timedelta(minutes=30)
            stages.append(caught(parts, here, chance))
        moved = sum(
            score(parts, there, one) != was for one, was in zip(probes, scores, strict=True)
        )
        parts.database.close()
    return stages[0], stages[1], stages[2], moved


def teach(parts: Parts, site: Site, examples: list[Example]) -> None:
    """A moderator labels all of them."""
    for example in examples:
        sent = parts.screening.screen(site, example.comment).id
        parts.review.label(site, sent, example.label, source="console", moderator="ada")
    _round(parts, site.id)


def report(parts: Parts, site: Site, chance: random.Random, source: str, number: int) -> None:
    """So many comments of the campaign come, and every one is called good."""
    for _ in range(number):
        sent = parts.screening.screen(site, variant(chance)).id
        moderator = "ada" if source == "console" else ""
        parts.review.label(site, sent, Label.HAM, source=source, moderator=moderator)  # type: ignore[arg-type]
    _round(parts, site.id)


def caught(parts: Parts, site: Site, chance: random.Random) -> float:
    """The share of new variants that are not published."""
    current = parts.sites.get(site.id)
    told = [parts.screening.screen(current, variant(chance)) for _ in range(REPORTS)]
    return sum(one.judgement.decision is not Decision.ACCEPT for one in told) / REPORTS


def variant(chance: random.Random) -> Comment:
    """One comment of the campaign: another price, shop and season, another sender."""
    text = (
        f"Hey guys check out my channel, fine coins for {chance.randrange(1_000)} dollars at "
        f"{chance.choice(_SHOPS)}, subscribe now before the offer ends in {chance.choice(_ENDS)}"
    )
    return Comment(content=text, author_name=f"{chance.choice(_SHOPS)} {chance.randrange(10_000)}")


def score(parts: Parts, site: Site, comment: Comment) -> float:
    """What the site's champion says of a text."""
    scorer = parts.serving.scorer(parts.sites.get(site.id))
    assert scorer is not None
    return scorer.score(read(comment.content), comment).logit


if __name__ == "__main__":
    main()
