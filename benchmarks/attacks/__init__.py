"""Disguises and good words: what each costs in spam caught, and what good comments must bear.

Every generator is a function (text, random number generator) -> text that knows nothing of
the normaliser: its tables come from elsewhere, so that what it shows holds for strangers too.
"""


def main() -> None:
    """Run the whole suite; exits 1 where a line is missed."""
    from benchmarks.attacks.run import main as run  # noqa: PLC0415 - the generators need no model

    run()
