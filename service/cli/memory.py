"""Memory that a long run keeps instead of giving it back after every batch, or going over it."""

import ctypes
import gc

KEPT = 2**25
"""Bytes: the most that glibc takes for the second."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""What mallopt(3) calls M_TRIM_THRESHOLD and M_MMAP_THRESHOLD."""


def keep_memory() -> None:
    """Have the allocator keep what is freed, up to KEPT bytes.

    Each batch takes some megabytes for a moment. By default glibc hands them back to the system,
    which clears them and maps them anew for the next one: a tenth of the time of `weir score`.
    Other libraries have no such switch.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_TRIM_THRESHOLD, KEPT)
        mallopt(_MMAP_THRESHOLD, KEPT)


def collect_rarely() -> None:
    """Look for garbage in cycles once in a long while.

    Everything alive now lives for ever, and neither requests nor batches leave cycles worth a
    look every 700 objects: the garbage collector took a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
