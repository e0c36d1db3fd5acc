"""Key uses: counted in memory, written soon after, added up, and forgotten in the end."""

import threading
from contextlib import closing

import pytest

from breachcheck.db.base import Database
from breachcheck.errors import StoreUnavailable
from breachcheck.key_uses import KEPT_FOR_S, KeyUses, Use, Used
from breachcheck.services import Services, open_services
from breachcheck.use_counter import UseCounter
from tests.engines import ENGINES as ENGINES
from tests.patience import PATIENCE_S, eventually
from tests.stores import break_catalogue

HOUR_S, DAY_S = 3600, 24 * 3600
NOON = 1_795_003_200 // DAY_S * DAY_S + DAY_S // 2
LOOKUP, BATCH = "POST /api/v1/lookup", "POST /api/v1/lookup/batch"


@pytest.fixture
def db(store: Services) -> Database:
    for name in ("first", "second"):
        store.api_keys.create(name, ["lookup"])
    return store.databases.catalogue_db


@pytest.fixture
def uses(db: Database) -> KeyUses:
    return KeyUses(db)


def test_calls_of_a_minute_are_added_up(uses):
    uses.add({Use(1, NOON, LOOKUP, "answered"): 3, Use(1, NOON, LOOKUP, "refused"): 1})
    uses.add({Use(1, NOON, LOOKUP, "answered"): 4, Use(2, NOON, LOOKUP, "answered"): 9})

    assert uses.of_key(1, since=0, step_s=60) == [
        Used(NOON, LOOKUP, "answered", 7),
        Used(NOON, LOOKUP, "refused", 1),
    ]


def test_calls_are_told_by_the_minute_the_hour_or_the_day(uses):
    uses.add({Use(1, NOON + minutes * 60, LOOKUP, "answered"): 1 for minutes in (0, 1, 61)})

    told = {step_s: [one.calls for one in uses.of_key(1, since=0, step_s=step_s)] for step_s in (60, HOUR_S, DAY_S)}

    assert told == {60: [1, 1, 1], HOUR_S: [2, 1], DAY_S: [3]}


def test_calls_are_told_from_a_moment_on(uses):
    uses.add({Use(1, NOON + minutes * 60, LOOKUP, "answered"): 1 for minutes in (0, 1)})

    assert [one.since for one in uses.of_key(1, since=NOON + 60, step_s=60)] == [NOON + 60]


def test_what_is_counted_is_written_when_it_is_flushed_and_counted_once(db, uses):
    counter = UseCounter(uses, clock=lambda: NOON + 59)
    for _ in range(3):
        counter.count(1, LOOKUP, "answered")
    counter.flush()
    counter.flush()
    counter.close()

    assert uses.of_key(1, since=0, step_s=60) == [Used(NOON, LOOKUP, "answered", 3)]


def test_what_is_counted_is_written_soon_without_being_asked_for(uses):
    with closing(UseCounter(uses, clock=lambda: NOON)) as counter:
        counter.count(1, LOOKUP, "answered")
        assert eventually(lambda: uses.of_key(1, since=0, step_s=60))

        assert [one.calls for one in uses.of_key(1, since=0, step_s=60)] == [1]


def test_what_is_counted_is_not_lost_when_the_services_close(store, db):
    store.use_counter.count(1, LOOKUP, "answered")
    store.close()

    with closing(open_services(store.config)) as again:
        assert [one.calls for one in again.key_uses.of_key(1, since=0, step_s=60)] == [1]


def test_no_call_is_lost_or_counted_twice_when_many_count_at_once(uses):
    counter = UseCounter(uses, clock=lambda: NOON)
    threads = [
        threading.Thread(target=lambda: [counter.count(1, LOOKUP, "answered") for _ in range(500)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        counter.flush()
    counter.close()

    assert [one.calls for one in uses.of_key(1, since=0, step_s=60)] == [2000]


def test_whoever_flushes_waits_for_what_is_being_written_already(db, uses):
    begun, going_on = threading.Event(), threading.Event()

    class Slow(KeyUses):
        def add(self, counted):
            begun.set()
            going_on.wait(PATIENCE_S)
            super().add(counted)

    with closing(UseCounter(Slow(db), clock=lambda: NOON)) as counter:
        counter.count(1, LOOKUP, "answered")
        threading.Thread(target=counter.flush).start()
        begun.wait(PATIENCE_S)
        threading.Timer(0.1, going_on.set).start()
        counter.flush()

        assert [one.calls for one in uses.of_key(1, since=0, step_s=60)] == [1]


def test_what_could_not_be_written_is_kept_for_the_next_time(db, uses):
    counter = UseCounter(uses, clock=lambda: NOON)
    counter.count(1, LOOKUP, "answered")
    db.execute("ALTER TABLE key_use RENAME TO away")
    with pytest.raises(StoreUnavailable):
        counter.flush()
    db.execute("ALTER TABLE away RENAME TO key_use")
    counter.close()

    assert [one.calls for one in uses.of_key(1, since=0, step_s=60)] == [1]


def test_a_store_that_is_broken_keeps_nobody_from_closing(store, db):
    store.use_counter.count(1, LOOKUP, "answered")
    break_catalogue(store)

    store.use_counter.close()


def test_old_calls_are_forgotten(uses):
    old = NOON - KEPT_FOR_S
    uses.add({Use(1, minute, LOOKUP, "answered"): 1 for minute in (old - 60, old)})
    counter = UseCounter(uses, clock=lambda: NOON)
    counter.count(1, BATCH, "answered")
    counter.close()

    assert [one.since for one in uses.of_key(1, since=0, step_s=60)] == [old, NOON]
