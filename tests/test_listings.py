"""Breaches that are listed alone: everyone can read of them, nobody is found in them, and data always goes before."""

import json
import time

import pytest

from breachcheck.disclosure import OPERATOR, PUBLIC
from breachcheck.errors import LowersSensitivity, MisspeltBreach, NothingToAsk
from breachcheck.listings import Entry
from breachcheck.publishing import REST_S
from breachcheck.web.app import create_app
from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.ingest.test_catalogues import ADOBE
from tests.stores import SHOP, facts, held_breach, published_breach

ANN = "ann@example.com"
EMAIL = "Email addresses"
KNOWN = facts(name="Known", title="Known", affected=5000, disclosed_classes=(EMAIL, "Passwords"))


def enter(store, *known, **meant):
    return store.listings.enter([Entry(one, "{}") for one in known], by="tests", **meant)


def published(store):
    return {one.name: one.is_listed for one in store.catalogue.published().breaches}


def test_a_listed_breach_is_shown_and_never_counted_as_checked(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})

    enter(store, KNOWN)

    assert published(store) == {"Known": True, "Shop": False}
    assert [store.lookup.ask(ANN, one).checked.breaches for one in (PUBLIC, OPERATOR)] == [1, 1]


def test_where_all_is_listed_alone_nothing_can_be_asked(store):
    enter(store, KNOWN)

    with pytest.raises(NothingToAsk):
        store.lookup.ask(ANN, OPERATOR)
    with pytest.raises(NothingToAsk):
        store.lookup.ask(ANN, OPERATOR, breach="Known")


def test_entering_the_same_again_changes_nothing(store):
    enter(store, KNOWN)
    generation = store.catalogue.generation()

    assert enter(store, KNOWN).unchanged == ["Known"]
    assert store.catalogue.generation() == generation


def test_a_catalogue_of_many_is_read_with_a_few_questions_to_the_store(store, monkeypatch):
    enter(store, *(facts(KNOWN, name=f"Known{number}") for number in range(50)))
    db, asked = store.databases.catalogue_db, []
    query = db.query
    monkeypatch.setattr(db, "query", lambda *one: asked.append(one[0]) or query(*one))

    assert len(published(store)) == 50
    assert 0 < len(asked) < 20


def test_what_a_catalogue_said_before_is_pruned_when_the_rest_is_over(store):
    enter(store, KNOWN)
    enter(store, facts(KNOWN, affected=6000))

    kinds = [job.kind for job in iter(lambda: store.jobs.claim(int(time.time()) + 2 * REST_S), None)]

    assert kinds == ["prune", "prune"]


def test_what_is_said_otherwise_is_changed(store):
    enter(store, KNOWN)

    assert enter(store, facts(KNOWN, affected=6000)).changed == ["Known"]
    assert store.catalogue.published().get("Known").facts.affected == 6000


def test_a_load_takes_the_place_of_a_listing_and_is_never_overwritten(store):
    enter(store, KNOWN)
    published_breach(store, KNOWN, {ANN: [EMAIL]})

    assert published(store) == {"Known": False}
    assert enter(store, facts(KNOWN, affected=1)).kept == ["Known"]
    assert store.lookup.ask(ANN, PUBLIC).exposures[0].breach.facts.affected == 5000


@pytest.mark.parametrize("ends", ["held", "withdrawn", "withdrawn listing"])
def test_what_has_a_load_or_was_withdrawn_stays_as_it_is(store, ends):
    if ends == "withdrawn listing":
        enter(store, KNOWN)
    else:
        held_breach(store, KNOWN, {ANN: [EMAIL]})
    if ends == "withdrawn":
        store.publishing.publish(store.publishing.held_load("Known"), by="tests")
    if ends != "held":
        store.publishing.withdraw("Known", by="tests")

    assert enter(store, KNOWN).kept == ["Known"]
    assert published(store) == {}


def test_all_are_entered_or_none(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})

    with pytest.raises(MisspeltBreach):
        enter(store, KNOWN, facts(name="SHOP"))

    assert published(store) == {"Shop": False}
    assert [row.name for row in store.breaches.all()] == ["Shop"]


def test_a_listing_does_not_lower_sensitivity_by_chance(store):
    enter(store, facts(KNOWN, is_sensitive=True))

    with pytest.raises(LowersSensitivity):
        enter(store, KNOWN)
    enter(store, KNOWN, lower_sensitivity=True)
    assert not store.catalogue.published().get("Known").facts.is_sensitive


def test_pages_and_apis_say_that_it_is_listed_only(store):
    enter(store, KNOWN)
    client = create_app(store).test_client()
    page, overview = client.get("/breaches/Known").text, client.get("/breaches").text
    [model] = client.get("/api/v3/breaches", headers={"User-Agent": "tests"}).json

    assert "We know of this breach but hold no data, so we cannot check addresses against it." in page
    assert "Our copy" not in page + overview
    assert "We read" not in page
    assert "Listed only" in overview
    assert (model["PwnCount"], model["DataClasses"]) == (5000, [EMAIL, "Passwords"])
    assert client.get("/api/v1/breaches/Known").json["listed_only"] is True


def test_the_command_imports_a_catalogue_and_says_what_came_of_it(store, tmp_path):
    (tmp_path / "hibp.json").write_text(json.dumps([ADOBE]))
    data = store.config.data

    first = breachcheck("breaches", "import", tmp_path / "hibp.json", "--json", data=data)
    newer = ADOBE | {"DataClasses": [*ADOBE["DataClasses"], "Shoe laces"]}
    again = breachcheck("breaches", "import", "-", data=data, stdin=json.dumps([newer]))
    shown = breachcheck("breaches", "list", "--json", data=data)

    assert first.json == {"new": ["Adobe"], "changed": [], "unchanged": [], "kept": [], "unknown": []}
    assert (again.status, "1  as before" in again.out) == (0, True)
    assert again.out.endswith("Left out, since this version knows no such data class: Shoe laces.\n")
    assert (shown.json[0]["state"], shown.json[0]["people"]) == ("listed", 0)


def test_a_bad_catalogue_changes_nothing(store, tmp_path):
    (tmp_path / "hibp.json").write_text(json.dumps([ADOBE, ADOBE | {"Name": "Bad", "PwnCount": -1}]))

    refused = breachcheck("breaches", "import", tmp_path / "hibp.json", data=store.config.data)

    assert (refused.status, "Bad: PwnCount" in refused.err) == (2, True)
    assert published(store) == {}


def seconds_to_list(store, count, label):
    known = [facts(KNOWN, name=f"{label}-{number}") for number in range(count)]
    started = time.process_time()
    enter(store, *known)
    return time.process_time() - started


def test_a_breach_takes_no_longer_to_list_among_thousands(store):
    few = seconds_to_list(store, 100, "Few")

    assert seconds_to_list(store, 2000, "Many") < 60 * few
