"""Samples: some values of each column of a table, to tell by what the columns hold. They are never kept or shown."""

import duckdb

from ingest.engine import quoted
from ingest.readers.base import Table
from ingest.suggestions import Sample

ROWS = 500


def sample_of(connection: duckdb.DuckDBPyConnection, table: Table, rows: int = ROWS) -> Sample:
    """Values of some *rows* records of *table*, empty ones left out; it is scanned as far as that takes.

    Raises DataFileError where the table cannot be read. Standard input cannot be read again after this.
    """
    if not table.columns:
        return {}
    with table.scan(table.columns) as relation:
        wanted = ", ".join(map(quoted, table.columns))
        # The names are quoted and the relation is the reader's own.
        found = connection.execute(f"SELECT {wanted} FROM {relation} WHERE NOT broken LIMIT {rows:d}").fetchall()  # noqa: S608
        table.rejects(connection)
    by_column = zip(*found, strict=True) if found else ((),) * len(table.columns)
    return {name: [value for value in values if value] for name, values in zip(table.columns, by_column, strict=True)}
