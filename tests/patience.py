"""Waiting for what is to come true: as long as it takes on a machine that has much else to do, and no longer."""

import time
from collections.abc import Callable

from breachcheck.errors import StoreUnavailable

PATIENCE_S = 60.0
PAUSE_S = 0.02


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
