"""A round of training: what is promoted, what is refused, and what each may then decide."""

import random
from dataclasses import replace

import numpy as np
import pytest

from model.comment import Comment, Label
from model.policy import NEVER, Certificate, Policy, certificate, expected, thresholds
from model.scorer import Scorer
from model.site_layer import SiteLayer
from model.site_scorer import SiteScorer
from model.text import read
from model.verdict import probability
from tests.invented import a_base, comments
from training.borrowed import ENOUGH, lent
from training.known_good import KNOWN_GOOD
from training.retrain import (
    Lesson,
    Outcome,
    _accept_below,
    _borrowed,
    _cleaned,
    _Draft,
    _in_exam,
    _Traffic,
    retrain,
)
from training.site_layer import fit

BASE = a_base()
BASE_SCORER = Scorer(BASE)


def lessons(number: int, *, seed: int = 0, spam: float = 0.5) -> list[Lesson]:
    return [Lesson(example) for example in comments(number, seed=seed, spam=spam)]


def a_round(taught: list[Lesson], **policy: float) -> Outcome:
    return retrain(taught, BASE, BASE_SCORER, Policy(**policy))  # type: ignore[arg-type]


def lied(taught: list[Lesson]) -> list[Lesson]:
    """The same comments with every label turned round."""
    other = {Label.SPAM: Label.HAM, Label.HAM: Label.SPAM}
    return [
        replace(one, example=replace(one.example, label=other[one.example.label], id=f"x{n}"))
        for n, one in enumerate(taught)
    ]


def test_a_hundred_labels_promote_a_first_challenger() -> None:
    outcome = a_round(lessons(100))
    assert outcome.promoted
    assert outcome.layer is not None
    assert outcome.layer.base == BASE.digest
    champion, challenger = outcome.report["champion"], outcome.report["challenger"]
    assert challenger["auc"] > champion["auc"]
    assert challenger["wrong_side"]["n"] == champion["wrong_side"]["n"] > 10


def test_the_same_round_gives_the_same_layer_in_any_order() -> None:
    taught = lessons(80)
    one, other = a_round(taught), a_round(taught[::-1])
    assert one.layer is not None
    assert other.layer is not None
    assert one.layer.weights.tobytes() == other.layer.weights.tobytes()
    assert one.layer.card == other.layer.card


def test_without_a_label_a_round_is_refused_with_the_reason() -> None:
    outcome = a_round([])
    assert (outcome.promoted, outcome.layer) == (False, None)
    assert outcome.reason == (
        "fewer than 5 comments labelled spam: 0 different so far, label 5 more; "
        "fewer than 5 comments labelled ham: 0 different so far, label 5 more"
    )


def test_too_few_labels_are_refused_with_the_number_that_is_missing() -> None:
    outcome = a_round(lessons(6))
    assert not outcome.promoted
    assert outcome.layer is None
    assert "fewer than 5" in outcome.reason


def test_five_good_comments_in_a_queue_full_of_spam_are_enough_though_the_exam_keeps_some() -> None:
    taught = lessons(200)
    good = [one for one in taught if one.example.label is Label.HAM][:5]
    spam = [one for one in taught if one.example.label is Label.SPAM]
    assert 1 <= len(_exam_of(taught) & {one.example.id for one in good}) <= 2
    outcome = a_round([*spam, *good])
    assert outcome.promoted
    assert outcome.layer is not None
    assert outcome.layer.card["good_labels"] == 5
    assert "4 different so far, label 1 more" in a_round([*spam, *good[:4]]).reason


def test_enough_labels_of_which_the_exam_keeps_too_many_are_not_called_too_few() -> None:
    taught = lessons(400)
    exam = _exam_of(taught)
    spam = [one for one in taught if one.example.label is Label.SPAM]
    good = [one for one in taught if one.example.label is Label.HAM]
    kept = [one for one in good if one.example.id in exam][:3]
    rest = [one for one in good if one.example.id not in exam][:2]

    outcome = a_round([*spam, *kept, *rest])

    assert outcome.reason == (
        "5 comments are labelled ham, but the exam keeps 3 of them back, and 2 are too few to "
        "learn from: label some more ham"
    )


def test_a_challenger_worse_than_the_champion_is_refused() -> None:
    # The champion knows the site. The challenger has studied lies and sits an honest exam.
    taught = lessons(200)
    good = a_round(taught).layer
    assert good is not None
    exam = _exam_of(taught)
    study = lied([one for one in taught if one.example.id not in exam])
    mixed = study + [one for one in taught if one.example.id in exam]
    outcome = retrain(mixed, BASE, SiteScorer(BASE, good), Policy())
    assert not outcome.promoted
    assert "worse on comments unseen" in outcome.reason


