"""Waivers: that an operator decided to tell, or to correct, nobody of a breach as it stands."""

from dataclasses import dataclass

from breachcheck.breaches import BreachId, LoadId
from breachcheck.counters import next_ids
from breachcheck.db.base import Database


@dataclass(frozen=True, slots=True)
class Waiver:
    """*load_id*: what the breach showed then; None where it was withdrawn."""

    breach_id: BreachId
    load_id: LoadId | None
    is_correction: bool
    waived_by: str
    waived_at: int


class Waivers:
    """The table ``waiver``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, waiver: Waiver) -> None:
        with self._db.transaction():
            self._db.execute(
                """
                INSERT INTO waiver (id, breach_id, load_id, is_correction, waived_by, waived_at)
                VALUES (:id, :breach_id, :load_id, :is_correction, :by, :at)
                """,
                {
                    "id": next_ids(self._db, "waiver"),
                    "breach_id": waiver.breach_id,
                    "load_id": waiver.load_id,
                    "is_correction": int(waiver.is_correction),
                    "by": waiver.waived_by,
                    "at": waiver.waived_at,
                },
            )

    def all(self) -> list[Waiver]:
        """Newest first."""
        rows = self._db.query(
            """
            SELECT breach_id, load_id, is_correction, waived_by, waived_at
            FROM waiver
            ORDER BY id DESC
            """
        )
        return [Waiver(**dict(row) | {"is_correction": bool(row["is_correction"])}) for row in rows]
