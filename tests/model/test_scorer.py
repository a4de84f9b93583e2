"""One score, and the exact parts it is made of."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.text import FAMILIES
from model.artifact import BaseModel
from model.comment import Comment
from model.features import DIMENSIONS, KEY_BITS, coverage_keys, features
from model.scorer import MIN_KEYS, Scorer, shares
from model.text import read
from model.windows import windows_of
from tests.growth import grows_linearly

SKETCH_BITS = 2**16


def a_model(k: int, *, seen: str = "", seed: int = 5) -> BaseModel:
    """Random weights, and a sketch that has seen the words of `seen`."""
    rng = np.random.default_rng(seed)
    sketch = np.zeros(SKETCH_BITS // 8, dtype=np.uint8)
    for key in (coverage_keys(read(seen)) >> np.uint32(KEY_BITS - 16)).tolist():
        sketch[key >> 3] |= 1 << (key & 7)
    return BaseModel(
        weights=rng.normal(0, 3, (DIMENSIONS, k)).astype(np.float16),
        intercepts=rng.normal(size=k).astype(np.float32),
        scale=0.8,
        offset=-0.3,
        coverage=sketch,
        card={},
    )


@pytest.fixture(scope="module", params=[1, 4])
def scorer(request: pytest.FixtureRequest) -> Scorer:
    return Scorer(a_model(request.param))


contents = st.one_of(
    st.text(st.characters(codec=None), max_size=60),
    st.lists(
        st.sampled_from(["casino", "<b>", "v1agra", "http://x.example/", "привет",
            "中", "<i hidden>", "!"]),
        max_size=120,
    ).map(" ".join),
)  # fmt: skip


def of(content: str) -> tuple[object, Comment]:
    return read(content), Comment(content=content)


@given(content=contents)
def test_shown_reasons_base_and_rest_are_the_score(scorer: Scorer, content: str) -> None:
    reading, comment = read(content), Comment(content=content)
    scored = scorer.score(reading, comment)
    told = scorer.explain(reading, comment, scored)
    total = sum(reason.weight for reason in told.reasons) + told.base + told.rest
    assert total == pytest.approx(scored.logit, abs=1e-9)


@given(content=contents)
def test_the_rest_is_what_the_reasons_not_shown_weigh(scorer: Scorer, content: str) -> None:
    """With every reason shown nothing is left but n-grams that touch no word."""
    reading, comment = read(content), Comment(content=content)
    scored = scorer.score(reading, comment)
    indices, values = features(reading, comment, scored.window)
    weights, base = scorer._parts(indices, values.astype(float))
    assert scored.logit == pytest.approx(float(weights.sum()) + base, abs=1e-9)
    everything = scorer.reasons(reading, comment, scored)
    if reading.normal.strip():
        assert sum(r.weight for r in everything) == pytest.approx(float(weights.sum()), abs=1e-9)


@given(content=contents)
def test_spans_of_reasons_lie_inside_the_content(scorer: Scorer, content: str) -> None:
    reading, comment = read(content), Comment(content=content)
    told = scorer.explain(reading, comment, scorer.score(reading, comment))
    for reason in told.reasons:
        assert all(0 <= start <= end <= len(content) for start, end in reason.spans)


@given(several=st.lists(contents, max_size=5))
def test_many_score_as_each_alone_bit_for_bit(scorer: Scorer, several: list[str]) -> None:
    readings = [read(content) for content in several]
    comments = [Comment(content=content) for content in several]
    alone = [scorer.score(*pair) for pair in zip(readings, comments, strict=True)]
    assert scorer.score_many(readings, comments) == alone


@given(several=st.lists(contents, max_size=5))
def test_many_that_keep_their_features_are_explained_as_each_alone(
    scorer: Scorer, several: list[str]
) -> None:
    readings = [read(content) for content in several]
    comments = [Comment(content=content) for content in several]
    kept = scorer.score_many(readings, comments, keep=True)
    assert all(one.numbered for one in kept)
    for reading, comment, one in zip(readings, comments, kept, strict=True):
        alone = scorer.explain(reading, comment, scorer.score(reading, comment))
        assert scorer.explain(reading, comment, one) == alone


@given(several=st.lists(contents, max_size=5), at_once=st.booleans())
def test_many_are_explained_as_each_alone_bit_for_bit(
    scorer: Scorer, several: list[str], at_once: bool
) -> None:
    readings = [read(content) for content in several]
    comments = [Comment(content=content) for content in several]
    pairs = [*zip(readings, comments, strict=True)]
    alone = [scorer.score(*pair) for pair in pairs]
    scores = scorer.score_many(readings, comments, keep=True) if at_once else alone
    told = [scorer.explain(*pair, one) for pair, one in zip(pairs, alone, strict=True)]
    assert scorer.explain_many(readings, comments, scores) == told


def test_what_did_not_keep_its_features_is_explained_all_the_same(scorer: Scorer) -> None:
    contents = ["casino", "some other words " * 30, ""]
    readings = [read(content) for content in contents]
    comments = [Comment(content=content) for content in contents]
    bare, kept = (scorer.score_many(readings, comments, keep=keep) for keep in (False, True))
    assert not any(one.numbered for one in bare)
    told = scorer.explain_many(readings, comments, bare)
    assert told == scorer.explain_many(readings, comments, kept)


def test_sixteen_threads_score_as_one(scorer: Scorer) -> None:
    several = [
        f"comment {i} about <b>casino</b> bonus {'and more ' * (i % 50)}" for i in range(200)
    ]

    def score(content: str) -> float:
        return scorer.score(read(content), Comment(content=content)).logit

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(score, several)) == [score(content) for content in several]


def test_several_models_are_joined_by_log_mean_exp() -> None:
    model = a_model(3)
    reading, comment = read("some words"), Comment(content="some words")
    indices, values = features(reading, comment)
    z = model.intercepts + values.astype(float) @ model.weights[indices].astype(float)
    expected = 0.8 * np.log(np.mean(np.exp(z))) - 0.3
    assert Scorer(model).score(reading, comment).logit == pytest.approx(expected)


def test_reasons_come_largest_first_with_enough_for_and_against(scorer: Scorer) -> None:
    content = "Ten quite different words stand in this sentence, and http://a.example! " * 2
    reading, comment = read(content), Comment(content=content)
    told = scorer.explain(reading, comment, scorer.score(reading, comment))
    sizes = [abs(reason.weight) for reason in told.reasons]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(reason.weight > 0 for reason in told.reasons) >= 5
    assert sum(reason.weight < 0 for reason in told.reasons) >= 3


def test_a_word_is_told_with_its_places_in_the_content() -> None:
    model = a_model(1)
    model.weights[:] = 0
    content = "buy <b>v1ag</b>ra or viagra"
    reading, comment = read(content), Comment(content=content)
    alone, _ = features(read("viagra"), Comment(content="viagra"))
    model.weights[alone[alone >= 2**15]] = 4
    told = Scorer(model).explain(reading, comment, Scorer(model).score(reading, comment))
    first = told.reasons[0]
    assert (first.code, first.detail) == ("text", "viagra")
    assert [content[slice(*span)] for span in first.spans] == ["v1ag</b>ra", "viagra"]


def test_the_worst_window_counts_and_is_named() -> None:
    model = a_model(1)
    model.weights[:] = 0
    words, _ = features(read("casino bonus"), Comment(content="casino bonus"))
    model.weights[words[words >= 2**15]] = 5
    good = "I walked along the river and looked at the boats for a while. " * 10
    reading, comment = read(good + "casino bonus"), Comment(content="")
    scored = Scorer(model).score(reading, comment)
    assert "casino bonus" in reading.normal[slice(*scored.window)]
    assert scored.window in windows_of(reading)
    assert scored.logit > Scorer(model).score(read(good), comment).logit + 0.5


def test_coverage_is_the_share_of_words_seen() -> None:
    seen = "the quick brown fox jumps over the lazy dog"
    scorer = Scorer(a_model(1, seen=seen))
    known, unknown = read(seen), read("ein schneller Fuchs springt, wohin er will")
    assert scorer.score(known, Comment(content="")).coverage == 1
    share = scorer.score(unknown, Comment(content="")).coverage
    assert share is not None
    assert share < 0.2


def test_coverage_of_a_few_letters_says_nothing() -> None:
    reading = read("ok, thanks")
    assert len(coverage_keys(reading)) < MIN_KEYS
    assert Scorer(a_model(1)).score(reading, Comment(content="")).coverage is None


@pytest.mark.parametrize("piece", FAMILIES.values(), ids=FAMILIES)
def test_time_to_score_grows_no_faster_than_the_text(piece: str) -> None:
    """From a quarter of the cap to the cap it is measured by `python -m benchmarks text`."""
    scorer = Scorer(a_model(1))

    def score(size: int) -> object:
        content = piece * (size // len(piece))
        return scorer.score(read(content), Comment(content=content))

    assert grows_linearly(lambda: score(2_000), lambda: score(8_000))


@given(st.lists(st.lists(st.integers(0, 3), max_size=2 * MIN_KEYS), max_size=6))
def test_each_groups_share_is_its_own(groups: list[list[int]]) -> None:
    seen = np.array([each for group in groups for each in group], np.uint8)
    expected = [
        np.count_nonzero(group) / len(group) if len(group) >= MIN_KEYS else None for group in groups
    ]
    assert shares(seen, [*map(len, groups)]) == expected
