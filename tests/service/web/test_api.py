"""The native API, as a website's developer meets it."""

import pytest

SPAM = "Buy cheap pills today, pills for everybody who reads this."
GOOD = "What a lovely regatta that was, thank you for the report."
DOUBTFUL = "Has anybody measured how long those boats really are?"
NOBODY = "cmt_00000000000000000000000000"


# Comments.


def test_a_comment_is_answered_with_a_decision_that_adds_up(alice):
    told = alice.send(SPAM).json

    assert (told["decision"], told["recorded"], told["id"][:4]) == ("reject", True, "cmt_")
    weights = sum(reason["weight"] for reason in told["reasons"])
    assert weights + told["base"] + told["rest"] == pytest.approx(told["score"], abs=1e-9)
    assert told["model"] == {"base": "tiny", "site": None}


@pytest.mark.parametrize(
    ("content", "decision", "state"),
    [(SPAM, "reject", "rejected"), (GOOD, "accept", "accepted"), (DOUBTFUL, "hold", "held")],
)
def test_what_was_answered_can_be_read_again(alice, content, decision, state):
    told = alice.send(content).json

    kept = alice.ask("GET", f"/v1/comments/{told['id']}").json

    assert (kept["decision"], kept["state"], kept["content"]) == (decision, state, content)
    assert kept["judgement"] == {k: v for k, v in told.items() if k not in ("id", "recorded")}


def test_a_key_makes_sending_safe_to_repeat(alice):
    key = {"Idempotency-Key": "k1"}
    first, again = (alice.ask("POST", "/v1/comments", json={"content": GOOD}, headers=key)
                    for _ in range(2))  # fmt: skip

    assert again.data == first.data
    other = alice.ask("POST", "/v1/comments", json={"content": SPAM}, headers=key)
    assert (other.status_code, other.json["title"]) == (409, "Conflict")


def test_a_test_comment_leaves_nothing_behind(alice):
    told = alice.send(GOOD, test=True).json

    assert told["recorded"] is False
    assert alice.ask("GET", f"/v1/comments/{told['id']}").status_code == 404


def test_without_a_model_comments_are_held(alice, live):
    live.champion = None

    told = alice.send(GOOD).json

    assert (told["decision"], told["score"], told["spam_probability"]) == ("hold", None, None)
    assert [reason["code"] for reason in told["reasons"]] == ["model-unavailable"]
    assert told["reasons"][0]["decides"] is True


def test_a_batch_answers_each_in_order_with_its_result_or_its_problem(alice):
    sent = [{"content": SPAM}, {"text": GOOD}, {"content": GOOD, "author": {"ip": "here"}}]

    results = alice.ask("POST", "/v1/comments/batch", json={"comments": sent}).json["results"]

    assert results[0]["decision"] == "reject"
    assert [one["errors"][0]["pointer"] for one in results[1:]] == ["/content", "/author/ip"]


def test_a_key_makes_sending_a_batch_safe_to_repeat(alice):
    key = {"Idempotency-Key": "k1"}
    sent = [{"content": SPAM}, {"text": "none"}, {"content": GOOD}]
    first, again = (alice.ask("POST", "/v1/comments/batch", json={"comments": sent}, headers=key)
                    for _ in range(2))  # fmt: skip

    assert again.data == first.data
    assert len(alice.ask("GET", "/v1/comments").json["comments"]) == 2
    other = {"comments": [{"content": SPAM}, {"content": SPAM}, {"content": SPAM}]}
    told = alice.ask("POST", "/v1/comments/batch", json=other, headers=key).json["results"]
    assert [one.get("status", 200) for one in told] == [200, 200, 409]


def test_a_batch_explains_when_asked(alice):
    sent = {"comments": [{"content": SPAM, "test": True}]}
    brief, full = (
        alice.ask("POST", "/v1/comments/batch", json=sent | more).json["results"][0]
        for more in ({}, {"explain": True})
    )

    assert brief["reasons"] == []
    assert [reason["code"] for reason in full["reasons"]] == ["text"]
    assert brief["score"] == full["score"]
    assert brief["base"] + brief["rest"] == pytest.approx(brief["score"], abs=1e-9)


