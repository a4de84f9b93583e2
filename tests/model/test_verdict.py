"""The words of an answer."""

import math
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from model.traits import TRAITS
from model.verdict import REASONS, probability

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z]+(-[a-z]+)*")


def test_every_reason_code_is_a_plain_word_with_one_sentence() -> None:
    for code, meaning in REASONS.items():
        assert CODE.fullmatch(code)
        assert meaning[0].isupper()
        assert meaning.endswith(".")


def test_every_structural_trait_is_told_under_a_listed_code() -> None:
    assert {trait.code for trait in TRAITS} <= set(REASONS)


def test_the_list_in_the_documentation_is_the_one_in_the_code() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \|", (ROOT / "docs/reasons.md").read_text(), re.M)
    documented = {code: meaning for code, meaning in rows if code in REASONS}
    assert documented == REASONS


@given(st.floats(allow_nan=False))
def test_any_log_odds_have_a_probability(score: float) -> None:
    assert 0.0 <= probability(score) <= 1.0


@given(st.floats(-30, 30))
def test_the_probability_is_the_inverse_of_the_log_odds(score: float) -> None:
    p = probability(score)
    assert math.isclose(math.log(p / (1 - p)), score, rel_tol=1e-3, abs_tol=1e-9)


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_a_higher_score_is_never_less_probable(one: float, other: float) -> None:
    assert (probability(min(one, other))) <= probability(max(one, other))
