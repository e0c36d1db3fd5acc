"""Vitals: what a process has to say of itself for the site's record, each time since it was last asked."""

from collections import Counter
from collections.abc import Callable, Mapping

from breachcheck.errors import CouldNotCheck
from breachcheck.health import performance
from breachcheck.health.measures import BOUNDS_MS, Counts, Measures
from breachcheck.health.performance import OUT_OF_REACH, WATCHED, WORKER

NAMES = (*(f"{performance.WITHIN}{bound}" for bound in BOUNDS_MS), performance.SLOWER)
"""Of how long answers took, as ``Times`` has them."""

Observe = Callable[[], Mapping[str, int]]


class OfServer:
    """Asks the store as a look-up does, and adds what was counted meanwhile."""

    def __init__(self, measures: Measures, try_store: Callable[[], object]) -> None:
        self._measures = measures
        self._try_store = try_store
        self._told: Counter[str] = Counter()

    def __call__(self) -> Mapping[str, int]:
        reach, counted = self._reach(), _numbers(self._measures.counts())
        new, self._told = counted - self._told, counted
        return new | reach

    def _reach(self) -> Counter[str]:
        try:
            self._try_store()
        except CouldNotCheck:
            return Counter({WATCHED: 1, OUT_OF_REACH: 1})
        return Counter({WATCHED: 1})


def of_worker() -> Mapping[str, int]:
    """It is there."""
    return {WORKER: 1}


def _numbers(counts: Counts) -> Counter[str]:
    numbers = Counter[str]({performance.COMPLAINTS: counts.complaints})
    numbers.update(counts.calls)
    for times in counts.lookup_times.values():
        numbers.update(dict(zip(NAMES, times.within, strict=True)))
    return numbers
