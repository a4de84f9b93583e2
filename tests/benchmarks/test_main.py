"""`python -m benchmarks` says what there is to measure, and runs what is named."""

from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import __main__ as entrance


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the measurements that were run."""
    ran: list[str] = []
    known: dict[str, Any] = {
        name: SimpleNamespace(
            __doc__=f"Measures {name}.\n\nMore.", main=lambda n=name: ran.append(n)
        )
        for name in ("kills", "fuzz")
    }
    monkeypatch.setattr(entrance, "measurements", lambda: known)
    monkeypatch.setattr(entrance.sys, "argv", ["benchmarks"])
    return ran


def test_the_measurement_that_is_named_is_run(ran: list[str]) -> None:
    assert entrance.main(["fuzz", "--count", "5"]) == 0
    assert ran == ["fuzz"]
    assert entrance.sys.argv[1:] == ["--count", "5"]


def test_without_a_name_all_are_listed(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert entrance.main([]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "kills        Measures kills.",
        "fuzz         Measures fuzz.",
    ]


def test_a_wrong_name_is_a_usage_error(ran: list[str]) -> None:
    assert entrance.main(["nonsense"]) == 2
    assert ran == []


def test_every_measurement_says_in_one_line_what_it_measures() -> None:
    found = entrance.measurements()
    assert {"kills", "durable", "answers", "fuzz", "hostile"} <= set(found)
    for module in found.values():
        assert (module.__doc__ or "").splitlines()[0].strip()
