"""`python -m benchmarks` says what there is to measure, and runs what is named."""

from types import SimpleNamespace

import pytest

from benchmarks import __main__ as entrance


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules whose measurement was run."""
    ran: list[str] = []
    monkeypatch.setattr(
        entrance.importlib,
        "import_module",
        lambda name: SimpleNamespace(main=lambda: ran.append(name)),
    )
    monkeypatch.setattr(entrance.sys, "argv", ["benchmarks"])
    return ran


def test_the_measurement_that_is_named_is_run(ran: list[str]) -> None:
    assert entrance.main(["fuzz", "--count", "5"]) == 0
    assert ran == ["benchmarks.fuzz"]
    assert entrance.sys.argv[1:] == ["--count", "5"]


def test_without_a_name_all_are_listed(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert entrance.main([]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in listed} == set(entrance.measurements())
    assert ran == []


def test_a_wrong_name_is_a_usage_error(ran: list[str]) -> None:
    assert entrance.main(["server"]) == 2
    assert ran == []


def test_every_measurement_says_in_one_line_what_it_measures() -> None:
    found = entrance.measurements()
    assert {"kills", "durable", "fuzz", "hostile", "attacks"} <= set(found)
    assert "server" not in found
    assert all(found.values())
