"""The site's status: whether it can answer, how it did, and what operators say of trouble.

What was last seen is kept, with when that was: where the store is out of reach, that is what can still be told.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from breachcheck.catalog import Catalogue
from breachcheck.disclosure import PUBLIC
from breachcheck.errors import CouldNotCheck
from breachcheck.health import performance
from breachcheck.health.incidents import Incident, Incidents
from breachcheck.health.measures import BOUNDS_MS
from breachcheck.health.performance import MINUTE_S, WINDOWS, Performance, Window
from breachcheck.health.vitals import NAMES
from breachcheck.lookup import Lookup

FRESH_S = 5
"""For so long nobody looks anew, whether there was something to see or not."""

RECENT_S = 14 * 24 * 3600
"""For so long an incident that is resolved is told."""

Within = int | Literal["slower"] | None
"""Milliseconds: one of ``BOUNDS_MS``. None where there was nothing to time."""


@dataclass(frozen=True, slots=True)
class Span:
    """How the site did in one window, as far as there is a record: *numbers* by the words of ``performance``.

    *minutes* have passed in it since *since*, epoch seconds; what is not watched is not known to have been well.
    """

    window: str
    since: int
    minutes: int
    numbers: Mapping[str, int]

    @property
    def watched(self) -> int:
        """Minutes of which there is a record."""
        return min(self.numbers.get(performance.WATCHED, 0), self.minutes)

    @property
    def out_of_reach(self) -> int:
        """Minutes in which the store could not be asked, at least once."""
        return min(self.numbers.get(performance.OUT_OF_REACH, 0), self.watched)

    @property
    def failed(self) -> int:
        """Look-ups that got no answer; one that came too often is none of them."""
        return self.numbers.get(performance.COULD_NOT_CHECK, 0)

    @property
    def asked(self) -> int:
        return self.failed + self.numbers.get(performance.ANSWERED, 0)

    @property
    def complaints(self) -> int:
        """How often visitors said that the site does not work for them."""
        return self.numbers.get(performance.COMPLAINTS, 0)

    def within(self, share: float) -> Within:
        """In what time this share of the answers about one account was there."""
        numbers = [self.numbers.get(name, 0) for name in NAMES]
        if not (wanted := share * sum(numbers)):
            return None
        places = (place for place in range(len(numbers)) if sum(numbers[: place + 1]) >= wanted)
        place = next(places)
        return BOUNDS_MS[place] if place < len(BOUNDS_MS) else "slower"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the store said at *read_at*. *breaches*: those that visitors can check; *newest_added*: None without any."""

    read_at: int
    generation: int
    breaches: int
    newest_added: int | None
    spans: tuple[Span, ...]
    incidents: tuple[Incident, ...]

    @property
    def open_incidents(self) -> tuple[Incident, ...]:
        return tuple(one for one in self.incidents if one.resolved_at is None)


@dataclass(frozen=True, slots=True)
class Status:
    """*at*: when it was asked; *seen*: what is known otherwise, None where nothing was seen since the program began."""

    at: int
    can_answer: bool
    seen: Seen | None


class SiteStatus:
    """May be used by any number of threads."""

    def __init__(
        self,
        catalogue: Catalogue,
        lookup: Lookup,
        performance: Performance,
        incidents: Incidents,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._catalogue = catalogue
        self._lookup = lookup
        self._performance = performance
        self._incidents = incidents
        self._clock = clock
        self._looked_at = 0.0
        self._seen: Seen | None = None

    def now(self) -> Status:
        """Asks the store, as a look-up does; where it cannot be asked, that is the answer."""
        try:
            self.try_store()
            self._keep_up()
        except CouldNotCheck:
            return Status(int(self._clock()), can_answer=False, seen=self.seen())
        return Status(int(self._clock()), can_answer=True, seen=self.seen())

    def try_store(self) -> None:
        """Raises CouldNotCheck where no look-up could be answered. What else can be seen is, meanwhile."""
        self.seen()
        self._lookup.try_store()

    def seen(self) -> Seen | None:
        """What was last seen, at most ``FRESH_S`` old where there is anything to see."""
        now = self._clock()
        if now - self._looked_at >= FRESH_S:
            self._looked_at = now
            with suppress(CouldNotCheck):
                self._seen = self._read(int(now))
        return self._seen

    def open_incidents(self) -> tuple[Incident, ...]:
        seen = self.seen()
        return seen.open_incidents if seen else ()

    def look_anew(self) -> None:
        """Something was just said."""
        self._looked_at = 0.0

    def _keep_up(self) -> None:
        """What was published or withdrawn since is told at once, as a look-up tells it."""
        if self._seen and self._seen.generation != self._catalogue.published().generation:
            self.look_anew()

    def _read(self, now: int) -> Seen:
        breaches = self._lookup.reach(PUBLIC)
        return Seen(
            read_at=now,
            generation=self._catalogue.published().generation,
            breaches=len(breaches),
            newest_added=max((one.added_at for one in breaches), default=None),
            spans=tuple(self._span(window, now) for window in WINDOWS),
            incidents=tuple(self._incidents.since(now - RECENT_S)),
        )

    def _span(self, window: Window, now: int) -> Span:
        since = window.since(now)
        return Span(window.name, since, (now - since) // MINUTE_S, self._performance.over(window, now))
