"""The measurement of growth, at a small size: it runs, and it would see a cost that grows."""

import pytest

from benchmarks.growth import Point, draw, measure


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    return measure(tmp_path_factory.mktemp("growth"), 10_000, 100, 12)


def test_ten_times_the_comments_labels_and_sites_cost_a_comment_the_same(points):
    for of in ("stored comments", "labels", "sites"):
        first, *_, last = [point.micros for point in points if point.of == of]
        assert last < 3 * first, of


def test_a_layer_that_is_not_loaded_yet_costs_once(points):
    assert all(point.cold > point.micros for point in points if point.of == "sites")


def test_the_picture_shows_every_kind(tmp_path):
    draw([Point("labels", 10, 100.0), Point("sites", 10, 100.0, 200.0)], tmp_path / "g.svg")

    assert "<svg" in (tmp_path / "g.svg").read_text()