def test_a_batch_has_at_most_a_thousand_comments(carol):
    answer = carol.ask("POST", "/v1/comments/batch", json={"comments": [{"content": "x"}] * 1001})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/comments")


# Lists.


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=held", ["doubtful"]),
        ("state=accepted", ["good"]),
        ("decision=reject", ["spam"]),
        ("reason=unknown-host", ["doubtful"]),
        ("author=Ada", ["good"]),
        ("author=ada@boats.example", ["good"]),
        ("author=17", ["spam"]),
        ("host=ships.example", ["doubtful"]),
        ("permalink=https://boats.example/1", ["spam"]),
        ("text=LOVELY", ["good"]),
        ("text=100%25", []),
        ("since=2026-05-20T12:01:00Z", ["doubtful", "good"]),
        ("until=2026-05-20T12:01:00Z", ["spam"]),
        ("", ["doubtful", "good", "spam"]),
    ],
)
def test_comments_are_listed_newest_first_by_what_they_have_in_common(alice, clock, asked, found):
    ids = {
        alice.send(SPAM, permalink="https://boats.example/1", author={"id": "17"}).json[
            "id"
        ]: "spam"
    }
    clock.advance(minutes=1)
    ids[alice.send(GOOD, author={"name": "Ada", "email": "ada@boats.example"}).json["id"]] = "good"
    clock.advance(minutes=1)
    ids[alice.send(DOUBTFUL + " http://ships.example/").json["id"]] = "doubtful"

    listed = alice.ask("GET", f"/v1/comments?{asked}").json["comments"]

    assert [ids[one["id"]] for one in listed] == found


def test_pages_follow_each_other_without_gap_or_repeat(alice, clock):
    sent = []
    for number in range(5):
        clock.advance(seconds=1)
        sent.insert(0, alice.send(f"{GOOD} {number}").json["id"])

    read, cursor = [], ""
    while cursor is not None:
        page = alice.ask("GET", f"/v1/comments?limit=2{cursor and '&cursor='}{cursor}").json
        read += [one["id"] for one in page["comments"]]
        cursor = page["next_cursor"]

    assert read == sent


@pytest.mark.parametrize("asked", ["reason=unknown-hosts", "state=lost", "limit=0", "by=ada"])
def test_a_filter_that_finds_nothing_anywhere_is_an_error(alice, asked):
    answer = alice.ask("GET", f"/v1/comments?{asked}")

    assert (answer.status_code, bool(answer.json["errors"])) == (422, True)


# Labels.


def test_a_label_moves_the_comment_and_can_be_taken_back(alice):
    comment = alice.send(DOUBTFUL).json["id"]
    path = f"/v1/comments/{comment}"

    said = alice.ask("POST", f"{path}/labels", json={"label": "spam", "moderator": "mo"})
    assert (said.status_code, said.json["state"]) == (201, "rejected")
    assert alice.ask("GET", path).json["label"] == "spam"

    undone = alice.ask("DELETE", f"{path}/labels/{said.json['id']}")
    assert (undone.status_code, undone.data) == (204, b"")
    assert alice.ask("GET", path).json["label"] is None
    assert alice.ask("GET", path).json["state"] == "held"


def test_a_history_tells_everything_in_order(alice, clock):
    comment = alice.send(DOUBTFUL).json["id"]
    clock.advance(minutes=1)
    label = alice.ask(
        "POST", f"/v1/comments/{comment}/labels", json={"label": "ham", "note": "known to me"}
    ).json["id"]
    clock.advance(minutes=1)
    alice.ask("DELETE", f"/v1/comments/{comment}/labels/{label}")

    events = alice.ask("GET", f"/v1/comments/{comment}/history").json["events"]

    assert [one["event"] for one in events] == ["judged", "labelled", "label taken back"]
    assert events[0]["judgement"]["decision"] == "hold"
    assert (events[1]["label"], events[1]["note"]) == ("ham", "known to me")
    assert events[1]["label_id"] == events[2]["label_id"] == label


def test_content_never_seen_can_teach(alice):
    taught = alice.ask("POST", "/v1/labels", json={"content": SPAM, "label": "spam"})

    assert (taught.status_code, taught.json["state"]) == (201, "rejected")
    kept = alice.ask("GET", f"/v1/comments/{taught.json['comment_id']}").json
    assert (kept["decision"], kept["judgement"], kept["label"]) == (None, None, "spam")


