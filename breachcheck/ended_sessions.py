"""Ended sessions: those of owners who signed out before their hour was over, so that no copy of the cookie works on."""

import time
from collections.abc import Callable

from breachcheck.db.base import Database

LIFE_S = 3600
"""How long a session of an owner lasts where nobody ends it."""


class EndedSessions:
    """The table ``ended_session``: random ids that say nothing of whose session it was."""

    def __init__(self, db: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._clock = clock

    def has(self, session: str) -> bool:
        return bool(self._db.query("SELECT 1 AS one FROM ended_session WHERE session = :id", {"id": session}))

    def add(self, session: str) -> None:
        """It works no more, wherever its cookie is. Those that are too old to work anyway are forgotten."""
        now = int(self._clock())
        with self._db.transaction():
            self._db.execute("DELETE FROM ended_session WHERE forget_at <= :now", {"now": now})
            self._db.execute(
                """
                INSERT INTO ended_session (session, forget_at)
                VALUES (:id, :forget_at)
                ON CONFLICT (session) DO NOTHING
                """,
                {"id": session, "forget_at": now + LIFE_S},
            )
