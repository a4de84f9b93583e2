"""Where a comment may stand is one closed list."""

import re
from pathlib import Path

from service.db.comments import State

DOCUMENT = Path(__file__).parents[2] / "docs/reasons.md"


def test_the_states_in_the_documentation_are_those_in_the_code() -> None:
    states = DOCUMENT.read_text().partition("## States")[2]
    documented = set(re.findall(r"^\| `([a-z]+)` \|", states, re.MULTILINE))
    assert documented == set(State)
