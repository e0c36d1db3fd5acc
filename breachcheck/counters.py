"""Ids of our own: given out once each, never again, on every engine alike."""

from breachcheck.db.base import Database


def next_ids(db: Database, name: str, count: int = 1) -> int:
    """The first of *count* fresh ids of the series *name*. Never reused once its transaction is durable."""
    rows = db.query(
        """
        INSERT INTO counter (name, value)
        VALUES (:name, :count)
        ON CONFLICT (name) DO UPDATE SET value = counter.value + :count
        RETURNING value
        """,
        {"name": name, "count": count},
    )
    return int(rows[0]["value"]) - count + 1


def value_of(db: Database, name: str) -> int:
    """How far the series *name* has come; 0 where it has not begun."""
    rows = db.query("SELECT value FROM counter WHERE name = :name", {"name": name})
    return int(rows[0]["value"]) if rows else 0
