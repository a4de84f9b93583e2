"""A command at the database is a guest there: the service goes on beside it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from benchmarks.server import ROOT

INSIDE = """
import sys
from service.cli.open import instance
with instance() as parts, parts.database.writing():
    print("inside", flush=True)
    sys.stdin.readline()
"""


def test_ctrl_z_suspends_no_command_inside_a_transaction(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WEIR_DATA_DIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-P", "-c", INSIDE], env=environment, text=True,
        # Only where somebody is there to wake it does the kernel suspend a process.
        process_group=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as command:  # fmt: skip
        assert command.stdout is not None
        assert command.stdout.readline() == "inside\n"
        os.killpg(command.pid, signal.SIGTSTP)
        try:
            command.communicate("\n", timeout=20)
        finally:
            command.kill()

    assert command.returncode == 0
