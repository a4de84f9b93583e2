"""The suite as a program: fit models on what is left, attack them, and compare with the lines."""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.attacks import adaptive, benign, words
from benchmarks.attacks.measure import (
    Borne,
    Outcome,
    Panel,
    answers,
    asking,
    borne,
    measured,
    share_accepted,
    threshold,
)
from benchmarks.attacks.panels import data_folder, panels
from benchmarks.attacks.sound import faults, strange_texts
from benchmarks.attacks.suite import attacks
from model.comment import Comment
from model.verdict import Decision

HEAD = (
    f"{'attack':<34}{'n':>6}  {'recall at 1 % FPR':^24}{'p > .5':^14}{'lowered':>9}{'accepted':>16}"
)


def main() -> None:
    """Print every table, then the lines missed; exits 1 if there are any."""
    asked = _arguments()
    began = time.monotonic()
    found = list(panels(data_folder(), asked.texts, asked.keep))
    missed = [miss for part in ("near", "far") for miss in _attacked(part, found, asked.seeds)]
    missed += _stressed(found, asked.texts)
    missed += _copied(found, asked.texts)
    _adaptive(found, asked.adaptive, asked.queries)
    missed += _sound(found[0], asked.fuzz)
    print(f"\n{time.monotonic() - began:.0f} s")
    for miss in missed:
        print(f"MISSED {miss}")
    print("all lines reached" if not missed else f"{len(missed)} lines missed")
    sys.exit(bool(missed))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=1_000, help="spam and good texts per panel")
    parser.add_argument("--seeds", type=int, default=3, help="disguises per text")
    parser.add_argument("--adaptive", type=int, default=200, help="texts of the adaptive attacker")
    parser.add_argument("--queries", type=int, default=100, help="its questions per text")
    parser.add_argument("--fuzz", type=int, default=100_000, help="random and mutated texts")
    parser.add_argument("--keep", type=Path, help="folder where fitted models stay for later")
    return parser.parse_args()


def _attacked(part: str, found: Sequence[Panel], seeds: int) -> Iterator[str]:
    """One table: the panels of one part together, every attack."""
    chosen = [panel for panel in found if panel.name.startswith(part)]
    limits = [threshold(panel.scorer, panel.good) for panel in chosen]
    names = ", ".join(f"{panel.name} ({len(panel.spam)})" for panel in chosen)
    print(f"\n{part.upper()}: {names}; {seeds} seeds\n{HEAD}")
    group = ""
    for attack in attacks(_read_by_attacker(chosen)):
        outcome = measured(attack, chosen, limits, range(seeds))
        if attack.group != group:
            group = attack.group
            print(f"{group}:")
        print(_row(outcome), flush=True)
        yield from (f"{part}: {attack.name}: {miss}" for miss in outcome.misses)


def _row(outcome: Outcome) -> str:
    before, after = outcome.caught
    lost, half = outcome.lost
    likely = " → ".join(f"{100 * share:.1f}" for share in outcome.likely)
    let_in = f"{100 * outcome.accepted_before:.1f} → {100 * outcome.accepted_after:.1f}"
    caught = f"{100 * before:.1f} → {100 * after:.1f} ({-lost:+.1f} ± {half:.1f})"
    flag = "  missed" if outcome.misses else ""
    return (
        f"  {outcome.attack.name:<32}{outcome.n:>6}  {caught:^24}{likely:^14}"
        f"{100 * outcome.lowered:>7.1f} %{let_in:>16}{flag}"
    )


def _read_by_attacker(chosen: Sequence[Panel]) -> list[str]:
    """Good comments that are not among those the threshold is taken from."""
    return [
        each.content for panel in chosen for each in panel.good[-300:] if len(each.content) > 30
    ]


def _stressed(found: Sequence[Panel], texts: int) -> list[str]:
    """Good comments under honest stresses, all far panels together."""
    chosen = [panel for panel in found if panel.name.startswith("far")]
    print(f"\nGOOD COMMENTS: {', '.join(panel.name for panel in chosen)}")
    print(f"{'stress':<34}{'n':>6}{'rejected':>12}{'held':>18}{'moved (p99)':>14}")
    missed = []
    for name, change in (benign.STRESSES | benign.INVISIBLE).items():
        plain = benign.PLAIN.get(name)
        parts = [borne(name, panel, change, plain, texts=texts) for panel in chosen]
        total = _summed(name, parts)
        print(_stress_row(total), flush=True)
        missed += _stress_misses(total)
    glued = [_glued(panel, texts) for panel in chosen]
    print(_stress_row(_summed("three comments in one", glued)))
    _in_other_tongues(chosen[0])
    return missed


