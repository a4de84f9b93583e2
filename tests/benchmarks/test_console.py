"""The console's measurement at a small size, and that it would notice."""

from benchmarks.console import Texts, timed


def test_made_up_texts_have_common_and_rare_words_and_are_the_same_every_time():
    words = " ".join(Texts().some(400)).split()

    assert " ".join(Texts().some(400)).split() == words
    assert max(map(words.count, set(words))) > 20 * min(map(words.count, set(words)))


def test_the_median_and_the_slowest_are_told_apart():
    naps = iter([0, 0, 200_000])

    median, most = timed(lambda: sum(range(next(naps))), 3)

    assert median < most
