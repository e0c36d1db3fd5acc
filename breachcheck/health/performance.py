"""Performance: how the site did, in numbers by the minute, the hour and the day. None of them is about anybody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from breachcheck.db.base import Database

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 24 * 3600
KEPT_FOR_S: Mapping[int, int] = {MINUTE_S: 26 * HOUR_S, HOUR_S: 8 * DAY_S, DAY_S: 400 * DAY_S}
"""By how long a step is."""

WATCHED, OUT_OF_REACH, WORKER = "watched", "out of reach", "worker"
ONCE_A_MINUTE = frozenset({WATCHED, OUT_OF_REACH, WORKER})
"""What is so of a minute, or is not, however many processes say so."""

ANSWERED, COULD_NOT_CHECK, LIMITED, COMPLAINTS = "answered", "could_not_check", "limited", "complaints"
WITHIN, SLOWER = "within ", "slower"


class Noted(NamedTuple):
    """*minute*: epoch seconds at which it began; *what*: a word of this module, or ``WITHIN`` and milliseconds."""

    minute: int
    what: str


@dataclass(frozen=True, slots=True)
class Window:
    """The last *steps* of *step_s* seconds each, in UTC; the last of them is going on."""

    name: str
    step_s: int
    steps: int

    def since(self, now: int) -> int:
        return now // self.step_s * self.step_s - (self.steps - 1) * self.step_s


WINDOWS = (Window("hour", MINUTE_S, 60), Window("day", HOUR_S, 24), Window("ninety_days", DAY_S, 90))


class Performance:
    """The table ``performance``. Every number stands in it by the minute, by the hour and by the day."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, noted: Mapping[Noted, int]) -> None:
        """Add to what was noted before, by this process and others; all or nothing."""
        with self._db.transaction():
            for (minute, what), number in sorted(noted.items()):
                if what not in ONCE_A_MINUTE:
                    self._add(KEPT_FOR_S, minute, what, number)
                elif self._is_first(minute, what):
                    self._add((HOUR_S, DAY_S), minute, what, number)

    def over(self, window: Window, now: int) -> dict[str, int]:
        """What *window* comes to; what never happened is left out, and so are minutes that are not over."""
        rows = self._db.query(
            """
            SELECT what, sum(number) AS number
            FROM performance
            WHERE step = :step AND since >= :since AND since <= :now
            GROUP BY what
            """,
            {"step": window.step_s, "since": window.since(now), "now": now},
        )
        under_way = self._said_of(now // MINUTE_S * MINUTE_S)
        numbers = {row["what"]: int(row["number"]) - (row["what"] in under_way) for row in rows}
        return {what: number for what, number in numbers.items() if number}

    def last_minute_of(self, what: str) -> int | None:
        """The last minute that is kept in which *what* was noted; None where there is none."""
        rows = self._db.query(
            "SELECT max(since) AS minute FROM performance WHERE step = :step AND what = :what",
            {"step": MINUTE_S, "what": what},
        )
        return None if rows[0]["minute"] is None else int(rows[0]["minute"])

    def forget(self, now: int) -> None:
        """Drop what is older than is kept."""
        for step, kept_for_s in KEPT_FOR_S.items():
            self._db.execute(
                "DELETE FROM performance WHERE step = :step AND since < :before",
                {"step": step, "before": now - kept_for_s},
            )

    def _said_of(self, minute: int) -> frozenset[str]:
        """Which of ``ONCE_A_MINUTE`` are so of *minute*."""
        rows = self._db.query(
            "SELECT what FROM performance WHERE step = :step AND since = :minute",
            {"step": MINUTE_S, "minute": minute},
        )
        return ONCE_A_MINUTE.intersection(row["what"] for row in rows)

    def _is_first(self, minute: int, what: str) -> bool:
        """Enter it for its minute; whether nobody did before."""
        entered = self._db.execute(
            """
            INSERT INTO performance (step, since, what, number)
            VALUES (:step, :since, :what, 1)
            ON CONFLICT (step, since, what) DO NOTHING
            """,
            {"step": MINUTE_S, "since": minute, "what": what},
        )
        return entered > 0

    def _add(self, steps: Iterable[int], minute: int, what: str, number: int) -> None:
        self._db.execute_many(
            """
            INSERT INTO performance (step, since, what, number)
            VALUES (:step, :since, :what, :number)
            ON CONFLICT (step, since, what) DO UPDATE SET number = performance.number + :number
            """,
            ({"step": step, "since": minute // step * step, "what": what, "number": number} for step in steps),
        )
