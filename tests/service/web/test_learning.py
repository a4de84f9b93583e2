"""Learning over the API: rounds asked for, models listed, promises shown, the past replayed."""

import pytest

from service.wiring import Parts
from tests.conftest import DOUBTFUL, GOOD, SPAM, Clock, Owner


def what_if(owner: Owner, days: int = 30, **policy: object) -> dict:
    answer = owner.ask("POST", "/v1/sites/self/what-if", json={"policy": policy, "days": days})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_round_that_is_asked_for_waits_for_the_worker(alice: Owner) -> None:
    asked = alice.ask("POST", "/v1/models/retrain")
    assert asked.status_code == 202
    found = alice.ask("GET", f"/v1/models/retrain/{asked.json['id']}").json
    assert (found["state"], found["model"]) == ("waiting", None)


def test_asking_twice_asks_for_one_round(alice: Owner) -> None:
    one, other = (alice.ask("POST", "/v1/models/retrain").json for _ in range(2))
    assert one["id"] == other["id"]


def test_another_sites_round_is_not_there(alice: Owner, bob: Owner) -> None:
    job = alice.ask("POST", "/v1/models/retrain").json["id"]
    assert bob.ask("GET", f"/v1/models/retrain/{job}").status_code == 404


def test_before_anything_is_taught_the_base_is_champion(alice: Owner) -> None:
    models = alice.ask("GET", "/v1/models").json["models"]
    assert [(m["id"], m["kind"], m["champion"]) for m in models] == [("tiny", "base", True)]


def test_a_site_is_told_what_its_promise_rests_on(alice: Owner) -> None:
    told = alice.ask("GET", "/v1/sites/self").json
    assert told["thresholds"] == {"accept_below": 0.2, "reject_above": 0.95}
    assert told["certificate"]["basis"] == "base"
    assert told["good_labels_missing"] == 598 * 4
    assert told["expected"] is None  # the tiny model's card does not say


def test_behind_a_threshold_set_by_hand_stands_no_certificate(alice: Owner) -> None:
    def certificate(**policy: object) -> dict | None:
        changed = alice.ask("PATCH", "/v1/sites/self", json={"policy": policy}).json
        assert changed["good_labels_missing"] == 598 * 4
        return changed["certificate"]

    lent = certificate(accept_below=0.1)
    assert lent["basis"] == "base"
    assert certificate(reject_above=0.99) is None
    assert certificate(reject_above=None) == lent


def test_the_same_policy_changes_nothing(alice: Owner) -> None:
    for content in (GOOD, SPAM, DOUBTFUL):
        alice.send(content)
    told = what_if(alice)
    assert told["comments"] == 3
    assert told["before"] == told["after"] == {"accept": 1, "hold": 1, "reject": 1}
    assert told["changed"] == 0


def test_other_thresholds_move_the_comments_between_them(alice: Owner) -> None:
    doubtful = alice.send(DOUBTFUL).json["id"]
    alice.send(SPAM)
    told = what_if(alice, accept_below=0.9, reject_above=0.95)
    assert told["changes"] == [{"id": doubtful, "from": "hold", "to": "accept"}]
    assert told["queue_minutes"] == 0
    assert told["days"] == [{"day": "2026-05-20", "before": {"hold": 1, "reject": 1},
                             "after": {"accept": 1, "reject": 1}}]  # fmt: skip


def test_a_mode_that_rejects_nothing_holds_what_was_rejected(alice: Owner) -> None:
    alice.send(SPAM)
    assert what_if(alice, mode="hold-first")["after"]["hold"] == 1


def test_a_rule_that_settled_a_comment_still_settles_it(alice: Owner) -> None:
    alice.send(GOOD, form={"honeypot": "filled"})
    assert what_if(alice, accept_below=1.0, reject_above=1.0)["after"]["reject"] == 1


def test_wrong_rejects_are_estimated_from_labels_alone(alice: Owner) -> None:
    ids = [alice.send(f"{SPAM} {n}").json["id"] for n in range(4)]
    assert what_if(alice)["wrong_rejects"]["expected"] is None
    for number, one in enumerate(ids[:2]):
        label = "ham" if number else "spam"
        alice.ask("POST", f"/v1/comments/{one}/labels", json={"label": label})
    told = what_if(alice)["wrong_rejects"]
    assert (told["labelled"], told["expected"]) == (2, 2.0)
    assert 0 <= told["lower"] < told["expected"] < told["upper"] <= 4


def test_the_content_is_looked_up_only_where_it_links(alice: Owner, parts: Parts) -> None:
    link = f"{GOOD} https://blog.example/regatta"
    for content in (GOOD, link):
        alice.send(content)
    assert [one.linking for one in parts.lookback.past(alice.site, days=2)] == [link, ""]


def test_what_is_older_than_asked_for_is_left_out(alice: Owner, clock: Clock) -> None:
    alice.send(SPAM)
    clock.advance(days=3)
    assert what_if(alice, days=2)["comments"] == 0
    assert what_if(alice, days=4)["comments"] == 1


def test_looking_back_changes_nothing_and_sees_no_other_site(alice: Owner, bob: Owner) -> None:
    bob.send(SPAM)
    before = alice.ask("GET", "/v1/sites/self").json
    assert what_if(alice, reject_above=0.5)["comments"] == 0
    assert alice.ask("GET", "/v1/sites/self").json == before


@pytest.mark.parametrize(
    "body", [{}, {"policy": {"reject_above": 7}}, {"policy": {}, "days": 0}, {"policy": {"x": 1}}]
)
def test_a_wrong_question_is_answered_with_a_problem(alice: Owner, body: object) -> None:
    answer = alice.ask("POST", "/v1/sites/self/what-if", json=body)
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_a_promise_that_nobody_could_prove_is_still_answered(alice: Owner) -> None:
    changed = alice.ask("PATCH", "/v1/sites/self", json={"policy": {"reject_budget": 1e-200}})
    assert (changed.status_code, changed.json["good_labels_missing"]) == (200, 10**9)
