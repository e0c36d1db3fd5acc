"""Measures: what this process was asked and how that went, counted in memory. Never about whom, never by whom."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args

from breachcheck.answers import Answer
from breachcheck.errors import CouldNotCheck

BOUNDS_MS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
"""What took no longer than one of these is counted under the first that holds it."""

Door = Literal["page", "owner", "v1", "v3", "batch"]
Outcome = Literal["exposed", "not_found", "could_not_check", "limited"]
Ending = Literal["answered", "could_not_check", "limited"]
Of = TypeVar("Of")

DOORS: tuple[Door, ...] = get_args(Door)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

_BOUNDS_S = tuple(bound / 1000 for bound in BOUNDS_MS)
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


@dataclass(slots=True)
class Times:
    """How often something took how long. *within*: by bound, and last what took longer than all of them."""

    within: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_MS) + 1))
    sum_s: float = 0.0

    def add(self, seconds: float) -> None:
        self.within[bisect_left(_BOUNDS_S, seconds)] += 1
        self.sum_s += seconds

    def copy(self) -> "Times":
        return Times(list(self.within), self.sum_s)


@dataclass(frozen=True, slots=True)
class Counts:
    """All that was counted since the process began.

    *requests*: by method, route rule and class of status; *request_times*: by rule; *lookups*: accounts, by door and
    outcome; *calls*: look-ups as their callers see them, where a batch is one; *lookup_times*: of single accounts that
    were answered; *complaints*: of visitors for whom the site does not work.
    """

    requests: Mapping[tuple[str, str, str], int]
    request_times: Mapping[str, Times]
    lookups: Mapping[tuple[Door, Outcome], int]
    calls: Mapping[Ending, int]
    lookup_times: Mapping[Door, Times]
    complaints: int


class Measures:
    """May be used by any number of threads; a count costs about a microsecond and waits for no disk."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._request_times: dict[str, Times] = {}
        self._lookups: Counter[tuple[Door, Outcome]] = Counter()
        self._calls: Counter[Ending] = Counter()
        self._lookup_times: dict[Door, Times] = {}
        self._complaints = 0

    def request(self, method: str, rule: str, status: int, seconds: float) -> None:
        """One answer. *rule* is the route's, never the path; a method of nobody's making is counted as another."""
        named = method if method in _METHODS else "other"
        with self._lock:
            self._requests[named, rule, status // 100] += 1
            _times(self._request_times, rule).add(seconds)

    def lookup(self, door: Door, outcome: Outcome, seconds: float) -> None:
        """One call that asked about an account, or as a batch got no answer."""
        with self._lock:
            self._lookups[door, outcome] += 1
            if outcome == "exposed" or outcome == "not_found":
                self._calls["answered"] += 1
                _times(self._lookup_times, door).add(seconds)
            else:
                self._calls[outcome] += 1

    def batch(self, outcomes: Mapping[Outcome, int]) -> None:
        """One batch that was answered, with what came of its accounts."""
        with self._lock:
            self._calls["answered"] += 1
            for outcome, accounts in outcomes.items():
                self._lookups["batch", outcome] += accounts

    def complaint(self) -> None:
        """A visitor says that the site does not work."""
        with self._lock:
            self._complaints += 1

    def counts(self) -> Counts:
        """As of one moment."""
        with self._lock:
            return Counts(
                {(method, rule, f"{status}xx"): count for (method, rule, status), count in self._requests.items()},
                {rule: times.copy() for rule, times in self._request_times.items()},
                dict(self._lookups),
                dict(self._calls),
                {door: times.copy() for door, times in self._lookup_times.items()},
                self._complaints,
            )


def outcome_of(outcome: Answer | Exception) -> Outcome | None:
    """What became of a question; None where it was none that could be asked."""
    if isinstance(outcome, Answer):
        return "exposed" if outcome.exposures else "not_found"
    return "could_not_check" if isinstance(outcome, CouldNotCheck) else None


def _times(known: dict[Of, Times], key: Of) -> Times:
    times = known.get(key)
    if times is None:
        times = known[key] = Times()
    return times
