"""Invented comments for tests that learn: a gardening site and those who pester it."""

import random

import numpy as np

from model.artifact import BaseModel
from model.comment import Comment, Example, Label
from model.features import DIMENSIONS

_GOOD = (
    "My {plant} did {well} after the {season} rain, thanks for the tip about {matter}.",
    "Does anyone know why {plant} leaves turn yellow in {season}? I changed the {matter}.",
    "I tried your way with {matter} and the {plant} came up {well} this {season}.",
)
_SPAM = (
    "Get {thing} at {price} dollars today, {push} before the offer ends in {season}",
    "I earn {price} a day with {thing}, {push} on my profile and start",
    "Best {thing} shop, only {price}, {push} and win more {thing}",
)
_WORDS = {
    "plant": ("tomato", "bean", "leek", "quince", "rhubarb", "parsnip", "fig", "chive"),
    "well": ("splendidly", "badly", "better than hoped", "slowly"),
    "season": ("spring", "summer", "autumn", "winter"),
    "matter": ("compost", "mulch", "pruning", "watering", "lime", "spacing"),
    "thing": ("pills", "watches", "followers", "casino chips", "loans", "coins"),
    "push": ("click now", "visit us", "subscribe", "call at once"),
}

_ASIDES = """yesterday neighbour bucket really ladder kitchen sister market garden evening window
    bicycle nothing always rather morning because cousin village harvest bottle corner weather
    together holiday basket patience station shoulder whistle umbrella teacher""".split()  # noqa: SIM905 - a list to be read


def comments(number: int, *, spam: float = 0.5, seed: int = 0, first: int = 0) -> list[Example]:
    """So many labelled comments, no two alike."""
    chance = random.Random(seed)
    found = []
    for n in range(first, first + number):
        label = Label.SPAM if chance.random() < spam else Label.HAM
        words = {key: chance.choice(choices) for key, choices in _WORDS.items()}
        text = chance.choice(_SPAM if label is Label.SPAM else _GOOD)
        words["price"] = str(chance.randrange(10, 9_999))
        aside = " ".join(chance.sample(_ASIDES, 8))
        text = f"{text.format(**words)} {aside} ({n})"
        comment = Comment(content=text, author_name=f"reader {n % 7}")
        found.append(Example(comment=comment, label=label, source="site", id=f"cmt_{n:06}"))
    return found


def a_base(seed: int = 3) -> BaseModel:
    """A base that knows nothing: small random weights, and thresholds that reject little."""
    numbers = np.random.default_rng(seed)
    card = {"thresholds": {"accept_below": 0.2,
                           "reject": [{"budget": 0.005, "reject_above": 0.99}]}}  # fmt: skip
    return BaseModel(
        weights=numbers.normal(scale=0.05, size=(DIMENSIONS, 2)).astype(np.float16),
        intercepts=numbers.normal(size=2), scale=0.8, offset=-0.3,
        coverage=np.zeros(2**10, np.uint8), card=card, digest="ab" * 32,
    )  # fmt: skip
