"""Comments expanded from templates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.comment import Label
from training.spun import PRAISE, from_templates, praise, spin, templates

SPINTAX = "{Great|Nice} {post|{blog|weblog} entry}, thanks!|\n{I|We} like your site.|\n"
seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None)
@given(seeds)
def test_spintax_is_expanded_to_the_innermost_choice(seed):
    said = spin("{Great|Nice} {post|{blog|weblog} entry}", np.random.default_rng(seed))
    first, _, rest = said.partition(" ")
    assert first in {"Great", "Nice"}
    assert rest in {"post", "blog entry", "weblog entry"}


@pytest.mark.parametrize("broken", ["{a|b", "}{", "{" * 5000 + "}" * 5000, "{}|\n"])
def test_broken_spintax_is_left_or_expanded_without_failing(broken):
    assert isinstance(spin(broken, np.random.default_rng(0)), str)


def test_praise_is_spam_because_it_carries_a_link():
    made = praise(SPINTAX, 40, np.random.default_rng(0))
    assert len(made) == 40
    assert {(one.label, one.source) for one in made} == {(Label.SPAM, PRAISE)}
    assert all("http" in one.comment.content + one.comment.author_url for one in made)


def test_no_praise_file_makes_no_praise():
    assert praise("", 40, np.random.default_rng(0)) == []


def test_every_template_has_both_sides_in_its_language():
    labels = {}
    for label, language, _ in templates():
        labels.setdefault(language, set()).add(label)
    assert all(sides == {Label.SPAM, Label.HAM} for sides in labels.values())


@settings(deadline=None)
@given(seeds)
def test_templates_are_expanded_completely(seed):
    made = from_templates(5, 5, np.random.default_rng(seed))
    assert [one.label for one in made] == [Label.SPAM] * 5 + [Label.HAM] * 5
    assert not any(set("{}|") & set(one.comment.content) for one in made)


def test_expansions_differ():
    made = from_templates(200, 0, np.random.default_rng(0))
    assert len({one.comment.content for one in made}) > 190
