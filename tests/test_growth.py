"""The measure of growth itself: it passes what is linear and fails what is not."""

from tests.growth import grows_linearly


def count(n: int) -> int:
    return sum(1 for _ in range(n))


def test_linear_work_passes() -> None:
    assert grows_linearly(lambda: count(50_000), lambda: count(200_000))


def test_quadratic_work_fails() -> None:
    assert not grows_linearly(lambda: count(200**2), lambda: count(800**2))
