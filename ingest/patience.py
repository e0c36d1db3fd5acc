"""Patience: how long a load that runs waits for a server that is away, to go on where it was."""

import time
from collections.abc import Callable
from typing import TypeVar

from breachcheck.config import Config
from breachcheck.db import engines
from breachcheck.errors import StoreFull, StoreUnavailable

ABSENCE_S = 60.0
"""A server that was killed, or is started again after an upgrade, is back by then."""

AGAIN_AFTER_S = 0.5

Result = TypeVar("Result")


class Patience:
    """Does what a store is asked again while its server is away, for a time. A store in files is not waited for."""

    def __init__(self, settings: Config, waits: Callable[[], None]) -> None:
        """*waits* is called each time before it waits."""
        self._absence_s = ABSENCE_S if engines.is_on_a_server(settings) else 0.0
        self._waits = waits

    def __call__(self, act: Callable[[], Result]) -> Result:
        """What *act* returns. For what is as good twice as once: of what was cut off nobody knows whether it was done.

        Raises what *act* does, StoreUnavailable where the server was away for too long.
        """
        until: float | None = None
        while True:
            try:
                return act()
            except StoreFull:
                raise
            except StoreUnavailable:
                until = until or time.monotonic() + self._absence_s
                if time.monotonic() >= until:
                    raise
            self._waits()
            time.sleep(AGAIN_AFTER_S)
