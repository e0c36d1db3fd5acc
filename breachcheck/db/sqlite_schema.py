"""The schema as SQLite gets it, by sqlite-utils: migrations, and what one of them enters from older stores."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from breachcheck.db.schema import Schema, statements

if TYPE_CHECKING:
    from sqlite_utils import Database

FEED_OF_BEFORE = """
WITH moment AS (
    SELECT switch.id AS id, 0 AS is_correction, switch.breach_id AS breach_id, switch.load_id AS load_id,
        lag(switch.load_id) OVER (PARTITION BY switch.breach_id ORDER BY switch.id) AS before,
        switch.switched_at AS at, switch.reason AS reason
    FROM switch
    UNION ALL
    SELECT correction.id, 1, load.breach_id, correction.load_id, correction.load_id,
        correction.corrected_at, NULL
    FROM correction
    JOIN load ON load.id = correction.load_id
)
INSERT INTO change (number, kind, breach_id, title, reason, at)
SELECT row_number() OVER (ORDER BY moment.at, moment.is_correction, moment.id),
    CASE
        WHEN is_correction THEN 'corrected'
        WHEN load_id IS NULL THEN 'withdrawn'
        WHEN shown.contents LIKE '%"kinds":[]%' THEN iif(before IS NULL, 'listed', 'corrected')
        WHEN before IS NULL OR former.contents LIKE '%"kinds":[]%' THEN 'published'
        ELSE 'replaced'
    END,
    moment.breach_id, coalesce(json_extract(shown.facts, '$.title'), json_extract(former.facts, '$.title'), ''),
    moment.reason, moment.at
FROM moment
LEFT JOIN load AS shown ON shown.id = moment.load_id
LEFT JOIN load AS former ON former.id = moment.before;

INSERT INTO counter (name, value)
SELECT 'change', count(*)
FROM change;
"""
"""What happened before there was the table ``change`` stands in ``switch`` and ``correction``."""

_ENTERED = {"m0007_changes": FEED_OF_BEFORE}
_IS_NOTED = "SELECT 1 FROM sqlite_schema WHERE name = '_sqlite_migrations'"
_APPLIED = "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY rowid"


def applied(connection: sqlite3.Connection, schema: Schema) -> list[str]:
    """The migrations of *schema* that a file has had, in their order; none where sqlite-utils noted none in it.

    Every command asks this, and sqlite-utils takes as long to import as the rest of opening a store does.
    """
    if connection.execute(_IS_NOTED).fetchone() is None:
        return []
    return [name for (name,) in connection.execute(_APPLIED, [schema.name])]


def apply(connection: sqlite3.Connection, schema: Schema, *, stop_before: str | None = None) -> None:
    """Run the migrations of *schema* that a file has not had, each with its note in a transaction of its own."""
    from sqlite_utils import Database, Migrations

    made = Migrations(schema.name)
    for name, text in schema.migrations.items():
        made(name=name)(_running(text + _ENTERED.get(name, "")))
    made.apply(Database(connection, execute_plugins=False), stop_before=stop_before)


def _running(text: str) -> Callable[[Database], None]:
    def run(db: Database) -> None:
        """Each statement by itself: ``executescript`` would commit the migration's transaction."""
        for statement in statements(text):
            db.execute(statement)

    return run