def _summed(name: str, parts: Sequence[Borne]) -> Borne:
    return Borne(
        name=name, n=sum(p.n for p in parts), rejected=sum(p.rejected for p in parts),
        held=sum(p.held for p in parts), held_before=sum(p.held_before for p in parts),
        moved=max(p.moved for p in parts),
    )  # fmt: skip


def _stress_row(total: Borne) -> str:
    held = f"{total.held_before / total.n:.1%} → {total.held / total.n:.1%}"
    rejected = f"{total.rejected / total.n:.2%}"
    return f"  {total.name:<32}{total.n:>6}{rejected:>12}{held:>18}{total.moved:>14.3f}"


def _stress_misses(total: Borne) -> list[str]:
    missed = []
    if total.name == "known link":
        if total.rejected > 0.01 * total.n:
            missed.append(f"known link: {total.rejected} of {total.n} rejected, at most 1 %")
        if total.held - total.held_before > 0.25 * total.n:
            missed.append("known link: more than 25 points more held")
    if total.name in benign.INVISIBLE and total.moved > 0.02:
        missed.append(f"{total.name}: moves good comments by {total.moved:.3f}, at most .02")
    return missed


def _glued(panel: Panel, texts: int) -> Borne:
    rng = Random(panel.name)
    pool = [each.content for each in panel.good]
    return borne(
        "three comments in one", panel,
        lambda text, _: "\n".join([text, *rng.choices(pool, k=2)]), texts=texts,
    )  # fmt: skip


def _in_other_tongues(panel: Panel) -> None:
    comments = [Comment(content=text) for text in benign.SENTENCES.values()]
    said = dict(zip(benign.SENTENCES, answers(panel.scorer, comments)[1], strict=True))
    for verdict in Decision:
        names = ", ".join(tongue for tongue, found in said.items() if found is verdict)
        print(f"  one harmless sentence, {verdict.value}: {names or '-'}")


def _copied(found: Sequence[Panel], texts: int) -> list[str]:
    """What must never be published unseen: copies with a link, and comments without words."""
    missed = []
    print(f"\n{'FROM UNKNOWN AUTHORS':<34}{'n':>6}{'accepted':>12}")
    for panel in found:
        rng = Random(panel.name)
        good = [each.content for each in panel.good[:texts] if len(each.content) > 20]
        made = {
            "copied comment + unknown link": [words.copied(text, rng) for text in good],
            "near copy + unknown link": [words.near_copy(text, rng) for text in good],
            "no words": [words.wordless(rng) for _ in range(200)],
            "spun templates": [words.spun(t, rng) for t in words.TEMPLATES for _ in range(50)],
        }
        for name, texts_made in made.items():
            comments = [Comment(content=text) for text in texts_made]
            share = share_accepted(answers(panel.scorer, comments)[1])
            print(f"  {panel.name + ': ' + name:<46}{len(texts_made):>6}{share:>12.2%}")
            if share and name != "spun templates":
                missed.append(f"{panel.name}: {name}: {share:.2%} accepted, must be none")
    return missed


def _adaptive(found: Sequence[Panel], texts: int, queries: int) -> None:
    """Greedy search by an attacker who is told the probability."""
    print(f"\nADAPTIVE: spam above the 1 % line after 0 / 10 / 30 / {queries} questions")
    for panel in found:
        limit = 1 / (1 + np.exp(-threshold(panel.scorer, panel.good)))
        rng = Random(panel.name)
        good = _read_by_attacker([panel])
        chosen = [each for each in panel.spam if asking(panel.scorer, each)(each.content) > limit]
        paths = np.array([
            adaptive.attack(each.content, asking(panel.scorer, each), good, queries, rng)
            for each in chosen[:texts]
        ])  # fmt: skip
        if len(paths):
            kept = [float(np.mean(paths[:, min(q, queries)] > limit)) for q in (0, 10, 30, queries)]
            print(
                f"  {panel.name:<32}{len(paths):>6}   {' / '.join(f'{k:.1%}' for k in kept)}",
                flush=True,
            )


def _sound(panel: Panel, count: int) -> list[str]:
    texts = [each.content for each in (*panel.good, *panel.spam)]
    wrong = [
        fault for text in strange_texts(texts, count, 0) for fault in faults(panel.scorer, text)
    ]
    print(f"\nRANDOM AND MUTATED TEXTS: {count}, faults {len(wrong)}")
    return [f"fuzz: {fault}" for fault in wrong[:5]]
