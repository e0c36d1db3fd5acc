"""Tables whose rows a reader of ours takes out of a file one by one: DuckDB scans them as delimited text in a pipe."""

import csv
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import duckdb

from breachcheck.errors import DataFileError
from ingest.engine import literal, quoted
from ingest.readers.base import Table
from ingest.readers.left_out import NOT_A_RECORD, NUMBER, LeftOut, wants_numbers
from ingest.readers.lines import LONGEST, UTF8
from ingest.readers.stream import Rejects, Stream, read_csv

LONGEST_VALUE = 1 << 14
"""Characters of a value that a reader need give; no address or identifier is longer."""

AT_ONCE = 1000
MALFORMED = "malformed row"

SEPARATOR = b"\x1f"
"""Stands between the columns of a bare row, and never in them, as a line feed. \\x1e parts the values of a list."""

_UNFIT = bytes.maketrans(b"\x1f\n\r\0", b"    ")
_BARE_AT_ONCE = 1 << 12

# Columns by their numbers, and where to note the records left out -> blocks of `as_csv`. Where that is numbered, the
# number of each record stands before its columns.
Blocks = Callable[[Sequence[int], LeftOut], Generator[bytes]]


def as_csv(rows: Iterable[Sequence[str | None]], encoding: str = UTF8) -> bytes:
    """*rows* as delimited text in *encoding*; line ends within values are line feeds, other controls are kept."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    clean = text.getvalue().replace("\r\n", "\n").replace("\r", " ").replace("\0", "")
    return clean.encode(encoding, "replace")


def written(rows: Iterable[Sequence[bytes]]) -> Iterator[bytes]:
    """*rows* as bare lines, many at a time."""
    waiting: list[bytes] = []
    for row in rows:
        waiting.append(SEPARATOR.join([value.translate(_UNFIT) for value in row]))
        if len(waiting) >= _BARE_AT_ONCE:
            yield b"\n".join([*waiting, b""])
            waiting.clear()
    if waiting:
        yield b"\n".join([*waiting, b""])


@dataclass(frozen=True, slots=True)
class _Writing:
    """How rows are written in the pipe; *is_whole*: with all of the table's columns, whichever are asked for."""

    flaw: str
    delimiter: str
    quote: str
    value: str  # SQL of a column's value
    is_whole: bool
    options: Mapping[str, str] = field(default_factory=dict)


_AS_CSV = _Writing(
    MALFORMED,
    ",",
    '"',
    "{}",
    is_whole=False,
    options={"parallel": "false", "max_line_size": str(LONGEST), "buffer_size": str(2 * LONGEST)},
)
_BARE = _Writing(NOT_A_RECORD, SEPARATOR.decode(), "", "replace({}, chr(30), chr(10))", is_whole=True)


def table(
    name: str,
    columns: Sequence[str],
    format: str,
    encoding: str,
    blocks: Blocks,
    note: str = "",
    alike: Mapping[str, tuple[str, ...]] | None = None,
    numbered_by: Literal["line", "record"] = "record",
) -> Table:
    """The table *name* of *columns*, whose rows *blocks* gives anew for every scan."""
    scan = _Scan(name, columns, blocks, _AS_CSV)
    return scan.table(format, encoding, note=note, alike=alike or {}, numbered_by=numbered_by)


def bare_table(
    name: str,
    columns: Sequence[str],
    format: str,
    encoding: str,
    lines: Callable[[LeftOut], Generator[bytes]],
    delimiter: str = "",
    numbered_by: Literal["line", "record"] = "line",
) -> Table:
    """The table *name* whose rows *lines* gives anew for every scan as bare lines, with all *columns* side by side.

    *lines* notes in what it is handed the records it leaves out; where that is numbered, each row begins with its
    record's number.
    """
    scan = _Scan(name, columns, lambda _, left_out: lines(left_out), _BARE)
    return scan.table(format, encoding, numbered_by=numbered_by, delimiter=delimiter)


class _Scan:
    """One table's way into DuckDB. Good for several scans."""

    def __init__(self, name: str, columns: Sequence[str], blocks: Blocks, writing: _Writing) -> None:
        self._name, self._columns, self._blocks, self._writing = name, list(columns), blocks, writing
        self._stream = Stream()
        self._rejects = Rejects(name, writing.flaw)
        self._left_out = LeftOut()

    def table(self, format: str, encoding: str, **more: Any) -> Table:
        """The table itself."""
        return Table(
            name=self._name,
            columns=tuple(self._columns),
            format=format,
            encoding=encoding,
            relation=self.relation,
            rejects=self.rejects,
            finish=self._stream.finish,
            close=self._stream.close,
            flaw=self._writing.flaw,
            **more,
        )

    def relation(self, columns: Sequence[str]) -> str:
        """SQL for one scan of *columns*."""
        given = [name for name in columns if name != NUMBER]
        if not set(given) <= set(self._columns):
            raise DataFileError(f"{self._name}: has no such column as the mapping names; check it by its header")
        is_numbered = wants_numbers(columns)
        self._rejects, self._left_out = Rejects(self._name, self._writing.flaw), LeftOut(is_numbered=is_numbered)
        written = self._columns if self._writing.is_whole else given
        numbers = [self._columns.index(name) for name in written]
        source = read_csv(self._stream.start(self._blocks(numbers, self._left_out)), self._options(len(numbers)))
        at = {name: self._writing.value.format(f"c{index}") for index, name in enumerate(written)}
        chosen = "".join(f"{at.get(name, 'number')} AS {quoted(name)}, " for name in columns)
        return f"(SELECT {chosen}false AS broken FROM {source})"  # noqa: S608 - quoted

    def _options(self, width: int) -> dict[str, str]:
        number = ["number: 'BIGINT'"] if self._left_out.is_numbered else []
        columns = [f"c{at}: 'VARCHAR'" for at in range(width)]
        return {
            "delim": literal(self._writing.delimiter),
            "quote": literal(self._writing.quote),
            "escape": literal(self._writing.quote),
            "columns": f"{{{', '.join([*number, *columns])}}}",
            **self._writing.options,
            **self._rejects.options(),
        }

    def rejects(self, connection: duckdb.DuckDBPyConnection) -> LeftOut:
        """Records that were left out of the last scan, by reason."""
        self._stream.finish()
        return self._rejects.count(connection, self._left_out)
