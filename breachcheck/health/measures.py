"""Measures: what this process was asked and how that went, counted in memory. Never about whom, never by whom."""

import threading
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from breachcheck.answers import Answer
from breachcheck.errors import CouldNotCheck, KindNotCarried

BOUNDS_MS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
"""What took no longer than one of these is counted under the first that holds it."""

Door = Literal["page", "owner", "v1", "v3", "batch"]
Outcome = Literal["exposed", "not_found", "could_not_check", "limited"]
Ending = Literal["answered", "could_not_check", "limited"]
DOORS: tuple[Door, ...] = get_args(Door)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
ANSWERS: tuple[Outcome, ...] = ("exposed", "not_found")

_BOUNDS_S = tuple(bound / 1000 for bound in BOUNDS_MS)
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


@dataclass(slots=True)
class Times:
    """How often something took how long. *within*: by bound, and last what took longer than all of them."""

    within: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_MS) + 1))
    sum_s: float = 0.0

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


class _Cell:
    """One number, and how long what it counts took."""

    __slots__ = ("number", "times")

    def __init__(self, times: Times) -> None:
        self.number = 0
        self.times = times


class Measures:
    """May be used by any number of threads; a count costs a microsecond or two and waits for no disk."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[tuple[str, str, int], _Cell] = {}
        self._request_times: defaultdict[str, Times] = defaultdict(Times)
        self._lookup_times = {door: Times() for door in DOORS}
        self._lookups = {(door, outcome): self._cell_of(door, outcome) for door in DOORS for outcome in OUTCOMES}
        self._batches = 0
        self._accounts: Counter[Outcome] = Counter()
        self._complaints = 0

    def request(self, method: str, rule: str, status: int, seconds: float) -> None:
        """One answer. *rule* is the route's, never the path; a method of nobody's making is counted as another."""
        cell = self._requests.get((method, rule, status)) or self._new_cell(method, rule, status)
        self._add(cell, seconds)

    def lookup(self, door: Door, outcome: Outcome, seconds: float) -> None:
        """One call that asked about an account, or as a batch got no answer."""
        self._add(self._lookups[door, outcome], seconds)

    def batch(self, outcomes: Mapping[Outcome, int]) -> None:
        """One batch that was answered, with what came of its accounts."""
        with self._lock:
            self._batches += 1
            self._accounts.update(outcomes)

    def complaint(self) -> None:
        """A visitor says that the site does not work."""
        with self._lock:
            self._complaints += 1

    def counts(self) -> Counts:
        """As of one moment."""
        with self._lock:
            return Counts(
                self._by_class(),
                {rule: times.copy() for rule, times in self._request_times.items()},
                self._of_accounts(),
                self._of_calls(),
                {door: times.copy() for door, times in self._lookup_times.items()},
                self._complaints,
            )

    def _cell_of(self, door: Door, outcome: Outcome) -> _Cell:
        """How long failures take is not told among answers."""
        return _Cell(self._lookup_times[door] if outcome in ANSWERS else Times())

    def _new_cell(self, method: str, rule: str, status: int) -> _Cell:
        key = (method if method in _METHODS else "other", rule, status)
        with self._lock:
            return self._requests.setdefault(key, _Cell(self._request_times[rule]))

    def _add(self, cell: _Cell, seconds: float) -> None:
        place = bisect_left(_BOUNDS_S, seconds)
        with self._lock:
            cell.number += 1
            cell.times.within[place] += 1
            cell.times.sum_s += seconds

    def _by_class(self) -> Mapping[tuple[str, str, str], int]:
        classes: Counter[tuple[str, str, str]] = Counter()
        for (method, rule, status), cell in self._requests.items():
            classes[method, rule, f"{status // 100}xx"] += cell.number
        return classes

    def _of_accounts(self) -> Mapping[tuple[Door, Outcome], int]:
        calls = {asked: cell.number for asked, cell in self._lookups.items()}
        batch: Door = "batch"
        return calls | {(batch, one): calls[batch, one] + self._accounts[one] for one in OUTCOMES}

    def _of_calls(self) -> Mapping[Ending, int]:
        endings: Counter[Ending] = Counter({"answered": self._batches})
        for (_, outcome), cell in self._lookups.items():
            endings["answered" if outcome == "exposed" or outcome == "not_found" else outcome] += cell.number
        return endings


def answered(answer: Answer) -> Outcome:
    """What *answer* counts as."""
    return "exposed" if answer.exposures else "not_found"


def outcome_of(outcome: Answer | Exception) -> Outcome | None:
    """What became of a question; None where it was none that could be asked."""
    if isinstance(outcome, Answer):
        return answered(outcome)
    could_be_asked = not isinstance(outcome, KindNotCarried)
    return "could_not_check" if isinstance(outcome, CouldNotCheck) and could_be_asked else None
