"""A small invented world: two sites, whose spam sells lamps and whose talk is about boats."""

import numpy as np
import pytest

from model.comment import Comment, Example, Label

SELLING = "Buy cheap {} lamps today at http://lamps-{}.example/sale now, best {} price"
TALKING = "The {} boat went round the {} harbour because nobody had fixed its {} rudder"
THINGS = ["red", "old", "small", "quick", "green", "wooden", "broken", "lucky", "northern", "loud"]


def sentence(pattern: str, random: np.random.Generator) -> str:
    kept = [word for word in pattern.split() if random.random() < 0.85]
    return " ".join(kept).replace("{}", str(random.choice(THINGS)))


def example(text: str, label: Label, source: str, number: int) -> Example:
    return Example(
        comment=Comment(content=f"{text} {source}-{number}"),
        label=label,
        source=source,
        group=f"page-{number % 7}",
        cluster=f"{source}-{label}-{number}",
        id=f"{source}-{number}",
    )


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    """Sixty of each label from each of three sources."""
    random = np.random.default_rng(5)
    kinds = ((Label.SPAM, SELLING), (Label.HAM, TALKING))
    return [
        example(sentence(pattern, random), label, source, number)
        for source in ("harbour", "quay", "telegram_ru")
        for label, pattern in kinds
        for number in range(60)
    ]
