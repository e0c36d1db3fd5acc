"""All rows of a table, whichever it is, in the order of its primary key: read and entered a page at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from typing import Protocol

import msgspec
import numpy as np

from breachcheck.db.base import Database, Integers, Params, Row
from breachcheck.db.schema.tables import Table

NUMBERS_A_PAGE, TEXTS_A_PAGE = 100_000, 1_000
ROWS_A_STATEMENT = 50


class Page(Protocol):
    """Rows of a table, one after the other."""

    def __len__(self) -> int:
        """How many."""

    def last_key(self) -> Params:
        """The primary key of the last one."""

    def enter(self, db: Database) -> None:
        """Insert them, none of which is there yet, in the caller's transaction."""

    def bytes(self) -> bytes:
        """What their values amount to, the same on every engine."""


class Checksum:
    """How many rows there were, and what every byte of them amounts to: the same on every engine."""

    def __init__(self) -> None:
        self.count = 0
        self._digest = sha256()

    def add(self, page: Page) -> None:
        """The next of the rows, which come in the order of their keys."""
        self.count += len(page)
        self._digest.update(page.bytes())

    @property
    def value(self) -> tuple[int, str]:
        return self.count, self._digest.hexdigest()


def pages(db: Database, table: Table, after: Params) -> Iterator[Page]:
    """All rows behind the key *after*, or from the first one where it is empty."""
    while page := _page_after(db, table, after):
        yield page
        after = page.last_key()


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
    return dict(rows[0]) if rows else {}


def empty(db: Database, table: Table) -> None:
    """Delete every row, in the caller's transaction; nothing may refer to any."""
    db.execute(f"DELETE FROM {table.name}")  # noqa: S608 - the name is the schema's


def checksum(db: Database, table: Table, note: Callable[[int], None]) -> tuple[int, str]:
    """That of all rows there are. *note* is told, after each page, how many there were so far."""
    read = Checksum()
    for page in pages(db, table, {}):
        read.add(page)
        note(read.count)
    return read.value


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Of a table that holds whole numbers alone: one array a column."""

    table: Table
    values: Sequence[Integers]

    def __len__(self) -> int:
        return len(self.values[0])

    def last_key(self) -> Params:
        last = {name: int(column[-1]) for name, column in zip(self.table.columns, self.values, strict=True)}
        return {name: last[name] for name in self.table.key}

    def enter(self, db: Database) -> None:
        db.insert_new(self.table.name, tuple(self.table.columns), self.values)

    def bytes(self) -> bytes:
        return np.stack(self.values, axis=1).astype("<i8").tobytes()


@dataclass(frozen=True, slots=True)
class _Texts:
    """Of any other table."""

    table: Table
    rows: Sequence[Row]

    def __len__(self) -> int:
        return len(self.rows)

    def last_key(self) -> Params:
        return {name: self.rows[-1][name] for name in self.table.key}

    def enter(self, db: Database) -> None:
        whole = len(self.rows) // ROWS_A_STATEMENT * ROWS_A_STATEMENT
        for start in range(0, whole, ROWS_A_STATEMENT):
            _insert(db, self.table, self.rows[start : start + ROWS_A_STATEMENT])
        for row in self.rows[whole:]:
            _insert(db, self.table, [row])

    def bytes(self) -> bytes:
        return b"".join(msgspec.msgpack.encode([row[name] for name in self.table.columns]) for row in self.rows)


def _page_after(db: Database, table: Table, key: Params) -> Page:
    names = ", ".join(table.key)
    behind = f"WHERE ({names}) > ({', '.join(f':{name}' for name in table.key)})" if key else ""
    sql = f"""
        SELECT {", ".join(table.columns)}
        FROM {table.name}
        {behind}
        ORDER BY {names}
        LIMIT {NUMBERS_A_PAGE if table.is_numbers else TEXTS_A_PAGE}
        """  # noqa: S608 - names are the schema's
    if table.is_numbers:
        return _Numbers(table, db.query_numbers(sql, tuple(table.columns), key))
    return _Texts(table, db.query(sql, key))


def _insert(db: Database, table: Table, rows: Sequence[Row]) -> None:
    numbered = range(len(rows))
    marks = (f"({', '.join(f':{name}_{number}' for name in table.columns)})" for number in numbered)
    values = ({f"{name}_{number}": rows[number][name] for name in table.columns} for number in numbered)
    db.execute(
        f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES {', '.join(marks)}",  # noqa: S608 - as above
        dict(chain.from_iterable(one.items() for one in values)),
    )
