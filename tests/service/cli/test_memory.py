"""Memory that is freed between two batches is there for the next."""

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
