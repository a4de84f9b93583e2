"""Near-duplicates: texts so alike that a model which has seen one has seen the other.

Two texts are alike when their sets of 5-character shingles overlap by 0.7 (Jaccard).
Candidates come from banded MinHash (Broder 1997; Leskovec, Rajaraman and Ullman, "Mining of
Massive Datasets", ch. 3) and are then compared exactly.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.7
_SIZE, _BANDS, _ROWS = 5, 12, 3
_NUMBERS = np.random.default_rng(20260101)
_FACTORS = _NUMBERS.integers(1, 2**64, (_BANDS * _ROWS, 1), dtype=np.uint64) | np.uint64(1)
_TERMS = _NUMBERS.integers(0, 2**64, (_BANDS * _ROWS, 1), dtype=np.uint64)
_LOW = np.uint64(2**32 - 1)


def clusters(texts: Sequence[str]) -> list[int]:
    """For each text the position of the first that it is alike to, directly or by others."""
    shingles = [_shingles(text) for text in texts]
    first_with: dict[tuple[int, bytes], int] = {}
    parent = list(range(len(texts)))
    for n, mine in enumerate(shingles):
        signature = _signature(mine)
        for band in range(_BANDS):
            key = band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes()
            other = first_with.setdefault(key, n)
            if other != n and _root(parent, other) != _root(parent, n):
                _join_if_alike(parent, shingles, other, n)
    return [_root(parent, n) for n in range(len(texts))]


def _shingles(text: str) -> NDArray[np.uint64]:
    padded = f"{text:<{_SIZE}}"
    data = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    rolled = np.zeros(len(data) - _SIZE + 1, np.uint64)
    for n in range(_SIZE):
        rolled = rolled * np.uint64(0x9E3779B97F4A7C15) + data[n : n + len(rolled)]
    return np.unique((rolled ^ (rolled >> np.uint64(29))) & _LOW)


def _signature(shingles: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return np.asarray(np.min((shingles * _FACTORS + _TERMS) >> np.uint64(16), axis=1))


def _join_if_alike(
    parent: list[int], shingles: list[NDArray[np.uint64]], one: int, other: int
) -> None:
    shared = len(np.intersect1d(shingles[one], shingles[other], assume_unique=True))
    if shared >= ALIKE * (len(shingles[one]) + len(shingles[other]) - shared):
        low, high = sorted((_root(parent, one), _root(parent, other)))
        parent[high] = low


def _root(parent: list[int], n: int) -> int:
    while parent[n] != n:
        parent[n] = n = parent[parent[n]]
    return n