def _exam_of(taught: list[Lesson]) -> set[str]:
    return {one.example.id for one in _cleaned(taught)[0] if _in_exam(one.example.cluster)}


def test_a_language_that_gets_worse_is_named() -> None:
    taught = lessons(400)
    good = a_round(taught).layer
    assert good is not None
    exam = _exam_of(taught)
    polish = {one.example.id for one in taught if one.example.comment.content.startswith("I")}
    mixed = [
        replace(one, example=replace(
            one.example,
            language="pl" if one.example.id in polish else "en",
            label=Label.HAM if one.example.id in polish - exam else one.example.label,
        ))
        for one in taught
    ]  # fmt: skip
    outcome = retrain(mixed, BASE, SiteScorer(BASE, good), Policy())
    assert not outcome.promoted
    assert "worse on language pl" in outcome.reason


def weights(layer: SiteLayer | None) -> bytes:
    assert layer is not None
    return layer.weights.tobytes()


def test_what_is_judged_has_not_learned_from_the_exam() -> None:
    taught = lessons(200)
    exam = _exam_of(taught)
    other = lied([one for one in taught if one.example.id in exam])
    same_ids = [
        replace(one, example=replace(one.example, id=was.example.id))
        for one, was in zip(other, [o for o in taught if o.example.id in exam], strict=True)
    ]
    honest = a_round(taught)
    turned = a_round([*(o for o in taught if o.example.id not in exam), *same_ids])
    assert weights(honest.blind) == weights(turned.blind)
    assert weights(honest.layer) != weights(turned.layer)


def test_the_gate_is_not_stuck_on_a_good_comment_that_only_the_blind_layer_condemns() -> None:
    # It looks like spam to whoever has not learned from it, and only the exam holds it.
    taught = lessons(200)
    exam = _exam_of(taught)
    liar = next(o for o in taught if o.example.id in exam and o.example.label is Label.SPAM)
    good = replace(liar, example=replace(liar.example, label=Label.HAM))
    outcome = a_round([good if one is liar else one for one in taught])
    assert outcome.blind is not None
    assert outcome.layer is not None
    score = SiteScorer(BASE, outcome.blind).score(read(liar.example.comment.content),
                                                  liar.example.comment).logit  # fmt: skip
    rows = {row["budget"]: row for row in outcome.blind.card["thresholds"]["reject"]}
    assert rows[0.005]["reject_above"] > probability(score)
    assert outcome.promoted


def test_the_exam_teaches_what_is_served_until_it_certifies_the_budget() -> None:
    taught = lessons(400, spam=0.3)
    short, enough = a_round(taught), a_round(taught, reject_budget=0.05)
    assert weights(short.layer) != weights(short.blind)
    assert short.report["learned_from"] == 400
    assert weights(enough.layer) == weights(enough.blind) == weights(short.blind)
    assert enough.layer is enough.blind  # judged, given thresholds and kept once
    assert enough.report["learned_from"] < 400


def test_a_word_that_spam_is_fond_of_does_not_condemn_who_asks_about_it() -> None:
    asked = "Is there any way to subscribe by mail?"
    spam = [
        replace(one, example=replace(one.example, label=Label.SPAM, comment=Comment(content=text)))
        for n, one in enumerate(lessons(40, seed=7))
        for text in (f"{one.example.comment.content} subscribe subscribe please {n}",)
    ]
    outcome = a_round([*lessons(80, seed=8), *spam])
    assert outcome.layer is not None
    examples = [one.example for one in _cleaned([*lessons(80, seed=8), *spam])[0]]
    taught = SiteScorer(BASE, outcome.layer)
    untaught = SiteScorer(BASE, fit(examples, BASE).layer)
    heard, condemned = (
        each.score(read(asked), Comment(content=asked)).logit for each in (taught, untaught)
    )
    assert heard < condemned - 1


def test_near_duplicates_stand_on_one_side() -> None:
    text = "Get cheap pills for {} dollars today, click now before the offer ends in spring"
    many = [
        replace(one, example=replace(one.example, label=Label.SPAM,
                comment=replace(one.example.comment, content=text.format(n))))
        for n, one in enumerate(lessons(40))
    ]  # fmt: skip
    assert len(_exam_of(many)) in (0, 40)


