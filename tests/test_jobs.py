"""Jobs: claimed by one at a time, tried again a few times, and never lost from sight."""

import threading

import pytest

from breachcheck.jobs import ATTEMPTS, CLAIM_S, Job, Jobs
from breachcheck.services import Services, open_services
from tests.engines import ENGINES as ENGINES

NOW = 1_800_000_000


@pytest.fixture
def jobs(store: Services) -> Jobs:
    return store.jobs


def claimed(jobs: Jobs, now: int = NOW) -> Job:
    job = jobs.claim(now)
    assert job is not None
    return job


def test_a_job_comes_back_as_it_was_given(jobs):
    jobs.add("prune", {"load": 7}, due_at=NOW)
    job = claimed(jobs)

    assert (job.kind, job.payload, job.attempts) == ("prune", {"load": 7}, 1)


def test_a_job_waits_until_it_is_due(jobs):
    jobs.add("prune", {}, due_at=NOW)

    assert jobs.claim(NOW - 1) is None
    assert jobs.claim(NOW) is not None


def test_the_job_that_has_been_due_longest_comes_first(jobs):
    for kind, due_at in (("second", NOW - 1), ("third", NOW), ("first", NOW - 2)):
        jobs.add(kind, {}, due_at=due_at)

    assert [claimed(jobs).kind for _ in range(3)] == ["first", "second", "third"]


def test_a_job_that_was_added_in_a_transaction_that_failed_was_never_there(store):
    with pytest.raises(ZeroDivisionError):
        _add_and_fail(store)

    assert store.jobs.claim(NOW) is None


def _add_and_fail(store: Services) -> None:
    with store.databases[1].transaction():
        store.jobs.add("prune", {}, due_at=NOW)
        raise ZeroDivisionError


def test_a_claim_that_is_renewed_has_its_whole_time_again(jobs):
    jobs.add("prune", {}, due_at=NOW)
    job = claimed(jobs)
    jobs.renew(job, NOW + CLAIM_S - 1)

    assert jobs.claim(NOW + 2 * CLAIM_S - 2) is None
    assert claimed(jobs, NOW + 2 * CLAIM_S - 1).id == job.id


def test_a_claim_that_ran_out_is_not_renewed_once_another_has_the_job(jobs):
    jobs.add("prune", {}, due_at=NOW)
    late = claimed(jobs)
    claimed(jobs, NOW + CLAIM_S)
    jobs.renew(late, NOW + 10 * CLAIM_S)

    assert claimed(jobs, NOW + 2 * CLAIM_S).attempts == 3


def test_of_many_who_claim_at_once_each_job_goes_to_one(store):
    for number in range(40):
        store.jobs.add("prune", {"number": number}, due_at=NOW)
    stores = [open_services(store.config) for _ in range(4)]
    numbers: list[object] = []

    def claim_all(jobs: Jobs) -> None:
        while job := jobs.claim(NOW):
            numbers.append(job.payload["number"])

    claimers = [threading.Thread(target=claim_all, args=(one.jobs,)) for one in stores]
    for claimer in claimers:
        claimer.start()
    for claimer in claimers:
        claimer.join()
    for one in stores:
        one.close()

    assert sorted(numbers) == list(range(40))


def test_the_job_of_a_worker_that_died_is_free_when_its_claim_has_run_out(jobs):
    jobs.add("prune", {}, due_at=NOW)
    first = claimed(jobs)

    assert jobs.claim(NOW + CLAIM_S - 1) is None
    again = claimed(jobs, NOW + CLAIM_S)
    assert (again.id, again.attempts) == (first.id, 2)


def test_a_worker_that_comes_late_does_not_end_a_job_that_is_another_s_by_now(jobs):
    jobs.add("prune", {}, due_at=NOW)
    late = claimed(jobs)
    other = claimed(jobs, NOW + CLAIM_S)
    jobs.end(late, NOW + CLAIM_S)
    jobs.fail(late, "too late", now=NOW + CLAIM_S, again_at=NOW)

    assert claimed(jobs, NOW + 2 * CLAIM_S).id == other.id


def test_a_job_that_was_done_is_never_due_again(jobs):
    jobs.add("prune", {}, due_at=NOW)
    jobs.end(claimed(jobs), NOW)

    assert jobs.claim(NOW + 10 * CLAIM_S) is None
    assert jobs.failed() == []


def test_a_job_that_failed_is_tried_again_at_the_time_said(jobs):
    jobs.add("prune", {}, due_at=NOW)
    jobs.fail(claimed(jobs), "StoreFull", now=NOW, again_at=NOW + 60)

    assert jobs.claim(NOW + 59) is None
    assert claimed(jobs, NOW + 60).attempts == 2
    assert jobs.failed() == []


def test_a_job_that_fails_every_time_ends_as_failed_with_its_reason(jobs):
    jobs.add("prune", {}, due_at=NOW)
    for _ in range(ATTEMPTS):
        jobs.fail(claimed(jobs), "StoreFull", now=NOW, again_at=NOW)

    assert jobs.claim(NOW + 10 * CLAIM_S) is None
    assert [(one.kind, one.failure, one.ended_at) for one in jobs.failed()] == [("prune", "StoreFull", NOW)]


def test_a_job_that_kills_every_worker_ends_as_failed(jobs):
    jobs.add("prune", {}, due_at=NOW)
    for attempt in range(ATTEMPTS):
        claimed(jobs, NOW + attempt * CLAIM_S)
    jobs.claim(NOW + ATTEMPTS * CLAIM_S)

    assert [one.failure for one in jobs.failed()] == ["Its worker ended before it did."]
