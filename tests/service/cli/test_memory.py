"""Memory that is freed between two batches is there for the next, and not searched for garbage."""

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource
from service.cli.memory import keep_memory
{first}
def batch():
    return [b"x" * 3 * 2**20 for _ in range(8)] and None
batch()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
batch()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(first: str) -> int:
    """Pages that a second batch of 24 MB has to ask the system for."""
    code = FAULTS.format(first=first)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_a_second_batch_gets_the_memory_of_the_first() -> None:
    assert faults("keep_memory()") < 100 < faults("")


SEARCHES = """
import gc
from service.cli.memory import collect_rarely
{first}
before = sum(each["collections"] for each in gc.get_stats())
batch = [[i] for i in range(10_000)]
print(sum(each["collections"] for each in gc.get_stats()) - before)
"""


def searches(first: str) -> int:
    """How often a batch of 10,000 objects is searched for garbage."""
    code = SEARCHES.format(first=first)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(done.stdout)


def test_a_batch_is_not_searched_for_garbage() -> None:
    assert searches("collect_rarely()") == 0 < searches("")
