"""Good comments that teach beside a site's own: when, and which never do."""

from model.text import read
from tests.invented import comments
from training.borrowed import ENOUGH
from training.everyday import EVERYDAY, beside
from training.known_good import KNOWN_GOOD


def test_everyday_comments_teach_from_where_thresholds_are_borrowed() -> None:
    examples = comments(ENOUGH)
    assert beside(examples[1:])[0] == examples[1:]
    assert beside(examples)[0] == [*examples, *EVERYDAY]


def test_no_comment_of_the_exam_of_known_good_ones_is_taught() -> None:
    taught = {read(example.comment.content).template for example in EVERYDAY}
    assert not taught & {read(text).template for text in KNOWN_GOOD}
