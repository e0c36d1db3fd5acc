"""Jobs: what the worker is to do, and when. A payload holds ids and names, never an account."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from breachcheck.counters import next_ids
from breachcheck.db.base import Database

CLAIM_S = 900
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job: this worker's alone until its claim runs out."""

    id: int
    kind: str
    payload: Mapping[str, object]
    attempts: int


class Jobs:
    """The table ``job``. A job whose worker died is claimed again when its claim has run out, a few times."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, kind: str, payload: Mapping[str, object], *, due_at: int) -> None:
        """Durable together with the caller's transaction."""
        with self._db.transaction():
            self._db.execute(
                """
                INSERT INTO job (id, kind, payload, due_at)
                VALUES (:id, :kind, :payload, :due_at)
                """,
                {"id": next_ids(self._db, "job"), "kind": kind, "payload": json.dumps(payload), "due_at": due_at},
            )

    def claim(self, now: int) -> Job | None:
        """The job that has been due longest, if any is; nobody else gets it for ``CLAIM_S`` seconds."""
        rows = self._db.query(
            """
            UPDATE job
            SET claimed_until = :until, attempts = attempts + 1
            WHERE id = (
                SELECT id
                FROM job
                WHERE ended_at IS NULL AND due_at <= :now AND attempts < :attempts
                AND (claimed_until IS NULL OR claimed_until <= :now)
                ORDER BY due_at, id
                LIMIT 1
            )
            RETURNING id, kind, payload, attempts
            """,
            {"until": now + CLAIM_S, "now": now, "attempts": ATTEMPTS},
        )
        for row in rows:
            return Job(row["id"], row["kind"], json.loads(row["payload"]), row["attempts"])
        return None

    def end(self, job: Job, now: int) -> None:
        """It is done."""
        self._db.execute(
            "UPDATE job SET ended_at = :now, failure = NULL WHERE id = :id", {"now": now, "id": job.id}
        )

    def fail(self, job: Job, why: str, *, again_at: int) -> None:
        """It failed; it is due again at *again_at* unless it was tried often enough. *why* quotes no data."""
        self._db.execute(
            "UPDATE job SET claimed_until = :again_at, failure = :why WHERE id = :id",
            {"again_at": again_at, "why": why, "id": job.id},
        )
