"""The commands, on a small invented folder of data."""

import gzip
import json

import pytest
from click.testing import CliRunner

from model import artifact
from model.scorer import Scorer
from model.text import read
from training import __main__ as commands
from training import evaluate, fit
from training.augment import Plan


@pytest.fixture
def data(tmp_path, examples):
    """The invented sites under the names of real sets."""
    names = {"harbour": "youtube_uci", "quay": "sms_uci", "telegram_ru": "telegram_ru"}
    (tmp_path / "data").mkdir()
    for source, name in names.items():
        with gzip.open(tmp_path / "data" / f"{name}.jsonl.gz", "wt") as file:
            for one in examples:
                if one.source == source:
                    row = {"id": one.id, "text": one.comment.content, "label": one.label,
                           "set": name, "group": one.group, "cluster": one.cluster}  # fmt: skip
                    file.write(json.dumps(row) + "\n")
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(evaluate, "ROUNDS", 10)
    plan = Plan(template_spam=20, template_good=20)
    monkeypatch.setitem(fit.CONFIGURATIONS, "shipped", fit.Configuration(plan=plan))


def run(*arguments):
    return CliRunner().invoke(commands.main, [str(argument) for argument in arguments])


def test_the_base_is_built_twice_to_the_same_bytes_and_its_digest_pinned(data, tmp_path):
    pinned = tmp_path / "base_digest.py"
    pinned.write_text('"""Says why."""\n\nDIGEST = "00"\n')
    said = [
        run("base", "--data", data, "--out", tmp_path / name, "--made-at", "2026-01-01")
        for name in ("one", "two")
    ]
    digests = [one.stdout.strip().splitlines()[-1] for one in said]
    assert digests[0] == digests[1]
    assert pinned.read_text() == f'"""Says why."""\n\nDIGEST = "{digests[0]}"\n'
    model = artifact.load(tmp_path / "one", digest=digests[0])
    comment = next(iter(commands.load(data))).comment
    assert Scorer(model).score(read(comment.content), comment).logit > 0
    assert set(model.card["unseen"]) == {"youtube_uci", "sms_uci", "telegram_ru"}
    assert {(row["source"], row["unknown_host"], row["n"]) for row in model.card["good"]} == {
        (source, False, 60) for source in model.card["unseen"]
    }
    assert "| youtube_uci | 60 | 60 |" in run("card", tmp_path / "one").stdout


def test_a_folder_without_data_is_refused_in_one_line(tmp_path):
    said = run("base", "--data", tmp_path, "--out", tmp_path / "out")
    assert said.exit_code == 1
    assert "holds none of the data sets" in said.stderr
    assert not (tmp_path / "out").exists()


def test_an_unknown_configuration_is_a_usage_error(data):
    said = run("compare", "nonsense", "--data", data)
    assert said.exit_code == 2
    assert "there is no nonsense" in said.stderr
