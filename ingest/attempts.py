"""Attempts: a load from its start to its end or its failure, and the one before it where that can be gone on with."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from breachcheck import __version__
from breachcheck.breaches import LoadId
from breachcheck.db import engines
from breachcheck.errors import BreachcheckError, LoadError
from breachcheck.services import Services
from breachcheck.tallies import Tally
from ingest.loading import Lock
from ingest.manifest import Manifest

ENDED_EARLY = "The program that ran it ended before the load did."
PROGRAM = f"breachcheck {__version__}"


class LoadRefused(LoadError):
    """What was read is not fit to be published; *tally* says what it was."""

    def __init__(self, message: str, tally: Tally) -> None:
        super().__init__(message)
        self.tally = tally


@contextmanager
def attempt(manifest: Manifest, services: Services, by: str, lock: Lock) -> Iterator[LoadId]:
    """A load that is marked as failed where the block does not reach its end. No other load runs meanwhile.

    On a server it is the one that was cut off, if the program of that one was killed with the same manifest in hand.
    """
    load_id = _cut_off(manifest, services, by, lock)
    services.loads.fail_running(ENDED_EARLY, _now(), but=load_id)
    if load_id is None:
        load_id = start(manifest, services, by)
    why, tally = "It failed by a fault of the program's own.", None
    try:
        lock.note(label(services, load_id))
        yield load_id
        why = ""
    except KeyboardInterrupt:
        why = "It was stopped."
        raise LoadError("The load was stopped; nothing of it is visible. Start it again when you like.") from None
    except BreachcheckError as error:
        why, tally = str(error), error.tally if isinstance(error, LoadRefused) else None
        raise
    finally:
        if why:
            services.loads.fail(load_id, why, _now(), tally)


def _cut_off(manifest: Manifest, services: Services, by: str, lock: Lock) -> LoadId | None:
    """The load that whoever held the lock last was running, where it is like this one and did not end."""
    if not engines.is_on_a_server(services.config):
        return None
    for load in services.loads.running():
        is_ours = lock.noted == label(services, load.id)
        if is_ours and (load.manifest_sha256, load.program, load.loaded_by) == (manifest.sha256, PROGRAM, by):
            return load.id
    return None


def start(manifest: Manifest, services: Services, by: str) -> LoadId:
    """A new load, which runs."""
    return services.loads.start(
        services.breaches.id_of(manifest.facts.name),
        manifest.facts,
        manifest=manifest.text,
        sha256=manifest.sha256,
        program=PROGRAM,
        by=by,
        at=_now(),
    )


def label(services: Services, load_id: LoadId) -> str:
    """By which the lock names a load: its number, and of which store it is."""
    return f"{services.identity.store} {load_id}"


def _now() -> int:
    return int(time.time())
