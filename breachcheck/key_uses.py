"""Key uses: how often each API key called what, and how that went, by the minute. Never for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from breachcheck.db.base import Database

MINUTE_S = 60
KEPT_FOR_S = 400 * 24 * 3600
"""What is older is forgotten: a year, and time to compare it with the one before."""


class Use(NamedTuple):
    """Calls of one sort. *minute*: epoch seconds at which it began; *outcome*: one word, the same for any account."""

    key_id: int
    minute: int
    endpoint: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Used:
    """Some *calls* of one key, made from *since* on, epoch seconds, for as long as was asked."""

    since: int
    endpoint: str
    outcome: str
    calls: int


class KeyUses:
    """The table ``key_use``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, calls: Mapping[Use, int]) -> None:
        """Add to what was counted before, all or nothing."""
        self._db.execute_many(
            """
            INSERT INTO key_use (key_id, minute, endpoint, outcome, calls)
            VALUES (:key_id, :minute, :endpoint, :outcome, :calls)
            ON CONFLICT (key_id, minute, endpoint, outcome) DO UPDATE SET calls = key_use.calls + :calls
            """,
            (use._asdict() | {"calls": number} for use, number in calls.items()),
        )

    def of_key(self, key_id: int, *, since: int, step_s: int) -> list[Used]:
        """The key's calls from *since* on, counted together for each *step_s* of UTC, oldest first."""
        rows = self._db.query(
            """
            SELECT minute / :step * :step AS since, endpoint, outcome, sum(calls) AS calls
            FROM key_use
            WHERE key_id = :key_id AND minute >= :since
            GROUP BY minute / :step, endpoint, outcome
            ORDER BY minute / :step, endpoint, outcome
            """,
            {"key_id": key_id, "since": since, "step": step_s},
        )
        return [Used(row["since"], row["endpoint"], row["outcome"], int(row["calls"])) for row in rows]

    def forget_before(self, minute: int) -> None:
        self._db.execute("DELETE FROM key_use WHERE minute < :minute", {"minute": minute})
