"""Loads: they run, end once, and keep what their manifest said."""

import msgspec
import pytest

from breachcheck.breaches import LoadId
from breachcheck.catalog import move
from breachcheck.disclosure import PUBLIC
from breachcheck.errors import StoreUnavailable, UnknownLoad
from breachcheck.loads import Contents
from breachcheck.services import Services
from breachcheck.tallies import FileTally, Tally
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, facts, published_breach

EMAIL, NAMES = "Email addresses", "Names"
TALLY = Tally(
    read=5,
    indexed=2,
    duplicates=1,
    rejected={"no address": 2},
    people=2,
    aliases=1,
    coverage={EMAIL: 2, NAMES: 1},
    files=(FileTally(name="people.csv", outcome="read", sha256="ab" * 32, read=5, indexed=2, classes=(EMAIL, NAMES)),),
)
CONTENTS = Contents(mapped=(EMAIL, NAMES), kinds=("email", "org-id"), password_storage="salted")


def started(store: Services, at: int = 100) -> LoadId:
    return store.loads.start(
        store.breaches.id_of("Shop"), SHOP, manifest="manifest: 1\n", sha256="ab" * 32, program="1", by="tests", at=at
    )


def completed(store: Services) -> LoadId:
    load_id = started(store)
    store.loads.complete(load_id, CONTENTS, TALLY, {}, 200)
    return load_id


def test_a_load_runs_from_the_moment_it_is_started(store):
    load = store.loads.get(started(store))

    assert (load.state, load.started_at, load.ended_at) == ("running", 100, None)
    assert (load.facts, load.manifest_sha256, load.loaded_by) == (SHOP, "ab" * 32, "tests")
    assert (load.tally, load.contents) == (Tally(), Contents())


def test_loads_come_by_their_ids_whether_or_not_there_is_a_gap(store):
    first, between, last = started(store), started(store), completed(store)

    assert store.loads.of_ids([first, last]) == {one: store.loads.get(one) for one in (first, last)}
    assert store.loads.of_ids([last, between]) == {one: store.loads.get(one) for one in (between, last)}
    assert store.loads.of_ids([LoadId(last + 1)]) == {}


def test_a_breach_whose_load_is_lost_is_not_left_out_in_silence(store):
    published_breach(store, SHOP, {"ann@example.com": [EMAIL]})
    store.databases.catalogue_db.execute("UPDATE breach SET current_load = 99", {})
    with store.databases.catalogue_db.transaction():
        move(store.databases.catalogue_db)

    with pytest.raises(StoreUnavailable, match="lost the load that Shop shows"):
        store.lookup.ask("ann@example.com", PUBLIC)


def test_a_load_keeps_its_manifest_word_for_word(store):
    assert store.loads.manifest_of(started(store)) == "manifest: 1\n"


def test_a_complete_load_keeps_what_it_counted(store):
    load = store.loads.get(completed(store))

    assert (load.state, load.ended_at, load.failure) == ("complete", 200, None)
    assert (load.tally, load.contents) == (TALLY, CONTENTS)


def test_every_fact_of_a_manifest_comes_back_as_it_was_said(store):
    said = facts(
        affected=17,
        class_notes={NAMES: "As typed."},
        disclosed_classes=(EMAIL, NAMES),
        is_sensitive=True,
        copy="partial",
    )
    load_id = store.loads.start(
        store.breaches.id_of("Shop"), said, manifest="", sha256="", program="1", by="tests", at=100
    )

    assert store.loads.get(load_id).facts == said


def test_field_sets_have_ids_of_their_own_in_the_order_asked_for(store):
    load_id = started(store)
    ids = store.field_sets.add(load_id, [(frozenset([NAMES, EMAIL]), False), (frozenset([EMAIL]), True)])
    store.loads.complete(load_id, CONTENTS, TALLY, {ids[0]: 3}, 200)

    assert [(one.id, one.classes, one.via_alias, one.people) for one in store.field_sets.of_load(load_id)] == [
        (ids[0], {EMAIL, NAMES}, False, 3),
        (ids[1], {EMAIL}, True, 0),
    ]


def test_the_ids_of_a_failed_load_are_never_given_out_again(store):
    failed = started(store)
    spent = store.field_sets.add(failed, [(frozenset([EMAIL]), False), (frozenset([NAMES]), False)])
    store.loads.fail(failed, "disk full", 200)
    fresh = store.field_sets.add(started(store), [(frozenset([EMAIL]), False)])

    assert min(fresh) > max(spent)


def test_asking_for_no_field_set_gives_none(store):
    assert store.field_sets.add(started(store), []) == []


def test_a_failed_load_says_why_and_is_to_be_pruned(store):
    load_id = started(store)
    store.loads.fail(load_id, "disk full", 200, TALLY)
    load = store.loads.get(load_id)
    job = store.jobs.claim(200)

    assert (load.state, load.failure, load.tally, load.ended_at) == ("failed", "disk full", TALLY, 200)
    assert job is not None
    assert job.kind == "prune"


def test_a_complete_load_cannot_fail_any_more(store):
    load_id = completed(store)
    store.loads.fail(load_id, "after the end", 300)

    assert store.loads.get(load_id).state == "complete"
    assert store.loads.get(load_id).tally == TALLY


def test_a_load_that_was_given_up_for_dead_cannot_become_complete(store):
    load_id = started(store)
    store.loads.fail_running("its program ended", 150)

    with pytest.raises(UnknownLoad, match="runs no more"):
        store.loads.complete(load_id, CONTENTS, TALLY, {}, 200)
    assert store.loads.get(load_id).state == "failed"


def test_only_loads_that_run_are_given_up_for_dead(store):
    complete, running = completed(store), started(store)

    assert store.loads.fail_running("its program ended", 300) == [running]
    assert store.loads.get(complete).state == "complete"


def test_the_loads_of_a_breach_come_newest_first(store):
    ids = [started(store) for _ in range(3)]

    assert [load.id for load in store.loads.of_breach(store.breaches.id_of("Shop"))] == ids[::-1]


def test_a_load_that_is_not_there_is_said_with_the_way_to_those_that_are(store):
    with pytest.raises(UnknownLoad, match="breachcheck breaches show"):
        store.loads.get(LoadId(17))


def test_corrections_lie_over_what_was_said_and_leave_it_in_the_history(store):
    load_id = completed(store)
    for title, at in (("First", 300), ("Second", 400)):
        store.loads.correct(load_id, facts(title=title), by="ops", at=at)

    assert store.loads.get(load_id).facts.title == "Second"
    assert [(one.facts.title, one.corrected_at, one.corrected_by) for one in store.loads.corrections_of(load_id)] == [
        ("First", 300, "ops"),
        ("Second", 400, "ops"),
    ]


def test_a_tally_leaves_out_nothing_when_it_is_stored():
    assert msgspec.json.decode(msgspec.json.encode(TALLY), type=Tally) == TALLY
