"""All rows of a table, whichever it is, in the order of its primary key: read and entered a page at a time."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import chain

import msgspec
import numpy as np

from breachcheck.db.base import Database, Integers, Params, Row
from breachcheck.db.schema.tables import Table

NUMBERS_A_PAGE, TEXTS_A_PAGE = 100_000, 1_000
ROWS_A_STATEMENT = 50


class Checksum:
    """How many rows of *table* there were, and what every byte of them amounts to: the same on every engine."""

    def __init__(self, table: Table) -> None:
        self.count = 0
        self._table = table
        self._digest = sha256()

    def add(self, page: Sequence[Row]) -> None:
        """The next of the rows, which come in the order of their keys."""
        self.count += len(page)
        self._digest.update(_bytes(self._table, page))

    @property
    def value(self) -> tuple[int, str]:
        return self.count, self._digest.hexdigest()


def page_after(db: Database, table: Table, key: Params) -> list[Row]:
    """The next rows behind *key*, which ``key_of`` gave, or from the first one where it is empty."""
    names = ", ".join(table.key)
    behind = f"WHERE ({names}) > ({', '.join(f':{name}' for name in table.key)})" if key else ""
    rows = NUMBERS_A_PAGE if table.is_numbers else TEXTS_A_PAGE
    return db.query(
        f"""
        SELECT {", ".join(table.columns)}
        FROM {table.name}
        {behind}
        ORDER BY {names}
        LIMIT {rows}
        """,  # noqa: S608 - names are the schema's
        key,
    )


def pages(db: Database, table: Table, after: Params) -> Iterator[list[Row]]:
    """All rows behind *after*."""
    while page := page_after(db, table, after):
        yield page
        after = key_of(table, page[-1])


def key_of(table: Table, row: Row) -> Params:
    return {name: row[name] for name in table.key}


def last_key(db: Database, table: Table) -> Params:
    """Of the last row; empty where there is none."""
    rows = db.query(
        f"""
        SELECT {", ".join(table.key)}
        FROM {table.name}
        ORDER BY {", ".join(f"{name} DESC" for name in table.key)}
        LIMIT 1
        """  # noqa: S608 - names are the schema's
    )
    return key_of(table, rows[0]) if rows else {}


def enter(db: Database, table: Table, rows: Sequence[Row]) -> None:
    """Insert *rows*, none of which is there yet, in the caller's transaction."""
    if table.is_numbers:
        db.insert_new(table.name, tuple(table.columns), _arrays(table, rows))
        return
    whole = len(rows) // ROWS_A_STATEMENT * ROWS_A_STATEMENT
    for start in range(0, whole, ROWS_A_STATEMENT):
        _insert(db, table, rows[start : start + ROWS_A_STATEMENT])
    for row in rows[whole:]:
        _insert(db, table, [row])


def empty(db: Database, table: Table) -> None:
    """Delete every row, in the caller's transaction; nothing may refer to any."""
    db.execute(f"DELETE FROM {table.name}")  # noqa: S608 - the name is the schema's


def checksum(db: Database, table: Table, note: Callable[[int], None]) -> tuple[int, str]:
    """That of all rows there are. *note* is told, after each page, how many there were so far."""
    read = Checksum(table)
    for page in pages(db, table, {}):
        read.add(page)
        note(read.count)
    return read.value


def _insert(db: Database, table: Table, rows: Sequence[Row]) -> None:
    numbered = range(len(rows))
    marks = (f"({', '.join(f':{name}_{number}' for name in table.columns)})" for number in numbered)
    values = ({f"{name}_{number}": rows[number][name] for name in table.columns} for number in numbered)
    db.execute(
        f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES {', '.join(marks)}",  # noqa: S608 - as above
        dict(chain.from_iterable(one.items() for one in values)),
    )


def _arrays(table: Table, rows: Sequence[Row]) -> list[Integers]:
    return [np.fromiter((row[name] for row in rows), np.int64, len(rows)) for name in table.columns]


def _bytes(table: Table, rows: Sequence[Row]) -> bytes:
    if table.is_numbers:
        return np.stack(_arrays(table, rows), axis=1).astype("<i8").tobytes()
    return b"".join(msgspec.msgpack.encode([row[name] for name in table.columns]) for row in rows)
