"""Which server of a store is asked just now: the one that is written to, or while it is away a copy that follows it."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from breachcheck.db.base import Source
from breachcheck.db.postgres_hosts import Host, Seen, Sighting, hosts_of, look
from breachcheck.db.postgres_link import Link
from breachcheck.errors import StoreReadOnly, StoreUnavailable

LOOK_OUT_S = 1.0
"""While a copy is asked, how often somebody looks whether there is a server to write to again."""
SILENT_S = 1.0
"""For how long one that did not answer in time is left alone, where another may answer."""
PAUSE_S = 0.02
"""Between two looks that find none, however many ask."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The server that is asked, and what it said of itself."""

    source: Source
    sighting: Sighting

    @property
    def host(self) -> Host:
        return self.sighting.host

    @property
    def is_copy(self) -> bool:
        return self.sighting.is_copy

    def is_run(self, sighting: Sighting) -> bool:
        """Whether *sighting* is of the same server, neither started again nor promoted meanwhile."""
        return (sighting.run, sighting.history) == (self.sighting.run, self.sighting.history)


class Reach:
    """Chooses among the servers that a URL names, for both databases of a store. For any number of threads.

    All ask the same one until it is lost. Whoever comes first then looks for another, and the others wait for what is
    found; once it is known that there is none, one at a time looks, and all others are told at once.
    """

    def __init__(self, url: str) -> None:
        self._link = Link(url, "public")
        self._hosts = hosts_of(url)
        self._changed = threading.Condition()
        self._chosen: Chosen | None = None
        self._number = 0
        self._newest = ""
        self._is_looking = False
        self._is_closed = False
        self._why_none: str | None = None
        self._silent_until: dict[Host, float] = {}
        self._look_out_at = 0.0
        self._look_again_at = 0.0

    @property
    def is_down(self) -> bool:
        """Whether it is known that no server answers."""
        return self._why_none is not None

    def choose(self, until: float, *, to_write: bool = False) -> Chosen:
        """The server to ask. Raises StoreUnavailable where none is there, StoreReadOnly where none can be written to.

        *until*: by when, on the monotonic clock.
        """
        chosen = self._chosen
        if chosen is not None and not chosen.is_copy:
            return chosen
        if self._is_turn_of_caller(until, to_write):
            self._look(until)
        with self._changed:
            chosen = self._chosen
            if chosen is None:
                raise StoreUnavailable(self._why_none or self._link.unusable("no answer in time"))
            if to_write and chosen.is_copy:
                raise StoreReadOnly(self._link.read_only)
            if chosen.is_copy and not self._is_looking:
                self._look_out()
            return chosen

    def lost(self, chosen: Chosen, *, is_silent: bool = False) -> None:
        """Tell that a server let go of its callers, or does not answer any more. Another is chosen for the next."""
        with self._changed:
            if self._chosen is not None and self._chosen.source == chosen.source:
                self._chosen = None
            if is_silent:
                self._silent_until[chosen.host] = time.monotonic() + SILENT_S
            if self._chosen is None and all(self._is_silent(host) for host in self._hosts):
                self._why_none = self._link.unusable("no answer in time")

    def close(self) -> None:
        """Look out no more."""
        self._is_closed = True

    def _is_turn_of_caller(self, until: float, to_write: bool) -> bool:
        """Whether the caller is to look; waits for who looks already, unless that is known to be of little use."""
        with self._changed:
            has_waited = False
            while self._is_looking and not self._suits(to_write) and not self.is_down:
                has_waited = True
                if not self._changed.wait(max(0.0, until - time.monotonic())):
                    return False
            if self.is_down and not self._is_looking:
                self._changed.wait(max(0.0, self._look_again_at - time.monotonic()))
            if has_waited or self._is_looking or self._suits(to_write):
                return False
            self._is_looking = True
            return True

    def _suits(self, to_write: bool) -> bool:
        return self._chosen is not None and not (to_write and self._chosen.is_copy)

    def _look(self, until: float) -> None:
        seen = Seen((), {}, ())
        try:
            seen = look(self._worth_asking(), until)
        finally:
            with self._changed:
                self._is_looking = False
                self._take(seen)
                self._changed.notify_all()

    def _look_out(self) -> None:
        """In the background; who asks a copy is not kept waiting."""
        now = time.monotonic()
        if now >= self._look_out_at and not self._is_closed:
            self._look_out_at = now + LOOK_OUT_S
            self._is_looking = True
            threading.Thread(
                target=self._look, args=(now + LOOK_OUT_S,), name="look out for a database", daemon=True
            ).start()

    def _worth_asking(self) -> Sequence[Host]:
        with self._changed:
            worth = () if self.is_down else [host for host in self._hosts if not self._is_silent(host)]
            return worth or self._hosts

    def _is_silent(self, host: Host) -> bool:
        return time.monotonic() < self._silent_until.get(host, 0.0)

    def _take(self, seen: Seen) -> None:
        """Make of what was *seen* what holds from now on. A copy that is asked goes on being asked, till it is lost."""
        self._silent_until |= dict.fromkeys(seen.silent, time.monotonic() + SILENT_S)
        best = self._best(seen.sightings)
        if best is not None:
            self._choose(best)
        elif self._chosen is None:
            self._why_none = self._link.unusable(self._reasons(seen))
            self._look_again_at = time.monotonic() + PAUSE_S

    def _best(self, sightings: Sequence[Sighting]) -> Sighting | None:
        """Never one that writes an older history than another did: it was replaced by that, and should be no more."""
        writable = [one for one in sightings if one.history is not None and one.history >= self._newest]
        if writable:
            return max(writable, key=lambda one: one.history or "")
        copies = [one for one in sightings if one.is_copy]
        if self._chosen is None:
            return max(copies, key=lambda one: one.replayed_until, default=None)
        return next((one for one in copies if one.host == self._chosen.host), None)

    def _choose(self, best: Sighting) -> None:
        if self._chosen is None or not (self._chosen.host == best.host and self._chosen.is_run(best)):
            self._number += 1
        self._newest = best.history or self._newest
        complete_until = best.replayed_until if best.is_copy else None
        self._chosen = Chosen(Source(self._number, best.history or "", complete_until), best)
        self._why_none = None

    def _reasons(self, seen: Seen) -> str:
        said = [f"{host.place}: {self._link.why(error)}" for host, error in seen.faults.items()]
        if len(self._hosts) == 1:
            said = [self._link.why(error) for error in seen.faults.values()]
        return "; ".join(said) or "no answer in time"