def teach(client, content, label, key="", **more):
    headers = {"Idempotency-Key": key} if key else {}
    sent = {"content": content, "label": label, **more}
    return client.ask("POST", "/v1/labels", json=sent, headers=headers)


def labels_of(client, comment_id):
    events = client.ask("GET", f"/v1/comments/{comment_id}/history").json["events"]
    return [one["label"] for one in events if one["event"] == "labelled"]


@pytest.mark.parametrize("named", [{"key": "k1"}, {"external_id": "7"}])
def test_a_lesson_sent_twice_under_a_name_is_one_lesson(alice, named):
    first, again = (teach(alice, SPAM, "spam", **named) for _ in range(2))

    assert (again.status_code, again.json) == (201, first.json)
    assert labels_of(alice, first.json["comment_id"]) == ["spam"]
    assert teach(alice, GOOD, "spam", **named).status_code == 409
    assert len(alice.ask("GET", "/v1/comments").json["comments"]) == 1


def test_one_key_for_two_labels_is_a_conflict(alice):
    teach(alice, SPAM, "spam", key="k1")

    assert teach(alice, SPAM, "ham", key="k1").status_code == 409


def test_a_request_repeated_after_somebody_said_otherwise_says_nothing_new(alice):
    first = teach(alice, DOUBTFUL, "spam", key="k1").json
    alice.ask("POST", f"/v1/comments/{first['comment_id']}/labels", json={"label": "ham"})

    assert teach(alice, DOUBTFUL, "spam", key="k1").json["id"] == first["id"]
    assert labels_of(alice, first["comment_id"]) == ["spam", "ham"]


def test_another_label_under_the_sites_own_id_is_the_newest_word_on_it(alice):
    taught = teach(alice, SPAM, "spam", external_id="7").json

    again = teach(alice, SPAM, "ham", external_id="7").json

    assert (again["comment_id"], again["state"]) == (taught["comment_id"], "accepted")
    assert labels_of(alice, taught["comment_id"]) == ["spam", "ham"]


def test_a_lesson_about_a_comment_judged_under_the_sites_own_id_labels_that(alice):
    judged = alice.send(DOUBTFUL, external_id="7", author={"name": "Ada"}).json["id"]

    assert teach(alice, DOUBTFUL, "ham", external_id="7").json["comment_id"] == judged
    assert labels_of(alice, judged) == ["ham"]


@pytest.mark.parametrize("named", [{"key": "k1"}, {"external_id": "7"}])
def test_what_was_taught_under_a_name_can_still_be_judged(alice, named):
    teach(alice, DOUBTFUL, "spam", **named)
    headers = {"Idempotency-Key": named["key"]} if "key" in named else {}
    sent = {"content": DOUBTFUL, "external_id": named.get("external_id", "")}

    told = alice.ask("POST", "/v1/comments", json=sent, headers=headers)

    assert told.status_code == (409 if headers else 200)


# Whose is it?


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/comments/{}", None),
        ("GET", "/v1/comments/{}/history", None),
        ("POST", "/v1/comments/{}/labels", {"label": "spam"}),
        ("DELETE", "/v1/comments/{}/labels/lbl_00000000000000000000000000", None),
    ],
)
def test_another_sites_comment_is_not_there(alice, bob, method, path, body):
    theirs = alice.send(DOUBTFUL).json["id"]

    answers = [bob.ask(method, path.format(one), json=body) for one in (theirs, NOBODY)]

    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert alice.ask("GET", f"/v1/comments/{theirs}").json["state"] == "held"


def test_a_list_shows_ones_own_comments_only(alice, bob):
    alice.send(GOOD)

    assert bob.ask("GET", "/v1/comments").json["comments"] == []


# The site, its models, its figures.


def test_the_emergency_switch_holds_what_would_be_rejected_at_once(alice):
    alice.ask("PATCH", "/v1/sites/self", json={"policy": {"hold_rejects": True}})
    told = alice.send(SPAM).json
    assert told["decision"] == "hold"
    assert [r["code"] for r in told["reasons"] if r.get("decides")] == ["emergency-hold"]

    alice.ask("PATCH", "/v1/sites/self", json={"policy": {"hold_rejects": False}})
    assert alice.send(SPAM).json["decision"] == "reject"


