"""The seam between readers and extraction: every data file ends as tables that DuckDB can scan."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import duckdb

from ingest import engine
from ingest.readers.left_out import NOT_A_RECORD, LeftOut
from ingest.readers.plain import Taker, Uses
from ingest.readers.stretches import Text


def _nothing() -> None:
    """There is no stream to wait for."""


def as_much_as_there_is(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
    """The file's own size bounds what comes out of it, or a budget does."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the manifest says of how to read a data file; None is for the reader to find out."""

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None  # counted from 1; 0: there is none
    table: str | None = None  # of a dump or a database
    sheet: str | None = None  # of a workbook
    columns: tuple[str, ...] = ()  # the columns that the manifest names, as it spells them


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a data file. Every column is text or NULL; a list of values is text joined by newlines.

    Scan it with `scan`, all of it only after `weigh` with the same columns; the fields `relation`, `rejects`,
    `finish` and `close` are what a reader fills in.
    """

    name: str  # what the tally calls it, "export.zip!people.csv", "dump.sql#users"; has passed the address filter
    columns: tuple[str, ...]  # as the file spells them, no two alike but for case; key paths of JSON
    format: str
    encoding: str
    relation: Callable[[Sequence[str]], str]  # wanted columns -> SQL for FROM, good for one statement
    rejects: Callable[[duckdb.DuckDBPyConnection], LeftOut]  # after the scan, once, on the same connection
    finish: Callable[[], None] = _nothing  # waits for the stream's end; DataFileError where the file was not whole
    close: Callable[[], None] = _nothing  # stops the stream, if there is one; may be called twice
    delimiter: str = ""  # of delimited text
    note: str = ""  # what else the tally says of it: "a hidden sheet"
    weigh: Callable[[duckdb.DuckDBPyConnection, Sequence[str]], None] = as_much_as_there_is  # DataFileError: too much
    flaw: str = NOT_A_RECORD  # why records that are given as `broken` are rejected
    open_keys: bool = False  # JSON: columns that the sample did not show may be asked for all the same
    alike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by the first, further columns of its header
    shortcut: Shortcut | None = None  # a faster way to the same records
    numbered_by: Literal["line", "record"] = "line"  # what the numbers of records count, from 1

    @contextmanager
    def scan(self, columns: Sequence[str]) -> Iterator[str]:
        """SQL to stand after FROM, giving exactly *columns* and `broken` (a record that is none), for one statement.

        With `NUMBER` among *columns* every record has its number, and so have the rejects; the records are the same.

        Exhaust the statement inside the block and ask `rejects` there, for the records that the engine itself refused:
        records read are rows given plus rejects. Leaving the block raises DataFileError where the file turned out not
        to be whole, and in place of every error of DuckDB, whose texts quote what they fail on.
        """
        try:
            yield self.relation(columns)
            self.finish()
        except duckdb.Error as error:
            self._raise_fault(error)
        finally:
            self.close()

    def _raise_fault(self, error: duckdb.Error) -> None:
        self.close()
        self.finish()
        raise engine.fault(error, self.name) from None


def _always(_: Taker) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Shortcut:
    """The way round the engine for the plain records of a table, one of whose columns *addresses* is the address.

    Held to the long way: the records of the whole text and of its rests are those that `Table.scan` gives.
    """

    addresses: Sequence[str]
    text: Callable[[LeftOut, int], Generator[Text]]  # anew, about so many bytes at a time; counts what it leaves out
    taker: Callable[[str, Sequence[str]], Taker]  # by the address's column and the others that are wanted
    rest: Callable[[bytes], Table]  # the table of the records in a rest, or in several, one behind the other
    is_open: Callable[[Taker], bool] = _always  # whether this is a way for most of the records; may look at all
    linking: Callable[[Uses], Taker] | None = None  # in place of `taker` where records may have ids, or no address
    beginning: Callable[[], Table] | None = None  # the table of its first records, where these are enough to judge it
    values: Callable[[int], Mapping[str, Sequence[str]] | None] | None = None  # of its columns in so many of these
