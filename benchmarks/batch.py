"""Many comments at once, at real lengths: CPU per comment, beside scikit-learn and bogofilter."""

import argparse
import gc
import itertools
import random
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.score import a_scorer, the_same_model, training_data
from model.comment import Comment
from model.plain import read_many
from model.scorer import Scorer
from service.cli.memory import collect_rarely, keep_memory
from training.examples import load

ROUNDS = 5
SETS = ("youtube_uci", "sms_uci")
"""Comments and messages of 83 characters in the mean."""

Way = Callable[[Sequence[str]], None]


def main() -> None:
    """Print medians of CPU microseconds per comment, alternated in one run, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=300, help="comments a round, none used twice")
    n = parser.parse_args().n
    several = real_lengths()
    learned, fresh = several[:1_000], several[1_000:]
    compared = ways(learned)
    keep_memory()  # as `weir score` does; the peer in this process gains as much
    collect_rarely()
    most = len(fresh) // (ROUNDS * len(compared))
    if not 0 < n <= most:
        parser.error(f"--n: 1 to {most}, which is what there is")
    mean = statistics.mean(map(len, several))
    print(f"{ROUNDS} rounds of {n} comments, {mean:.0f} characters in the mean")
    found = alternated(compared, iter(fresh), n)
    ours = found["weir: read + score_many"]
    for name, micros in found.items():
        told = f"{micros:8.1f} µs  {micros / ours:6.2f} x  {1e6 / micros:9,.0f} a CPU second"
        print(f"{name:<34} {told}")


def ways(learned: Sequence[str]) -> dict[str, Way]:
    """What is measured; bogofilter only where it is installed. `learned`: texts to fit peers on."""
    scorer, peer = a_scorer(), the_same_model(learned)
    found: dict[str, Way] = {
        "weir: read + score_many": lambda texts: many(scorer, texts),
        "scikit-learn, the same features": peer.predict_proba,
    }
    if shutil.which("bogofilter"):
        found["bogofilter -T -b"] = Bogofilter(learned)
    return found


def alternated(ways: dict[str, Way], supply: Iterator[str], n: int) -> dict[str, float]:
    """CPU µs per comment of each way, its children's included: the median over the rounds."""
    rounds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            texts = list(itertools.islice(supply, n))
            prepared = way.files(texts) if isinstance(way, Bogofilter) else texts
            gc.collect()
            start = cpu()
            way(prepared)
            rounds[name].append((cpu() - start) * 1e6 / len(texts))
    return {name: statistics.median(each) for name, each in rounds.items()}


def cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def many(scorer: Scorer, texts: Sequence[str]) -> None:
    """As `weir score` and the batch endpoint do it."""
    scorer.score_many(read_many(texts), [Comment(content=text) for text in texts])


class Bogofilter:
    """The peer: a Bayesian filter in C, which gets each comment as a message in a file."""

    def __init__(self, learned: Sequence[str]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        half = len(learned) // 2
        self._run(["-s"], self.files(learned[:half]))
        self._run(["-n"], self.files(learned[half:]))

    def files(self, texts: Sequence[str]) -> list[str]:
        """Write each text as a message."""
        folder = Path(tempfile.mkdtemp(dir=self._folder.name))
        for number, text in enumerate(texts):
            message = f"From: someone@example.org\nSubject: comment\n\n{text}\n"
            (folder / str(number)).write_bytes(message.encode("utf-8", "replace"))
        return [str(folder / str(number)) for number in range(len(texts))]

    def __call__(self, files: Sequence[str]) -> None:
        self._run(["-T"], files)

    def _run(self, options: Sequence[str], files: Sequence[str]) -> None:
        command = ["bogofilter", "-d", self._folder.name, *options, "-b"]
        names = "\n".join(files)
        done = subprocess.run(command, check=False, input=names, text=True, capture_output=True)
        assert done.returncode in (0, 1, 2), done.stderr


def real_lengths() -> list[str]:
    """Real comments and messages in a fixed random order, each once."""
    found = [example.comment.content for example in load(training_data(), SETS)]
    found = list(dict.fromkeys(found))
    random.Random(7).shuffle(found)
    return found


if __name__ == "__main__":
    main()
