"""The recorder: keeps the site's own record of how it does, while a process runs, in a thread of its own.

What cannot be written is kept and written later. What nobody was there to see is in no record, and so is never told
as having been well.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from breachcheck.errors import StoreUnavailable
from breachcheck.health.performance import HOUR_S, MINUTE_S, ONCE_A_MINUTE, Noted, Performance
from breachcheck.health.vitals import Observe
from breachcheck.surprises import goes_well

PAUSE_S = 15.0


class Recorder:
    """For one thread. A process that is killed loses what it counted in the last ``PAUSE_S`` seconds."""

    def __init__(self, performance: Performance, observe: Observe, *, clock: Callable[[], float] = time.time) -> None:
        self._performance = performance
        self._observe = observe
        self._clock = clock
        self._unwritten: Counter[Noted] = Counter()
        self._said: set[Noted] = set()
        self._forget_at = 0.0

    def run(self, stopping: threading.Event) -> None:
        """Note and write until *stopping* is set, and a last time then."""
        while not stopping.is_set():
            goes_well(self._go_on, _log())
            stopping.wait(PAUSE_S)
        goes_well(self._go_on, _log())

    def _go_on(self) -> None:
        with suppress(StoreUnavailable):  # that is noted, and is written when it can be
            self.note()
            self.write()

    def note(self) -> None:
        """Observe, for the minute that is now."""
        minute = int(self._clock()) // MINUTE_S * MINUTE_S
        self._said = {noted for noted in self._said if noted.minute == minute}
        for what, number in self._observe().items():
            noted = Noted(minute, what)
            if what not in ONCE_A_MINUTE:
                self._unwritten[noted] += number
            elif noted not in self._said:
                self._unwritten[noted] = 1
                self._said.add(noted)

    def write(self) -> None:
        """Write what was noted. Raises StoreUnavailable, and then keeps it for the next time."""
        if self._unwritten:
            self._performance.add(self._unwritten)
            self._unwritten.clear()
        now = self._clock()
        if now >= self._forget_at:
            self._performance.forget(int(now))
            self._forget_at = now + HOUR_S


@contextmanager
def recording(performance: Performance, observe: Observe) -> Iterator[None]:
    """For the length of a block."""
    stopping = threading.Event()
    recorder = Recorder(performance, observe)
    thread = threading.Thread(target=recorder.run, args=(stopping,), name="recorder", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


@cache
def _log() -> Any:
    import structlog  # most programs that wire a recorder run none, and this takes long to import

    return structlog.get_logger("breachcheck.health.recorder")
