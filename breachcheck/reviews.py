"""Reviews: which warnings of a load an operator answered, and which of them it waits for before it is published."""

from collections.abc import Iterable
from dataclasses import dataclass

from breachcheck.breaches import LoadId
from breachcheck.db.base import Database


@dataclass(frozen=True, slots=True)
class Review:
    """One warning of one load, by its id, and who accepted it when; None where that is still to be done."""

    warning: str
    accepted_by: str | None
    accepted_at: int | None


class Reviews:
    """The table ``review``: a row for each warning that was accepted, or that must be. It stays with its load."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def demand(self, load_id: LoadId, warnings: Iterable[str]) -> None:
        """From now on the load waits until each of *warnings* is accepted."""
        with self._db.transaction():
            for warning in warnings:
                self._db.execute(
                    """
                    INSERT INTO review (load_id, warning)
                    VALUES (:load_id, :warning)
                    ON CONFLICT (load_id, warning) DO NOTHING
                    """,
                    {"load_id": load_id, "warning": warning},
                )

    def accept(self, load_id: LoadId, warnings: Iterable[str], *, by: str, at: int) -> None:
        """Note that *by* accepted each of *warnings*; who did so first stays."""
        with self._db.transaction():
            for warning in warnings:
                self._db.execute(
                    """
                    INSERT INTO review (load_id, warning, accepted_by, accepted_at)
                    VALUES (:load_id, :warning, :by, :at)
                    ON CONFLICT (load_id, warning) DO UPDATE
                    SET accepted_by = excluded.accepted_by, accepted_at = excluded.accepted_at
                    WHERE review.accepted_at IS NULL
                    """,
                    {"load_id": load_id, "warning": warning, "by": by, "at": at},
                )

    def of_load(self, load_id: LoadId) -> dict[str, Review]:
        """By the id of the warning; one that nobody accepted and the load does not wait for is not there."""
        rows = self._db.query(
            """
            SELECT warning, accepted_by, accepted_at
            FROM review
            WHERE load_id = :load_id
            ORDER BY warning
            """,
            {"load_id": load_id},
        )
        return {row["warning"]: Review(**row) for row in rows}

    def waits_for(self, load_id: LoadId) -> frozenset[str]:
        """Ids of the warnings that must be accepted before the load is published."""
        found = self.of_load(load_id)
        return frozenset(name for name, review in found.items() if review.accepted_at is None)
