"""The structure of many windows counted together is what each has when it is measured alone."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from model.comment import Comment
from model.concepts import CONCEPTS
from model.counted import COUNTED, set_slots
from model.structure import CLASS_OF, Structure
from model.text import MAX_CHARS, read
from model.traits import TRAITS, slots
from model.verdict import Span
from model.windows import windows_of

pieces = st.sampled_from(
    ["great post", "casino", "free gift", "buy now", "seo", "a day", "win", "the", "the the the",
     "one two three four five six seven", "http://x.example/a", "www.bit.ly/1", "x dot com", "Dot",
     "$5", "5 USD", "rp 100", "+49 170 1234567", "me@x.org", "@someone", "[url=x]", "[...]", "!!!",
     "?", "HELLO", "1234", "й", "привет", "中文评论", "🎰", "é", "ѕех", "fr33", "s e x y", "\u3000",
     "\n", "<b>x</b>", "<a href='http://y.example'>y</a>", "&amp;", "\u200b", "<i hidden>z</i>"]
)  # fmt: skip
comments = st.builds(
    Comment,
    content=st.lists(pieces, max_size=60).map(" ".join),
    author_name=st.sampled_from(["", "Ann", "cheap pills online"]),
    author_url=st.sampled_from(["", "http://cheap-pills.example/x"]),
)


def alone(comment: Comment, window: Span) -> set[int]:
    reading = read(comment.content)
    return {*slots(Structure(reading, comment).measure(reading.part(*window)))}


@given(st.lists(comments, min_size=1, max_size=5), st.data())
def test_every_window_has_the_slots_it_has_alone(
    several: list[Comment], data: st.DataObject
) -> None:
    readings = [read(comment.content) for comment in several]
    owners, spans = list[int](), list[Span]()
    for owner, reading in enumerate(readings):
        size = len(reading.normal)
        start = data.draw(st.integers(0, max(size - 1, 0)))
        end = data.draw(st.integers(min(start + 1, size), size))
        for span in [*windows_of(reading), (start, end)]:
            owners.append(owner)
            spans.append(span)
    found = defaultdict[int, list[int]](list)
    for row, slot in zip(*set_slots(readings, several, owners, spans), strict=True):
        found[int(row)].append(int(slot))
    for row, (owner, span) in enumerate(zip(owners, spans, strict=True)):
        assert len({*found[row]}) == len(found[row])
        assert {*found[row]} == alone(several[owner], span)


def test_a_text_as_long_as_any_is_counted() -> None:
    """More characters of one kind than this would run into the next count."""
    assert MAX_CHARS < 2**16
    comment = Comment(content="A" * MAX_CHARS)
    reading = read(comment.content)
    window = (0, len(reading.normal))
    rows, found = set_slots([reading] * 2, [comment] * 2, [0, 1], [window] * 2)
    assert {*found[rows == 1].tolist()} == alone(comment, window)


def test_the_counts_hold_every_class_and_concept() -> None:
    assert CLASS_OF.max() == 12
    assert {*CONCEPTS} < {*COUNTED} <= {trait.name for trait in TRAITS}
