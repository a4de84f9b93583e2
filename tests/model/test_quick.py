"""What is made for every comment is made as fast as anything, and is a frozen dataclass still."""

import copy
from dataclasses import dataclass, field, fields, replace

import pytest

from model.quick import quick


@quick
@dataclass(frozen=True, slots=True)
class Word:
    said: str
    times: int = 1
    places: list[int] = field(default_factory=list, compare=False)


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    name: str = ""


def test_it_is_made_and_compared_as_any_dataclass() -> None:
    assert Word("a") == Word("a", 1, [7])
    assert Word("a") != Word("b")
    assert {Word("a"), Word("a")} == {Word("a")}
    assert repr(Word("a", 2)) == "Word(said='a', times=2, places=[])"
    assert [it.name for it in fields(Word)] == ["said", "times", "places"]


def test_it_can_be_copied_also_with_changes() -> None:
    assert replace(Word("a"), times=3) == Word("a", 3)
    assert copy.deepcopy(Word("a", 3)) == Word("a", 3)


def test_names_that_must_be_given_must_still_be_given() -> None:
    assert Named(name="x").name == "x"
    with pytest.raises(TypeError):
        Named("x")  # type: ignore[call-arg]


def test_lists_that_are_made_anew_are_shared_by_none() -> None:
    Word("a").places.append(1)
    assert Word("a").places == []


def test_no_field_is_set_through_a_call() -> None:
    assert {"said", "times", "places"} <= {*vars(Word)["__init__"].__code__.co_names}
    assert "__setattr__" not in vars(Word)
