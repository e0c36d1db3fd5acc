"""The schema as PostgreSQL gets it: the migrations of ``schema`` in its words, each on record beside the tables."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from breachcheck.db import schema
from breachcheck.db.schema import Schema
from breachcheck.errors import SchemaMismatch, StoreDamaged

Session = Connection[DictRow]
"""A connection that commits each statement by itself and gives rows by the names of their columns."""

Birth = frozenset[tuple[str, str]]
"""When each migration was applied, which no two stores share; grows where one is upgraded."""

NAMESPACES = {"index": "breachcheck_index", "catalogue": "breachcheck_catalogue"}
"""The PostgreSQL schema that each of our schemas is made in. Its ``search_path`` says which a session means."""

_OURS = """
CREATE TABLE _migration (
    name TEXT NOT NULL PRIMARY KEY,
    applied_at TEXT NOT NULL
) STRICT;

CREATE TABLE _writer (
    one INTEGER NOT NULL PRIMARY KEY
) STRICT;

INSERT INTO _writer (one) VALUES (1);
"""
"""What the engine keeps for itself: which migrations there were, and the row that a writer holds."""

_SPELLINGS = (
    (re.compile(r"\bINTEGER\b"), "BIGINT"),
    (re.compile(r"\bTEXT\b"), 'TEXT COLLATE "C"'),  # in the order of their bytes, as in SQLite
    (re.compile(r"\bBLOB\b"), "BYTEA"),
    (re.compile(r"\) STRICT(, WITHOUT ROWID)?"), ")"),
)


def spelled(text: str) -> str:
    """Statements of ``schema`` in PostgreSQL's words."""
    for theirs, ours in _SPELLINGS:
        text = theirs.sub(ours, text)
    return text


def make(session: Session, described: Schema) -> None:
    """Make everything, in the caller's transaction."""
    namespace = NAMESPACES[described.name]
    session.execute(f"CREATE SCHEMA {namespace}")
    with within(session, namespace):
        _run(session, _OURS)
        for name in described.migrations:
            _apply(session, described, name)


def migrate(session: Session, described: Schema) -> list[str]:
    """Bring the tables to this program's schema; the names of the migrations that ran. One program at a time does.

    Raises StoreDamaged where they are no store's: what was emptied must not become an index that finds nobody.
    """
    with session.transaction(), within(session, NAMESPACES[described.name]):
        if _pending(session, described):
            session.execute("SET LOCAL statement_timeout = 0")
            session.execute("SELECT one FROM _writer FOR UPDATE")
        names = _pending(session, described)  # once more: another program may have been faster
        for name in names:
            _apply(session, described, name)
    return names


def _pending(session: Session, described: Schema) -> list[str]:
    applied = {name for name, _ in birth_of(session)}
    if not applied:
        raise StoreDamaged("The database holds no store that `breachcheck init` made; put it back from its backup.")
    return [name for name in described.migrations if name not in applied]


def require_this_programs(birth: Birth, described: Schema) -> None:
    """Raises SchemaMismatch where a store so made is of another program than this one."""
    applied, known = {name for name, _ in birth}, set(described.migrations)
    if newer := sorted(applied - known):
        raise SchemaMismatch(f"The database was made by a newer breachcheck ({newer[-1]}); use that version.")
    if missing := sorted(known - applied):
        raise SchemaMismatch(f"The database lacks the change {missing[0]}; any breachcheck command upgrades it.")


def birth_of(session: Session) -> Birth:
    """Of the store that *session* sees."""
    return frozenset(
        (row["name"], row["applied_at"]) for row in session.execute("SELECT name, applied_at FROM _migration")
    )


@contextmanager
def within(session: Session, namespace: str) -> Iterator[None]:
    """For the length of a block, in a transaction: *session* means the tables of this namespace."""
    session.execute(f"SET LOCAL search_path = {namespace}")
    yield


def _apply(session: Session, described: Schema, name: str) -> None:
    _run(session, described.migrations[name])
    session.execute(
        "INSERT INTO _migration (name, applied_at) VALUES (%(name)s, clock_timestamp()::text)", {"name": name}
    )


def _run(session: Any, text: str) -> None:
    for statement in schema.statements(spelled(text)):
        session.execute(statement)
