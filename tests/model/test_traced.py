"""A text that was edited still knows where in the original its characters stand."""

from hypothesis import given
from hypothesis import strategies as st

from model.traced import Edit, Kept, Traced

edit = st.tuples(st.integers(0, 9), st.integers(1, 4), st.sampled_from(["", "X", "YZ"]))
plans = st.lists(st.lists(edit), max_size=3)


def edits(plan: list[tuple[int, int, str]], size: int) -> list[Edit]:
    """The plan's gaps and widths as edits of a text of this size."""
    found, at = list[Edit](), 0
    for gap, width, replacement in plan:
        start, end = at + gap, at + gap + width
        if end > size:
            break
        found.append((start, end, replacement))
        at = end
    return found


@given(st.text("abcdefgh", max_size=40), plans)
def test_what_was_kept_stands_where_it_stood_and_what_came_stands_for_what_went(
    original: str, several: list[list[tuple[int, int, str]]]
) -> None:
    traced = Traced(original)
    for plan in several:
        traced = traced.edited(edits(plan, len(traced.text)))
    starts, ends = traced.offsets()
    assert len(starts) == len(ends) == len(traced.text)
    assert list(starts) == sorted(starts)
    for char, start, end in zip(traced.text, starts, ends, strict=True):
        assert original[start:end] == char if char.islower() else start < end


@given(st.text("abc", max_size=20), st.data())
def test_characters_stand_for_one_none_or_several(original: str, data: st.DataObject) -> None:
    pieces = st.sampled_from(["", "x", "yz"])
    parts = data.draw(st.lists(pieces, min_size=len(original), max_size=len(original)))
    traced = Traced(original).mapped(parts)
    assert traced.text == "".join(parts)
    owners = [at for at, part in enumerate(parts) for _ in part]
    assert [traced.span(at, at + 1) for at in range(len(owners))] == [(at, at + 1) for at in owners]


@given(st.text("abc", max_size=20), st.integers(0, 25))
def test_the_first_part_keeps_its_places(original: str, size: int) -> None:
    traced = Traced(original).edited([(0, 1, "")] if original else []).first(size)
    assert traced.text == original[1:][:size]
    assert [traced.place(at) for at in range(len(traced.text))] == list(
        range(1, len(traced.text) + 1)
    )


def test_edits_made_later_leave_everything_where_edits_made_now_do() -> None:
    plan = [(1, 3, ""), (4, 5, "xy")]
    now = Traced("abcdef").edited(plan)
    later = Traced("abcdef").later(now.text, lambda: plan)
    assert later.offsets() == now.offsets()


@given(st.text("abc", max_size=20), st.booleans(), st.data())
def test_what_is_kept_is_told_one_by_one_as_all_together(
    text: str, moved: bool, data: st.DataObject
) -> None:
    before = Traced(f"b{text}").edited([(0, 1, "")]) if moved else Traced(text)
    dropped = sorted(data.draw(st.sets(st.integers(0, len(text) - 1)))) if text else []
    left = [at for at in range(len(text)) if at not in dropped]
    kept = Traced("".join(text[at] for at in left), Kept(before, dropped))
    assert [kept.place(at) for at in range(len(left))] == [before.place(at) for at in left]
    assert [*kept.offsets()[0]] == [before.place(at) for at in left]
    assert [kept.span(at, at + 1) for at in range(len(left))] == [
        before.span(at, at + 1) for at in left
    ]
