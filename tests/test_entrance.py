"""./weir on a stand-in checkout: its own environment, other lock files, no network."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

WEIR = Path(__file__).parents[1] / "weir"
TOOLS = ("dirname", "readlink", "cmp", "cp", "rm", "sh")
UV = """#!/bin/sh
echo "$1 $2" >>"${0%/*}/uv.log"
[ "$1" = venv ] || exit 0
exec "$5" -m venv --clear --without-pip "$6"
"""
COMMAND = "import os, sys; print(sys.argv[1:], os.getcwd()); sys.exit(len(sys.argv) - 1)"


class Checkout:
    """A folder with ./weir, two lock files that install nothing, and a command that echoes.

    A stand-in for `uv` builds its environments, ten times faster than pip does.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.tools = folder, folder.parent / "tools"
        self.elsewhere = folder.parent
        (folder / "service").mkdir(parents=True)
        (folder / "service" / "__main__.py").write_text(COMMAND)
        shutil.copy(WEIR, folder)
        for lock in ("requirements.lock", "requirements-dev.lock"):
            (folder / lock).write_text("# nothing\n")
        self.tools.mkdir()
        for tool in TOOLS:
            (self.tools / tool).symlink_to(str(shutil.which(tool)))
        (self.tools / "python3").symlink_to(sys._base_executable)
        (self.tools / "uv").write_text(UV)
        (self.tools / "uv").chmod(0o755)

    def replace_python(self, script: str) -> None:
        """Let `python3` on PATH be a shell script; REAL in it is the real interpreter."""
        python = self.tools / "python3"
        python.unlink(missing_ok=True)
        python.write_text(f"#!/bin/sh\nREAL='{sys._base_executable}'\n{script}\n")
        python.chmod(0o755)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Run ./weir from another folder, with nothing in the environment but PATH."""
        return subprocess.Popen(
            [self.folder / "weir", *arguments],
            cwd=self.elsewhere,
            env={"PATH": str(self.tools)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> "tuple[int, str, str]":
        """Run ./weir to its end: exit code, stdout, stderr."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "a path with spaces")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    checkout = Checkout(tmp_path_factory.mktemp("built") / "with spaces")
    code, _, err = checkout.run()
    assert (code, err.count("preparing")) == (0, 1)
    return checkout


def test_arguments_and_exit_code_pass_through_and_the_folder_stays(built: Checkout) -> None:
    code, out, err = built.run("one", "two words")

    assert (code, err) == (2, "")
    assert out == f"['one', 'two words'] {built.elsewhere}\n"


def test_a_symlink_to_it_works_from_anywhere(built: Checkout) -> None:
    link = built.tools / "weir"
    link.symlink_to(built.folder / "weir")

    assert subprocess.check_output([link], env={"PATH": str(built.tools)}).startswith(b"[] ")


def test_modules_in_the_users_folder_are_not_imported(built: Checkout) -> None:
    (built.elsewhere / "service").mkdir()
    (built.elsewhere / "service" / "__main__.py").write_text("raise SystemExit('hijacked')")

    assert built.run()[2] == ""


def test_only_a_changed_lock_file_rebuilds(built: Checkout) -> None:
    stray = built.folder / ".venv" / "stray"
    stray.touch()
    assert built.run()[2] == ""
    assert stray.exists()

    (built.folder / "requirements.lock").write_text("# nothing, but otherwise\n")

    assert "preparing" in built.run()[2]
    assert not stray.exists()


def test_what_tests_need_is_added_without_rebuilding(built: Checkout) -> None:
    stray = built.folder / ".venv" / "kept"
    stray.touch()

    _, _, err = built.run("test")

    assert "preparing" in err
    assert stray.exists()
    assert "No module named pytest" in err  # pytest was called; the stand-in lock lists none


def test_a_lost_interpreter_rebuilds(built: Checkout) -> None:
    for python in (built.folder / ".venv" / "bin").glob("python*"):
        python.unlink()

    assert "preparing" in built.run()[2]


def test_two_that_start_together_build_once(checkout: Checkout) -> None:
    both = [checkout.start(), checkout.start()]

    errors = "".join(process.communicate(timeout=120)[1] for process in both)

    assert errors.count("preparing") == 1
    assert [process.returncode for process in both] == [0, 0]


def test_without_uv_the_standard_library_and_pip_do_it(checkout: Checkout) -> None:
    (checkout.tools / "uv").unlink()

    assert checkout.run("x")[0] == 1
    assert list(checkout.folder.glob(".venv/lib/*/site-packages/pip"))


def test_a_lock_that_cannot_be_installed_is_one_clear_failure(checkout: Checkout) -> None:
    (checkout.tools / "uv").write_text(UV.replace("exit 0", "exit 1"))

    code, _, err = checkout.run()

    assert code == 1
    assert err.splitlines()[-1].startswith("weir: could not install what ")
    assert checkout.run()[0] == 1  # and nothing half-made is taken for whole


def test_an_old_python_is_one_clear_line(checkout: Checkout) -> None:
    checkout.replace_python("exit 1")

    assert checkout.run() == (
        1, "", "weir: Python 3.11 or newer is needed, and none was found on PATH\n"
    )  # fmt: skip


def test_a_newer_python_under_another_name_is_found(checkout: Checkout) -> None:
    checkout.replace_python("exit 1")
    (checkout.tools / "python3.13").symlink_to(sys._base_executable)

    assert checkout.run()[0] == 0


def test_a_missing_venv_module_names_the_package_to_install(checkout: Checkout) -> None:
    (checkout.tools / "uv").unlink()
    checkout.replace_python('case "$2" in *ensurepip*) exit 1;; esac; exec "$REAL" "$@"')

    assert checkout.run() == (
        1, "", "weir: python3 cannot make environments; type: apt-get install python3-venv\n"
    )  # fmt: skip


def test_uv_is_used_where_it_is(built: Checkout) -> None:
    assert (built.tools / "uv.log").read_text().startswith("venv --quiet\npip install\n")
    assert not list(built.folder.glob(".venv/lib/*/site-packages/pip"))


def test_the_entrance_is_a_posix_shell_script() -> None:
    assert WEIR.read_text().startswith("#!/bin/sh\n")
    assert os.access(WEIR, os.X_OK)
    subprocess.run(["sh", "-n", WEIR], check=True)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_files_pin_by_hash_and_hold_no_address(lock: str) -> None:
    text = (WEIR.parent / lock).read_text()

    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    pinned = [line for line in text.splitlines() if line and line[0] not in "# "]
    assert pinned
    assert all("==" in line and line.endswith("\\") for line in pinned)