def test_a_text_labelled_both_ways_teaches_nothing_and_is_listed() -> None:
    taught = lessons(60)
    outcome = a_round([*taught, *lied(taught[:1])])
    assert sorted(outcome.report["contradicted"]) == sorted([taught[0].example.id, "x0"])


def test_other_teaches_nothing() -> None:
    taught = lessons(60)
    rude = replace(taught[0], example=replace(taught[0].example, label=Label.OTHER))
    with_it, without = a_round([rude, *taught[1:]]), a_round(taught[1:])
    assert with_it.layer is not None
    assert without.layer is not None
    assert with_it.layer.weights.tobytes() == without.layer.weights.tobytes()


def test_a_label_that_everything_contradicts_is_doubted() -> None:
    taught = lessons(200)
    study = [one for one in taught if one.example.id not in _exam_of(taught)]
    wrong = next(one for one in study if one.example.label is Label.SPAM)
    told = [replace(o, example=replace(o.example, label=Label.HAM)) if o is wrong else o
            for o in taught]  # fmt: skip
    assert wrong.example.id in a_round(told).report["doubted"]


def proof_of(taught: list[Lesson]) -> tuple[SiteScorer, Certificate]:
    layer = a_round(taught).layer
    assert layer is not None
    scorer = SiteScorer(BASE, layer)
    proof = certificate(Policy(), scorer.model.card)
    assert proof is not None
    missing = {row["budget"]: row for row in layer.card["thresholds"]["short"]}[0.005]
    assert missing["missing"] == 598 - missing["n"] > 0
    return scorer, proof


def test_short_evidence_rejects_nothing_by_the_site_and_says_what_is_missing() -> None:
    assert proof_of(lessons(ENOUGH - 1))[1].basis == "base"


def test_a_site_that_has_taught_enough_borrows_a_threshold_of_others() -> None:
    proof = proof_of(lessons(ENOUGH + 20))[1]
    assert proof.basis == "borrowed"
    assert proof.reject_above == lent(0.005, 60)["reject_above"]  # type: ignore[index]
    assert "telegram_ru" in proof.source


def test_of_a_link_to_an_unknown_host_what_is_borrowed_asks_for_more() -> None:
    """Good comments between both thresholds contradict them only where they don't link."""
    layer = a_round(lessons(200)).layer
    assert layer is not None
    said = np.array([0.1] * 95 + [0.92] * 5)

    def borrowed_with(link: str, traffic: float = 1) -> dict[str, float]:
        good = [one for one in lessons(300) if one.example.label is Label.HAM][:100]
        texts = [Comment(content=f"{one.example.comment.content} {link * (n >= 95)}")
                 for n, one in enumerate(good)]  # fmt: skip
        told = [replace(one, example=replace(one.example, comment=text), traffic=traffic)
                for one, text in zip(good, texts, strict=True)]  # fmt: skip
        [row] = _borrowed(_Draft(layer, told, said), [0.005], 0.0, read)
        return row

    asked = lent(0.005, 100)
    assert asked is not None
    linked, plain = borrowed_with("http://unheard.example/"), borrowed_with("")
    assert linked["reject_above"] == asked["reject_above"]
    assert linked["linked_above"] == asked["linked_above"]
    assert plain["reject_above"] > 0.92
    assert plain["linked_above"] > plain["reject_above"]
    none_linked = borrowed_with("", traffic=5)
    assert none_linked["linked_above"] == none_linked["reject_above"]
    raised = _borrowed(_Draft(layer, lessons(100), np.zeros(100)), [0.005], 0.9999, read)[0]
    assert raised["reject_above"] == raised["linked_above"] == 0.9999


def test_what_is_borrowed_never_goes_below_what_the_site_itself_knows() -> None:
    taught = lessons(200)
    liar = next(o for o in taught if o.example.label is Label.SPAM)
    good = replace(liar, example=replace(liar.example, label=Label.HAM))
    scorer, proof = proof_of([good if one is liar else one for one in taught])
    chance = scorer.score(read(liar.example.comment.content), liar.example.comment).logit
    assert proof.basis == "borrowed"
    assert proof.reject_above is not None
    assert proof.reject_above > 1 / (1 + np.exp(-chance))


