"""Changes: what happened to the catalogue, in order, numbered as it became visible."""

from dataclasses import dataclass
from typing import Literal

from breachcheck.breaches import BreachId
from breachcheck.counters import next_ids, value_of
from breachcheck.db.base import Database

ChangeKind = Literal["published", "replaced", "withdrawn", "corrected", "listed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change. *title* is the breach's at that time; *reason* why it was withdrawn; *at* epoch seconds."""

    number: int
    kind: ChangeKind
    breach_id: BreachId
    title: str
    reason: str | None
    at: int


class Changes:
    """The table ``change``. Rows are never changed or deleted."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, kind: ChangeKind, breach_id: BreachId, title: str, *, at: int, reason: str | None = None) -> None:
        """In the transaction that makes the change visible.

        The counter's row stays locked until that is durable, so that numbers become visible in their order: whoever
        has read one never misses a lower one.
        """
        self._db.execute(
            """
            INSERT INTO change (number, kind, breach_id, title, reason, at)
            VALUES (:number, :kind, :breach_id, :title, :reason, :at)
            """,
            {
                "number": next_ids(self._db, "change"),
                "kind": kind,
                "breach_id": breach_id,
                "title": title,
                "reason": reason,
                "at": at,
            },
        )

    def after(self, number: int, count: int) -> list[Change]:
        """The next *count* changes, oldest first."""
        rows = self._db.query(
            """
            SELECT number, kind, breach_id, title, reason, at
            FROM change
            WHERE number > :number
            ORDER BY number
            LIMIT :count
            """,
            {"number": number, "count": count},
        )
        return [Change(**row) for row in rows]

    def last(self) -> int:
        """The number given out last; 0 where there is none."""
        return value_of(self._db, "change")
