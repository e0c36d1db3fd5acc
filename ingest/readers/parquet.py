"""Parquet: DuckDB reads it; what is not text is written as text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
from duckdb.sqltypes import DuckDBPyType

from breachcheck.errors import DataFileError
from ingest import disk_files, engine
from ingest.archives.compression import Limits, refuse_bomb
from ingest.batches import batches
from ingest.engine import fault, literal, quoted
from ingest.readers.base import Instructions, Table, as_much_as_there_is
from ingest.readers.left_out import NUMBER, LeftOut, wants_numbers
from ingest.readers.lines import UTF8
from ingest.sources import DataFile

_FLOATS = ("FLOAT", "DOUBLE")
_SHORT = {*_FLOATS, "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DATE", "TIMESTAMP", "UUID"}
LONGEST = 1 << 20
"""Bytes of a value, which a small file may hold a million times; a record with a longer one is rejected."""

TOO_LONG = "value too long"
WEIGHED_FIRST = 256 << 20
"""Bytes of a file all columns of which are weighed before any is looked at; of a larger one those that are read."""

ROWS_FREELY, ROWS_A_BYTE = 10_000_000, 100
MOST_COLUMNS = 10_000
MOST_LISTS = 8
"""Within one another: the engine takes twice as long for each, and for 60 of them longer than anyone waits."""

_NESTED = ("struct", "list", "map", "array")
_AT_ONCE = 200  # columns: the engine holds thousands of rows of each that it is asked for
_QUOTED = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'')
_MARKS = re.compile(r"\[\]|MAP\(|[(),]")


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:  # noqa: ARG001 - a reader's signature
    """The one table of a Parquet file, which must be a file by itself: it is read from its end."""
    if file.path is None:
        raise DataFileError(f"{file.name}: Parquet cannot be read out of an archive or a stream; unpack it first")
    _refuse_bomb(file.path, file.name)
    known = _columns(file.path, file.name)
    path = literal(str(file.path))
    weigh = partial(_refuse_weight, file.path, file.name, known)
    if is_small := disk_files.size_of(file.path) <= WEIGHED_FIRST:
        with engine.connect(Path("unused")) as connection:
            weigh(connection, tuple(known))

    def relation(columns: Sequence[str]) -> str:
        missing = next((name for name in columns if name not in known and name != NUMBER), None)
        if missing is not None:
            raise DataFileError(f"{file.name}: has no such column as the mapping names; check it by its schema")
        texts = {name: known[name].text() for name in columns if name != NUMBER}
        long = " OR ".join(f"strlen({text}) > {LONGEST}" for name, text in texts.items() if known[name].may_be_long)
        broken = f"coalesce({long or 'false'}, false)"
        given = {name: f"CASE WHEN NOT {broken} THEN {text} END" for name, text in texts.items()}
        given[NUMBER] = "file_row_number + 1"
        chosen = "".join(f"{given[name]} AS {quoted(name)}, " for name in columns)
        numbered = ", file_row_number = true" if wants_numbers(columns) else ""
        return f"(SELECT {chosen}{broken} AS broken FROM read_parquet({path}{numbered}))"  # noqa: S608 - quoted

    yield Table(
        *(file.name, tuple(known), "parquet", UTF8, relation, _no_rejects),
        weigh=as_much_as_there_is if is_small else weigh,
        flaw=TOO_LONG,
        numbered_by="record",
    )


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a column stands, in SQL, and DuckDB's type of it."""

    sql: str
    kind: str

    @property
    def may_be_long(self) -> bool:
        return self.kind not in _SHORT

    def text(self) -> str:
        """SQL of it as text.

        Values in a list stand one a line, bytes are taken as UTF-8, the empty is NULL, and whole numbers have no
        fraction: an id is the same whether or not other rows have none.
        """
        if self.kind in _FLOATS:
            whole = f"CASE WHEN trunc({self.sql}) = {self.sql} THEN TRY_CAST({self.sql} AS HUGEINT) END"
            return f"coalesce({whole}::VARCHAR, {self.sql}::VARCHAR)"
        if self.kind.endswith("[]"):
            return f"nullif(array_to_string({self.sql}::VARCHAR[], chr(10)), '')"
        if self.kind == "BLOB":
            return f"TRY(decode({self.sql}))"
        return f"{self.sql}::VARCHAR"


