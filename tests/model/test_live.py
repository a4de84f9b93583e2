"""A running process scores with a model it has verified, or holds everything and says so."""

import logging
from pathlib import Path

import numpy as np
import pytest

from model.artifact import BaseModel, save
from model.features import DIMENSIONS, FORMAT
from model.live import Live


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "base"


@pytest.fixture
def digest(folder: Path) -> str:
    model = BaseModel(
        weights=np.zeros((DIMENSIONS, 1), np.float16), intercepts=np.zeros(1), scale=1.0,
        offset=0.0, coverage=np.zeros(8, np.uint8), card={},
    )  # fmt: skip
    return save(model, folder)


def test_a_verified_model_is_handed_out_and_loaded_once(folder: Path, digest: str) -> None:
    live = Live(folder, digest)
    scorer = live.scorer()
    assert scorer is not None
    assert scorer.model.id == f"base-{digest[:12]}"
    assert live.scorer() is scorer


def test_another_model_than_the_pinned_one_is_not_used_and_the_log_says_why(
    folder: Path, digest: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert Live(folder, "0" * 64).scorer() is None
    (record,) = caplog.records
    assert record.levelno == logging.CRITICAL
    assert "digest" in record.getMessage()


def test_a_model_of_features_numbered_otherwise_is_not_used(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = BaseModel(
        weights=np.zeros((DIMENSIONS, 1), np.float16), intercepts=np.zeros(1), scale=1.0,
        offset=0.0, coverage=np.zeros(8, np.uint8), card={"features": {"format": FORMAT - 1}},
    )  # fmt: skip
    assert Live(folder, save(model, folder)).scorer() is None
    assert f"this program numbers {FORMAT}" in caplog.text


def test_a_missing_model_stops_nothing_but_is_said_loudly(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert Live(tmp_path / "nowhere", "0" * 64).scorer() is None
    assert "every comment will be held" in caplog.text
