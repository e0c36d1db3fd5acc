"""Waiting for what is to come true: as long as it takes on a machine that has much else to do, and no longer."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from breachcheck.db import postgres, postgres_hosts, postgres_link, postgres_store, postgres_watch
from breachcheck.errors import StoreUnavailable

PATIENCE_S = 60
PAUSE_S = 0.02

_PLACES: tuple[tuple[dict[str, Any], str], ...] = (
    (vars(postgres), "PATIENCE_S"),
    (vars(postgres), "LEAST_S"),
    (vars(postgres_store), "PATIENCE_S"),
    (vars(postgres_watch), "PATIENCE_S"),
    (vars(postgres_hosts), "CONNECT_S"),
    (postgres_link.OPTIONS, "connect_timeout"),
)
"""Where it stands how long the program waits for a server."""
_AS_THE_PROGRAM_HAS_IT = tuple(place[name] for place, name in _PLACES)


def eventually(claim: Callable[[], object], patience_s: float = PATIENCE_S) -> bool:
    """Whether *claim* comes true. It is looked at once at least; that the store cannot be asked is no answer yet."""
    until = time.monotonic() + patience_s
    while True:
        try:
            if claim():
                return True
        except StoreUnavailable:
            pass
        if time.monotonic() > until:
            return False
        time.sleep(PAUSE_S)


def have_stores_wait() -> None:
    """From now on no store of this process gives a server up that is only slow, until *in_earnest*.

    The program does after a second, and says that it cannot answer, which is true but not what most tests are about.
    """
    for place, name in _PLACES:
        place[name] = PATIENCE_S


@contextmanager
def in_earnest() -> Iterator[None]:
    """Stores are as patient as the program's are, for the length of a block."""
    for (place, name), seconds in zip(_PLACES, _AS_THE_PROGRAM_HAS_IT, strict=True):
        place[name] = seconds
    try:
        yield
    finally:
        have_stores_wait()
