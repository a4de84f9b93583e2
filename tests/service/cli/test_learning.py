"""What an operator types to teach a site's filter, and to take a lesson back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.cli.open import instance
from tests.invented import comments
from tests.service.cli.conftest import Weir


@pytest.fixture
def taught(weir: Weir, site: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The site `boats` after an import of sixty labelled comments."""
    rows = [{"text": e.comment.content, "label": e.label} for e in comments(60)]
    file = tmp_path / "labelled.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    assert weir("labels", "import", "--site", "boats", file).code == 0
    return site


def test_retraining_promotes_a_model_that_the_site_then_uses(
    weir: Weir, taught: dict[str, str]
) -> None:
    done = weir("retrain", "--site", "boats", "--json")
    assert done.code == 0
    assert done.json["outcome"] == "promoted"
    listed = {row["id"]: row for row in weir("model", "list", "--site", "boats", "--json").json}
    assert listed[done.json["model"]]["champion"]
    assert listed[done.json["model"]]["card"]["report"]["unseen"]["good"] > 0
    with instance() as parts:
        scorer = parts.serving.scorer(parts.sites.get("boats"))
    assert scorer.layer.id == done.json["model"]  # type: ignore[union-attr]


def test_an_evaluation_for_a_site_measures_its_champion_or_the_model_that_is_named(
    weir: Weir, taught: dict[str, str], tmp_path: Path
) -> None:
    """Unless it is named, the base is not what judges there."""
    model = weir("retrain", "--site", "boats", "--json").json["model"]
    asked = ["evaluate", tmp_path / "labelled.jsonl", "--site", "boats", "--json"]
    base = weir("evaluate", tmp_path / "labelled.jsonl", "--json").json["model"]

    champion = weir(*asked).json
    assert (champion["model"], champion["comments"]) == (model, 60)
    named = weir(*asked, "--model", base).json
    assert named["model"] == base
    assert named["figures"]["brier"] != champion["figures"]["brier"]
    assert weir("model", "promote", "base", "--site", "boats").code == 0
    assert weir(*asked).json["model"] == base
    assert weir(*asked, "--model", model).json == champion
    assert weir(*asked, "--model", "site-0").err == "weir: there is no model 'site-0'\n"


def test_retraining_without_labels_is_refused_with_the_reason(
    weir: Weir, site: dict[str, str]
) -> None:
    for asked in (["--site", "boats"], []):
        done = weir("retrain", *asked)
        assert done.code == 1
        assert "refused: fewer than 5 comments labelled" in done.err


def test_of_several_sites_one_that_is_promoted_is_enough(
    weir: Weir, taught: dict[str, str]
) -> None:
    weir("site", "add", "cars", "--url", "https://cars.example")
    done = weir("retrain", "--json")
    assert done.code == 0
    assert [one["outcome"] for one in done.json] == ["promoted", "refused"]
    assert weir("site", "remove", "boats").code == 0
    weir("site", "add", "trains", "--url", "https://trains.example")
    assert weir("retrain").err == "weir: refused on every site\n"


def test_a_rollback_without_an_earlier_champion_is_refused(
    weir: Weir, taught: dict[str, str]
) -> None:
    weir("retrain", "--site", "boats")
    done = weir("model", "rollback", "--site", "boats")
    assert (done.code, "no earlier champion" in done.err) == (1, True)


def test_the_base_alone_can_be_put_in_force_and_taken_back(
    weir: Weir, taught: dict[str, str]
) -> None:
    model = weir("retrain", "--site", "boats", "--json").json["model"]
    assert weir("model", "promote", "base", "--site", "boats").code == 0
    listed = weir("model", "list", "--site", "boats", "--json").json
    assert [row["champion"] for row in listed] == [True, False]
    assert weir("model", "rollback", "--site", "boats", "--json").json == {"champion": model}


def test_a_model_nobody_trained_cannot_be_promoted(weir: Weir, site: dict[str, str]) -> None:
    assert weir("model", "promote", "site-0", "--site", "boats").code == 1


def test_a_sites_certificate_says_how_many_good_comments_are_missing(
    weir: Weir, taught: dict[str, str]
) -> None:
    weir("retrain", "--site", "boats")
    shown = weir("model", "show", "--site", "boats", "--json").json
    missing = {row["budget"]: row["missing"] for row in shown["card"]["thresholds"]["short"]}
    assert 500 < missing[0.005] < 598


def test_a_whole_afternoon_is_taken_back_in_one_command(weir: Weir, taught: dict[str, str]) -> None:
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    undone = weir("labels", "undo", "--site", "boats", "--since", hour_ago, "--json").json
    assert undone == {"undone": 60}
    again = weir("labels", "undo", "--site", "boats", "--since", hour_ago, "--json").json
    assert again == {"undone": 0}
    assert weir("retrain", "--site", "boats").code == 1


def test_only_the_named_moderators_labels_are_taken_back(
    weir: Weir, taught: dict[str, str]
) -> None:
    since = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    with instance() as parts:
        found = parts.sites.get("boats")
        example = comments(1, seed=7)[0]
        parts.review.teach(found, example.comment, example.label, source="console",
                           moderator="carol")  # fmt: skip
    done = weir("labels", "undo", "--site", "boats", "--since", since, "--moderator", "carol",
                "--json")  # fmt: skip
    assert done.json == {"undone": 1}
