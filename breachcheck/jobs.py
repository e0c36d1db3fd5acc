"""Jobs: what the worker is to do, and when. A payload holds ids and names, never an account."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from breachcheck.counters import next_ids
from breachcheck.db.base import Database

CLAIM_S = 180
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job: this worker's alone until its claim runs out, which it renews."""

    id: int
    kind: str
    payload: Mapping[str, object]
    attempts: int


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that was tried often enough, and why its last try failed."""

    id: int
    kind: str
    failure: str
    ended_at: int


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

    def is_waiting(self, kind: str) -> bool:
        """Whether a job of *kind* is not ended: it waits, or is being done."""
        return bool(self._db.query("SELECT 1 AS one FROM job WHERE kind = :kind AND ended_at IS NULL", {"kind": kind}))

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
        self._give_up(now)
        return None

    def renew(self, job: Job, now: int) -> None:
        """It is still being done: nobody else gets it for another ``CLAIM_S`` seconds."""
        self._db.execute(
            """
            UPDATE job
            SET claimed_until = :until
            WHERE id = :id AND attempts = :attempts AND ended_at IS NULL
            """,
            {"until": now + CLAIM_S, "id": job.id, "attempts": job.attempts},
        )

    def end(self, job: Job, now: int) -> None:
        """It is done. Says nothing of a job whose claim ran out and that is another's by now."""
        self._db.execute(
            """
            UPDATE job
            SET ended_at = :now, failure = NULL
            WHERE id = :id AND attempts = :attempts AND ended_at IS NULL
            """,
            {"now": now, "id": job.id, "attempts": job.attempts},
        )

    def fail(self, job: Job, why: str, *, now: int, again_at: int) -> None:
        """It failed: due again at *again_at*, or, if it was tried often enough, for good. *why* quotes no data."""
        self._db.execute(
            """
            UPDATE job
            SET claimed_until = :again_at,
                failure = :why,
                ended_at = CASE WHEN attempts >= :last THEN :now END
            WHERE id = :id AND attempts = :attempts AND ended_at IS NULL
            """,
            {"again_at": again_at, "why": why, "last": ATTEMPTS, "now": now, "id": job.id, "attempts": job.attempts},
        )

    def give_up(self, kind: str, why: str, *, now: int) -> None:
        """Nobody is to do what waits of this *kind*; it counts as failed."""
        self._db.execute(
            "UPDATE job SET ended_at = :now, failure = :why WHERE kind = :kind AND ended_at IS NULL",
            {"kind": kind, "why": why, "now": now},
        )

    def overdue(self, since: int) -> int:
        """How many jobs were due at *since* or before and are neither ended nor being done."""
        rows = self._db.query(
            """
            SELECT count(*) AS jobs
            FROM job
            WHERE ended_at IS NULL AND due_at <= :since AND (claimed_until IS NULL OR claimed_until <= :since)
            """,
            {"since": since},
        )
        return int(rows[0]["jobs"])

    def failed(self) -> list[FailedJob]:
        """Jobs that nobody will try again, newest first."""
        rows = self._db.query(
            """
            SELECT id, kind, failure, ended_at
            FROM job
            WHERE ended_at IS NOT NULL AND failure IS NOT NULL
            ORDER BY id DESC
            """
        )
        return [FailedJob(**row) for row in rows]

    def _give_up(self, now: int) -> None:
        """End jobs whose every worker died: no one is left to say that they failed."""
        self._db.execute(
            """
            UPDATE job
            SET ended_at = :now, failure = coalesce(failure, :why)
            WHERE ended_at IS NULL AND attempts >= :last AND claimed_until <= :now
            """,
            {"now": now, "why": "Its worker ended before it did.", "last": ATTEMPTS},
        )
