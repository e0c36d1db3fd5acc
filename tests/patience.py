"""Waiting for what is to come true: as long as it takes on a machine that has much else to do, and no longer."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from breachcheck.db import postgres, postgres_hosts, postgres_link, postgres_store, postgres_watch
from breachcheck.errors import StoreUnavailable

PATIENCE_S = 60
PAUSE_S = 0.02

_GIVES_UP_AFTER = (
    (postgres, "PATIENCE_S"),
    (postgres, "LEAST_S"),
    (postgres_store, "PATIENCE_S"),
    (postgres_watch, "PATIENCE_S"),
    (postgres_hosts, "CONNECT_S"),
)
_LONGER = pytest.MonkeyPatch()


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
    for module, name in _GIVES_UP_AFTER:
        _LONGER.setattr(module, name, PATIENCE_S)
    _LONGER.setitem(postgres_link.OPTIONS, "connect_timeout", PATIENCE_S)


@contextmanager
def in_earnest() -> Iterator[None]:
    """Stores are as patient as the program's are, for the length of a block."""
    _LONGER.undo()
    try:
        yield
    finally:
        have_stores_wait()
