"""Attempts: a load from its start to its end or its failure, and the one before it where that can be gone on with."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from breachcheck import __version__
from breachcheck.breaches import LoadId
from breachcheck.db import engines
from breachcheck.errors import BreachcheckError, LoadError
from breachcheck.holdings import Holdings
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
def attempt(manifest: Manifest, holdings: Holdings, by: str, lock: Lock) -> Iterator[LoadId]:
    """A load that is marked as failed where the block does not reach its end. No other load runs meanwhile.

    On a server it is the one that was cut off, if the program of that one was killed with the same manifest in hand.
    """
    load_id = _cut_off(manifest, holdings, by, lock)
    holdings.loads.fail_running(ENDED_EARLY, _now(), but=load_id)
    if load_id is None:
        load_id = start(manifest, holdings, by)
    why, tally = "It failed by a fault of the program's own.", None
    try:
        lock.note(label(holdings, load_id))
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
            holdings.loads.fail(load_id, why, _now(), tally)


def _cut_off(manifest: Manifest, holdings: Holdings, by: str, lock: Lock) -> LoadId | None:
    """The load that whoever held the lock last was running, where it is like this one and did not end."""
    if not engines.is_on_a_server(holdings.config):
        return None
    for load in holdings.loads.running():
        is_ours = lock.noted == label(holdings, load.id)
        if is_ours and (load.manifest_sha256, load.program, load.loaded_by) == (manifest.sha256, PROGRAM, by):
            return load.id
    return None


def start(manifest: Manifest, holdings: Holdings, by: str) -> LoadId:
    """A new load, which runs."""
    return holdings.loads.start(
        holdings.breaches.id_of(manifest.facts.name),
        manifest.facts,
        manifest=manifest.text,
        sha256=manifest.sha256,
        program=PROGRAM,
        by=by,
        at=_now(),
    )


def label(holdings: Holdings, load_id: LoadId) -> str:
    """By which the lock names a load: its number, and of which store it is."""
    return f"{holdings.identity.store} {load_id}"


def _now() -> int:
    return int(time.time())
