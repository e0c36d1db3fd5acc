"""The worker: claims jobs and does them, one at a time, beside the server."""

import time
from collections.abc import Callable
from threading import Event

import structlog

from breachcheck.errors import BreachcheckError
from breachcheck.jobs import Job
from breachcheck.services import Services

IDLE_S = 1.0
AGAIN_AFTER_S = 60
BY = "worker"

log = structlog.get_logger("breachcheck.worker")


def prune(services: Services, job: Job) -> None:
    """Delete the exposures of loads that nobody can see any more."""
    for load_id in services.publishing.prunable(now=int(time.time())):
        deleted = services.publishing.prune(load_id, by=BY)
        log.info("pruned", load=load_id, exposures=deleted)


JOBS: dict[str, Callable[[Services, Job], None]] = {"prune": prune}


def run(services: Services, stopping: Event) -> None:
    """Do what is due until *stopping* is set. A job that fails is tried again, visibly."""
    while not stopping.is_set():
        try:
            busy = run_one(services)
        except BreachcheckError as error:
            log.warning("store out of reach", error=type(error).__name__)
            busy = False
        if not busy:
            stopping.wait(IDLE_S)


def run_one(services: Services) -> bool:
    """Claim and do one job; whether there was one."""
    now = int(time.time())
    job = services.jobs.claim(now)
    if job is None:
        return False
    try:
        JOBS[job.kind](services, job)
    except Exception as error:  # noqa: BLE001 - the edge of a job: one that fails must not end the worker
        log.error("job failed", job=job.id, kind=job.kind, attempt=job.attempts, error=type(error).__name__)
        services.jobs.fail(job, type(error).__name__, again_at=now + AGAIN_AFTER_S)
    else:
        services.jobs.end(job, int(time.time()))
    return True
