"""Suppressions: owners' opt-outs, each of one address, which outlive every later load."""

from collections.abc import Mapping
from enum import StrEnum

from breachcheck.db.base import Database
from breachcheck.digests import Digest

IMPORTED = "import suppressions"
"""What the audit calls it where a list of them was carried into the store."""


class Level(StrEnum):
    """How far an opt-out goes; each goes further than the one before it.

    A suppression of the level `erase` is one that still has to be carried out: it is gone itself in the end.
    """

    HIDE = "hide"
    FORGET = "forget"
    ERASE = "erase"

    @property
    def reach(self) -> int:
        """Grows with how far the level goes."""
        return list(Level).index(self)


Suppressed = Mapping[Digest, Level]
"""Every digest with a suppression, and its level."""


class Suppressions:
    """The table ``suppression``. Whoever changes it moves the catalogue's generation in the same transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, digest: Digest, level: Level, *, at: int) -> Level:
        """Suppress *digest* at *level*, unless it is suppressed further already; the level it has now."""
        with self._db.transaction():
            before = self.level_of(digest)
            if before is not None and before.reach > level.reach:
                return before
            self._db.execute(
                """
                INSERT INTO suppression (digest, level, created_at)
                VALUES (:digest, :level, :at)
                ON CONFLICT (digest) DO UPDATE SET level = :level, created_at = :at
                """,
                {"digest": digest, "level": level.value, "at": at},
            )
        return level

    def level_of(self, digest: Digest) -> Level | None:
        """None where *digest* itself is not suppressed; of its base address this says nothing."""
        rows = self._db.query("SELECT level FROM suppression WHERE digest = :digest", {"digest": digest})
        return Level(rows[0]["level"]) if rows else None

    def all(self) -> Suppressed:
        """Every suppression there is."""
        rows = self._db.query("SELECT digest, level FROM suppression")
        return {Digest(row["digest"]): Level(row["level"]) for row in rows}

    def to_forget(self, since: int = 0) -> list[Digest]:
        """The digests that no load may hold, in order; those alone that were suppressed so at *since* or later."""
        rows = self._db.query(
            """
            SELECT digest
            FROM suppression
            WHERE level <> 'hide' AND created_at >= :since
            ORDER BY digest
            """,
            {"since": since},
        )
        return [Digest(row["digest"]) for row in rows]

    def to_erase(self) -> list[Digest]:
        """The digests whose suppression is to go too, once nothing else is left of them."""
        rows = self._db.query("SELECT digest FROM suppression WHERE level = 'erase' ORDER BY digest")
        return [Digest(row["digest"]) for row in rows]

    def drop(self, digest: Digest, level: Level) -> bool:
        """End the suppression of *digest*; whether there was one of that *level*."""
        return bool(
            self._db.execute(
                "DELETE FROM suppression WHERE digest = :digest AND level = :level",
                {"digest": digest, "level": level.value},
            )
        )

    def counts(self) -> dict[Level, int]:
        """How many suppressions there are of each level."""
        rows = self._db.query("SELECT level, count(*) AS number FROM suppression GROUP BY level")
        found = {Level(row["level"]): int(row["number"]) for row in rows}
        return {level: found.get(level, 0) for level in Level}
