"""Doubtful labels are listed with a reason, whoever ranks them, and nothing is dropped."""

from dataclasses import replace

import pytest

from model.comment import Example, Label
from tests.invented import a_base, comments
from training import hygiene
from training.hygiene import check

BASE = a_base()


def turned(example: Example) -> Example:
    other = {Label.SPAM: Label.HAM, Label.HAM: Label.SPAM}
    return replace(example, label=other[example.label])


def test_a_text_labelled_both_ways_is_listed_with_each_label() -> None:
    told = comments(40)
    again = replace(turned(told[3]), id="cmt_again")

    found = check([*told, again], BASE)

    assert found.contradictions == [{told[3].id: told[3].label, "cmt_again": again.label}]


@pytest.mark.parametrize("installed", [True, False])
def test_a_wrong_label_is_suspected_first_and_it_is_said_by_whom(
    installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not installed:
        monkeypatch.setattr(hygiene, "find_label_issues", None)
    told = comments(200, seed=2)
    told[17], told[60] = turned(told[17]), turned(told[60])

    found = check(told, BASE)

    assert {one.id for one in found.suspects[:2]} == {told[17].id, told[60].id}
    assert found.suspects[0].likely <= found.suspects[1].likely < 0.5
    assert len(found.suspects) < 20
    assert found.by == ("cleanlab" if installed else "loss (cleanlab is not installed)")


def test_too_few_labels_suspect_nothing_and_say_why() -> None:
    found = check(comments(6), BASE)
    assert found.suspects == []
    assert found.by.startswith("nothing: fewer than 5")


def test_other_is_no_label_of_either_kind() -> None:
    told = comments(40)
    rude = replace(told[0], label=Label.OTHER, id="cmt_rude")
    assert check([*told, rude], BASE).contradictions == []