def test_a_site_changes_its_policy_and_the_next_comment_obeys(alice):
    changed = alice.ask("PATCH", "/v1/sites/self", json={"policy": {"blocked_terms": ["regatta"]}})

    assert changed.json["policy"]["blocked_terms"] == ["regatta"]
    assert alice.ask("GET", "/v1/sites/self").json == changed.json
    assert alice.send(GOOD).json["decision"] == "reject"


def test_what_is_left_out_of_a_change_stays(alice):
    alice.ask("PATCH", "/v1/sites/self", json={"policy": {"accept_below": 0.1}})
    alice.ask("PATCH", "/v1/sites/self", json={"policy": {"akismet_hold": "ham"}})

    policy = alice.ask("GET", "/v1/sites/self").json["policy"]

    assert (policy["accept_below"], policy["akismet_hold"]) == (0.1, "ham")


@pytest.mark.parametrize(
    "policy",
    [
        {"accept_below": 1.5},
        {"reject_budget": 0},
        {"blocked_hosts": "ships.example"},
        {"blocked_hosts": ["cheap boats"]},
        {"blocked_addresses": ["192.0.2."]},
        {"akismet_hold": "perhaps"},
        {"acept_below": 0.2},
    ],
)
def test_a_wrong_policy_changes_nothing(alice, policy):
    before = alice.ask("GET", "/v1/sites/self").json

    answer = alice.ask("PATCH", "/v1/sites/self", json={"policy": policy})

    assert (answer.status_code, bool(answer.json["errors"])) == (422, True)
    assert alice.ask("GET", "/v1/sites/self").json == before


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", "/v1/sites/self"), ("POST", "/v1/sites/self/what-if")]
)
@pytest.mark.parametrize(
    "changed",
    [{"reject_above": 0.4}, {"accept_below": 0.9}, {"accept_below": 0.9, "reject_above": 0.8}],
)
def test_thresholds_out_of_order_are_wrong_fields_also_beside_those_already_set(
    alice, method, path, changed
):
    alice.ask(
        "PATCH", "/v1/sites/self", json={"policy": {"accept_below": 0.5, "reject_above": 0.6}}
    )
    before = alice.ask("GET", "/v1/sites/self").json

    answer = alice.ask(method, path, json={"policy": changed})

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json["errors"]] == [f"/policy/{n}" for n in changed]
    assert "must not be above reject_above" in answer.json["detail"]
    assert alice.ask("GET", "/v1/sites/self").json == before


def test_an_edit_of_what_is_not_there_is_a_comment_like_any_other(alice, bob):
    theirs = bob.send(GOOD).json["id"]
    gone = f"cmt_{'0' * 26}"

    for edit_of in (gone, theirs):
        sent = alice.send(GOOD, edit_of=edit_of).json
        assert sent["decision"] == "accept"
        assert alice.ask("GET", f"/v1/comments/{sent['id']}").json["edit_of"] == edit_of
    assert bob.ask("GET", f"/v1/comments/{theirs}").json["state"] == "accepted"


def test_models_are_listed_with_their_card(alice):
    (model,) = alice.ask("GET", "/v1/models").json["models"]

    assert (model["id"], model["kind"], model["champion"]) == ("tiny", "base", True)


def test_figures_count_decisions_and_what_people_said_of_them(alice):
    rejected, accepted = alice.send(SPAM).json["id"], alice.send(GOOD).json["id"]
    alice.send(DOUBTFUL)
    alice.ask("POST", f"/v1/comments/{rejected}/labels", json={"label": "ham"})
    alice.ask("POST", f"/v1/comments/{accepted}/labels", json={"label": "spam"})

    told = alice.ask("GET", "/v1/stats?days=7").json

    assert told["decisions"] == {"accept": 1, "hold": 1, "reject": 1}
    assert (told["comments"], told["false_rejects"], told["missed_spam"]) == (3, 1, 1)
    assert told["days"] == [{"day": "2026-05-20", "decisions": told["decisions"]}]
