"""Rows into PostgreSQL and out of it by the hundred thousand: packed in their binary format."""

from collections.abc import Callable, Sequence

import numpy as np
from psycopg import errors

from breachcheck.db.base import Integers, Params
from breachcheck.db.postgres_schema import Session

_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"


CHUNK = 1 << 18
"""Bytes that are sent at a time. A server that takes them is not silent, however long all of it takes."""


def insert_new(
    session: Session,
    table: str,
    columns: Sequence[str],
    values: Sequence[Integers],
    note_progress: Callable[[], None] = lambda: None,
) -> None:
    """Insert the rows that are not there yet, in the caller's transaction. *note_progress* is called as they go.

    Copied straight in; only where some are there already, by way of a table beside it, which takes three times as long.
    """
    content = _binary(values)
    try:
        with session.transaction():
            _copy(session, table, columns, content, note_progress)
    except errors.UniqueViolation:
        _copy_around(session, table, columns, content, note_progress)


def query_numbers(session: Session, sql: str, columns: Sequence[str], params: Params) -> list[Integers]:
    """What *sql* gives, in its order, one array a column. By COPY psycopg would take each row by itself."""
    packed = ", ".join(f"string_agg(int8send({name}), ''::bytea) AS {name}" for name in columns)
    (row,) = session.execute(f"SELECT {packed} FROM ({sql}) AS page", params, binary=True).fetchall()  # noqa: S608 - ours
    return [np.frombuffer(row[name] or b"", ">i8").astype(np.int64) for name in columns]


def _copy_around(
    session: Session, table: str, columns: Sequence[str], content: bytes, note_progress: Callable[[], None]
) -> None:
    names, beside = ", ".join(columns), f"new_{table}"
    session.execute(f"CREATE TEMPORARY TABLE {beside} (LIKE {table}) ON COMMIT DROP")
    _copy(session, beside, columns, content, note_progress)
    session.execute(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {beside} ON CONFLICT DO NOTHING"  # noqa: S608 - our names
    )
    session.execute(f"DROP TABLE {beside}")


def _copy(
    session: Session, table: str, columns: Sequence[str], content: bytes, note_progress: Callable[[], None]
) -> None:
    with session.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy:
        for start in range(0, len(content), CHUNK):
            copy.write(content[start : start + CHUNK])
            note_progress()


def _binary(values: Sequence[Integers]) -> bytes:
    """*values*, one array a column, as rows in the format of COPY … BINARY."""
    fields = [field for place in range(len(values)) for field in ((f"size{place}", ">i4"), (f"value{place}", ">i8"))]
    rows = np.empty(len(values[0]), dtype=[("fields", ">i2"), *fields])
    rows["fields"] = len(values)
    for place, column in enumerate(values):
        rows[f"size{place}"] = 8
        rows[f"value{place}"] = column
    return _SIGNATURE + rows.tobytes() + _END
