"""The client against a real server: what it asks is answered, and what it gets is typed."""

import json

import pytest

from breachcheck.client import Account, Client, Entry
from breachcheck.client import lines as sent_lines
from breachcheck.errors import (
    HoldsAddress,
    InvalidAccount,
    InvalidKey,
    LimitReached,
    MalformedKey,
    MissingKey,
    MissingScope,
    UnknownBreach,
    UnknownCursor,
    UnknownWatchlist,
)
from tests.client.conftest import ANN, BOB, EMAIL, NAMES, NOBODY
from tests.engines import ENGINES as ENGINES


def test_an_exposed_account_comes_back_typed(client):
    answer = client.lookup("Ann@Example.COM ")

    assert answer.status == "exposed"
    assert answer.checked.breaches == 2
    assert {one.breach.name: one.leaked for one in answer.exposures} == {"Shop": (EMAIL, NAMES), "Club": (EMAIL,)}
    assert all(one.advice for one in answer.exposures)


def test_a_miss_says_what_it_covers(client):
    answer = client.lookup(NOBODY)

    assert (answer.status, answer.exposures, answer.checked.breaches) == ("not_found", (), 2)


def test_one_breach_is_asked_alone(client):
    assert client.lookup(BOB, breach="Club").status == "not_found"
    assert client.lookup(BOB, breach="Shop").status == "exposed"


def test_the_answer_can_be_had_as_it_was_sent(client):
    assert json.loads(client.lookup_json(BOB))["status"] == "exposed"


def test_what_is_refused_is_raised_as_it_would_be_here(client, site):
    with pytest.raises(InvalidAccount):
        client.lookup("nobody")
    with pytest.raises(UnknownBreach):
        client.lookup(ANN, breach="Nothing")
    with pytest.raises(InvalidKey), Client(site.url, "0" * 32) as stranger:
        stranger.lookup(ANN)
    with pytest.raises(MissingKey), Client(site.url) as stranger:
        stranger.lookup(ANN)
    with pytest.raises(MissingScope), Client(site.url, site.narrow_key) as clerk:
        list(clerk.batch([ANN]))


def test_a_key_that_is_used_up_says_when_to_go_on(site):
    with Client(site.url, site.narrow_key) as clerk, pytest.raises(LimitReached) as caught:
        [clerk.lookup(NOBODY) for _ in range(3)]

    assert caught.value.retry_after_s is not None
    assert 0 < caught.value.retry_after_s <= 60


def test_the_address_may_be_that_of_the_api(site):
    with Client(f"{site.url}/api/v1/", site.key) as client:
        assert client.lookup(NOBODY).status == "not_found"


def test_a_batch_is_answered_in_order_with_its_refs(client):
    sent = [Account(ANN, ref="e-1"), NOBODY, "nobody", Account("17", kind="account-id", ref=4), Account(BOB, ref="e-5")]
    told = list(client.batch(iter(sent)))

    assert [(one.line, one.ref) for one in told] == [(1, "e-1"), (2, None), (3, None), (4, 4), (5, "e-5")]
    assert [getattr(one.outcome, "status", None) for one in told] == ["exposed", "not_found", None, None, "exposed"]
    assert [getattr(told[place].outcome, "reason", None) for place in (2, 3)] == ["invalid_account", "nothing_to_ask"]


def test_an_empty_batch_asks_nothing(client):
    assert list(client.batch([])) == []


def test_more_than_one_batch_may_hold_goes_in_several(client, monkeypatch):
    monkeypatch.setattr(sent_lines, "MOST_LINES", 3)
    told = list(client.batch(f"person{number}@example.com" if number % 4 else ANN for number in range(10)))

    assert [one.line for one in told] == list(range(1, 11))
    assert [one.line for one in told if one.outcome.exposures] == [1, 5, 9]


def test_accounts_are_read_as_they_are_sent_and_answers_as_they_come(client, monkeypatch):
    monkeypatch.setattr(sent_lines, "MOST_LINES", 2)
    read = []
    told = client.batch(read.append(account) or account for account in [ANN, BOB, NOBODY, ANN, BOB])
    next(told)

    assert len(read) < 5
    told.close()


def test_breaches_are_listed_and_had_by_name(client):
    assert [one.name for one in client.breaches()] == ["Club", "Shop"]
    assert client.breach("shop").people == 2
    with pytest.raises(UnknownBreach):
        client.breach("No such breach")


def test_changes_are_followed_from_a_cursor(client):
    first, second = client.changes()

    assert (first.change, first.breach.name) == ("published", "Shop")
    assert [one.breach.name for one in client.changes(first.id)] == ["Club"]
    assert list(client.changes(second.id)) == []
    with pytest.raises(UnknownCursor):
        list(client.changes("999"))


def test_a_watchlist_is_put_followed_and_acknowledged(client):
    entries = [Entry("e1", ANN), Entry("e2", NOBODY), Entry("e3", "nobody")]
    kept = client.put_watchlist("staff", iter(entries))
    events = list(client.events("staff"))
    acknowledged = client.acknowledge("staff", events)

    assert (kept.refs, kept.added, [(one.line, one.reason) for one in kept.refused]) == (2, 2, [(3, "invalid_account")])
    assert {(one.ref, one.event, one.breach.name) for one in events} == {
        ("e1", "exposed", "Shop"), ("e1", "exposed", "Club")
    }  # fmt: skip
    assert acknowledged == 2
    assert all(one.acknowledged_at for one in client.events("staff"))
    assert list(client.events("staff", events[-1].id)) == []


def test_events_come_page_by_page_without_a_gap(client, monkeypatch):
    monkeypatch.setattr("breachcheck.client.connection.PAGE", 7)
    client.put_watchlist("many", (Entry(f"e{number}", BOB) for number in range(20)))

    assert len({one.ref for one in client.events("many")}) == len(list(client.events("many"))) == 20


def test_a_directory_with_an_address_for_a_ref_is_refused_and_not_quoted(client):
    with pytest.raises(HoldsAddress) as caught:
        client.put_watchlist("staff", [Entry(ANN, ANN)])

    assert ANN not in str(caught.value)


def test_a_watchlist_that_is_not_there_is_no_empty_one(client):
    with pytest.raises(UnknownWatchlist):
        list(client.events("nothing"))


def test_the_key_is_never_shown(client, site):
    assert site.key not in repr(client) + repr(vars(client))
    with pytest.raises(MalformedKey) as caught:
        Client(site.url, f"{site.key}\nX-Other: 1")
    assert site.key not in str(caught.value)
