"""The use counter: what calls of API keys become until they are written, once a second, in a thread of its own."""

import threading
import time
from collections import Counter
from collections.abc import Callable

from breachcheck.errors import StoreUnavailable
from breachcheck.key_uses import KEPT_FOR_S, MINUTE_S, KeyUses, Use

PAUSE_S = 1.0
FORGET_EVERY_S = 24 * 3600


class UseCounter:
    """Counts in memory, so that no call waits for a disk. A process that is killed loses the last second's counts.

    May be used by any number of threads. Where nothing is counted, nothing runs.
    """

    def __init__(self, uses: KeyUses, *, clock: Callable[[], float] = time.time) -> None:
        self._uses = uses
        self._clock = clock
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._counted: Counter[Use] = Counter()
        self._has_something = threading.Event()
        self._closing = threading.Event()
        self._writer: threading.Thread | None = None
        self._forget_at = 0.0

    def count(self, key_id: int, endpoint: str, outcome: str) -> None:
        """One call, just now."""
        use = Use(key_id, int(self._clock()) // MINUTE_S * MINUTE_S, endpoint, outcome)
        with self._lock:
            self._counted[use] += 1
            if self._writer is None and not self._closing.is_set():
                self._writer = threading.Thread(target=self._write_now_and_then, name="use counter", daemon=True)
                self._writer.start()
        self._has_something.set()

    def flush(self) -> None:
        """Write what was counted, or wait until who does so already has. Raises StoreUnavailable, and then keeps it."""
        with self._writing:
            with self._lock:
                counted, self._counted = self._counted, Counter()
            try:
                self._write(counted)
            except StoreUnavailable:
                with self._lock:
                    self._counted.update(counted)
                raise

    def close(self) -> None:
        """Write what is left, if the store can be written, and count no more in the background."""
        self._closing.set()
        self._has_something.set()
        if self._writer is not None:
            self._writer.join()
        self._try_to_flush()

    def _write_now_and_then(self) -> None:
        while not self._closing.is_set():
            self._has_something.wait()
            self._closing.wait(PAUSE_S)
            self._has_something.clear()
            self._try_to_flush()

    def _try_to_flush(self) -> None:
        try:
            self.flush()
        except StoreUnavailable:
            self._has_something.set()

    def _write(self, counted: Counter[Use]) -> None:
        if not counted:
            return
        self._uses.add(counted)
        if self._clock() >= self._forget_at:
            self._uses.forget_before(int(self._clock()) - KEPT_FOR_S)
            self._forget_at = self._clock() + FORGET_EVERY_S
