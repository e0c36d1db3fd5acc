"""Parquet: DuckDB reads it; what is not text is written as text."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from breachcheck.errors import DataFileError
from ingest.engine import fault, literal, quoted
from ingest.readers.base import Instructions, Table
from ingest.readers.left_out import NUMBER, LeftOut, wants_numbers
from ingest.readers.lines import UTF8
from ingest.sources import DataFile

_FLOATS = ("FLOAT", "DOUBLE")


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:  # noqa: ARG001 - a reader's signature
    """The one table of a Parquet file, which must be a file by itself: it is read from its end."""
    if file.path is None:
        raise DataFileError(f"{file.name}: Parquet cannot be read out of an archive or a stream; unpack it first")
    types = _types(file.path, file.name)
    path = literal(str(file.path))

    def relation(columns: Sequence[str]) -> str:
        missing = next((name for name in columns if name not in types and name != NUMBER), None)
        if missing is not None:
            raise DataFileError(f"{file.name}: has no such column as the mapping names; check it by its schema")
        given = {name: _text(name, kind) for name, kind in types.items()} | {NUMBER: "file_row_number + 1"}
        chosen = "".join(f"{given[name]} AS {quoted(name)}, " for name in columns)
        numbered = ", file_row_number = true" if wants_numbers(columns) else ""
        return f"(SELECT {chosen}false AS broken FROM read_parquet({path}{numbered}))"  # noqa: S608 - quoted

    yield Table(file.name, tuple(types), "parquet", UTF8, relation, _no_rejects, numbered_by="record")


def _types(path: Path, name: str) -> dict[str, str]:
    """The columns and their types."""
    try:
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            schema = connection.execute(f"DESCRIBE FROM read_parquet({literal(str(path))})").fetchall()
    except duckdb.Error as error:
        raise fault(error, name) from None
    return {str(column): str(kind) for column, kind, *_ in schema}


def _text(name: str, kind: str) -> str:
    """SQL of a column as text.

    Values in a list stand one a line, bytes are taken as UTF-8, the empty is NULL, and whole numbers have no fraction:
    an id is the same whether or not other rows have none.
    """
    column = quoted(name)
    if kind in _FLOATS:
        whole = f"CASE WHEN trunc({column}) = {column} THEN TRY_CAST({column} AS HUGEINT) END"
        return f"coalesce({whole}::VARCHAR, {column}::VARCHAR)"
    if kind.endswith("[]"):
        return f"nullif(array_to_string({column}::VARCHAR[], chr(10)), '')"
    if kind == "BLOB":
        return f"TRY(decode({column}))"
    return f"{column}::VARCHAR"


def _no_rejects(connection: duckdb.DuckDBPyConnection) -> LeftOut:  # noqa: ARG001 - a table's signature
    return LeftOut()
