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
_SHORT = {*_FLOATS, "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DATE", "TIMESTAMP", "UUID"}
LONGEST = 1 << 20
"""Bytes of a value, which a small file may hold a million times; a record with a longer one is rejected."""

TOO_LONG = "value too long"
ROWS_FREELY, ROWS_A_BYTE = 10_000_000, 100


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:  # noqa: ARG001 - a reader's signature
    """The one table of a Parquet file, which must be a file by itself: it is read from its end."""
    if file.path is None:
        raise DataFileError(f"{file.name}: Parquet cannot be read out of an archive or a stream; unpack it first")
    types = _types(file.path, file.name)
    _refuse_bomb(file.path, file.name)
    path = literal(str(file.path))

    def relation(columns: Sequence[str]) -> str:
        missing = next((name for name in columns if name not in types and name != NUMBER), None)
        if missing is not None:
            raise DataFileError(f"{file.name}: has no such column as the mapping names; check it by its schema")
        texts = {name: _text(name, types[name]) for name in columns if name != NUMBER}
        long = " OR ".join(f"strlen({text}) > {LONGEST}" for name, text in texts.items() if types[name] not in _SHORT)
        broken = f"coalesce({long or 'false'}, false)"
        given = {name: f"CASE WHEN NOT {broken} THEN {text} END" for name, text in texts.items()}
        given[NUMBER] = "file_row_number + 1"
        chosen = "".join(f"{given[name]} AS {quoted(name)}, " for name in columns)
        numbered = ", file_row_number = true" if wants_numbers(columns) else ""
        return f"(SELECT {chosen}{broken} AS broken FROM read_parquet({path}{numbered}))"  # noqa: S608 - quoted

    yield Table(file.name, tuple(types), "parquet", UTF8, relation, _no_rejects, flaw=TOO_LONG, numbered_by="record")


def _types(path: Path, name: str) -> dict[str, str]:
    """The columns and their types."""
    try:
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            schema = connection.execute(f"DESCRIBE FROM read_parquet({literal(str(path))})").fetchall()
    except duckdb.Error as error:
        raise fault(error, name) from None
    return {str(column): str(kind) for column, kind, *_ in schema}


def _refuse_bomb(path: Path, name: str) -> None:
    """A few bytes may say "the same again" a billion times; DuckDB reads as many rows as the footer says, no more."""
    try:
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            footer = f"SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata({literal(str(path))})"  # noqa: S608 - quoted
            [(rows,)] = connection.execute(footer).fetchall()
    except duckdb.Error as error:
        raise fault(error, name) from None
    if rows > ROWS_FREELY + ROWS_A_BYTE * path.stat().st_size:
        raise DataFileError(
            f"{name}: says that it holds {rows:,} rows, far more than fit; look at it before you load it"
        )


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