def test_a_comment_known_to_be_good_raises_the_threshold_instead_of_ending_all_learning() -> None:
    praise = KNOWN_GOOD[2]
    words = praise.lower().strip(".").split()
    flood = [
        replace(one, example=replace(one.example, label=Label.SPAM, comment=Comment(content=text)))
        for n, one in enumerate(lessons(80, seed=7))
        for text in (" ".join(random.Random(n).sample(words, len(words))),)
    ]  # fmt: skip
    outcome = a_round([*lessons(200, seed=8), *flood])
    assert outcome.promoted
    assert outcome.layer is not None
    scored = SiteScorer(BASE, outcome.layer).score(read(praise), Comment(content=praise))
    chance = probability(scored.logit)
    assert chance > lent(0.005, 60)["reject_above"]  # type: ignore[index]
    assert all(r["reject_above"] > chance for r in outcome.layer.card["thresholds"]["reject"])


def test_enough_good_comments_certify_a_threshold() -> None:
    taught = lessons(700, spam=0.3)
    layer = a_round(taught, reject_budget=0.05).layer
    assert layer is not None
    proof = certificate(Policy(reject_budget=0.05), SiteScorer(BASE, layer).model.card)
    assert proof is not None
    assert proof.basis == "site"
    assert proof.bound <= 0.05
    bounds = thresholds(Policy(reject_budget=0.05), SiteScorer(BASE, layer).model.card)
    assert 0.05 <= bounds.accept_below <= 0.5 < bounds.reject_above < NEVER
    hoped = expected(Policy(reject_budget=0.05), SiteScorer(BASE, layer).model.card)
    assert hoped is not None
    assert 0 <= hoped["spam_accepted"] < 0.5 < hoped["good_accepted"] <= 1  # type: ignore[operator]
    assert hoped["held"] <= Policy().hold_budget  # type: ignore[operator]


@pytest.mark.parametrize(("labels", "said"), [(30, 1), (90, 3)])
def test_what_to_expect_is_not_said_of_a_handful_of_comments(labels: int, said: int) -> None:
    layer = a_round(lessons(labels)).layer
    assert layer is not None
    for row in layer.card["thresholds"]["accept"]:
        shares = row["held"], row["spam_accepted"], row["good_accepted"]
        assert sum(share is not None for share in shares) == said


def test_what_rules_hold_counts_against_the_share_to_be_held() -> None:
    taught = lessons(300, spam=0.3)

    def accept_below(ruled: list[Lesson]) -> float:
        layer = a_round(ruled, hold_budget=0.3).layer
        assert layer is not None
        rows = layer.card["thresholds"]["accept"]
        return next(row["accept_below"] for row in rows if row["budget"] == 0.3)

    good = [o for o in taught if o.example.label is Label.HAM]
    held = {one.example.id for one in good[len(good) // 2 :]}
    by_rule = [replace(one, by_rule=one.example.id in held) for one in taught]
    assert accept_below(by_rule) > accept_below(taught)


@pytest.mark.parametrize("stands_for", [1, 50])
def test_a_good_comment_found_among_the_rejected_stands_for_those_not_looked_at(
    stands_for: int,
) -> None:
    taught = lessons(700, spam=0.3)
    exam = _exam_of(taught)
    found = next(o for o in taught if o.example.id in exam and o.example.label is Label.SPAM)
    audited = replace(found, example=replace(found.example, label=Label.HAM), stands_for=stands_for)
    layer = a_round([audited if o is found else o for o in taught], reject_budget=0.05).layer
    assert layer is not None
    rows = {row["budget"]: row for row in layer.card["thresholds"]["reject"]}
    scorer = SiteScorer(BASE, layer)
    logit = scorer.score(read(found.example.comment.content), found.example.comment).logit
    chance = 1 / (1 + np.exp(-logit))
    rejected = 0.05 in rows and chance >= rows[0.05]["reject_above"]
    assert rejected == (stands_for == 1)


def traffic(good: list[float], spam: list[float]) -> _Traffic:
    """Comments of late with these spam probabilities, none of them held by a rule."""
    chances = np.array([*good, *spam])
    is_spam = np.arange(len(chances)) >= len(good)
    return _Traffic(chances, chances, is_spam, np.ones(len(chances)))


def test_what_is_more_likely_spam_than_not_is_never_accepted() -> None:
    assert _accept_below(traffic([0.6] * 90, [0.99] * 100), 0.988, 0.1) == 0.5


def test_some_of_the_share_to_be_held_is_left_for_chance_unless_spam_would_pass() -> None:
    good, caught = [0.01] * 82, [0.99] * 9
    assert _accept_below(traffic([*good, *[0.2] * 9], caught), 0.988, 0.1) > 0.2
    assert _accept_below(traffic(good, [*caught, *[0.2] * 9]), 0.988, 0.1) <= 0.2
