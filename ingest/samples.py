"""Samples: some values of each column of a table, to tell by what the columns hold. They are never kept or shown."""

from collections.abc import Sequence

import duckdb

from ingest.engine import quoted
from ingest.readers.base import Table
from ingest.suggestions import Sample

ROWS = 500
LONGEST = 4096
"""Characters of a value that are looked at."""

_AT_ONCE = 200  # columns: DuckDB holds thousands of rows of each that it is asked for


def sample_of(connection: duckdb.DuckDBPyConnection, table: Table, rows: int = ROWS) -> Sample:
    """Values of some *rows* records of *table*, empty ones left out, long ones cut; it is scanned as far as that takes.

    Raises DataFileError where the table cannot be read. Standard input cannot be read again after this.
    """
    found: dict[str, list[str]] = {}
    for start in range(0, len(table.columns), _AT_ONCE):
        found |= _some(connection, table, table.columns[start : start + _AT_ONCE], rows)
    return found


def _some(
    connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[str], rows: int
) -> dict[str, list[str]]:
    with table.scan(columns) as relation:
        wanted = ", ".join(f"left({quoted(name)}, {LONGEST})" for name in columns)
        # The names are quoted and the relation is the reader's own.
        found = connection.execute(f"SELECT {wanted} FROM {relation} WHERE NOT broken LIMIT {rows:d}").fetchall()  # noqa: S608
        table.rejects(connection)
    by_column = zip(*found, strict=True) if found else ((),) * len(columns)
    return {name: [value for value in values if value] for name, values in zip(columns, by_column, strict=True)}
