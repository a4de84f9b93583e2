"""Texts that differ in a word belong together, wherever they stand."""

from training.duplicates import clusters

PILLS = "Get cheap pills for {} dollars today, click now before the offer ends in spring"
LEEK = "My leek did splendidly after the autumn rain, thanks for the tip about compost {}"


def test_a_template_with_other_numbers_is_one_cluster() -> None:
    texts = [LEEK.format("heaps"), PILLS.format(10), "short", PILLS.format(2000), PILLS.format(37)]
    assert clusters(texts) == [0, 1, 2, 1, 1]


def test_a_longer_list_does_not_change_who_leads() -> None:
    texts = [PILLS.format(n) for n in range(50)]
    assert clusters(texts) == [0] * 50
    assert clusters([*texts, LEEK.format("")]) == [0] * 50 + [50]


def test_short_texts_are_alike_only_if_equal() -> None:
    assert clusters(["ok", "no", "", "ok"]) == [0, 1, 2, 0]


def test_any_text_is_taken() -> None:
    assert clusters(["\ud800", "\0" * 9, "\U0010ffff" * 20]) == [0, 1, 2]


def test_nothing_has_no_clusters() -> None:
    assert clusters([]) == []
