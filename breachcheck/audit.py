"""What operators did, and when: written at once, never changed."""

from dataclasses import dataclass

from breachcheck.counters import next_ids
from breachcheck.db.base import Database


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """*subject* is a breach's name, a load, a key: never an account."""

    at: int
    actor: str
    action: str
    subject: str


class Audit:
    """The table ``audit``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, entry: AuditEntry) -> None:
        """Durable on return, or together with the caller's transaction."""
        with self._db.transaction():
            self._db.execute(
                """
                INSERT INTO audit (id, at, actor, action, subject)
                VALUES (:id, :at, :actor, :action, :subject)
                """,
                {
                    "id": next_ids(self._db, "audit"),
                    "at": entry.at,
                    "actor": entry.actor,
                    "action": entry.action,
                    "subject": entry.subject,
                },
            )

    def latest(self, count: int = 100) -> list[AuditEntry]:
        """Newest first."""
        rows = self._db.query(
            """
            SELECT at, actor, action, subject
            FROM audit
            ORDER BY id DESC
            LIMIT :count
            """,
            {"count": count},
        )
        return [AuditEntry(**row) for row in rows]