def _columns(path: Path, name: str) -> dict[str, _Column]:
    """The columns by name: `user.email` within a structure, `emails[].value` within each structure of a list."""
    try:
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            relation = connection.sql(f"FROM read_parquet({literal(str(path))})")
            types = dict(zip(relation.columns, relation.types, strict=True))
    except duckdb.Error as error:
        raise fault(error, name) from None
    _refuse_maze({column: str(kind) for column, kind in types.items()}, name)
    found: dict[str, _Column] = {}
    taken: set[str] = set()
    for column, kind in types.items():
        for inner, at in _within(column, quoted(column), kind):
            if inner.casefold() not in taken:
                taken.add(inner.casefold())
                found[inner] = at
    return found


def _within(name: str, sql: str, kind: DuckDBPyType) -> Iterator[tuple[str, _Column]]:
    """The column *name*, or what stands in its structures; of those in a list what is not nested, if anything."""
    if kind.id == "struct":
        for key, inner in _members(kind):
            yield from _within(f"{name}.{key}", f"struct_extract({sql}, {literal(key)})", inner)
        return
    each = [inner for _, inner in _members(kind)] if kind.id == "list" else []
    inside = _members(each[0]) if each and each[0].id == "struct" else []
    plain = [(key, inner) for key, inner in inside if inner.id not in _NESTED]
    for key, inner in plain:
        yield f"{name}[].{key}", _Column(f"[struct_extract(one, {literal(key)}) FOR one IN {sql}]", f"{inner}[]")
    if not plain:
        yield name, _Column(sql, str(kind))


def _members(kind: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    return [(key, inner) for key, inner in kind.children if isinstance(inner, DuckDBPyType)]


def _refuse_maze(types: Mapping[str, str], name: str) -> None:
    for number, kind in enumerate(types.values(), start=1):
        if lists_within(kind) > MOST_LISTS:
            raise DataFileError(
                f"{name}: its column {number} has more than {MOST_LISTS} lists within one another; look at it, and "
                "leave that column out"
            )


def lists_within(kind: str) -> int:
    """How many lists stand within one another in DuckDB's type *kind*, at most; a map is a list of pairs."""
    around: list[tuple[bool, int]] = []
    here = 0
    for mark in _MARKS.findall(_QUOTED.sub("", kind)):
        if mark == "[]":
            here += 1
        elif mark.endswith("("):
            around.append((mark == "MAP(", 0))
        else:
            is_map, most = around.pop()
            most = max(most, here)
            here = most + is_map if mark == ")" else 0
            if mark == ",":
                around.append((is_map, most))
    return here


def _refuse_bomb(path: Path, name: str) -> None:
    """A few bytes may say "the same again" a billion times, or describe more columns than the engine gets through.

    DuckDB reads as many rows as the footer says, no more.
    """
    file = literal(str(path))
    footer = f"""
        SELECT (SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata({file})),
               (SELECT count(*) FROM parquet_schema({file}) WHERE num_children IS NULL)
    """  # noqa: S608 - quoted
    try:
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            [(rows, columns)] = connection.execute(footer).fetchall()
    except duckdb.Error as error:
        raise fault(error, name) from None
    if rows > ROWS_FREELY + ROWS_A_BYTE * disk_files.size_of(path):
        raise DataFileError(
            f"{name}: says that it holds {rows:,} rows, far more than fit; look at it before you load it"
        )
    if columns > MOST_COLUMNS:
        raise DataFileError(f"{name}: has {columns:,} columns, more than {MOST_COLUMNS:,}; look at it, or split it")


def _refuse_weight(
    path: Path, name: str, known: Mapping[str, _Column], connection: duckdb.DuckDBPyConnection, columns: Sequence[str]
) -> None:
    """What stands once in the file, and is referred to by each of its rows, is as much as what stands in all of them.

    The engine tells how long values are without making them, and may copy one a thousand times to show it.
    """
    weight, size = 0, disk_files.size_of(path)
    texts = [known[column].text() for column in columns if column in known and known[column].may_be_long]
    try:
        for at in range(0, len(texts), _AT_ONCE):
            for batch in batches(connection, _lengths(path, texts[at : at + _AT_ONCE])):
                weight += int(batch.numbers().sum())
                refuse_bomb(weight, size, name, Limits())
    except duckdb.Error as error:
        raise fault(error, name) from None


def _lengths(path: Path, texts: Sequence[str]) -> str:
    """SQL of how many bytes the *texts* of each row are, but for those that are too long to be read."""
    lengths = " + ".join(f"if(strlen({text}) <= {LONGEST}, strlen({text}), 0)" for text in texts)
    return f"SELECT ({lengths})::BIGINT FROM read_parquet({literal(str(path))})"  # noqa: S608 - quoted


def _no_rejects(connection: duckdb.DuckDBPyConnection) -> LeftOut:  # noqa: ARG001 - a table's signature
    return LeftOut()
