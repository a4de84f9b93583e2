"""Near-duplicates of one text among many seen before: MinHash signatures and their bands.

Two normal forms are alike when the sets of their 5-character shingles overlap (Jaccard). A
signature of N minima estimates the overlap as the share of equal places; texts that share any
band of ROWS places are worth comparing (Broder 1997; Leskovec, Rajaraman and Ullman, "Mining of
Massive Datasets", ch. 3). Texts with an overlap of 0.7 share a band 99 times in 100.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.6
"""Estimated overlap from which two texts are one campaign's: templates differ in names, links."""
SHORTEST = 24
"""Characters of normal form below which only the very same text is alike."""
_SIZE, _BANDS, _ROWS = 5, 12, 4
_NUMBERS = np.random.default_rng(20261127)
_FACTORS = _NUMBERS.integers(1, 2**64, (_BANDS * _ROWS, 1), dtype=np.uint64) | np.uint64(1)

Signature = NDArray[np.uint32]


def signature(normal: str) -> Signature:
    """The minima of a normal form's shingles under 48 hash functions."""
    padded = f"{normal:<{_SIZE}}"
    data = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    rolled = np.zeros(len(data) - _SIZE + 1, np.uint64)
    for n in range(_SIZE):
        rolled = rolled * np.uint64(0x9E3779B97F4A7C15) + data[n : n + len(rolled)]
    mixed = np.unique(rolled ^ (rolled >> np.uint64(29)))
    minima = np.min((mixed * _FACTORS) >> np.uint64(32), axis=1)
    return np.asarray(minima, dtype=np.uint32)


def bands(normal: str, mine: Signature) -> list[int]:
    """Signed 64-bit keys, at least one of them shared by texts that are alike."""
    if len(normal) < SHORTEST:
        return [_key(b"whole" + normal.encode("utf-8", "surrogatepass"))]
    rows = mine.reshape(_BANDS, _ROWS)
    return [_key(bytes([n]) + row.tobytes()) for n, row in enumerate(rows)]


def likeness(one: Signature, other: Signature) -> float:
    """The estimated overlap of two texts, 0 to 1."""
    return float(np.mean(one == other))


def _key(data: bytes) -> int:
    digest = hashlib.blake2b(data, digest_size=8, person=b"weir alike").digest()
    return int.from_bytes(digest, "big", signed=True)
