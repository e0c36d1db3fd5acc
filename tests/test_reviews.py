"""Reviews: a load waits for its warnings where that was demanded, and what was accepted by whom is kept with it."""

import pytest

from breachcheck.errors import Unanswered, UnknownWarning
from breachcheck.load_warnings import LoadWarning, naming
from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import described, load
from tests.stores import SHOP, facts, held_breach, new_store

PEOPLE = {"ann@example.com": ["Email addresses"]}
WARNINGS = [naming("nobody-has", ["Names"]), LoadWarning("affected", {"people": 1, "affected": 1200})]
BY = "tests"


@pytest.fixture
def waiting(store):
    load_id = held_breach(store, SHOP, PEOPLE, warnings=WARNINGS)
    store.reviews.demand(load_id, [one.id for one in WARNINGS])
    return load_id


def current(store, name="Shop"):
    return store.breaches.get(name).current_load


def test_a_load_with_warnings_that_waits_for_nothing_is_published_as_any_other(store):
    load_id = held_breach(store, SHOP, PEOPLE, warnings=WARNINGS)
    store.publishing.publish(load_id, by=BY)

    assert current(store) == load_id
    assert store.reviews.of_load(load_id) == {}


@pytest.mark.parametrize("accept", [(), ("affected",)])
def test_a_load_that_waits_is_refused_in_words_that_say_what_for(store, waiting, accept):
    with pytest.raises(Unanswered) as refused:
        store.publishing.publish(store.publishing.held_load("Shop"), by=BY, accept=accept)

    assert "nobody-has: Mapped, but nobody has it: Names. Look at the column" in str(refused.value)
    assert ("affected: 1 people can be found" in str(refused.value)) == (not accept)
    assert f"breachcheck breaches publish Shop --load {waiting} " in str(refused.value)
    assert current(store) is None
    assert store.reviews.waits_for(waiting) == {"nobody-has", "affected"}


def test_a_load_whose_warnings_are_accepted_is_published_and_says_by_whom(store, waiting):
    store.publishing.publish(waiting, by=BY, accept=["nobody-has", "affected"])

    assert current(store) == waiting
    assert store.reviews.waits_for(waiting) == frozenset()
    assert {one.accepted_by for one in store.reviews.of_load(waiting).values()} == {BY}
    assert [(one.action, one.subject) for one in store.audit.latest(3)] == [
        ("publish", "Shop"),
        ("accept", f"Shop, load {waiting}: affected"),
        ("accept", f"Shop, load {waiting}: nobody-has"),
    ]


def test_what_was_accepted_stays_with_its_load_and_who_did_it_first(store, waiting):
    store.publishing.publish(waiting, by=BY, accept=["nobody-has", "affected"])
    store.publishing.withdraw("Shop", by=BY)
    store.publishing.publish(waiting, by="another", accept=["affected"])
    another = held_breach(store, SHOP, PEOPLE, warnings=WARNINGS)

    assert store.reviews.of_load(waiting)["affected"].accepted_by == BY
    assert store.reviews.of_load(another) == {}


@pytest.mark.parametrize("accept", ["nobody", "one-domain"])
def test_a_warning_that_the_load_does_not_have_cannot_be_accepted(store, waiting, accept):
    with pytest.raises(UnknownWarning, match="it has nobody-has, affected"):
        store.publishing.publish(waiting, by=BY, accept=["nobody-has", "affected", accept])

    assert current(store) is None


def test_a_load_without_warnings_has_none_to_accept(store):
    load_id = held_breach(store, SHOP, PEOPLE)

    with pytest.raises(UnknownWarning, match="it has none"):
        store.publishing.publish(load_id, by=BY, accept=["affected"])


def odd(folder):
    """A manifest of a load that warns of one thing."""
    entry = "- path: people.csv\n  mapping: {email: Email addresses, name: Names}"
    return described(folder, entry, {"people.csv": "email,name\nann@example.com,\n"})


def fine(folder):
    return described(folder, "- path: people.csv", {"people.csv": "email\nann@example.com\n"})


def test_a_load_that_warns_is_published_unless_it_is_to_be_held(tmp_path, store):
    outcome = load(odd(tmp_path), store)

    assert (outcome.is_published, outcome.waits_for) == (True, ())
    assert ("warn", f"Shop, load {outcome.load_id}: nobody-has") in [
        (one.action, one.subject) for one in store.audit.latest()
    ]


def test_hold_on_warning_holds_a_load_that_warns_and_no_other(tmp_path, store):
    held = load(odd(tmp_path), store, hold_on_warning=True)
    assert (held.is_published, held.waits_for) == (False, ("nobody-has",))
    assert store.reviews.waits_for(held.load_id) == {"nobody-has"}

    assert load(fine(tmp_path), store, hold_on_warning=True).is_published


def test_a_load_that_was_held_on_its_own_account_waits_for_nothing(tmp_path, store):
    held = load(odd(tmp_path), store, hold=True)

    assert held.waits_for == ()
    store.publishing.publish(store.publishing.held_load("Shop"), by=BY)


def test_where_a_review_is_required_every_load_that_warns_is_held(tmp_path):
    store = new_store(tmp_path / "data", review="required")
    held = load(odd(tmp_path), store)
    dry = load(odd(tmp_path), store, dry_run=True)

    assert (held.is_published, held.waits_for) == (False, ("nobody-has",))
    assert dry.waits_for == ()
    assert load(fine(tmp_path), store).is_published
    store.close()


def test_the_commands_hold_list_and_accept(tmp_path, store):
    data, manifest = store.config.data, odd(tmp_path).folder / "breach.yaml"
    words = breachcheck("ingest", manifest, "--hold-on-warning", data=data)
    assert "Warnings\nnobody-has\n  Mapped, but nobody has it: Names.\n" in words.out
    assert "Accept it:   breachcheck breaches publish Shop --accept nobody-has" in words.out

    told = breachcheck("ingest", manifest, "--hold-on-warning", "--json", data=data).json
    assert (told["published"], told["waits_for"]) == (False, ["nobody-has"])
    assert told["warnings"][0]["seen"] == "Mapped, but nobody has it: Names."

    refused = breachcheck("breaches", "publish", "Shop", data=data)
    assert (refused.status, refused.out) == (2, "")
    assert "nobody-has: Mapped, but nobody has it: Names." in refused.err

    assert breachcheck("breaches", "publish", "Shop", "--accept", "nobody-has", data=data).status == 0
    (newest, *_) = breachcheck("breaches", "show", "Shop", "--json", data=data).json["loads"]
    assert newest["tally"]["warnings"][0]["id"] == "nobody-has"
    assert newest["reviews"][0]["accepted_by"].startswith("cli")
    assert "nobody-has" in breachcheck("breaches", "show", "Shop", data=data).out


def test_words_that_were_corrected_are_shown_with_what_was_said_otherwise(store):
    held_breach(store, SHOP, PEOPLE)
    store.publishing.publish(store.publishing.held_load("Shop"), by=BY)
    store.publishing.update(facts(title="Corner Shop Ltd", affected=9), by="operator:olga")

    (newest,) = breachcheck("breaches", "show", "Shop", "--json", data=store.config.data).json["loads"]
    (correction,) = newest["corrections"]
    assert (correction["by"], correction["said_otherwise"]) == ("operator:olga", ["title", "affected"])
    assert "operator:olga  title, affected" in breachcheck("breaches", "show", "Shop", data=store.config.data).out
