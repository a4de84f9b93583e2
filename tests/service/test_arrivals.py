"""What the worker makes of new comments: findable, and grouped into campaigns."""

import pytest

from model.comment import Label
from service.arrivals import Arrivals
from service.db import acts, campaigns, retention, search
from tests.conftest import DOUBTFUL, GOOD

CAMPAIGN = "Loved it! By the way I won {n} last night at http://{host} no deposit needed, greetings"


@pytest.fixture
def arrivals(parts):
    return Arrivals(parts.database, parts.keyring, parts.sites, parts.desk)


def found(parts, owner, wanted):
    with parts.database.reading() as connection:
        return [one for _, one in search.find(connection, owner.site.id, wanted, 10)]


def groups(parts, owner):
    with parts.database.reading() as connection:
        return campaigns.largest(connection, owner.site.id, 10)


def test_a_comment_is_found_by_its_words_its_author_and_its_host(parts, alice, arrivals):
    sent = alice.send(f"{DOUBTFUL} See oars.example/boats", author={"name": "Ída Krank"}).json["id"]
    alice.send(GOOD)
    arrivals.take_in()

    for wanted in ("measured", "MEASU", "boats really", "krank", "oars.example", "long boats"):
        assert found(parts, alice, wanted) == [sent], wanted
    for wanted in ("", "  ", '"', "unheard", "boats unheard", "* OR words:"):
        assert found(parts, alice, wanted) == [], wanted


def test_search_never_leaves_its_site(parts, alice, bob, arrivals):
    alice.send(DOUBTFUL)
    arrivals.take_in()

    assert found(parts, bob, "measured") == []
    assert found(parts, bob, alice.site.id.rpartition("_")[2]) == []


def test_the_newest_come_first_page_by_page(parts, alice, arrivals, clock):
    sent = []
    for n in range(3):
        sent.append(alice.send(f"{GOOD} Day {n}").json["id"])
        clock.advance(seconds=1)
    arrivals.take_in()

    with parts.database.reading() as connection:
        first = search.find(connection, alice.site.id, "regatta", 2)
        rest = search.find(connection, alice.site.id, "regatta", 2, before=first[-1][0])

    assert [one for _, one in [*first, *rest]] == sent[::-1]


@pytest.mark.parametrize("act", ["erase", "purge"])
def test_what_is_erased_or_purged_is_not_found_any_more(parts, alice, clock, arrivals, act):
    sent = alice.send(DOUBTFUL).json["id"]
    arrivals.take_in()

    if act == "erase":
        with parts.database.writing() as connection:
            retention.erase(connection, alice.site.id, sent)
    else:
        clock.advance(days=1)
        retention.purge(parts.database, clock())

    assert found(parts, alice, "measured") == []
    assert arrivals.take_in() == (1 if act == "erase" else 0)
    assert found(parts, alice, "measured") == []


def test_each_comment_is_taken_in_once_and_none_is_left_out(parts, alice, arrivals, clock):
    for n in range(3):
        alice.send(f"{GOOD} {n}")
        assert arrivals.take_in() == 1
        clock.advance(minutes=n)

    assert arrivals.take_in() == 0


def test_near_duplicates_and_shared_hosts_make_a_campaign(parts, alice, arrivals):
    for n, host in enumerate(("lucky-spin.example", "lucky-spin.example", "win.example")):
        alice.send(CAMPAIGN.format(n=100 * n, host=host), author={"ip": f"192.0.2.{n}"})
    alice.send("Something else is at http://win.example today, has anybody seen the boats there?")
    alice.send(f"{DOUBTFUL} A neighbour asked.")
    arrivals.take_in()

    (campaign,) = groups(parts, alice)

    assert (campaign.waiting, campaign.senders) == (4, 3)


def test_a_ruling_reaches_late_comers_and_one_undo_takes_all_back(parts, alice, arrivals):
    def send(n):
        return alice.send(CAMPAIGN.format(n=n, host="lucky-spin.example")).json["id"]

    def states(ids):
        return {alice.ask("GET", f"/v1/comments/{one}").json["state"] for one in ids}

    early = [send(n) for n in range(3)]
    arrivals.take_in()
    done = parts.desk.rule(alice.site, groups(parts, alice)[0].id, Label.SPAM, "mo")
    late = send(7)
    arrivals.take_in()

    assert states([*early, late]) == {"rejected"}
    with parts.database.reading() as connection:
        assert late in dict(acts.labels_of(connection, done.act_id))
    parts.desk.undo(alice.site, done.act_id, "mo")
    after = send(8)
    arrivals.take_in()

    assert states([*early, late, after]) == {"held"}


def test_two_sites_share_no_campaign(parts, alice, bob, arrivals):
    for owner in (alice, bob):
        for n in range(2):
            owner.send(CAMPAIGN.format(n=n, host="lucky-spin.example"))
    arrivals.take_in()

    assert groups(parts, alice) == groups(parts, bob) == []
