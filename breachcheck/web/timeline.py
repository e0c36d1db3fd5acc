"""The timeline: where each breach stands on a line of years. Drawing it is the template's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from breachcheck.answers import Exposure
from breachcheck.catalog import Breach

FROM_BREACHES_UP = 3
MOST_TICKS = 6
MARGIN_PC = 5.0
"""Kept free at both ends, for a dot's radius and the half of a year's digits."""
NEAR_PC = 8.0
"""Dots nearer than this would overlap on a phone, so they stand above each other."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One breach, as *number* of the list; *at* percent of the line's width, *level* dots above the line."""

    number: int
    breach: Breach
    at: float
    level: int


@dataclass(frozen=True, slots=True)
class Tick:
    """The beginning of a year."""

    year: int
    at: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """*dots* are in the order of time; *levels* is how high they are piled."""

    dots: Sequence[Dot]
    ticks: Sequence[Tick]
    levels: int


def timeline_of(exposures: Sequence[Exposure]) -> Timeline | None:
    """The line of what an answer holds; None below three breaches, where it would show nothing."""
    if len(exposures) < FROM_BREACHES_UP:
        return None
    breaches = sorted((one.breach for one in exposures), key=lambda breach: breach.facts.breach_date)
    days = [breach.facts.breach_date for breach in breaches]
    first, last = days[0].year, days[-1].year + 1
    dots: list[Dot] = []
    for number, breach in enumerate(breaches, 1):
        at = _place(breach.facts.breach_date, first, last)
        dots.append(Dot(number, breach, at, _free_level(dots, at)))
    return Timeline(dots, _ticks(first, last), 1 + max(dot.level for dot in dots))


def _place(day: date, first: int, last: int) -> float:
    begin, end = date(first, 1, 1), date(last, 1, 1)
    share = (day - begin).days / (end - begin).days
    return round(MARGIN_PC + share * (100 - 2 * MARGIN_PC), 2)


def _free_level(dots: Sequence[Dot], at: float) -> int:
    taken = {dot.level for dot in dots if at - dot.at < NEAR_PC}
    return next(level for level in range(len(dots) + 1) if level not in taken)


def _ticks(first: int, last: int) -> list[Tick]:
    step = ceil((last - first) / (MOST_TICKS - 1))
    return [Tick(year, _place(date(year, 1, 1), first, last)) for year in range(first, last + 1, step)]
