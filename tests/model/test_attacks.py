"""What spammers do to letters, tags and hosts is undone; what honest people do is no disguise.

The generators are those of the benchmark `attacks`, which measures them on real comments.
"""

import os
from pathlib import Path
from random import Random

import numpy as np
import pytest

from benchmarks.attacks import benign, letters, markup, words
from benchmarks.attacks.letters import Change
from benchmarks.attacks.measure import logits, sigmoid
from benchmarks.attacks.sound import faults, strange_texts
from benchmarks.attacks.suite import LOWERED, attacks
from model.artifact import BaseModel, load
from model.base_digest import DIGEST
from model.comment import Comment
from model.features import DIMENSIONS
from model.scorer import Scorer
from model.text import read
from model.writing import instead_of_words

SPAM = (
    "Check out my channel and subscribe please, I give away free phones every week!",
    "Earn 500 dollars a day working from home, click here http://cheap-loans.example/win now",
    "Buy cheap viagra and cialis online, no prescription needed. Visit our casino today.",
    "Our escorts are waiting for you tonight, free registration at www.singles-nearby.example",
    "Best casino bonus of the year: deposit ten, play with fifty, win a car. Join us now!",
)
GOOD = (
    "I followed every step and still get the error from the second screenshot. Any idea?",
    "The bridge was closed for repairs last winter, so we walked along the other bank.",
    "Grandmother used less sugar and more lemon, which is how I still make it today.",
)
UNSEEN = (
    letters.COMPATIBLE | letters.INVISIBLE | letters.BACKWARDS | markup.ENTITIES | markup.HIDDEN
    | markup.SPLIT
)  # fmt: skip
READABLE = letters.MARKED | {"confusables 50 %": letters.CONFUSED["confusables 50 %"]}


def worn(change: Change, text: str, seed: int = 0) -> str:
    return change(text, Random(f"{text} {seed}"))


def words_left(disguise: Change) -> float:
    """Share of the words of SPAM that are still there as words in the normal form."""
    kept = total = 0
    for text in SPAM:
        found = set(read(worn(disguise, text)).normal.split())
        clean = read(text).normal.split()
        kept, total = kept + sum(word in found for word in clean), total + len(clean)
    return kept / total


@pytest.mark.parametrize("name", UNSEEN)
def test_what_no_reader_sees_changes_nothing_that_is_read(name: str) -> None:
    for text in SPAM:
        assert read(worn(UNSEEN[name], text)).normal.strip() == read(text).normal


@pytest.mark.parametrize("name", READABLE)
def test_marks_and_lookalikes_leave_the_words_readable(name: str) -> None:
    assert words_left(READABLE[name]) >= 0.9


@pytest.mark.parametrize("name", letters.SPACED)
def test_spaced_letters_are_words_again(name: str) -> None:
    assert words_left(letters.SPACED[name]) >= 0.7


def test_the_generators_do_disguise() -> None:
    for name, change in (UNSEEN | READABLE | letters.SPACED).items():
        assert worn(change, SPAM[0]) != SPAM[0], name


@pytest.mark.parametrize("char", letters.ignorable())
def test_every_default_ignorable_code_point_draws_nothing(char: str) -> None:
    assert read(f"free ca{char}sino").normal == "free casino"


@pytest.mark.parametrize("name", benign.INVISIBLE)
def test_what_honest_keyboards_put_in_is_no_disguise(name: str) -> None:
    plain = benign.PLAIN.get(name, lambda text, rng: text)
    for text in GOOD:
        stressed, before = (worn(each, text) for each in (benign.INVISIBLE[name], plain))
        assert read(stressed).normal == read(before).normal
        assert not read(stressed).undone


@pytest.mark.parametrize("name", ["numeric host", "punycode host", "user name in URL", "shortener"])
def test_a_host_in_disguise_is_still_a_link(name: str) -> None:
    for text in SPAM:
        assert read(worn(words.LINKED[name], text)).links


def test_a_comment_without_words_is_told_as_such() -> None:
    rng = Random(0)
    for text in (words.wordless(rng) for _ in range(100)):
        assert instead_of_words(read(text))


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    """A model of chance."""
    rng = np.random.default_rng(0)
    return Scorer(
        BaseModel(
            weights=rng.normal(0, 2, (DIMENSIONS, 2)).astype(np.float16),
            intercepts=np.zeros(2, np.float32), scale=1.0, offset=0.0,
            coverage=np.zeros(2**13, np.uint8), card={},
        )
    )  # fmt: skip


def test_no_text_breaks_reading_scoring_or_explaining(scorer: Scorer) -> None:
    found = [fault for text in strange_texts(SPAM + GOOD, 400, 1) for fault in faults(scorer, text)]
    assert not found


@pytest.fixture(scope="module")
def shipped() -> Scorer:
    folder = Path(__file__).parents[2] / "model" / "base"
    if not folder.exists():
        pytest.skip("no base model has been trained yet")
    return Scorer(load(folder, digest=DIGEST))


@pytest.mark.parametrize("name", UNSEEN)
def test_no_invisible_disguise_lowers_the_shipped_models_probability(
    name: str, shipped: Scorer
) -> None:
    clean, dressed = (
        sigmoid(logits(shipped, [Comment(content=each) for each in texts]))
        for texts in (SPAM, [worn(UNSEEN[name], text) for text in SPAM])
    )
    assert np.all(dressed >= clean - LOWERED)


@pytest.mark.parametrize("where", ["front", "behind"])
def test_good_words_on_other_lines_do_not_hide_spam(where: str, shipped: Scorer) -> None:
    long = [text for text in GOOD if len(text) > 60] * 4
    change = words.good_words(long, 5, where)
    hidden = [Comment(content=change(text, Random(text))) for text in SPAM]
    clean = logits(shipped, [Comment(content=text) for text in SPAM])
    assert np.all(logits(shipped, hidden) >= clean - 1.0)


def test_real_spam_in_an_invisible_disguise_is_not_lowered(shipped: Scorer) -> None:
    texts = _real_spam(60)
    clean = sigmoid(logits(shipped, texts))
    for attack in attacks(GOOD):
        if attack.lowered is None:
            continue
        rng = Random(attack.name)
        dressed = [Comment(content=attack.change(each.content, rng)) for each in texts]
        lowered = clean - sigmoid(logits(shipped, dressed)) > LOWERED
        assert lowered.mean() <= 0.05, attack.name


def _real_spam(count: int) -> list[Comment]:
    folder = os.environ.get("WEIR_TRAINING_DATA")
    if not folder:
        pytest.skip("WEIR_TRAINING_DATA names no folder of labelled sets")
    from training.examples import load as examples

    found = [each for each in examples(Path(folder), ["youtube_uci"]) if each.label == "spam"]
    return [Comment(content=each.comment.content) for each in Random(0).sample(found, count)]
