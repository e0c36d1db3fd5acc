"""The worker: claims jobs and does them, one at a time, beside the server."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import structlog

from breachcheck import opt_outs, proofs, watchlists
from breachcheck.errors import BreachcheckError
from breachcheck.health import vitals
from breachcheck.health.recorder import Recorder
from breachcheck.jobs import ATTEMPTS, CLAIM_S, Job
from breachcheck.mail import notify, postman
from breachcheck.notifications import TellingId
from breachcheck.services import Services
from breachcheck.surprises import places_of
from breachcheck.webhooks import courier

IDLE_S = 1.0
AGAIN_AFTER_S = 60
RENEW_EVERY_S = CLAIM_S / 4
BY = "worker"

log = structlog.get_logger("breachcheck.worker")


def prune(services: Services, _job: Job) -> None:
    """Delete the exposures of loads that nobody can see any more."""
    for load_id in services.publishing.prunable(now=_now()):
        deleted = services.publishing.prune(load_id, by=BY)
        log.info("pruned", load=load_id, exposures=deleted)
    services.watching.tell_all()  # what a job of the kind `watch` that was given up left
    services.opt_outs.finish()  # erasing waits for loads, and every load that failed leaves a job of this kind


def forget(services: Services, job: Job) -> None:
    """Delete what an opt-out that was cut off may have left in the index. Not logged: nobody's affair."""
    services.opt_outs.finish(since=int(str(job.payload["since"])))


def tell(services: Services, job: Job) -> None:
    """Queue the mails of a telling."""
    mails = services.post.notify.fan_out(TellingId(int(str(job.payload["telling"]))))
    log.info("told", telling=job.payload["telling"], mails=mails)


def watch(services: Services, _job: Job) -> None:
    """Tell watchlists what publishing or withdrawing changed for them."""
    events = services.watching.tell_all()
    pruned = services.watching.prune(now=_now())
    log.info("watchlists told", events=events, pruned=pruned)


def check_domains(services: Services, _job: Job) -> None:
    """Look for the proofs of domains that are due again."""
    log.info("domains checked", found=services.proofs.recheck())


JOBS: dict[str, Callable[[Services, Job], None]] = {
    "prune": prune,
    opt_outs.JOB: forget,
    notify.JOB: tell,
    watchlists.JOB: watch,
    proofs.JOB: check_domains,
}


def run(services: Services, stopping: Event) -> None:
    """Do what is due until *stopping* is set. A job that fails is tried again, visibly.

    Mails and webhooks leave meanwhile: whoever waits for one does not wait for a long job. The
    site's record says that somebody is here.
    """
    folder = services.config.data
    recorder = Recorder(services.performance, vitals.of_worker)
    others = [
        Thread(target=postman.run, args=(services.post, folder, stopping), name="postman"),
        Thread(target=courier.run, args=(services.webhook_calls, folder, stopping), name="courier"),
        Thread(target=recorder.run, args=(stopping,), name="recorder"),
    ]
    for one in others:
        one.start()
    try:
        _do_jobs(services, stopping)
    finally:
        stopping.set()
        for one in others:
            one.join()


def _do_jobs(services: Services, stopping: Event) -> None:
    is_scheduled = False
    while not stopping.is_set():
        try:
            if not is_scheduled:
                services.proofs.schedule()
            is_scheduled = True
            busy = run_one(services)
        except BreachcheckError as error:
            log.warning("store out of reach", error=type(error).__name__)
            busy = False
        if not busy:
            stopping.wait(IDLE_S)


def run_one(services: Services) -> bool:
    """Claim and do one job; whether there was one."""
    job = services.jobs.claim(_now())
    if job is None:
        return False
    try:
        with _claim_renewed(services, job):
            JOBS[job.kind](services, job)
    except Exception as error:  # noqa: BLE001 - the edge of a job: one that fails must not end the worker
        _note_failure(services, job, error)
    else:
        services.jobs.end(job, _now())
    return True


@contextmanager
def _claim_renewed(services: Services, job: Job) -> Iterator[None]:
    """The job stays ours for the length of the block, however long: a thread sees to it."""
    is_over = Event()

    def renew() -> None:
        while not is_over.wait(RENEW_EVERY_S):
            with suppress(BreachcheckError):  # out of reach: the claim has time left for another try
                services.jobs.renew(job, _now())

    thread = Thread(target=renew, name="claim of a job")
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _note_failure(services: Services, job: Job, error: Exception) -> None:
    """Where *error* came from, never its message, which may quote what it met."""
    kind, trace = type(error).__name__, places_of(error)
    log.error("job failed", job=job.id, kind=job.kind, attempt=job.attempts, of=ATTEMPTS, error=kind, trace=trace)
    services.jobs.fail(job, kind, now=_now(), again_at=_now() + AGAIN_AFTER_S)


def _now() -> int:
    return int(time.time())
