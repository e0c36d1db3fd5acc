"""The site's own record: several processes add up, outages are told afterwards, and a gap is no good news."""

import threading
import time
from collections.abc import Mapping

import pytest

from breachcheck.errors import StoreUnavailable
from breachcheck.health import vitals
from breachcheck.health.performance import DAY_S, HOUR_S, KEPT_FOR_S, WATCHED, WINDOWS, WORKER, Noted, Performance
from breachcheck.health.recorder import Recorder, recording
from breachcheck.health.vitals import OfServer
from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES
from tests.stores import break_index

NOON = 1_795_003_200 // DAY_S * DAY_S + DAY_S // 2
HOUR, DAY, _ = WINDOWS


@pytest.fixture
def performance(store: Services) -> Performance:
    return store.performance


class Clock:
    """Stands where it is put."""

    def __init__(self, now: int = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Scripted:
    """Observes what it is told to."""

    def __init__(self, **seen: int) -> None:
        self.seen: Mapping[str, int] = seen

    def __call__(self) -> Mapping[str, int]:
        return self.seen


def test_numbers_of_several_processes_add_up_in_every_window(performance):
    performance.add({Noted(NOON, "answered"): 3})
    performance.add({Noted(NOON, "answered"): 4, Noted(NOON - 120, "could_not_check"): 1})

    told = {"answered": 7, "could_not_check": 1}
    assert [performance.over(window, NOON) for window in WINDOWS] == [told, told, told]


def test_a_minute_is_watched_once_however_many_processes_watch_it(performance):
    for minute in (NOON, NOON, NOON + 60):
        performance.add({Noted(minute, WATCHED): 1})

    assert [performance.over(window, NOON + 120)[WATCHED] for window in WINDOWS] == [2, 2, 2]


@pytest.mark.parametrize(
    ("age_s", "told"),
    [(0, [1, 1, 1]), (59 * 60, [1, 1, 1]), (HOUR_S, [0, 1, 1]), (23 * HOUR_S, [0, 1, 1]), (DAY_S, [0, 0, 1]),
     (89 * DAY_S, [0, 0, 1]), (90 * DAY_S, [0, 0, 0])],
)  # fmt: skip
def test_a_window_ends_where_it_should(performance, age_s, told):
    performance.add({Noted(NOON - age_s, "answered"): 1})

    assert [performance.over(window, NOON).get("answered", 0) for window in WINDOWS] == told


def test_a_minute_that_is_going_on_is_not_told_as_watched(performance):
    performance.add({Noted(NOON, WATCHED): 1, Noted(NOON - 60, WATCHED): 1, Noted(NOON, "answered"): 1})

    assert performance.over(HOUR, NOON + 59) == {WATCHED: 1, "answered": 1}


def test_what_is_old_is_forgotten_by_the_minute_first(performance):
    for age_s in (0, *(kept_for_s + DAY_S for kept_for_s in KEPT_FOR_S.values())):
        performance.add({Noted(NOON - age_s, "answered"): 1})
    performance.forget(NOON)

    kept = performance._db.query("SELECT step, count(*) AS number FROM performance GROUP BY step ORDER BY step")
    assert [(row["step"], row["number"]) for row in kept] == [(60, 1), (HOUR_S, 2), (DAY_S, 3)]


def test_what_could_not_be_written_is_written_afterwards_under_its_minute(store, performance):
    clock = Clock()
    recorder = Recorder(performance, Scripted(watched=1, could_not_check=5), clock=clock)
    db = store.databases.catalogue_db
    db.execute("ALTER TABLE performance RENAME TO away")
    recorder.note()
    with pytest.raises(StoreUnavailable):
        recorder.write()
    db.execute("ALTER TABLE away RENAME TO performance")
    clock.now += HOUR_S
    recorder.note()
    recorder.write()

    assert performance.over(HOUR, NOON + 60) == {WATCHED: 1, "could_not_check": 5}
    assert performance.over(DAY, NOON + HOUR_S + 60) == {WATCHED: 2, "could_not_check": 10}


def test_a_minute_in_which_nothing_ran_is_not_watched(performance):
    clock = Clock()
    recorder = Recorder(performance, Scripted(watched=1), clock=clock)
    for minutes in (0, 1, 1, 30):
        clock.now = NOON + minutes * 60
        recorder.note()
    recorder.write()

    assert performance.over(HOUR, NOON + 31 * 60) == {WATCHED: 3}


def test_a_server_tells_what_was_asked_since_it_last_told(store):
    observe = OfServer(store.measures, store.lookup.try_store)
    store.measures.lookup("v1", "exposed", 0.004)
    store.measures.lookup("v3", "not_found", 99.0)
    store.measures.lookup("page", "could_not_check", 0.0)
    store.measures.complaint()

    told = {"answered": 2, "within 5": 1, "slower": 1, "could_not_check": 1, "complaints": 1}
    assert observe() == {WATCHED: 1, **told}
    assert observe() == {WATCHED: 1}


def test_a_server_tells_that_the_store_is_out_of_reach(store):
    observe = OfServer(store.measures, store.lookup.try_store)
    break_index(store)

    assert observe() == {WATCHED: 1, "out of reach": 1}


def test_what_was_counted_is_written_when_the_server_ends(store, performance):
    with recording(performance, OfServer(store.measures, store.lookup.try_store)):
        store.measures.lookup("v1", "exposed", 0.004)

    assert performance.over(HOUR, int(time.time()))["answered"] == 1


def test_a_record_goes_on_after_a_surprise(performance):
    class Surprised:
        def __init__(self) -> None:
            self.asked = 0

        def __call__(self) -> Mapping[str, int]:
            self.asked += 1
            if self.asked == 1:
                raise KeyError
            return {WORKER: 1}

    stopping = threading.Event()
    stopping.set()
    recorder = Recorder(performance, Surprised(), clock=Clock())
    recorder.run(stopping)
    recorder.run(stopping)

    assert performance.last_minute_of(WORKER) == NOON


def test_a_worker_says_that_it_is_there(performance):
    recorder = Recorder(performance, vitals.of_worker, clock=Clock(NOON + 59))
    assert performance.last_minute_of(WORKER) is None
    recorder.note()
    recorder.write()

    assert performance.last_minute_of(WORKER) == NOON
