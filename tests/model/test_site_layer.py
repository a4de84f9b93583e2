"""A site's layer on the base: one exact sum, one signed folder, nobody else's business."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.artifact import BadArtifact
from model.case import History
from model.comment import Comment
from model.judge import judge
from model.policy import Policy
from model.site_layer import COVERAGE_BITS, SLOTS, SiteLayer, load, save
from model.site_scorer import SiteScorer
from model.text import read
from model.verdict import Decision
from tests.invented import a_base

BASE = a_base()
KEY = b"an instance's own key, of course"


def a_layer(seed: int = 0, thresholds: object = None, **parts: object) -> SiteLayer:
    numbers = np.random.default_rng(seed)
    card: dict[str, object] = {"base": BASE.digest}
    layer = SiteLayer(
        weights=numbers.normal(size=SLOTS).astype(np.float16),
        coverage=np.zeros(COVERAGE_BITS // 8, np.uint8),
        slope=0.7, intercept=-0.2, digest="cd" * 32,
        card=card | ({"thresholds": thresholds} if thresholds else {}),
    )  # fmt: skip
    return replace(layer, **parts)  # type: ignore[arg-type]


SCORER = SiteScorer(BASE, a_layer())
COMMENTS = st.builds(
    Comment,
    content=st.text(max_size=400),
    author_name=st.text(max_size=20),
    author_url=st.sampled_from(["", "https://garden.example/x", "http://\ud800"]),
)


@settings(max_examples=150)
@given(COMMENTS)
def test_shown_parts_base_and_rest_add_up_to_the_score(comment: Comment) -> None:
    reading = read(comment.content)
    scored = SCORER.score(reading, comment)
    told = SCORER.explain(reading, comment, scored)
    total = math.fsum((*(reason.weight for reason in told.reasons), told.base, told.rest))
    assert math.isclose(total, scored.logit, abs_tol=1e-9)


@given(st.lists(COMMENTS, min_size=1, max_size=5))
def test_a_batch_scores_as_one_by_one(comments: list[Comment]) -> None:
    readings = [read(comment.content) for comment in comments]
    singly = [SCORER.score(*pair) for pair in zip(readings, comments, strict=True)]
    assert SCORER.score_many(readings, comments) == singly


def test_what_the_author_taught_is_told_under_its_own_code() -> None:
    comment = Comment(content="short", author_name="Alice", author_url="https://garden.example")
    reading = read("short")
    told = SCORER.explain(reading, comment, SCORER.score(reading, comment))
    codes = {reason.code: reason.detail for reason in told.reasons}
    assert codes["taught-author"] == "alice"
    assert codes["taught-host"] == "garden.example"


def test_a_layer_fits_the_base_it_was_fitted_on_and_no_other() -> None:
    with pytest.raises(BadArtifact, match="another base"):
        SiteScorer(replace(BASE, digest="ef" * 32), a_layer())


def test_a_saved_layer_scores_as_before(tmp_path: Path) -> None:
    digest = save(a_layer(), tmp_path / "layer", key=KEY)
    scorer = SiteScorer(BASE, load(tmp_path / "layer", digest=digest, key=KEY))
    comment = Comment(content="the parsnip came up badly", author_name="Bob")
    scored = scorer.score(read(comment.content), comment)
    assert scored.logit == SCORER.score(read(comment.content), comment).logit
    assert scored.site_model == f"site-{digest[:12]}"


@pytest.mark.parametrize("key", [b"", b"the key of quite another instance"])
def test_a_layer_that_this_instance_did_not_sign_is_refused(tmp_path: Path, key: bytes) -> None:
    digest = save(a_layer(), tmp_path / "layer", key=KEY)
    with pytest.raises(BadArtifact):
        load(tmp_path / "layer", digest=digest, key=key)


@pytest.mark.parametrize(
    "broken",
    [
        {"weights": np.zeros(3, np.float16)},
        {"weights": np.full(SLOTS, np.nan, np.float16)},
        {"coverage": np.zeros(3, np.uint8)},
        {"slope": 1e999},
    ],
)
def test_a_signed_layer_of_the_wrong_form_is_refused(
    tmp_path: Path, broken: dict[str, object]
) -> None:
    try:
        digest = save(a_layer(**broken), tmp_path / "layer", key=KEY)
    except ValueError:  # a number that no card can hold was refused on the way out
        return
    with pytest.raises(BadArtifact):
        load(tmp_path / "layer", digest=digest, key=KEY)


CERTAIN = Comment(content="anything")


def decided(thresholds: object, *, base: float, layer: float) -> Decision:
    """The decision when the base says `base` and both together say `layer`."""
    quiet = np.zeros(SLOTS, np.float16)
    still = replace(BASE, weights=np.zeros_like(BASE.weights), intercepts=np.zeros(2),
                    offset=base, scale=1.0)  # fmt: skip
    parts = {"weights": quiet, "slope": 0.0, "intercept": layer}
    scorer = SiteScorer(still, a_layer(thresholds=thresholds, **parts))
    now = datetime(2026, 11, 23, tzinfo=UTC)
    reading = read(CERTAIN.content)
    return judge(CERTAIN, reading, History(), Policy(), scorer, now).decision


OWN = {"reject": [{"budget": 0.005, "reject_above": 0.9,
                   "certificate": {"n": 700, "basis": "site"}}]}  # fmt: skip


@pytest.mark.parametrize(
    ("thresholds", "base", "layer", "expected"),
    [
        (None, 9.0, 9.0, Decision.REJECT),
        (None, 0.0, 9.0, Decision.HOLD),  # the site alone must not reject without a certificate
        (None, 9.0, 0.0, Decision.HOLD),  # but it saves what the base would reject
        (OWN, 0.0, 9.0, Decision.REJECT),  # with one it may
        (OWN, 9.0, 0.0, Decision.HOLD),
    ],
)
def test_a_site_without_its_own_certificate_only_saves(
    thresholds: object, base: float, layer: float, expected: Decision
) -> None:
    assert decided(thresholds, base=base, layer=layer) is expected
