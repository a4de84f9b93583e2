"""Examples made from examples: what changes, and what must not."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from model.comment import Label
from model.text import read
from training.augment import Plan, augmented, disguised, with_link
from training.spun import PRAISE, TEMPLATES

SPINTAX = "{Great|Nice} {post|{blog|weblog} entry}, thanks!|\n{I|We} like your site.|\n"
seeds = st.integers(0, 2**32 - 1)


def test_the_same_seed_makes_the_same_examples(examples):
    assert augmented(examples, 3, SPINTAX) == augmented(examples, 3, SPINTAX)
    assert augmented(examples, 3, SPINTAX) != augmented(examples, 4, SPINTAX)


def test_what_is_made_keeps_its_label_source_and_cluster(examples):
    known = {(e.label, e.source, e.group, e.cluster) for e in examples}
    made = [e for e in augmented(examples, 0, SPINTAX) if e.source not in (PRAISE, TEMPLATES)]
    assert made
    assert {(e.label, e.source, e.group, e.cluster) for e in made} <= known


def test_a_source_left_out_leaves_out_its_words(examples):
    others = [e.comment.content for e in augmented(examples, 0) if e.source != "harbour"]
    assert others
    assert not any("harbour-" in text for text in others)


def test_without_spam_or_without_good_comments_the_rest_is_still_made(examples):
    plan = Plan(template_spam=0, template_good=0)
    for label in (Label.SPAM, Label.HAM):
        some = [example for example in examples if example.label is label]
        assert {made.label for made in augmented(some, 0, plan=plan)} == {label}
    assert augmented([], 0, plan=plan) == []


@settings(deadline=None)
@given(seeds)
def test_a_harmless_link_is_added_and_nothing_lost(seed):
    text = "The boat was late"
    linked = with_link(text, np.random.default_rng(seed))
    assert text in linked
    assert len(read(linked).links) == 1


@settings(deadline=None)
@given(seeds, st.text(max_size=80))
def test_disguises_take_any_text(seed, text):
    read(disguised(text, np.random.default_rng(seed)))


def test_some_good_comments_are_drawn_in_fancy_letters_and_stay_good(examples):
    good = [example for example in examples if example.label is Label.HAM]
    none = Plan(links=0, harmless_signs=0, cut=0, joined=0, template_good=0, template_spam=0)
    made = augmented(good, 0, plan=replace(none, drawn=0.5))
    assert len(made) == round(0.5 * len(good))
    assert {example.label for example in made} == {Label.HAM}


def test_most_disguises_are_seen_through():
    text = "please visit my wonderful channel and subscribe today"
    random = np.random.default_rng(1)
    same = [read(disguised(text, random)).normal.split()[:2] == text.split()[:2] for _ in range(50)]
    assert sum(same) > 25
