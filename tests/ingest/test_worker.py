"""The worker: does what is due, one job at a time, and outlives every job that fails."""

import threading
import time

import pytest
from structlog.testing import capture_logs

from breachcheck.jobs import ATTEMPTS, CLAIM_S
from breachcheck.publishing import REST_S
from ingest import worker
from tests.engines import ENGINES as ENGINES
from tests.patience import eventually
from tests.stores import SHOP, break_catalogue, held_breach, published_breach

ANN = "ann@example.com"
BOB = "bob@example.com"
EMAIL = "Email addresses"


@pytest.fixture
def an_hour_later(monkeypatch):
    """The worker's clock, when everything that rests has rested."""
    monkeypatch.setattr(worker, "_now", lambda: int(time.time()) + REST_S + 1)


def failing(_services, _job):
    raise ZeroDivisionError(f"the record of {ANN}")


def do_all(store) -> None:
    while worker.run_one(store):
        pass


def test_a_job_stays_its_workers_however_long_it_takes(store, monkeypatch):
    now = int(time.time())
    others = []

    def takes_long(services, _job):
        monkeypatch.setattr(worker, "_now", lambda: now + CLAIM_S - 1)
        assert eventually(lambda: services.jobs.overdue(now + CLAIM_S) == 0)
        others.append(services.jobs.claim(now + CLAIM_S))

    monkeypatch.setattr(worker, "RENEW_EVERY_S", 0.02)
    monkeypatch.setitem(worker.JOBS, "long", takes_long)
    store.jobs.add("long", {}, due_at=now)
    worker.run_one(store)

    assert others == [None]


def test_there_is_nothing_to_do_in_a_new_store(store):
    assert not worker.run_one(store)


def test_loads_that_nobody_can_see_any_more_are_pruned_after_their_rest(store, an_hour_later):
    first, second, third = (published_breach(store, SHOP, {ANN: [EMAIL]}) for _ in range(3))
    held = held_breach(store, SHOP, {BOB: [EMAIL]})
    do_all(store)

    states = [store.loads.get(load_id).state for load_id in (first, second, third, held)]
    assert states == ["pruned", "complete", "complete", "complete"]
    assert not store.index.has_pieces(first)


def test_a_load_that_failed_is_pruned_at_once(store):
    load_id = held_breach(store, SHOP, {ANN: [EMAIL]})
    running = store.loads.start(
        store.breaches.id_of("Shop"), SHOP, manifest="", sha256="", program="test", by="tests", at=0
    )
    store.loads.fail(running, "disk full", int(time.time()))
    do_all(store)

    assert store.loads.get(running).state == "pruned"
    assert store.loads.get(load_id).state == "complete"


def test_a_job_that_fails_is_due_again_and_the_worker_goes_on(store, monkeypatch):
    monkeypatch.setitem(worker.JOBS, "fail", failing)
    store.jobs.add("fail", {}, due_at=0)
    store.jobs.add("prune", {}, due_at=1)

    assert worker.run_one(store)
    assert worker.run_one(store)
    assert not worker.run_one(store)
    assert store.jobs.claim(int(time.time()) + worker.AGAIN_AFTER_S).kind == "fail"


def test_a_job_that_keeps_failing_ends_visibly(store, monkeypatch):
    monkeypatch.setitem(worker.JOBS, "fail", failing)
    monkeypatch.setattr(worker, "AGAIN_AFTER_S", 0)
    store.jobs.add("fail", {}, due_at=0)
    with capture_logs() as logs:
        do_all(store)

    assert [(one.kind, one.failure) for one in store.jobs.failed()] == [("fail", "ZeroDivisionError")]
    assert [entry["attempt"] for entry in logs] == list(range(1, ATTEMPTS + 1))


def test_a_failure_is_logged_by_its_kind_and_place_and_never_in_its_words(store, monkeypatch):
    monkeypatch.setitem(worker.JOBS, "fail", failing)
    store.jobs.add("fail", {}, due_at=0)
    with capture_logs() as logs:
        worker.run_one(store)

    assert logs[0]["error"] == "ZeroDivisionError"
    assert "failing" in logs[0]["trace"][-1]
    assert "@" not in str(logs)


def test_a_job_of_a_kind_that_nobody_knows_fails_and_does_not_end_the_worker(store):
    store.jobs.add("a kind of a later program", {}, due_at=0)

    assert worker.run_one(store)
    assert not worker.run_one(store)


def test_the_worker_waits_out_a_store_that_cannot_be_reached(store, monkeypatch):
    monkeypatch.setattr(worker, "IDLE_S", 0.01)
    break_catalogue(store)
    stopping = threading.Event()
    with capture_logs() as logs:
        running = threading.Thread(target=worker.run, args=(store, stopping))
        running.start()
        assert eventually(lambda: logs)
        is_alive = running.is_alive()
        stopping.set()
        running.join()

    assert is_alive
    assert logs[0]["event"] == "store out of reach"


def test_the_worker_stops_when_it_is_told_to(store):
    stopping = threading.Event()
    stopping.set()
    worker.run(store, stopping)

    assert stopping.is_set()
