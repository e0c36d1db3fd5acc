"""Samples: some values of each column of a table, to tell by what the columns hold. They are never kept or shown."""

from collections.abc import Iterable, Sequence

import duckdb

from ingest.engine import quoted
from ingest.nothing_said import SAYS_NOTHING
from ingest.readers.base import Table
from ingest.suggestions import Sample

ROWS = 500
LONGEST = 4096
"""Characters of a value that are looked at."""

FAR = 1_000_000
"""Records that are gone through for a value of columns whose first ones say nothing."""

_FAR_ROWS = 100
_AT_ONCE = 200  # columns: DuckDB holds thousands of rows of each that it is asked for


def sample_of(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: int = ROWS, far: Table | None = None
) -> Sample:
    """Values of some *rows* records of *table*, without those that say nothing, long ones cut; it is scanned as far as
    that takes.

    What is sorted by a column begins with the records that lack it: where no address is among the values, columns that
    say nothing in them are looked at in *FAR* records of *far*, which is the same table, or all of it.

    Raises DataFileError where the table cannot be read. Standard input cannot be read again after this.
    """
    found: dict[str, list[str]] = {}
    for start in range(0, len(table.columns), _AT_ONCE):
        found |= _some(connection, table, table.columns[start : start + _AT_ONCE], rows)
    if far is None or any("@" in value for values in found.values() for value in values):
        return found
    silent = [name for name, values in found.items() if not values]
    for start in range(0, len(silent), _AT_ONCE):
        found |= _further(connection, far, silent[start : start + _AT_ONCE])
    return found


def sample_at_hand(table: Table, rows: int = ROWS) -> Sample | None:
    """As `sample_of`, of what can be had without the engine; None where it has to be asked, or to look further."""
    values = table.shortcut.values(rows) if table.shortcut and table.shortcut.values else None
    found = {name: _telling(value[:LONGEST] for value in said) for name, said in (values or {}).items()}
    return found if any("@" in value for said in found.values() for value in said) else None


def _some(
    connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[str], rows: int
) -> dict[str, list[str]]:
    with table.scan(columns) as relation:
        wanted = ", ".join(f"left({quoted(name)}, {LONGEST})" for name in columns)
        # The names are quoted and the relation is the reader's own.
        found = connection.execute(f"SELECT {wanted} FROM {relation} WHERE NOT broken LIMIT {rows:d}").fetchall()  # noqa: S608
        table.rejects(connection)
    by_column = zip(*found, strict=True) if found else ((),) * len(columns)
    return {name: _telling(values) for name, values in zip(columns, by_column, strict=True)}


def _further(connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[str]) -> dict[str, list[str]]:
    """Values of *columns* from all over the first *FAR* records, by chance alone."""
    table.weigh(connection, columns)
    with table.scan(columns) as relation:
        some = ", ".join(
            f"min_by(left({name}, {LONGEST}), hash({name}), {_FAR_ROWS}) FILTER (WHERE {name} <> '')"
            for name in map(quoted, columns)
        )
        [found] = connection.execute(f"SELECT {some} FROM (FROM {relation} WHERE NOT broken LIMIT {FAR})").fetchall()  # noqa: S608
        table.rejects(connection)
    return {name: _telling(values or ()) for name, values in zip(columns, found, strict=True)}


def _telling(values: Iterable[str | None]) -> list[str]:
    return [value for value in values if value and value.strip().casefold() not in SAYS_NOTHING]
